"""Which parameters and which modules each stage of dvc.yaml uses, read from the code itself.

`python tests/repo/deps.py` prints the code each stage must name among its deps.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RUNNER = "pipeline/run_notebook.py"


def read_stages(root: Path) -> dict[str, dict[str, Any]]:
    """The stages of dvc.yaml, as written."""
    content = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))
    return dict(content["stages"])


def entry_files(stage: dict[str, Any], root: Path) -> list[Path]:
    """The script that a stage's command runs, and the notebook when that is the runner."""
    words = str(stage["cmd"]).split()
    script = next(word for word in words if word.endswith(".py"))
    entries = [root / script]
    if script == RUNNER:
        entries.append(root / "notebooks" / f"{words[words.index(script) + 1]}.ipynb")
    return entries


def code_of(file: Path) -> str:
    """A script's text, or a notebook's code: without its parameters cell, which holds data."""
    if file.suffix != ".ipynb":
        return file.read_text(encoding="utf-8")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    running = [cell for cell in code if "parameters" not in cell["metadata"].get("tags", [])]
    sources = ["".join(cell["source"]) for cell in running]
    lines = "\n".join(sources).splitlines()
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in lines)


def running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under ``if TYPE_CHECKING``, which never run."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from running_nodes(node)


def imported_modules(file: Path, source_dir: Path) -> set[str]:
    """The dotted names of nexo's modules that a file imports, at its top or in functions."""
    found: set[str] = set()
    for node in running_nodes(ast.parse(code_of(file), filename=str(file))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level > 0:
            raise AssertionError(f"{file}: write 'from nexo.x import y', not a relative import")
    return {name for name in found if name.split(".")[0] == "nexo" and _is_there(name, source_dir)}


def _is_there(module: str, source_dir: Path) -> bool:
    base = source_dir.joinpath(*module.split("."))
    return base.is_dir() or base.with_suffix(".py").is_file()


def files_of(module: str, source_dir: Path) -> list[Path]:
    """The file of a module and the packages above it that hold code; none if not a module."""
    base = source_dir.joinpath(*module.split("."))
    own = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
    packages = [
        source_dir.joinpath(*module.split(".")[:depth], "__init__.py")
        for depth in range(1, module.count(".") + 2)
    ]
    return [file for file in dict.fromkeys([*packages, own]) if file.is_file()]


def says_nothing(file: Path) -> bool:
    """True for an ``__init__.py`` with a docstring, a version or a list of names, no code."""
    if file.name != "__init__.py":
        return False
    return all(
        isinstance(node, ast.Expr)
        or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("__"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
    )


def modules_used(entries: Iterable[Path], source_dir: Path) -> set[Path]:
    """Every file of nexo that the entries import, directly or through others."""
    waiting, used = list(entries), set[Path]()
    while waiting:
        for module in imported_modules(waiting.pop(), source_dir):
            new = set(files_of(module, source_dir)) - used
            used |= new
            waiting += new
    return {file for file in used if not says_nothing(file)}


def missing_deps(
    stages: dict[str, dict[str, Any]], root: Path, source_dir: Path | None = None
) -> list[str]:
    """One line for each script, notebook or module that a stage uses and does not name."""
    source_dir = source_dir or root / "src"
    problems = []
    for name, stage in stages.items():
        named = [root / str(dep) for dep in stage.get("deps", [])]
        entries = entry_files(stage, root)
        for file in sorted({*entries, *modules_used(entries, source_dir)}):
            if not any(file == dep or dep in file.parents for dep in named):
                problems.append(f"stage {name}: add {file.relative_to(root)} to its deps")
    return problems


def needless_deps(stages: dict[str, dict[str, Any]], root: Path) -> list[str]:
    """One line for each named piece of code that no import of the stage leads to."""
    problems = []
    for name, stage in stages.items():
        entries = entry_files(stage, root)
        used = {*entries, *modules_used(entries, root / "src")}
        for dep in (str(dep) for dep in stage.get("deps", [])):
            place = root / dep
            is_code = dep.startswith(("src/", "pipeline/", "notebooks/"))
            if is_code and not any(place == file or place in file.parents for file in used):
                problems.append(f"stage {name}: {dep} is not used; take it from its deps")
    return problems


def folded(files: Iterable[Path], source_dir: Path) -> list[Path]:
    """The same files, a sub-package named once where all or more than three of it are used."""
    result = set(files)
    folders = {f for file in result for f in file.parents if source_dir / "nexo" in f.parents}
    for folder in sorted(folders, key=lambda folder: -len(folder.parts)):
        inside = {f for f in folder.rglob("*.py") if not says_nothing(f)}
        used = {f for f in files if folder in f.parents}
        if used == inside or len({f for f in result if folder in f.parents}) > 3:
            result = {f for f in result if folder not in f.parents} | {folder}
    return sorted(result)


def sections_read(entries: Iterable[Path], root: Path) -> set[str]:
    """The sections of params.yaml that a script and its modules read with load_params."""
    from nexo.base.config import SECTIONS

    section_of = {model.__name__: section for section, model in SECTIONS.items()}
    library = {root / f"src/nexo/{name}.py" for name in ("base/config", "notebook/parameters")}
    sections: set[str] = set()
    for file in {*entries, *modules_used(entries, root / "src")} - library:
        for node in running_nodes(ast.parse(code_of(file))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("load_params"):
                sections.add(section_of.get(ast.unparse(node.args[0]).split(".")[-1], "?"))
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("params_file"):
                sections |= set(SECTIONS)
    return sections | {"common"} if sections else sections


def undeclared_params(stages: dict[str, dict[str, Any]], root: Path) -> list[str]:
    """One line for each section of params.yaml that a stage reads and does not declare."""
    from nexo.notebook import SECTION_OF

    problems = []
    for name, stage in stages.items():
        entries = entry_files(stage, root)
        read = sections_read(entries, root)
        if len(entries) > 1:
            read |= {"common", SECTION_OF[entries[1].stem]}
        for section in sorted(read - set(stage.get("params", []))):
            problems.append(f"stage {name}: it reads {section!r}; add it to its params")
    return problems


def main() -> None:
    """Print, for each stage, the code its deps must name."""
    for name, stage in read_stages(ROOT).items():
        print(f"{name}:")
        entries = entry_files(stage, ROOT)
        absent = [file for file in entries if not file.is_file()]
        if absent:
            print(f"  (not there yet: {', '.join(str(f.relative_to(ROOT)) for f in absent)})")
            continue
        for file in [*folded(modules_used(entries, ROOT / "src"), ROOT / "src"), *entries]:
            print(f"      - {file.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    main()
