"""Personal data stays at the door: ids become pseudonyms, free text loses what identifies.

A pseudonym is a keyed hash, so that equal ids stay equal within a run and nobody without the
key can try ids until one fits. The key never enters a result, a log or the cache.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

from nexo.base import paths
from nexo.base.errors import SourceError
from nexo.base.strict_yaml import Frozen, Truth

MINIMUM_KEY_BYTES = 32
LONGEST_KEY_FILE = 100_000
PSEUDONYM_DIGITS = 32
"""128 bits as hex: two of a billion customers share one with a chance of one in 10^21."""

DEMO = "demo"
"""The source whose key lies beside it, public."""

CURE_KEY = (
    'Make one with: python -c "import secrets; print(secrets.token_hex(32))" > ../nexo.key '
    "(outside the repository; keep it safe, without it pseudonyms cannot be made again) and set "
    "common.key_file in params.yaml."
)

PUBLIC_KEY = (
    "customer ids were hashed with the demo's key, which is public: whoever has the results can "
    "try ids until one fits. " + CURE_KEY
)
"""What to say when a real data set was read with the key of the demo."""

# Each starts where nothing of its kind stands before, and does not step back: the time to
# look at a text grows with its length, not with its square.
_EMAIL = re.compile(r"(?<![\w.+\-'%&])[\w.+\-'%&]++[@\uff20\ufe6b][\w\-]+(?:\.[\w\-]+)+")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]{4}){2,7}(?:[ \-]?[A-Za-z0-9]{1,4})?\b")
_IDENTITY = re.compile(
    r"(?<!\d)(?:\d{1,2}\.?\d{3}\.?\d{3}|[XYZxyz][ \-.]?\d\.?\d{3}\.?\d{3})[ \-.]?[A-Za-z]\b"
)
_BETWEEN = r"[\s.\-/()_\u00b7\u2010-\u2015\u200b-\u200f\u2060\ufeff]{0,3}"
_DIGITS = re.compile(rf"(?<!\d)(?:\+\s?)?\(?\d(?:{_BETWEEN}\d){{8,}}")
_MIDDLE = r"(?:/\d{1,2}/|-\d{1,2}-|\.\d{1,2}\.)"
_DATE = re.compile(
    rf"(?:\d{{4}}{_MIDDLE}\d{{1,2}}|\d{{1,2}}{_MIDDLE}(?:\d{{4}}|\d{{2}}))"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?"
    r"(?:Z| ?[+\-]\d{2}:?\d{2}| ?[AaPp]\.?[Mm]\.?)?)?"
)
_SPELT = re.compile(  # somebody (at) example.org
    r"(?<![\w.+\-])[\w.+\-]++\s?(?:\((?:at|arroba)\)|\[(?:at|arroba)\]|\barroba\b)\s?"
    r"[\w\-]+(?:\s?(?:\.|\((?:dot|punto)\)|\bpunto\b)\s?[\w\-]+)+",
    re.IGNORECASE,
)
_NAMED = re.compile(  # a short number that says itself what it is
    r"\b(dni|nie|nif|nuip|curp|rut|ssn|iban|pasaporte|passport|tel[eé]fono|tel|tlfn?o?|m[oó]vil|"
    r"celular|phone|mobile|whats?app|tarjeta|card|cuenta|account)"
    r"(\b[\s.:#=-]{0,3}(?:(?:es|is|n[ºo°.]{1,2}|number|n[uú]mero)[\s:]{1,2}){0,2})"
    r"(?=[A-Za-z]{0,3}[\s.-]?\d)[A-Za-z]{0,3}[\s.-]?\d(?:[\s.-]?\d){4,8}[\s.-]?[A-Za-z]?\b",
    re.IGNORECASE,
)
_DAY = (
    r"(?:(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\{n}(?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
)
_DAYS = re.compile(  # one day or two, the hour behind: "12/03/2024 10" of 12/03/2024 10:30
    rf"{_DAY.replace('{n}', '1')}(?:[ \-]{{1,3}}(?:{_DAY.replace('{n}', '2')}|\d{{1,2}}))?"
)
_SOME_DIGIT, _NO_DIGIT = "[0-9\u0660-\U0010ffff]", "[^0-9\u0660-\U0010ffff]"
SUSPICIOUS = f"(?:{_SOME_DIGIT}{_NO_DIGIT}*){{5}}|[@\uff20\ufe6b]|" + r"(?i:arroba|\(at\)|\[at\])"
"""What every text has that ``redact`` changes: five digits, or the sign of an address. Plain enough
for RE2 too; what digits there are beyond ASCII lies above U+065F, so all of that counts as one."""
REDACTED = r"\[(?:email|account|id|number)\]"
"""What ``redact`` leaves, as a pattern: in a label it would make different ones one."""
_PSEUDONYM = re.compile(rf"[0-9a-f]{{{PSEUDONYM_DIGITS}}}")
_WHOLE = re.compile(r"[+\-]?\d{1,8}(?:[.,]\d*)?")
_NUMBER = re.compile(
    r"[+\-]?(?:\d{1,15}|\d{1,3}(?:[.,' "
    "\u00a0\u2019\u202f"
    r"]\d{3}){1,4})(?:[.,]\d{0,17})?"
)
CURRENCY_SIGNS = {
    "EUR": ("€",), "GBP": ("£",), "JPY": ("¥",), "CNY": ("¥", "元"), "INR": ("₹",),
    "KRW": ("₩",), "TRY": ("₺",), "RUB": ("₽",), "PLN": ("zł",), "ILS": ("₪",), "UAH": ("₴",),
    "CHF": (r"Fr\.?",), "BRL": (r"R\$",), "PEN": (r"S/\.?",), "CRC": ("₡",), "PHP": ("₱",),
    **dict.fromkeys(("SEK", "NOK", "DKK"), (r"kr\.?",)),
    **{code: (rf"{code[:2]}\$", r"\$") for code in ("USD", "AUD", "CAD", "NZD", "HKD", "SGD")},
    **dict.fromkeys(("MXN", "ARS", "CLP", "COP", "UYU", "DOP"), (r"\$",)),
}  # fmt: skip
"""How amounts of a currency are written, as patterns; the code (ISO 4217) always counts too."""

MONEY_MARK = r"(?:[A-Z]{3}|[A-Z]{0,2}\$|[€£¥元₹₩₺₽₪₴₡₱]|zł|kr\.?|Fr\.?|S/\.?)"
"""Any currency's sign or code."""

