"""The checkers behind the rules of STYLE.md that code and notebooks keep: each takes its input
and returns what breaks it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from repo.deps import code_of, imported_modules, running_nodes

ROOMS = [
    "base",
    "contract",
    "engine",
    "privacy",
    "quarantine",
    "sources",
    "simulate",
    "clean",
    "panel",
    "compress",
    "full_rank",
    "multiple",
    "weights",
    "scores",
    "models",
    "link",
    "evidence",
    "economics",
    "report",
    "notebook",
    "cli",
]
"""The rooms of src/nexo in the order data walks through them."""

PLACES = ("data", "reports", "notebooks", "pipeline", "src", "tests", ".dvc")
PROJECT_FILES = ("params.yaml", "dvc.yaml", "dvc.lock", "requirements.lock", "pyproject.toml")
PATH_TEXT = re.compile(rf"^(\.{{0,2}}/)?({'|'.join(map(re.escape, PLACES))})/[\w./*-]*$")
NETWORK = {
    *("adbc_driver_manager", "adbc_driver_postgresql", "aiohttp", "boto3", "fsspec", "ftplib"),
    *("http", "httpx", "psycopg", "requests", "s3fs", "smtplib", "socket", "sqlalchemy"),
    *("ssl", "telnetlib", "urllib3", "websocket", "websockets", "xmlrpc"),
}


def layer_breaches(source_dir: Path) -> list[str]:
    """Imports that lead from a room to one below it, and rooms the order does not know."""
    problems = []
    for file in sorted((source_dir / "nexo").rglob("*.py")):
        room = file.relative_to(source_dir / "nexo").with_suffix("").parts[0]
        if room == "__init__":
            continue
        if room not in ROOMS:
            problems.append(f"{file.relative_to(source_dir)}: {room!r} has no place in the order")
            continue
        for module in sorted(imported_modules(file, source_dir)):
            other = module.split(".")[1] if "." in module else room
            if other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
                problems.append(
                    f"{file.relative_to(source_dir)} imports {module}, a room below its own"
                )
    return problems


def path_literals(files: Iterable[Path]) -> list[str]:
    """Places written into code: paths of the project, its files by name, folders by guess."""
    problems = []
    for file in sorted(files):
        tree = ast.parse(code_of(file))
        prose = _docstrings(tree)
        for node in running_nodes(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) not in prose and _is_place(node.value):
                    problems.append(f"{file.name}:{node.lineno} names the place {node.value!r}")
            elif isinstance(node, ast.Name) and node.id == "__file__":
                problems.append(f"{file.name}:{node.lineno} finds a place from __file__")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("Path.cwd", "os.getcwd"):
                problems.append(f"{file.name}:{node.lineno} finds a place from the working folder")
            elif _joins_text_to_root(node):
                problems.append(f"{file.name}:{node.lineno} builds a place from the root")
    return problems


def _docstrings(tree: ast.AST) -> set[int]:
    """Strings that stand alone explain; parts of f-strings speak to people."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            prose |= {id(part) for part in node.values}
    return prose


def _joins_text_to_root(node: ast.AST) -> bool:
    """``paths.root() / "x"`` names a place; with a parameter on the right it follows a choice."""
    if not isinstance(node, ast.BinOp) or ast.unparse(node.left) != "paths.root()":
        return False
    return isinstance(node.right, ast.Constant | ast.JoinedStr)


def _is_place(text: str) -> bool:
    return text in PROJECT_FILES or bool(PATH_TEXT.match(text))


def network_imports(files: Iterable[Path]) -> list[str]:
    """Imports of anything that could open a connection."""
    problems = []
    for file in sorted(files):
        for node in running_nodes(ast.parse(code_of(file))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                if name.split(".")[0] in NETWORK or name.startswith("urllib.request"):
                    problems.append(f"{file.name}:{node.lineno} imports {name}")
    return problems


def notebook_breaches(file: Path, values: Mapping[str, Any]) -> list[str]:
    """How a notebook's parameters cell differs from ``values``, and what else is not clean."""
    from nexo.base.errors import NotebookError
    from nexo.notebook import check_parameters, read_parameters

    content = json.loads(file.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    problems = [
        f"{file.name}: cell {cell.get('id')!r} keeps outputs; strip it with nbstripout --keep-id"
        for cell in code
        if cell["outputs"] or cell["execution_count"] is not None
    ]
    problems += [
        f"{file.name}: the id {cell.get('id')!r} is no name; nbstripout without --keep-id does so"
        for cell in content["cells"]
        if str(cell.get("id", "")).isdigit()
    ]
    if len(code) > 12:
        problems.append(f"{file.name}: {len(code)} code cells; at most 12, move code to nexo")
    if (content["nbformat"], content["nbformat_minor"]) != (4, 5):
        problems.append(f"{file.name}: nbformat must be 4.5, which keeps the ids of cells")
    if code and "parameters" not in code[0]["metadata"].get("tags", []):
        problems.append(f"{file.name}: its first code cell must be the one tagged 'parameters'")
    try:
        parameters = read_parameters(file)
        check_parameters(dict(values), parameters, file.name)
        differing = [p.name for p in parameters if _as_list(p.default) != _as_list(values[p.name])]
        if differing:
            problems.append(f"{file.name}: defaults differ from params.yaml: {differing}")
    except NotebookError as problem:
        problems.append(str(problem))
    return problems


def _as_list(value: Any) -> Any:
    return json.loads(json.dumps(value))
