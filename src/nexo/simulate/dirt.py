"""The dirt of real life: what people and tools do to exports, in small and known shares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nexo.simulate.people import Ints
from nexo.simulate.writing import told

COMMENTS = (
    "Escríbanme a maria.lopez@correo.example por favor",
    "Mi correo es j.perez+andina@empresa.example",
    "Please write to anna.smith@mail.example",
    "Llámenme al +34 612 345 678 por la tarde",
    "Mi teléfono es 698 765 432",
    "Call me: 0034 655 44 33 22",
    "DNI 12345678Z, sigo esperando",
    'Me dijeron "mañana"; no vino nadie;\nvolví a llamar, y "nada"',
    "<script>alert('hola')</script>",
    "=cmd()",
    "N/A",
    "10/10, ¡sin duda!",
)
"""Comments that a careless report would leak, break on or run."""


def sloppy_ids(ids: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Some with blanks around them, some that lost their leading zeros in a spreadsheet."""
    draw = rng.random(len(ids))
    padded = (" " + ids + " ").where(draw < 0.01, ids)
    return ids.str.lstrip("0").where((draw >= 0.01) & (draw < 0.03), padded)


def two_languages(
    codes: pd.Series, labels: dict[str, tuple[str, str]], rng: np.random.Generator
) -> pd.Series:
    """The Spanish label, or for one row in ten the English one."""
    places, distinct = pd.factorize(codes)
    spanish, english = (
        pd.Series(pd.array([labels[code][which] for code in distinct], dtype="str").take(places))
        for which in range(2)
    )
    return english.where(rng.random(len(codes)) < 0.1, spanish)


def spoil(
    table: pd.DataFrame,
    column: str,
    wrong: dict[str, int] | dict[None, int],
    rows: Ints,
    rng: np.random.Generator,
) -> None:
    """Put each wrong value into that many cells of ``column``, among ``rows``.

    Small worlds (tests) get a tenth of their rows spoiled at most.
    """
    for value, count in wrong.items():
        some = rng.choice(rows, min(count, len(rows) // 10), replace=False)
        table.loc[table.index[some], column] = value


def write_in(
    table: pd.DataFrame, column: str, texts: tuple[str, ...], rows: Ints, rng: np.random.Generator
) -> None:
    """Write each text into one cell of ``column``, among ``rows``."""
    some = rng.choice(rows, min(len(texts), len(rows)), replace=False)
    table.loc[table.index[some], column] = list(texts[: len(some)])


def duplicate(table: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Repeat ``count`` rows, each right after itself, as a twice-sent batch would."""
    some = rng.choice(len(table), min(count, len(table) // 20), replace=False)
    order = np.sort(np.concatenate([np.arange(len(table)), some]), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def first_versions(
    table: pd.DataFrame,
    answers: pd.DataFrame,
    column: str,
    time_column: str,
    time_format: str,
    count: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Add ``count`` earlier versions of answers: same id, three minutes before, another score.

    The later version is the true one, in time and in the order of the file.
    """
    key = table.columns[0]
    times = answers.set_index("response_id")["answered_at"].dropna()
    some = rng.choice(times.index.to_numpy(), min(count, len(times) // 20), replace=False)
    earlier = table.drop_duplicates(key).set_index(key).loc[some].reset_index()
    earlier[time_column] = told(times[some] - pd.Timedelta(minutes=3), time_format).to_numpy()
    earlier[column] = rng.integers(0, 11, len(some)).astype(str)
    earlier = earlier.reindex(columns=table.columns)
    return pd.concat([earlier, table], ignore_index=True)