_AMOUNT = re.compile(
    rf"[+\-(]?\s?(?:{MONEY_MARK}\s?)?[+\-(]?{_NUMBER.pattern}[)\-]?(?:\s?{MONEY_MARK})?[)\-]?"
)
LOOKS = {
    "integer": (_WHOLE,),
    "number": (_NUMBER,),
    "money_cents": (_NUMBER, _AMOUNT),
    "date": (_DATE,),
    "datetime": (_DATE,),
}
"""What a cell of each type may look like; labels and truth values have no digits to protect."""


class IdRule(Frozen):
    """What makes two spellings one customer; declared in the source, applied before hashing."""

    trim: Truth = True
    case: Literal["keep", "lower", "upper"] = "keep"
    strip_leading_zeros: Truth = False


def load_key(file: Path) -> bytes:
    """Read the secret of the pseudonyms: lines after ``#`` are notes, the rest is one hex number.

    Raises SourceError with the cure when the file is missing, is not hex or is too short.
    """
    try:
        if not file.exists():
            raise SourceError(f"The key file {file} is not there. {CURE_KEY}")
        if not file.is_file() or file.stat().st_size > LONGEST_KEY_FILE:
            raise SourceError(f"{file} is no key file. {CURE_KEY}")
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SourceError(f"The key file {file} is not text. {CURE_KEY}") from None
    except OSError as problem:
        raise SourceError(f"The key file {file} cannot be read ({problem}). {CURE_KEY}") from None
    lines = [line.strip() for line in text.splitlines()]
    digits = "".join(line for line in lines if not line.startswith("#"))
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        raise SourceError(
            f"The key file {file} must hold one number in hex digits besides # notes. {CURE_KEY}"
        ) from None
    if len(key) < MINIMUM_KEY_BYTES:
        raise SourceError(
            f"The key in {file} has {len(key)} bytes; {MINIMUM_KEY_BYTES} is the least. {CURE_KEY}"
        )
    return key


