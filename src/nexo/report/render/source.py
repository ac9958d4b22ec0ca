"""A .qmd file as lines that remember where they came from: includes, variables, comments.

What Quarto does before pandoc reads the text happens here, for the subset that REPORTS.md
names; anything else stops with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from nexo.base.errors import RenderError
from nexo.report.escape import escape_markdown

SHORTCODE = re.compile(r"\{\{\{<\s*(?P<shown>.*?)\s*>\}\}\}|\{\{<\s*(?P<run>.*?)\s*>\}\}")
_FENCE = re.compile(r"^\s{0,3}(?:[-*+>]\s+)?(`{3,}|~{3,})(.*)$")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_IN_ATTRIBUTE = re.compile(r"\{[^{}]*=(\"[^\"]*|'[^']*|)\{\{<")
_RAW_HTML = re.compile(r"(?<!\\)</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_BLOCK_START = re.compile(r"^(?:[-*+>#|:]|\d+[.)]|~{3,}|`{3,})(?=\s|$|`|~)")
_DEEPEST = 8

PAGE_BREAK = (
    '```{=html}\n<div class="page-break"></div>\n```',
    "```{=typst}\n#pagebreak(weak: true)\n```",
)


@dataclass(frozen=True)
class Line:
    """One line of source: its text, its file relative to the report folder, its number."""

    text: str
    file: str
    number: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.number}"


@dataclass(frozen=True)
class Names:
    """What ``{{< var >}}`` and ``{{< meta >}}`` may name."""

    variables: Mapping[str, Any]
    meta: Mapping[str, Any]


def fail(place: str, what: str) -> NoReturn:
    """Raise RenderError with the place in front, as editors like it."""
    raise RenderError(f"{place}: {what}")


def read_lines(file: Path, root: Path, skip: int = 0) -> list[Line]:
    """Return the lines of a file below ``root``, without its first ``skip`` lines."""
    name = file.relative_to(root).as_posix()
    text = file.read_text(encoding="utf-8-sig")
    numbered = enumerate(text.splitlines(), start=1)
    return [Line(line, name, number) for number, line in numbered if number > skip]


def expand(lines: list[Line], root: Path, names: Names, depth: int = 0) -> list[Line]:
    """Return the lines with comments removed and every shortcode carried out.

    Raises RenderError for an include that is missing, circular or outside of ``root``, an
    unknown shortcode or variable, a shortcode where Quarto would not see it (an attribute,
    code), and HTML outside of a raw block.
    """
    done: list[Line] = []
    for line, is_code in _without_comments(lines):
        match = SHORTCODE.fullmatch(line.text.strip())
        if is_code:
            done.append(_in_code(line))
        elif match and match["run"] and match["run"].split()[0] == "include":
            if depth == _DEEPEST:
                fail(line.place, "includes go round in a circle, or deeper than eight files.")
            included = read_lines(_included_file(line, match["run"], root), root)
            done += [replace(line, text=""), *expand(included, root, names, depth + 1)]
            done.append(replace(line, text=""))
        elif match and match["run"] == "pagebreak":
            done += [replace(line, text=part) for raw in PAGE_BREAK for part in raw.split("\n")]
        else:
            done.append(replace(line, text=expand_text(line.text, line.place, names)))
    return done


def expand_text(text: str, place: str, names: Names) -> str:
    """Return one line of Markdown with ``{{< var >}}`` and ``{{< meta >}}`` replaced."""
    pieces, at = [], 0
    for span in _CODE_SPAN.finditer(text):
        pieces += [_expand_prose(text[at : span.start()], place, names, at == 0)]
        pieces += [_in_code(Line(span.group(), place, 0), place).text]
        at = span.end()
    return "".join([*pieces, _expand_prose(text[at:], place, names, at == 0)])


def _expand_prose(text: str, place: str, names: Names, is_line_start: bool) -> str:
    if _IN_ATTRIBUTE.search(text):
        fail(place, "a shortcode inside an attribute is not carried out; write the text itself.")
    if html := _RAW_HTML.search(text):
        fail(place, f"{html.group()} is HTML; it belongs in a block that starts with ```{{=html}}.")

    def carried_out(match: re.Match[str]) -> str:
        if match["shown"] is not None:
            return escape_markdown("{{< " + match["shown"] + " >}}")
        value = _value(match["run"], place, names)
        is_first = is_line_start and not text[: match.start()].strip()
        return "\\" + value if is_first and _BLOCK_START.match(value) else value

    done = SHORTCODE.sub(carried_out, text)
    if "{{<" in SHORTCODE.sub("", text):
        fail(place, "a shortcode starts with {{< but does not end with >}} on the same line.")
    return done


def _value(call: str, place: str, names: Names) -> str:
    name, *arguments = call.split()
    if name not in ("var", "meta"):
        known = "var, meta, include, pagebreak (the last two alone on their line)"
        fail(place, f"the shortcode {name!r} is not known here. Known: {known}.")
    if len(arguments) != 1:
        fail(place, f"{{{{< {name} >}}}} takes one name, for example {{{{< {name} a.b >}}}}.")
    tree = names.variables if name == "var" else names.meta
    value = _look_up(tree, arguments[0], place, name)
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if "{{<" in text or "\n" in text.strip():
        fail(place, f"{arguments[0]} holds a shortcode or several lines; a value is plain text.")
    return text.strip()


def _look_up(tree: Any, dotted: str, place: str, name: str) -> str | int | float | bool:
    at = tree
    for part in dotted.split("."):
        if not isinstance(at, Mapping) or part not in at:
            close = get_close_matches(part, at, n=1) if isinstance(at, Mapping) else []
            hint = f" Did you mean {close[0]!r} for {part!r}?" if close else ""
            fail(place, f"there is no {name} {dotted!r}.{hint}")
        at = at[part]
    if not isinstance(at, str | int | float | bool):
        fail(place, f"{name} {dotted!r} is not a single value but {type(at).__name__}.")
    return at


def _in_code(line: Line, place: str = "") -> Line:
    """In code the escaped form shows a shortcode; the plain form differs between renderers."""
    for match in SHORTCODE.finditer(line.text):
        if match["run"] is not None:
            fail(place or line.place, "a shortcode inside code: write {{{< ... >}}} to show it.")
    return replace(line, text=SHORTCODE.sub(lambda m: "{{< " + m["shown"] + " >}}", line.text))


def _included_file(line: Line, call: str, root: Path) -> Path:
    parts = call.split()
    if len(parts) != 2:
        fail(line.place, "{{< include >}} takes one path, for example {{< include /a/b.md >}}.")
    start = root if parts[1].startswith("/") else (root / line.file).parent
    return inside(root, start / parts[1].lstrip("/"), line.place)


def inside(root: Path, file: Path, place: str) -> Path:
    """Return the file's real path; raise RenderError when it is missing or outside of ``root``."""
    real = file.resolve()
    if not real.is_relative_to(root.resolve()):
        fail(place, f"{file.name} lies outside of the report folder; nothing there is read.")
    if not real.is_file():
        fail(place, f"there is no file {real.relative_to(root.resolve()).as_posix()!r}.")
    return root / real.relative_to(root.resolve())


