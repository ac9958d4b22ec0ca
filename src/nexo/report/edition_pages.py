"""The pages about editions: the list of them, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from nexo.report import changes, formats, shell, wording
from nexo.report.changes import Change
from nexo.report.edition_record import Record
from nexo.report.escape import escape_html, plain_text
from nexo.report.formats import LANGS, Lang
from nexo.report.shell import Marks
from nexo.report.wording import say, term

SHORT_COMMIT = 10


def list_page(records: Sequence[Record], marks: Marks, *, is_draft: bool) -> str:
    """Return the list of editions, newest first, in both languages; paths from its own folder."""
    parts = []
    for lang in LANGS:
        items = "\n".join(_item(lang, record) for record in reversed(records))
        none = f"<p>{escape_html(say(lang, 'ed_none'))}</p>".replace(
            "make edition", "<code>make edition</code>"
        )
        listed = f'<ul class="editions">\n{items}\n</ul>' if items else none
        parts.append(
            f'<section class="card" lang="{lang}" id="{lang}">\n'
            f"<h2>{escape_html(say(lang, 'ed_list_title'))}</h2>\n{listed}\n</section>"
        )
    heading = f'<h1 class="title"><a href="../index.html">{marks.company or "Nexo"}</a></h1>'
    listed = "\n".join(parts)
    body = f'{heading}\n<div class="choices">\n{listed}\n</div>'
    title = " · ".join(say(lang, "ed_list_title") for lang in LANGS)
    return shell.page(title, body, ("en", "es"), marks=marks, is_draft=is_draft)


def _item(lang: Lang, record: Record) -> str:
    opened = f'<a href="{record["name"]}/{lang}/brief.html">{escape_html(say(lang, "ed_open"))}</a>'
    told = (
        f'<a href="{record["name"]}/{lang}/changes.html">{escape_html(say(lang, "ed_changes"))}</a>'
    )
    return (
        f"<li><p><strong>{escape_html(_called(lang, record))}</strong></p>\n"
        f"<p>{escape_html(record['headline'][lang])}</p>\n<p>{opened} · {told}</p></li>"
    )


def _called(lang: Lang, record: Record) -> str:
    """Name an edition by the last day of its data and its commit."""
    day = record["data_end"]
    until = say(lang, "ed_until", date=formats.date(lang, day)) if day else say(lang, "ed_undated")
    return f"{until}, {say(lang, 'ed_commit', commit=record['commit'][:SHORT_COMMIT])}"


def changes_page(
    lang: Lang, before: Record | None, now: Record, marks: Marks, *, is_draft: bool
) -> str:
    """Return what changed from ``before`` to ``now``; it stands beside that edition's reports."""
    words, other = shell.labels(lang), {"es": "en", "en": "es"}[lang]
    nav = (
        f'<nav class="report-nav" aria-label="{escape_html(words["reports"])}">\n'
        f'<a href="brief.html">{escape_html(words["brief"])}</a>\n'
        f'<a href="technical.html">{escape_html(words["technical"])}</a>\n'
        f'<a href="../../index.html#{lang}">{escape_html(say(lang, "ed_list_title"))}</a>\n'
        f'<a class="other-language" href="../{other}/changes.html" lang="{other}" '
        f'hreflang="{other}">{escape_html(words["other-name"])}</a>\n</nav>'
    )
    title = say(lang, "ed_title")
    if before is None:
        told = f"<p>{escape_html(say(lang, 'ed_first'))}</p>"
    else:
        told = "\n".join(_sections(lang, before, now))
    body = f'{nav}\n<h1 class="title">{escape_html(title)}</h1>\n{told}'
    return shell.page(title, body, (lang,), marks=marks, is_draft=is_draft)


def _sections(lang: Lang, before: Record, now: Record) -> list[str]:
    word = partial(say, lang)
    named = {"before": _called(lang, before), "now": _called(lang, now)}
    named = {name: text[0].lower() + text[1:] for name, text in named.items()}
    came, gone = changes.come_and_gone(before["sections"][lang], now["sections"][lang])
    listed = [word("ed_new", names=formats.listing(lang, came)) if came else ""]
    listed += [word("ed_gone", names=formats.listing(lang, gone)) if gone else ""]
    method = word("ed_code") if before["code"] != now["code"] else ""
    return [
        _said(word("ed_lead", **named)),
        _heading(word("ed_headline")),
        f'<dl class="before-now"><dt>{escape_html(word("ed_before"))}</dt>'
        f"<dd>{escape_html(before['headline'][lang])}</dd>"
        f"<dt>{escape_html(word('ed_now'))}</dt><dd>{escape_html(now['headline'][lang])}</dd></dl>",
        _heading(word("ed_figures")),
        _figures(lang, before, now),
        _said(word("ed_same_data" if before["data"] == now["data"] else "ed_note")),
        _heading(word("ed_verdicts")),
        _verdicts(lang, before, now),
        _heading(word("ed_sections")),
        _said(" ".join(text for text in listed if text) or word("ed_same_sections")),
        _heading(word("ed_params")),
        _pairs(lang, "ed_param", changes.changed(before["params"], now["params"]))
        or _said(word("ed_same_params")),
        _said(method),
        _heading(word("ed_data")),
        _rows_read(lang, before, now) or _said(word("ed_same_rows")),
    ]


