"""Published numbers: METHODS.md section 7, checks 14, 20, 21, and 56 published coefficients.

Source of each coefficient: the column `source` of published_coefficients.csv (Zeileis, Kleiber
and Jackman 2008; Wooldridge; Spector and Mazzeo 1980; R's survival; Stata and R outputs).
Tolerance: 0.6 of the last printed digit, because two of the sources round a half the other way.
Every coefficient but Cox's comes out of the project's own fit, once from the rows and once from
each row twice at half weight, which must not change it. Cox's partial likelihood is not offered
by the project (time to churn is a hazard on person-periods, held near Cox below): that one is
statsmodels' PHReg, and the check is of the data and of what we compare with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nexo.models.fit import Fit
from support.raw_fit import errors, fit_columns, named

Columns = dict[str, Any]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "published"


@pytest.fixture(scope="module")
def published(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "published_coefficients.csv", dtype={"published": str})


def _fit(y: Any, columns: Columns, family: str, times: int, **kwargs: Any) -> Fit:
    """Our fit on each row ``times`` times, at weight 1 / times."""
    y, table = np.tile(np.asarray(y, float), times), pd.DataFrame(columns).astype(float)
    tiled = {name: np.tile(table[name], times) for name in table}
    return fit_columns(y, tiled, family, weights=np.full(len(y), 1 / times), **kwargs)


def _check(published: pd.DataFrame, dataset: str, model: str, found: dict[str, float]) -> int:
    """Hold every published number of one model; return how many there are."""
    rows = published[(published["dataset"] == dataset) & (published["model"] == model)]
    for term, printed in zip(rows["term"], rows["published"], strict=True):
        digits = len(printed.split(".")[1])
        assert found[term] == pytest.approx(float(printed), abs=0.6 * 10**-digits), term
    return len(rows)


def _visits(folder: Path) -> tuple[pd.Series, Columns]:
    data = pd.read_csv(folder / "NMES1988.csv")
    return data["visits"], {
        "hospital": data["hospital"],
        "poor": data["health"] == "poor",
        "excellent": data["health"] == "excellent",
        "chronic": data["chronic"],
        "male": data["gender"] == "male",
        "school": data["school"],
        "yes": data["insurance"] == "yes",
    }


def _crime(folder: Path) -> tuple[pd.Series, Columns]:
    data = pd.read_csv(folder / "crime1.csv")
    terms = "pcnv avgsen tottime ptime86 qemp86 inc86 black hispan born60".split()
    return data["narr86"], {term: data[term] for term in terms}


def _spector(folder: Path) -> tuple[pd.Series, Columns]:
    data = pd.read_csv(folder / "spector.csv")
    return data["GRADE"], {name: data[name] for name in ("GPA", "TUCE", "PSI")}


def _retail(folder: Path) -> tuple[pd.Series, Columns]:
    file = folder.parent / "retail_nps" / "nps.csv"
    data = pd.read_csv(file, encoding="latin-1", sep=None, engine="python")
    data = data[["nps", "NbPassageKS", "CaTicket", "t"]].apply(pd.to_numeric, errors="coerce")
    data["CaTicket"] = data["CaTicket"].clip(lower=0)
    data = data.dropna()
    assert len(data) == 13_594
    return data["nps"], {
        "np.log(NbPassageKS)": np.log(data["NbPassageKS"].to_numpy()),
        "np.log(CaTicket + 1)": np.log(data["CaTicket"].to_numpy() + 1),
        "np.log(t + 1)": np.log(data["t"].to_numpy() + 1),
    }


def _rossi(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    data = pd.read_csv(folder / "rossi.csv")
    design = {
        "fin": data["fin"] == "yes", "age": data["age"], "race": data["race"] == "black",
        "wexp": data["wexp"] == "yes", "mar": data["mar"] == "married",
        "paro": data["paro"] == "yes", "prio": data["prio"],
    }  # fmt: skip
    return data, pd.DataFrame(design).astype(float)


GLM = {
    # (dataset, model) -> data, family, how many numbers
    ("../retail_nps/nps.csv", "OLS"): (_retail, "gaussian", 4),
    ("crime1.csv", "OLS"): (_crime, "gaussian", 10),
    ("crime1.csv", "Poisson"): (_crime, "poisson", 10),
    ("NMES1988.csv", "Poisson"): (_visits, "poisson", 8),
    ("spector.csv", "Logit"): (_spector, "binomial", 4),
}
N_OTHERS = {"OLS se": 4, "NegBin2": 9, "Cox PH (Efron)": 7}


def test_all_published_coefficients_are_held(published: pd.DataFrame) -> None:
    assert len(published) == sum(n for *_, n in GLM.values()) + sum(N_OTHERS.values()) == 56


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("case", GLM, ids=":".join)
def test_coefficients(
    case: tuple[str, str], times: int, published: pd.DataFrame, folder: Path
) -> None:
    data, family, count = GLM[case]
    found = named(_fit(*data(folder), family, times))
    assert _check(published, *case, found | {"const": found["Intercept"]}) == count


def test_classical_standard_errors(published: pd.DataFrame, folder: Path) -> None:
    """R's lm: dispersion (X'X)^-1. Ours are robust; bread and dispersion are theirs."""
    fit = _fit(*_retail(folder), "gaussian", 1)
    classical = np.sqrt(fit.dispersion * np.diag(fit.solution.bread))
    found = dict(zip(fit.terms, classical, strict=True))
    assert _check(published, "../retail_nps/nps.csv", "OLS se", found) == N_OTHERS["OLS se"]


@pytest.mark.parametrize("times", [1, 2])
def test_negative_binomial(times: int, published: pd.DataFrame, folder: Path) -> None:
    """The project's NB2; the published theta is 1/alpha."""
    found = _fit(*_visits(folder), "negative_binomial", times)
    with_theta = named(found) | {"theta=1/alpha": 1 / found.solution.family.alpha}
    count = _check(published, "NMES1988.csv", "NegBin2", with_theta)
    assert count == N_OTHERS["NegBin2"]


