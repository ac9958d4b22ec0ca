"""The embedded renderer: pandoc for the page, pandoc and Typst for the PDF, nothing installed.

Both read one parsed source; no request leaves the page, and Typst sees the report folder and
the shipped fonts only. Equal sources give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from nexo.base.errors import RenderError
from nexo.report.fonts import SHIPPED, check_fonts
from nexo.report.look import BRAND_FOLDER
from nexo.report.render.constructs import build, inline, parsed, plain_title
from nexo.report.render.html_nodes import inlined
from nexo.report.render.nodes import Node, pandoc, pandoc_version
from nexo.report.render.pages import fitted
from nexo.report.render.project import Document, read_document

STYLE = "style"
POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: nothing but what stands in it, and no script."""

SCRIPT = "simulator.html"
"""The only script there is; a page that needs it names its hash, so that no other one runs."""
PDF_STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: tagged, titled, every figure with its alternative text; Typst checks it."""

_MARKDOWN = ("title", "subtitle", "description", "page-logo", "page-foot")
_PLAIN_OPTIONS = ("lang", "toc", "number-sections", "number-depth", "toc-depth")


def made_by() -> str:
    """Return what the footer and the receipt say about this renderer."""
    return f"Nexo {version('nexo')}, pandoc {pandoc_version()}, Typst {typst_version()}"


@cache
def typst_version() -> str:
    """Return the version of the compiler itself; its Python package counts on its own."""
    import typst

    asked = typst.query(b"#metadata(str(sys.version)) <v>", "<v>", field="value", one=True)
    return str(json.loads(asked))


def render(file: Path, root: Path, output: Path, *, is_draft: bool) -> list[Path]:
    """Render one .qmd into ``output``/<stem>.html and .pdf; return the two files.

    ``root`` is the report folder (the Quarto project). Raises RenderError with file and line
    for anything outside of the subset, for a missing font, and for a compact report that does
    not fit its pages.
    """
    check_fonts()
    document = read_document(file, root)
    page, paper = output / f"{file.stem}.html", output / f"{file.stem}.pdf"
    parsed(document)  # once, before both ask for it
    with ThreadPoolExecutor(max_workers=2) as pool:
        shown = pool.submit(html_page, document, is_draft)
        printed = pool.submit(pdf, document, is_draft)
    page.write_text(shown.result(), encoding="utf-8")
    paper.write_bytes(printed.result())
    return [page, paper]


def html_page(document: Document, is_draft: bool = False) -> str:
    """Return the page, complete in itself."""
    tree = _tree(document, "html", is_draft)
    style = document.root / STYLE
    depth = int(document.option("html", "toc-depth", 3)) + 1
    toc = ["--toc", f"--toc-depth={depth}"] if document.option("html", "toc") else []
    shown = pandoc(
        *(
            "-f",
            "json",
            "-t",
            "html5",
            "-s",
            "--mathml",
            "--wrap=none",
            "--syntax-highlighting=none",
        ),
        *("--template", str(style / "page.html"), *toc),
        text=json.dumps(tree),
    )
    return _finished(shown, document.root)


def _finished(page: str, root: Path) -> str:
    """Put styles and policy in, and tell each header cell what it heads."""
    looks = [root / "_generated" / "look.css", root / STYLE / "style.css"]
    for look in looks:
        if not look.is_file():
            raise RenderError(f"{look} is not there. The facts stage writes it: dvc repro facts")
    styles = "\n".join(look.read_text(encoding="utf-8") for look in looks)
    head, body = page.split("</head>", 1)
    parts = re.split(r"(</?thead>)", body)
    is_head = False
    for at, part in enumerate(parts):
        is_head = part == "<thead>" if part in ("<thead>", "</thead>") else is_head
        scope = "col" if is_head else "row"
        parts[at] = re.sub(r"<th(?=[ >])(?![^>]*scope=)", f'<th scope="{scope}"', part)
    done = f"{head}</head>{''.join(parts)}"
    # Text on the page has no bare < or ", so these two marks are the template's own.
    policy = POLICY
    if 'id="simulator-data"' in done:
        script = (root / STYLE / SCRIPT).read_text(encoding="utf-8").strip()
        done = done.replace("</body>", f"{script}\n</body>", 1)
        policy = f"{POLICY}; script-src '{script_hash(script)}'"
    done = done.replace('content="@@policy@@"', f'content="{policy}"', 1)
    done = done.replace("<style>\n@@styles@@", f"<style>\n{styles.strip()}", 1)
    return inlined(done, root)


def script_hash(element: str) -> str:
    """Return what a Content-Security-Policy calls an inline ``<script>`` element."""
    code = element.removeprefix("<script>").removesuffix("</script>")
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def pdf(document: Document, is_draft: bool = False) -> bytes:
    """Return the PDF; a compact report is set closer until it fits its pages."""
    source = typst_source(document, is_draft)
    pages = _settings(document, "typst").get("pages")
    return fitted(document.name, pages, partial(compile_typst, source, document.root))


def typst_source(document: Document, is_draft: bool = False) -> str:
    """Return the Typst source of a document, with the shared template in front."""
    style = document.root / STYLE
    return pandoc(
        *("-f", "json", "-t", "typst", "-s", "--wrap=none", "--syntax-highlighting=none"),
        *("--lua-filter", str(style / "nexo.lua"), "--template", str(style / "embedded.typ")),
        text=json.dumps(_tree(document, "typst", is_draft)),
    )


def compile_typst(source: str, root: Path, density: float = 1.0) -> bytes:
    """Return the PDF of a Typst source; a warning (a missing font above all) is an error."""
    import typst

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            done, told = typst.compile_with_warnings(
                source.encode(),
                root=str(root),
                font_paths=_fonts((root / "fonts", root / "_generated" / BRAND_FOLDER)),
                sys_inputs={"density": f"{density:g}"},
                pdf_standards=PDF_STANDARD,
            )
        except typst.TypstError as problem:
            raise RenderError(f"Typst stopped: {problem.message}\n{problem.diagnostic}") from None
    if told:
        raise RenderError("Typst warned:\n" + "\n".join(warning.message for warning in told))
    return bytes(done)


@cache
def _fonts(folders: tuple[Path, ...]) -> Any:
    """Return Typst's own fonts, the shipped and the company's, never those of the machine."""
    import typst

    there = [str(folder) for folder in folders if folder.is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=there)
    if SHIPPED not in fonts.families():
        raise RenderError(f"{folders[0]} does not hold the family {SHIPPED}. Restore it from git.")
    return fonts


def _settings(document: Document, target: str) -> Mapping[str, Any]:
    settings = document.option(target, "nexo", {})
    unknown = sorted(set(settings) - {"pages", "compact", "kicker"})
    if unknown:
        raise RenderError(f"{document.name}: nexo knows pages, compact, kicker, not {unknown[0]}.")
    return dict(settings)


def _tree(document: Document, target: str, is_draft: bool) -> Node:
    """Return the document as pandoc's JSON with the metadata that the templates ask for."""
    options = document.options[target]
    meta = {name: _meta(options[name]) for name in _PLAIN_OPTIONS if options.get(name)}
    foot = options.get("page-foot", {}).get(options.get("lang"))
    for name, text in {**options, "page-foot": foot}.items():
        if name in _MARKDOWN and text:
            meta[name] = {"t": "MetaInlines", "c": inline(document, text, target)}
    if "title" not in meta:
        raise RenderError(f"{document.name}: the front matter has no title.")
    title = plain_title(meta["title"]["c"])
    settings = dict(_settings(document, target))
    if settings.get("kicker"):
        settings["kicker"] = {"inlines": inline(document, settings["kicker"], target)}
    stem = document.file.stem
    passed = {"terms": options.get("terms", {}), "nexo": settings, "slug": stem}
    passed |= {"pagetitle": options.get("pagetitle", title), "made-by": made_by()}
    passed |= {"draft-mark": is_draft, f"is-{stem}": True}
    meta |= {name: _meta(value) for name, value in passed.items()}
    blocks = build(document, target)
    return {"pandoc-api-version": [1, 23, 1, 1], "meta": meta, "blocks": blocks}


def _meta(value: Any) -> Node:
    if isinstance(value, Mapping) and set(value) == {"inlines"}:
        return {"t": "MetaInlines", "c": value["inlines"]}
    if isinstance(value, Mapping):
        return {"t": "MetaMap", "c": {str(key): _meta(inner) for key, inner in value.items()}}
    if isinstance(value, bool):
        return {"t": "MetaBool", "c": value}
    return {"t": "MetaInlines", "c": [{"t": "Str", "c": str(value)}]}
