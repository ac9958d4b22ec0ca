"""The jobs that test_engine.py compares, each run in a process of its own: ``nexo``, ``by_hand``
(one DuckDB script) and ``in_pandas`` (value by value, as cleaning is mostly written)."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from support import big_world, sources  # noqa: E402

KEYS = ("landmark", "nps_score", "segment", "region", "n_categories_owned")


def nexo(world: Path) -> None:
    """Extract, clean, build the panel, group it into cells."""
    import narwhals as nw

    from nexo.clean import clean_sales, clean_survey, stage_on, write_clean
    from nexo.config import Common, Panel
    from nexo.engine import open_engine, to_arrow
    from nexo.panel import build_panel
    from nexo.sources.extract import extract

    source, known = sources.load(world, big_world.source()), sources.dictionary()
    common = Common(
        source="large", data_dir="inbox", engine="duckdb", spark_master="", memory_gb=2,
        spill_dir="", key_file="", snapshot="",
    )  # fmt: skip
    raw, panel = _new(world / "raw"), _new(world / "panel")
    extract(source, known, world / "inbox", sources.KEY, raw)
    params: Any = SimpleNamespace(common=common, max_rejected_share=0.05)
    with stage_on(source, known, params, raw) as stage:
        write_clean(clean_survey(stage), known, world / "survey")
    with stage_on(source, known, params, raw) as stage:
        write_clean(clean_sales(stage), known, world / "sales")
    year = dict.fromkeys(("retention", "cross_selling", "revenue"), 365)
    build_panel(
        Panel(
            common=common, landmark_dates=big_world.LANDMARKS, step_days=365, active_days=365,
            score_lookback_days=365, control_lookback_days=365, horizon_days=year,
        ),
        source, world / "survey", world / "sales", panel,
    )  # fmt: skip
    with open_engine(common) as engine:
        rows = engine.read_parquet(panel / "panel.parquet")
        scored = rows.filter(~nw.col("nps_score").is_null())
        sums = (nw.col(name).cast(nw.Int64).sum() for name in ("is_retained", "net_revenue_cents"))
        to_arrow(scored.group_by(*KEYS).agg(nw.len().alias("n"), *sums))


def _new(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def by_hand(world: Path) -> None:
    """Run by_hand.sql with the same memory."""
    import duckdb

    text = (Path(__file__).parent / "by_hand.sql").read_text(encoding="utf-8")
    text = text.replace("{folder}", str(world / "inbox"))
    text = text.replace("{target}", str(world / "by_hand.parquet"))
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute(f"SET temp_directory = '{world / 'by_hand.tmp'}'")
        for statement in text.split(";\n"):
            if statement.strip():
                connection.execute(statement).fetchall()


def in_pandas(world: Path) -> None:
    """Clean the three files with one function a value; no panel, no cells."""
    import hmac

    import pandas as pd

    inbox = world / "inbox"

    def customer(value: str) -> str:
        plain = value.strip().lstrip("0") or "0"
        return hmac.digest(sources.KEY, plain.encode(), "sha256").hex()[:32]

    def day(value: str) -> dt.date | None:
        found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", value.strip())
        return dt.date(int(found[3]), int(found[2]), int(found[1])) if found else None

    def cents(value: str) -> int | None:
        found = re.fullmatch(r"(-?)(\d+)(?:,(\d{1,2}))?", value.strip())
        if not found:
            return None
        size = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
        return -size if found[1] else size

    codes = dict(zip(big_world.CATEGORIES, big_world.CODES, strict=True))
    orders = pd.read_csv(inbox / "orders.csv", sep=";", dtype=str, keep_default_na=False)
    made = pd.DataFrame(
        {
            "order_id": orders["line"].map(customer),
            "customer_id": orders["customer"].map(customer),
            "ordered_at": orders["date"].map(day),
            "category": orders["category"].str.strip().map(codes),
            "amount_cents": orders["amount"].map(cents),
        }
    )
    made.dropna().to_parquet(world / "pandas.parquet")
    for name, sep in (("customers.csv", ";"), ("answers.csv", ",")):
        table = pd.read_csv(inbox / name, sep=sep, dtype=str, keep_default_na=False)
        table["customer"] = table["customer"].map(customer)


if __name__ == "__main__":
    {"nexo": nexo, "by_hand": by_hand, "in_pandas": in_pandas}[sys.argv[1]](Path(sys.argv[2]))
