"""Numbers and money: rewritten as the source declares into digits with a point, then cast."""

from __future__ import annotations

import narwhals as nw

from nexo.clean.steps import CAST, TOLD, UNFIT, Step, coded, only
from nexo.privacy import CURRENCY_SIGNS, MONEY_MARK

BLANK = "[ \u00a0\u202f]"
THOUSANDS = {" ": BLANK, "'": "['\u2019]"}
"""Signs that one declared thousands sign stands for: typesetters have several."""

MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of currencies that do not have two (ISO 4217)."""


def minor_digits(currency: str) -> int:
    """Decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return MINOR_DIGITS.get(currency, 2)


def plain_steps(name: str, decimal: str, thousands: str | None, negative: str) -> list[Step]:
    """Rewrite ``name__told`` as the declared signs say into ``name__plain``; null if no number.

    A thousands sign counts only between groups of three, and only when declared: "1.234" is
    one thousand or one and a bit, and nobody but the source can tell. A minus behind, or
    brackets for it, count only when declared (``negative``); a leading minus always does.
    """
    fraction = rf"(?:[{decimal}][0-9]{{1,15}})?"
    whole = "[0-9]{1,15}"
    group = THOUSANDS.get(thousands or "", f"[{thousands}]")
    if thousands is not None:
        whole = rf"(?:[0-9]{{1,15}}|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}}){{1,4}})"
    told, bare = nw.col(name + TOLD), nw.col(f"{name}__bare")
    plain = only(bare, bare.str.contains(rf"^[+-]?{whole}{fraction}$"))
    if thousands is not None:
        plain = plain.str.replace_all(group, "")
    if decimal != ".":
        plain = plain.str.replace_all(decimal, ".", literal=True)
    return [{f"{name}__bare": _signed(told, negative)}, {f"{name}__plain": plain}]


def _signed(text: nw.Expr, negative: str) -> nw.Expr:
    """Bring the minus to the front, from where the source says that it stands."""
    text = text.str.replace_all("\u2212", "-", literal=True)
    ends = {"trailing": "^[^-]+-$", "parentheses": r"^\([^()-]+\)$"}.get(negative)
    if ends is None:
        return text
    turned = nw.concat_str([nw.lit("-"), text.str.replace_all(r"[()-]", "")])
    return nw.when(text.str.contains(ends)).then(turned).otherwise(text)


def number_steps(name: str) -> list[Step]:
    """Fractions; what is not finite does not match the pattern in the first place."""
    value = nw.col(f"{name}__plain").cast(nw.Float64)
    is_unfit = ~nw.col(name + TOLD).is_null() & nw.col(name + CAST).is_null()
    return [{name + CAST: value}, {name + UNFIT: coded(is_unfit, "not_a_number")}]


def integer_steps(name: str) -> list[Step]:
    """Whole numbers; "8.0" is 8, "8.6" is nothing (never 9)."""
    return _whole_steps(name, r"^[+-]?[0-9]{1,15}(?:\.0+)?$", 0, "not_an_integer")


def money_steps(name: str, digits: int) -> list[Step]:
    """Minor units without a float: the digits before and after the sign, side by side.

    More decimals than the currency has are refused unless they are zeros: "12,345" may be
    twelve or twelve thousand. What bears another currency's sign or code is no number here.
    """
    pattern = rf"^[+-]?[0-9]{{1,15}}(?:\.[0-9]{{0,{digits}}}0*)?$"
    steps = _whole_steps(name, pattern, digits, "too_many_decimals")
    bare, reason = nw.col(f"{name}__bare"), nw.col(name + UNFIT)
    marked = rf"^[+(-]*{BLANK}*{MONEY_MARK}{BLANK}*[+(-]?[0-9]|[0-9][)-]?{BLANK}*{MONEY_MARK}[)-]?$"
    is_foreign = (reason == "not_a_number") & bare.str.contains(marked)
    return [*steps, {name + UNFIT: coded(is_foreign, "other_currency", reason)}]


def undressed_step(name: str, currency: str) -> Step:
    """Take the source's own currency, as sign or code, off both ends of an amount."""
    own = "|".join([currency, currency.lower(), *CURRENCY_SIGNS.get(currency, ())])
    told = nw.col(name + TOLD)
    text = told
    for sign, kept in ((r"\(", "("), ("-", "-"), (r"\+", "+"), ("", "")):
        text = text.str.replace_all(rf"^{sign}{BLANK}*(?:{own}){BLANK}*", kept)
    for sign, kept in ((r"\)", ")"), ("-", "-"), ("", "")):
        text = text.str.replace_all(rf"{BLANK}*(?:{own}){BLANK}*{sign}$", kept)
    return {name + TOLD: nw.when(told.str.contains(own)).then(text).otherwise(told)}


def _whole_steps(name: str, pattern: str, digits: int, code: str) -> list[Step]:
    """The number times ten to the power ``digits`` as an integer, where ``pattern`` matches.

    Split at an underscore: Spark takes the separator for a pattern, in which a point is any sign.
    """
    plain, halves = nw.col(f"{name}__plain"), nw.col(f"{name}__halves")
    unsigned = plain.str.replace_all("^[+-]", "").str.replace_all(".", "_", literal=True)
    marked = nw.concat_str([unsigned, nw.lit("_")])
    padded = nw.concat_str([halves.list.get(1), nw.lit("0" * digits)]).str.slice(0, digits)
    joined = nw.concat_str([halves.list.get(0), padded]) if digits else halves.list.get(0)
    size = joined.cast(nw.Int64)
    signed = nw.when(plain.str.starts_with("-")).then(-size).otherwise(size)
    value = nw.col(name + CAST)
    reason = coded(plain.is_null(), "not_a_number", coded(value.is_null(), code))
    return [
        {f"{name}__halves": only(marked, plain.str.contains(pattern)).str.split("_")},
        {name + CAST: signed},
        {name + UNFIT: only(reason, ~nw.col(name + TOLD).is_null())},
    ]
