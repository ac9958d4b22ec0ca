"""The checkers behind the rules of STYLE.md that words keep, in dictionary, reports and README:
each takes its input and returns what breaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ALLOWED_NUMBERS = {"10", "95", "0-10", "1-7", "1-5"}
VARIABLE = re.compile(r"\{\{<\s*var\s+([\w.-]+)\s*>\}\}")
NOT_PROSE = (
    r"\A---\n.*?\n---\n",  # front matter
    r"<!--.*?-->",
    r"```.*?```",
    r"\{\{<.*?>\}\}",
    r"\$\$?[^$]+\$\$?",  # math
    r"`[^`]*`",
    r"\]\([^)]*\)",  # where a link leads
    r"\{[^{}\n]*\}",  # attributes
    r"\[\^[^\]]*\]",  # footnote marks
    r"@[\w:-]+",  # references
    r"https?://\S+",
    r"^\s*\d+[.)]\s",  # numbers of lists
)


def dictionary_differences(
    built: Mapping[str, set[str]], dictionary: Mapping[str, Any]
) -> list[str]:
    """Columns of built tables that are not described, and described ones that nobody builds."""
    problems = []
    for table, columns in built.items():
        described = set(dictionary.get(table, {}).get("columns", {}))
        problems += [
            f"{table}.{column} is built and not in data/dictionary.yaml"
            for column in sorted(columns - described)
        ]
    for table, entry in dictionary.items():
        if table not in built:
            if not entry.get("is_optional"):
                problems.append(f"{table} is in data/dictionary.yaml and no stage builds it")
            continue
        for column, facts in entry["columns"].items():
            if column not in built[table] and not facts.get("is_optional"):
                problems.append(f"{table}.{column} is in data/dictionary.yaml and not built")
    return problems


def typed_numbers(text: str) -> list[str]:
    """Numbers typed into the prose of a report source, with their line."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    for pattern in NOT_PROSE:
        text = re.sub(pattern, blank, text, flags=re.DOTALL | re.MULTILINE)
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        for found in re.finditer(r"\d+(?:[.,]\d+)*(?:\s?[-–]\s?\d+)?", line):
            written = re.sub(r"\s?[-–]\s?", "-", found[0])
            if written not in ALLOWED_NUMBERS:
                problems.append(f"line {number}: {found[0]!r} in {line.strip()[:60]!r}")
    return problems


def variable_problems(text: str, language: str, variables: Mapping[str, Any]) -> list[str]:
    """Variables of one page that are not of its language, or missing in either language."""
    problems = []
    for name in sorted(set(VARIABLE.findall(text))):
        head, _, rest = name.partition(".")
        if head != language:
            problems.append(f"{name}: a page in {language!r} uses {language}.… only")
            continue
        for other in ("es", "en"):
            if not _holds(variables.get(other), rest):
                problems.append(f"{name}: {other}.{rest} is not in _variables.yml")
    return problems


def _holds(tree: Any, dotted: str) -> bool:
    for part in dotted.split("."):
        if not isinstance(tree, Mapping) or part not in tree:
            return False
        tree = tree[part]
    return tree is not None


def key_paths(tree: Any, prefix: str = "") -> set[str]:
    """The dotted names of every value of a nested mapping."""
    if not isinstance(tree, Mapping):
        return {prefix}
    return {path for key, item in tree.items() for path in key_paths(item, f"{prefix}.{key}")}


def dead_links(text: str, folder: Path) -> list[str]:
    """Relative links and anchors of a Markdown text that lead nowhere."""
    problems = []
    targets = re.findall(r"\]\(([^)\s]+)(?:\s\"[^\"]*\")?\)", text)
    targets += re.findall(r"(?:src|href)=\"([^\"]+)\"", text)
    for target in targets:
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        place, _, anchor = target.partition("#")
        file = folder / place
        if place and not file.exists():
            problems.append(f"{target}: {place} does not exist")
        elif anchor and anchor not in anchors(file.read_text("utf-8") if place else text):
            problems.append(f"{target}: no heading gives #{anchor}")
    return problems


def anchors(markdown: str) -> set[str]:
    """The anchors that a code host gives to the headings of a Markdown text."""
    text = re.sub(r"```.*?```", "", markdown, flags=re.DOTALL)
    headings = re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_in(text: str, program: str) -> list[str]:
    """The commands of ``program`` that a Markdown text shows, in blocks and in code spans."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    parts = [part.strip() for line in lines for part in re.split(r"&&|;|\|", line.split(" #")[0])]
    return [part for part in parts if re.match(rf"{program}(\s|$)", part)]


def make_problems(text: str, makefile: str) -> list[str]:
    """The make targets a Markdown text names that the Makefile does not have."""
    targets = set(re.findall(r"^([\w-]+):(?!=)", makefile, flags=re.MULTILINE))
    named = {word for c in commands_in(text, "make") for word in c.split()[1:] if "=" not in word}
    return [f"make {name}: the Makefile has no such target" for name in sorted(named - targets)]


def dvc_problems(text: str) -> list[str]:
    """The dvc commands of a Markdown text that dvc's own parser refuses."""
    import shlex

    from dvc.cli import DvcParserError
    from dvc.cli.parser import get_main_parser

    problems = []
    for command in commands_in(text, "dvc"):
        words = [re.sub(r"[<>\[\]]|\.\.\.|…", "x", word) for word in shlex.split(command)[1:]]
        try:
            get_main_parser().parse_args(words)
        except (SystemExit, DvcParserError):
            problems.append(f"{command!r} is not a command that dvc understands")
    return problems