def key_place(key_file: str) -> Path:
    """Return where ``common.key_file`` lies, relative to the project or absolute.

    Raises SourceError for a key inside the repository that is not the demo's public one: it
    would sooner or later be committed or cached.
    """
    try:
        place = (paths.root() / key_file).resolve()
    except (OSError, RuntimeError, ValueError):  # a link to itself, a NUL, a name without end
        raise SourceError(
            f"common.key_file = {key_file[:100]!r} is no name of a file. {CURE_KEY}"
        ) from None
    if place.is_relative_to(paths.root()) and place != paths.source_file(DEMO).with_suffix(".key"):
        raise SourceError(
            f"The key file {place} lies inside the repository, where it would be committed some "
            "day. Move it out and set common.key_file in params.yaml to its new place."
        )
    return place


def is_public(key_file: Path) -> bool:
    """Whether the key is the demo's, under whatever name."""
    public = paths.source_file(DEMO).with_suffix(".key")
    return public.is_file() and load_key(key_file) == load_key(public)


def normalise_id(value: str, rule: IdRule) -> str:
    """Apply the id rule; the result is text, never a number ("000123" stays unless declared).

    An accent is one sign or two (NFC, NFD) as the program that saved the file had it: one form.
    """
    value = unicodedata.normalize("NFC", value)
    if rule.trim:
        value = _trim(value)
    if rule.case != "keep":
        value = value.lower() if rule.case == "lower" else value.upper()
    if rule.strip_leading_zeros and value:
        value = value.lstrip("0") or "0"
    return value


def _trim(value: str) -> str:
    """Strip blanks and characters that do not show (byte order marks, direction marks)."""
    value = value.strip()
    if value.isascii() and value.isprintable():
        return value
    hidden = "".join({c for c in value if unicodedata.category(c) in ("Cf", "Cc", "Zs")})
    return value.strip(hidden + " \t\r\n")


def pseudonym(value: str, key: bytes) -> str:
    """Return the keyed hash (HMAC-SHA-256, first 128 bits, hex) of a normalised id."""
    return hmac.digest(key, value.encode("utf-8"), "sha256").hex()[:PSEUDONYM_DIGITS]


def redact(text: str) -> str:
    """Blank out e-mails, account numbers, identity numbers and runs of nine or more digits.

    Rather one number too many than one too few: a comment is read for its meaning.
    """
    text = _SPELT.sub("[email]", _EMAIL.sub("[email]", text))
    text = _IBAN.sub(_account, text)
    text = _IDENTITY.sub("[id]", text)
    text = _NAMED.sub(r"\1\2[number]", text)
    return _DIGITS.sub(_number, text)


def _number(match: re.Match[str]) -> str:
    """A run of digits, unless it is a day, two days, or a day and its hour."""
    return match[0] if _DAYS.fullmatch(match[0]) else "[number]"


def _account(match: re.Match[str]) -> str:
    """Words in groups of four letters are no account: it takes ten digits at least."""
    n_digits = sum(character.isdigit() for character in match[0])
    return "[account]" if n_digits >= 10 else match[0]


def redact_value(text: str) -> str:
    """Redact a value on its way to quarantine: as ``redact``, but dates and pseudonyms stay."""
    return text if _DATE.fullmatch(text) or _PSEUDONYM.fullmatch(text) else redact(text)


def redact_cell(
    value: str, looks: Sequence[re.Pattern[str]], known: Collection[str] = frozenset()
) -> str:
    """Redact a cell that should hold a number, a date or a label.

    What looks as the column's type should (see ``LOOKS``), or is a label or code that the
    source declares, is left alone, or amounts and codes would be lost. Everything else meets
    the full ``redact``: a phone typed into the column of a score, a date or a region.
    """
    text = value.strip()
    if text in known or any(look.fullmatch(text) for look in looks):
        return value
    return redact(value)