def _figures(lang: Lang, before: Record, now: Record) -> str:
    word = partial(say, lang)
    rows = []
    for one in changes.number_changes(before, now):
        moved = {"estimate": one.difference, "conf_low": one.low, "conf_high": one.high}
        rows.append(
            [
                _figure_name(lang, one, now["currency"]),
                _estimate(lang, one, one.before, before["currency"]),
                _estimate(lang, one, one.now, now["currency"]),
                _estimate(lang, one, moved, now["currency"], signed=True),
                word(_reading(one)),
            ]
        )
    names = ("ed_figure", "ed_before", "ed_now", "ed_change", "ed_reads")
    return shell.table([word(name) for name in names], rows, (1, 2, 3))


def _figure_name(lang: Lang, one: Change, currency: str) -> str:
    if one.group == "score":
        return term(lang, "metric", one.what)
    if one.group == "effect":
        unit = wording.unit(lang, one.unit, currency)
        return say(lang, "ed_effect", outcome=term(lang, "outcome", one.what), unit=unit)
    if one.group == "money":
        return say(lang, "ed_money", path=term(lang, "path", one.what))
    return say(lang, {"value": "ed_value", "base": "ed_base"}[one.group])


def _written(lang: Lang, one: Change, value: Any, currency: str, *, signed: bool = False) -> str:
    if one.unit == "cents":
        return formats.money(lang, value, currency, signed=signed)
    digits = {"customers": 0, "nps_points": 1}.get(one.unit, 2)
    return wording.quantity(lang, value, one.unit, currency, signed=signed, digits=digits)


def _estimate(
    lang: Lang, one: Change, entry: dict[str, Any] | None, currency: str, *, signed: bool = False
) -> str:
    """Write an estimate, and its interval in a line of its own."""
    if entry is None:
        return formats.MISSING
    write = partial(_written, lang, one, currency=currency, signed=signed)
    ends = formats.span(lang, write(entry["conf_low"]), write(entry["conf_high"]))
    return write(entry["estimate"]) + ("" if ends == formats.MISSING else f"{shell.LINE}({ends})")


def _reading(one: Change) -> str:
    if one.before is None or one.now is None:
        return "ed_reads_new" if one.before is None else "ed_reads_gone"
    return {None: "ed_reads_none", True: "reads_change", False: "reads_chance"}[one.is_real]


def _verdicts(lang: Lang, before: Record, now: Record) -> str:
    rows = []
    for outcome in [*now["verdicts"], *(o for o in before["verdicts"] if o not in now["verdicts"])]:
        pair = [record["verdicts"].get(outcome) for record in (before, now)]
        written = [wording.verdict_word(lang, one) if one else formats.MISSING for one in pair]
        moved = say(lang, "ed_no" if pair[0] == pair[1] else "ed_yes")
        rows.append([term(lang, "outcome", outcome), *written, moved])
    names = ("ed_outcome", "ed_before", "ed_now", "ed_change")
    return shell.table([say(lang, name) for name in names], rows)


def _rows_read(lang: Lang, before: Record, now: Record) -> str:
    count = partial(formats.number, lang)
    found = changes.changed(before["tables"], now["tables"])
    named = {
        term(lang, "table", name) if wording.has_term("table", name) else name: (
            count(pair[0]),
            count(pair[1]),
        )
        for name, pair in found.items()
    }
    return _said(say(lang, "ed_rows")) + _pairs(lang, "ed_table", named) if found else ""


def _pairs(lang: Lang, heading: str, found: dict[str, tuple[Any, Any]]) -> str:
    if not found:
        return ""
    rows = [
        [plain_text(name), *(formats.MISSING if one is None else plain_text(one) for one in pair)]
        for name, pair in found.items()
    ]
    return shell.table([say(lang, name) for name in (heading, "ed_before", "ed_now")], rows)


def _heading(text: str) -> str:
    return f"<h2>{escape_html(text)}</h2>"


def _said(text: str) -> str:
    return f"<p>{escape_html(text)}</p>" if text else ""