def test_cox_with_efron_ties(published: pd.DataFrame, folder: Path) -> None:
    """Check 14: Rossi's recidivism data (Fox and Carvalho 2012; R's survival)."""
    from statsmodels.duration.hazard_regression import PHReg

    data, design = _rossi(folder)
    found = PHReg(data["week"], design, status=data["arrest"], ties="efron").fit()
    terms = dict(zip(design.columns, found.params, strict=True))
    count = _check(published, "rossi.csv", "Cox PH (Efron)", terms)
    assert count == N_OTHERS["Cox PH (Efron)"]
    for term, printed, last_digit in (("fin", -0.379, 1e-3), ("age", -0.057, 1e-3),
                                      ("prio", 0.0915, 1e-4)):  # fmt: skip
        assert terms[term] == pytest.approx(printed, abs=last_digit / 2)
    assert found.bse[0] == pytest.approx(0.191, abs=5e-4)


def test_hazard_stays_near_cox(published: pd.DataFrame, folder: Path) -> None:
    """Our hazard on person-weeks (complementary log-log, a level for each week) beside Cox.

    The same proportional hazards by another likelihood (Prentice and Gloeckler 1978: grouped
    time; Efron: ties broken by averaging), hence 0.003, a sixtieth of the smallest standard
    error of a yes or no. Weeks without an arrest hold no information and are left out.
    """
    data, design = _rossi(folder)
    weeks = np.unique(data.loc[data["arrest"] == 1, "week"])
    at_risk = [np.flatnonzero(data["week"] >= week) for week in weeks]
    rows, week = np.concatenate(at_risk), np.repeat(weeks, [len(found) for found in at_risk])
    event = (data["arrest"].to_numpy()[rows] == 1) & (data["week"].to_numpy()[rows] == week)
    columns = {name: design[name].to_numpy()[rows] for name in design}
    columns |= {f"week_{number}": week == number for number in weeks[1:]}
    found = named(fit_columns(event, columns, "cloglog", cluster=rows, kind="CRV1"))
    cox = published[published["dataset"] == "rossi.csv"].set_index("term")["published"]
    assert len(cox) == 7
    for term, printed in cox.items():
        assert found[str(term)] == pytest.approx(float(printed), abs=0.003), term


@pytest.mark.parametrize("times", [1, 2])
def test_grunfeld_clustered_by_firm(times: int) -> None:
    """Check 21 (Petersen's and Stata's first ten firms: all but American Steel), 20 years each.

    Tolerance: half a unit of the seventh printed decimal.
    """
    from statsmodels.datasets import grunfeld

    data = grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]
    assert (data["firm"].nunique(), len(data)) == (10, 200)
    columns = {"value": data["value"], "capital": data["capital"]}
    firm = np.tile(data["firm"], times)
    fit = _fit(data["invest"], columns, "gaussian", times, cluster=firm, kind="CRV1")
    # Twice the rows at half the weight: the factor (n-1)/(n-k) alone knows of it.
    n, k = 200 * times, 3
    of_rows = np.sqrt(((n - 1) / (n - k)) / (199 / 197))
    assert named(fit)["value"] == pytest.approx(0.1155622, abs=5e-8)
    assert named(fit)["capital"] == pytest.approx(0.2306785, abs=5e-8)
    assert errors(fit)["value"] / of_rows == pytest.approx(0.0158943, abs=5e-8)
    assert errors(fit)["capital"] / of_rows == pytest.approx(0.0849671, abs=5e-8)
    assert fit.covariance.degrees_of_freedom == 9
    few = _fit(data["invest"], columns, "gaussian", times, cluster=firm, kind="auto")
    assert few.covariance.kind == "CRV3", "ten clusters are too few for CRV1"
    assert (few.std_error[1:] > fit.std_error[1:]).all()
