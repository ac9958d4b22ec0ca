"""Which encoding a text file has: what its bytes say against what the source declares."""

from __future__ import annotations

import codecs
from pathlib import Path

from nexo.base.errors import SourceError

BLOCK_BYTES = 8 << 20
SAMPLE_BYTES = 64 << 10
"""Bytes around a fault that are looked at to name another encoding."""
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WIDE = ("utf-16", "utf-32")
NO_TEXT = {  # in small letters
    b"pk\x03\x04": "an Excel workbook (format: excel) or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (format: excel)",
    b"par1": "Parquet (format: parquet)",
    b"$fl2": "SPSS (format: sav)",
    b"\x1f\x8b": "a gzip archive",
    b"%pdf-": "a PDF",
    b"{\\rtf": "a text processor's document",
    b"<!doctype": "a web page",
    b"<html": "a web page",
}
"""First bytes of files that people take for CSV."""
CANDIDATES = ["utf_8", "cp1252", "latin_1", "cp1250", "cp850", "mac_roman"]


def codec_name(path: Path, declared: str) -> str:
    """Return Python's name of the declared encoding; UTF-8 with or without a mark is one.

    Raises SourceError for a file whose first bytes say otherwise.
    """
    name = codecs.lookup(declared).name
    name = "utf-8-sig" if name == "utf-8" else name
    with path.open("rb") as content:
        start = content.read(512).lstrip().lower()
    kind = next((kind for sign, kind in NO_TEXT.items() if start.startswith(sign)), "")
    if kind:
        raise SourceError(
            f"{path.name}: is no delimited text, it looks like {kind}. Correct format or glob in "
            "the source YAML, or export the file again."
        )
    mark = marked(path)
    if mark and not name.startswith(mark):
        raise SourceError(
            f"{path.name}: declared as {declared}, but its first bytes are the mark of {mark}. "
            f"Write encoding: {mark} in the source YAML."
        )
    return name


def marked(path: Path) -> str:
    """Return the encoding that a byte order mark announces; empty without one."""
    with path.open("rb") as content:
        start = content.read(4)
    return next((name for mark, name in MARKS.items() if start.startswith(mark)), "")


def check_text(path: Path, declared: str) -> None:
    """Read a file once, so that bytes of another encoding end in our message.

    Raises SourceError for bytes that the declared encoding cannot read, for NUL bytes, and for
    UTF-8 text declared as something else (which would read, as nonsense).
    """
    name = codec_name(path, declared)
    is_wide = name.startswith(WIDE)
    decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder(name)()
    other: codecs.IncrementalDecoder | None = None
    if not is_wide and name != "utf-8-sig":
        other = codecs.getincrementaldecoder("utf-8")()
    lines, at, is_ascii, is_plain = 1, 0, True, True
    with path.open("rb") as content:
        while True:
            block = content.read(BLOCK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as wrong:
                if not block and not is_plain:
                    raise SourceError(
                        f"{path.name}, line {lines}: breaks off within a sign at its end. The "
                        "file is not whole: copy or export it again."
                    ) from None
                lines += _breaks(wrong.object[: wrong.start].decode(name, errors="replace"))
                raise _undecodable(path, declared, lines, at - pending + wrong.start) from None
            except UnicodeError as wrong:  # of no place: UTF-16 without its mark
                raise SourceError(
                    f"{path.name}: cannot be read as {declared} text ({wrong}). Correct encoding "
                    "in the source YAML (utf-8, cp1252 and latin-1 are the usual ones)."
                ) from None
            if "\0" in text:
                line = lines + _breaks(text[: text.index("\0")])
                raise SourceError(_nul(path, line))
            is_ascii, is_plain = is_ascii and block.isascii(), is_plain and text.isascii()
            other = _still(other, block)
            if not block:
                break
            lines += _breaks(text)
            at += len(block)
    if other is not None and not is_ascii:
        raise SourceError(
            f"{path.name}: declared as {declared}, but its bytes are UTF-8 throughout, and signs "
            "such as \u00f1 would be read as two. Write encoding: utf-8 in the source YAML."
        )


def _still(
    decoder: codecs.IncrementalDecoder | None, block: bytes
) -> codecs.IncrementalDecoder | None:
    """The decoder of another encoding for as long as it can read the file; then None."""
    if decoder is not None:
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            return None
    return decoder


def _breaks(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _nul(path: Path, line: int) -> str:
    wide = _wide(_sample(path, 0))
    cure = (
        f"It seems to be UTF-16: write encoding: {wide} in the source YAML."
        if wide
        else "The file is damaged, or no text at all: export it again as UTF-8."
    )
    return f"{path.name}, line {line}: holds a NUL byte, which no text has. {cure}"


def _undecodable(path: Path, declared: str, line: int, at: int) -> SourceError:
    with path.open("rb") as content:
        content.seek(at)
        byte = content.read(1)
    if codecs.lookup(declared).name.startswith(WIDE):
        return SourceError(
            f"{path.name}, line {line}: not {declared} text (from byte {at} on). The file is "
            "damaged or breaks off: export it again."
        )
    seeming = _seeming(path, at)
    cure = (
        f"It seems to be {seeming}: write encoding: {seeming} in the source YAML, and look at the "
        "accents (latin-1 reads any byte)."
        if seeming
        else "Declare the file's encoding in the source YAML (cp1252 is usual; latin-1 reads any "
        "byte)."
    )
    shown = f"byte 0x{byte.hex()} at {at}" if byte else f"it breaks off at byte {at}"
    return SourceError(f"{path.name}, line {line}: not {declared} text ({shown}). {cure}")


def _seeming(path: Path, at: int) -> str:
    """The encoding that the text around a byte has, as far as its letters tell."""
    import charset_normalizer

    sample = _sample(path, at)
    if _wide(sample):
        return _wide(sample)
    found = charset_normalizer.from_bytes(sample, cp_isolation=CANDIDATES)
    names = [match.encoding for match in found]
    # Short texts fit several code pages of Windows; the Western one is by far the likelier.
    likely = [name for name in ("utf_8", "cp1252") if name in names]
    chosen = next(iter(likely or names), "")
    return {"latin_1": "latin-1", "utf_8": "utf-8"}.get(chosen, chosen)


def _sample(path: Path, at: int) -> bytes:
    """Bytes around a place, from an even one on."""
    with path.open("rb") as content:
        content.seek(max(0, at - SAMPLE_BYTES // 2) // 2 * 2)
        return content.read(SAMPLE_BYTES)


def _wide(sample: bytes) -> str:
    """The kind of UTF-16 whose every second byte is mostly NUL; empty when it is none."""
    evens, odds = sample[::2].count(0), sample[1::2].count(0)
    if 2 * max(evens, odds) < len(sample) // 2 or 4 * min(evens, odds) > max(evens, odds):
        return ""  # a run of NULs fills both halves
    return "utf-16-le" if odds > evens else "utf-16-be"
