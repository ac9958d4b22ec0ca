"""The built demo with two editions, for the tests of its pages."""

from __future__ import annotations

import json

from support.project import Project

LAST = "2025-03-31-0123456789"


def with_editions(project: Project) -> str:
    """Give a built project an earlier edition and make the next one; return its folder's name.

    The earlier one is the next with other numbers, sections and choices, its site the same.
    """
    _made(project)
    record = next((project.root / "reports" / "editions").glob("2*.json"))
    earlier = json.loads(record.read_text(encoding="utf-8"))
    earlier |= {"name": LAST, "commit": f"0123456789{'0' * 30}", "data_end": "2025-03-31"}
    earlier |= {"committed_at": "2025-04-01T00:00:00+00:00", "identity": "x", "data": "x"}
    earlier["figures"] = [
        {**one, "estimate": 0.9 * one["estimate"]}
        for one in earlier["figures"]
        if one["what"] != "ces"
    ]
    earlier["verdicts"]["revenue"] = "inconclusive"
    earlier["params"]["link.bins"] = "15"
    earlier["tables"]["survey"] += 1
    earlier["sections"] = {lang: names[:-1] for lang, names in earlier["sections"].items()}
    record.with_name(f"{LAST}.json").write_text(json.dumps(earlier), encoding="utf-8")
    site = project.root / "reports" / "_site" / "editions"
    (site / record.stem).rename(site / LAST)
    record.unlink()
    _made(project)
    return next(file.stem for file in record.parent.glob("2*.json") if file.stem != LAST)


def _made(project: Project) -> None:
    project.commit("As built")
    done = project.run("python", "pipeline/edition.py")
    assert done.returncode == 0, done.stdout
