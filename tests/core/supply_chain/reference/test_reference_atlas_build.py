"""The atlas against the publishers' copies: rows of five countries, as they came."""

import csv
import importlib
from pathlib import Path
from types import ModuleType

import pytest

from supply_chain.reference.atlas import load_atlas
from supply_chain.reference.laws import INFERRED, TIER_SCORES
from supply_chain.reference.release import DATA

ROOT = Path(__file__).resolve().parents[4]
RAW = ROOT / "tests" / "data" / "atlas"
TAKEN = {"BD", "GH", "NA", "VA", "XK"}
Table = list[dict[str, str]]


def rows(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("build_atlas")


@pytest.fixture
def built(builder: ModuleType, tmp_path: Path) -> Path:
    (tmp_path / "commodities.csv").write_text("hs_codes\n1801|1805\n0901\n", encoding="utf-8")
    builder.main(RAW, tmp_path)
    return tmp_path / "atlas"


def test_what_the_copies_hold_of_a_country_is_what_is_shipped_row_by_row(built: Path) -> None:
    files = sorted(path.relative_to(built) for path in built.rglob("*.csv"))
    assert len(files) > 35
    for file in files:
        if file.name in ("hs_headings.csv", "release.csv"):
            continue
        shipped = [row for row in rows(DATA / "atlas" / file) if row["iso2"] in TAKEN]
        assert rows(built / file) == shipped, file


def test_the_headings_of_our_goods_bear_the_names_of_the_copy(built: Path) -> None:
    assert [row["hs_code"] for row in rows(built / "hs_headings.csv")] == ["1801", "1805"]
    shipped = rows(DATA / "atlas" / "hs_headings.csv")
    assert all(row in shipped for row in rows(built / "hs_headings.csv"))


def test_a_tier_gives_the_same_score_in_the_atlas_as_in_a_release(builder: ModuleType) -> None:
    of_release = importlib.import_module("reference_indicators")
    assert of_release.TIER_SCORES == TIER_SCORES
    assert of_release.INFERRED == INFERRED


def test_building_again_gives_the_same_bytes(builder: ModuleType, built: Path) -> None:
    first = {path: path.read_bytes() for path in built.rglob("*.csv")}
    builder.main(RAW, built.parent)
    assert {path: path.read_bytes() for path in built.rglob("*.csv")} == first


def test_every_row_of_every_series_was_taken_over(builder: ModuleType) -> None:
    told = {
        row["indicator"]: int(row["rows"])
        for row in rows(RAW / "country_indicators" / "indicator_metadata.csv")
    }
    atlas = load_atlas()
    for ref, name in builder.sets.TRENDS.items():
        assert sum(len(one.points) for one in atlas.trends[ref].values()) == told[name], ref


@pytest.mark.parametrize(
    ("ref", "alpha2", "year"),
    [
        ("wgi_rule_of_law", "GH", 2010),
        ("wgi_voice_and_accountability", "BD", 2023),
        ("unhcr_refugees_hosted", "BD", 2017),
        ("ucdp_deaths_non_state", "GH", 2022),
        ("wdi_child_employment", "BD", 2013),
    ],
)
def test_a_figure_of_a_year_is_that_of_the_copy(
    builder: ModuleType, ref: str, alpha2: str, year: int
) -> None:
    iso3 = {"GH": "GHA", "BD": "BGD"}[alpha2]
    (raw,) = [
        float(row["value"])
        for row in rows(RAW / "country_indicators" / "indicators_long.csv")
        if (row["indicator"], row["iso3"], row["year"])
        == (builder.sets.TRENDS[ref], iso3, str(year))
    ]
    trend = load_atlas().trend(ref, alpha2)
    assert trend is not None
    assert {p.year: p.value for p in trend.points}[year] == pytest.approx(raw, rel=1e-9)