def _without_comments(lines: list[Line]) -> Iterator[tuple[Line, bool]]:
    """Yield each line without HTML comments, and whether it is code (its fences included)."""
    fence, is_comment = "", False
    for line in lines:
        opening = _FENCE.match(line.text)
        if fence:
            if opening and opening[1].startswith(fence) and not opening[2].strip():
                fence = ""
            yield line, True
        elif opening and not is_comment:
            if re.match(r"\s*\{\w", opening[2]):
                fail(line.place, "reports execute no code; a stage makes the result.")
            fence = opening[1]
            yield line, True
        else:
            text, is_comment = _cut_comment(line.text, is_comment)
            yield replace(line, text=text), False
    if fence or is_comment:
        what = "a block of code" if fence else "a comment"
        fail(lines[-1].place, f"{what} is not closed before the end of the file.")


def _cut_comment(text: str, is_comment: bool) -> tuple[str, bool]:
    kept, at = "", 0
    while at < len(text):
        mark = "-->" if is_comment else "<!--"
        found = text.find(mark, at)
        if found < 0:
            return (kept if is_comment else kept + text[at:]), is_comment
        kept += "" if is_comment else text[at:found]
        at, is_comment = found + len(mark), not is_comment
    return kept, is_comment


def locate(lines: list[Line], pattern: str, default: str) -> str:
    """Return the place of the first line that matches the regular expression ``pattern``."""
    found = next((line for line in lines if re.search(pattern, line.text)), None)
    return found.place if found else default
