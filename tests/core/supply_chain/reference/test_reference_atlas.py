"""The atlas beside a release: series over years, laws, treaties, lists of earlier years."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.risk.reference.services import FILES
from supply_chain.errors import ReferenceFault
from supply_chain.reference.atlas import load_atlas, read_atlas
from supply_chain.reference.laws import FactSource
from supply_chain.reference.position import position_of
from supply_chain.reference.release import DATA, load_reference
from supply_chain.reference.trends import Trend, TrendPoint
from supply_chain.reference.types import ContextIndicator
from supply_chain.risk.country_part import country_parts
from supply_chain.risk.method import METHOD

ATLAS, REFERENCE = load_atlas(), load_reference()
DAY = date(2026, 11, 25)
PARTS = country_parts(REFERENCE, DAY)


def years(trend: Trend | None) -> list[list[int]]:
    assert trend is not None
    return [[point.year for point in run] for run in trend.runs]


def test_no_file_of_the_atlas_is_part_of_a_release() -> None:
    released = {path for pattern in FILES for path in DATA.glob(pattern)}
    atlas = set((DATA / "atlas").rglob("*"))
    assert released and atlas
    assert not released & atlas


def test_no_set_of_the_atlas_stands_in_a_release_too() -> None:
    assert not ATLAS.sets.keys() & (REFERENCE.context_indicators.keys() | REFERENCE.indicators)
    known = REFERENCE.context_indicators.keys() | REFERENCE.indicators.keys() | ATLAS.sets.keys()
    assert ATLAS.trend_sets.keys() <= known


def test_the_newest_figure_of_a_series_is_the_one_that_the_release_holds() -> None:
    compared = 0
    for ref, countries in ATLAS.trends.items():
        for alpha2, trend in countries.items():
            scored = [(o.indicator, o.raw, o.year) for o in REFERENCE.country(alpha2)]
            told = [(o.indicator, o.value, o.year) for o in REFERENCE.context.get(alpha2, ())]
            if (more := ATLAS.figures.get(ref, {}).get(alpha2)) is not None:
                told.append((ref, more.value, more.year))
            ((value, year),) = [(v, y) for name, v, y in (*scored, *told) if name == ref]
            assert year == trend.points[-1].year
            assert value == pytest.approx(trend.points[-1].value, rel=1e-5)
            compared += 1
    assert compared > 2000


def test_a_line_stops_where_a_year_is_missing_or_the_method_changes() -> None:
    assert years(ATLAS.trend("us_tip_tier", "GH")) == [list(range(2001, 2016)), [2021], [2023]]
    refugees = ATLAS.trend("unhcr_refugees_hosted", "BD")
    assert years(refugees) == [list(range(2010, 2025)), [2025]]


def test_single_surveys_are_never_joined() -> None:
    countries = ATLAS.trends["ilo_children_in_employment"]
    assert max(len(trend.points) for trend in countries.values()) > 5
    assert all(len(run) == 1 for trend in countries.values() for run in trend.runs)


def test_a_tier_that_was_only_inferred_is_told_and_gives_no_point() -> None:
    told = {tier.year: tier for tier in ATLAS.tiers["GH"]}
    assert told[2024].basis == "inferred by elimination"
    assert told[2024].score is None
    trend = ATLAS.trend("us_tip_tier", "GH")
    assert trend is not None
    assert 2024 not in {point.year for point in trend.points}


points = st.builds(
    TrendPoint, st.integers(2000, 2030), st.floats(-10, 10), st.sampled_from(["census", "survey"])
)


@given(st.lists(points, max_size=20, unique_by=lambda one: one.year), st.booleans())
def test_runs_keep_every_point_once_and_join_only_neighbours_of_one_method(
    found: list[TrendPoint], yearly: bool
) -> None:
    ordered = tuple(sorted(found, key=lambda one: one.year))
    runs = Trend("any", yearly, ordered, "gap").runs
    assert tuple(point for run in runs for point in run) == ordered
    for run in runs:
        assert yearly or len(run) == 1
        assert [p.year for p in run] == list(range(run[0].year, run[0].year + len(run)))
        assert len({p.method for p in run}) == 1


def test_years_without_a_figure_between_the_first_and_the_last_are_named() -> None:
    trend = Trend("any", True, (TrendPoint(2019, 1, "x"), TrendPoint(2022, 2, "x")), "gap")
    assert trend.missing_years == (2020, 2021)


def test_since_when_a_good_of_a_country_is_listed_comes_from_every_edition_known() -> None:
    assert ATLAS.editions == (2016, 2017, 2018, 2019, 2022)
    assert [one.edition for one in ATLAS.listed["Cocoa", "GH"]] == [2016, 2017, 2018, 2019, 2022]
    assert ("Cocoa", "CH") not in ATLAS.listed


def test_treaties_and_laws_stand_in_one_order_and_say_yes_no_or_not_applicable() -> None:
    ghana = {one.treaty.ref: one.ratified for one in ATLAS.treaties["GH"]}
    assert list(ghana) == list(ATLAS.words.treaties)
    assert ghana["crc_op_sale_of_children"] == "no"
    law = {one.standard: one for one in ATLAS.laws["GH"]}
    assert (law["Minimum age for work"].age, law["Minimum age for work"].meets) == ("15", "yes")


def test_what_was_not_told_of_enforcement_is_not_taken_for_a_figure() -> None:
    for facts in ATLAS.enforcement.values():
        for one in facts:
            assert one.is_known is (one.value not in ("Unknown", "N/A", ""))


def test_neighbours_share_a_subregion_and_a_country_is_none_of_its_own() -> None:
    assert "CI" in ATLAS.near("GH")
    assert "GH" not in ATLAS.near("GH")
    assert "AL" in ATLAS.near("XK")
    assert ATLAS.near("AQ") == ()


def test_every_set_and_every_fact_says_its_terms() -> None:
    sets: list[ContextIndicator | FactSource] = [*ATLAS.sets.values()]
    for one in (*sets, *ATLAS.words.sources.values()):
        assert one.publisher and one.edition and one.licence and one.attribution and one.gaps
        assert "SA" not in one.licence


def test_a_place_counts_worse_figures_and_equal_ones_share_it() -> None:
    found = position_of("B", {"A": 9, "B": 5, "C": 5, "D": 1}, ("A", "D"), "more risk")
    assert (found.place, found.of, found.equal) == (2, 4, 1)
    assert found.worse_than == pytest.approx(1 / 3)
    assert (found.near_median, found.near, found.median) == (5, 2, 5)


def test_where_less_is_worse_the_smallest_is_first() -> None:
    assert position_of("A", {"A": 1, "B": 2}, (), "less risk").place == 1
    assert position_of("A", {"A": 1, "B": 2}, (), "less risk").near_median is None


def test_what_is_neither_good_nor_bad_is_placed_by_size_and_compared_with_nobody() -> None:
    found = position_of("A", {"A": 1, "B": 2}, ("B",), "neither")
    assert (found.place, found.worse_than, found.near_median) == (2, None, 2)


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 5), min_size=1))
def test_a_country_without_a_figure_changes_no_place(values: dict[str, int]) -> None:
    alpha2 = min(values)
    near = position_of(alpha2, values, list("ABCDEFGHIJ"), "more risk")
    assert near == position_of(alpha2, values, [code for code in values], "more risk")
    assert 1 <= near.place <= near.of == len(values)


def test_a_country_of_which_nothing_is_known_counts_as_the_method_says() -> None:
    nothing = PARTS["VA"]
    assert nothing.score == pytest.approx(0.6161, abs=1e-4)  # RM-1.0, EX-27
    assert nothing.known == 0
    assert (nothing.lowest, nothing.highest) == (0.0, 1.0)
    assert all(one.counts == one.prior for one in nothing.factors.values())


def test_what_is_missing_never_lowers_what_a_country_counts() -> None:
    for part in PARTS.values():
        assert part.lowest <= part.score <= part.highest
        for one in part.factors.values():
            assert one.counts >= (one.prior if one.score is None else one.score)
    assert list(PARTS["GH"].factors) == [ref for ref in METHOD.factors if ref.startswith("CTY")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "atlas", tmp_path / "atlas"))


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("trends/wgi_rule_of_law.csv", "GH,2010,1\n", "column year: 2010 stands twice for GH"),
        ("trends/wgi_rule_of_law.csv", "XX,2010,1\n", 'column iso2: "XX" is not known'),
        ("trends/wgi_rule_of_law.csv", "VA,,1\n", "column year: is blank"),
        ("trends/wgi_rule_of_law.csv", "VA,2010,good\n", 'column value: "good" is not a number'),
        ("tip_tiers.csv", "GH,2026,Tier 9,x\n", 'column tier: "Tier 9" is not known'),
        ("tip_tiers.csv", "GH,,Tier 1,x\n", "column year: is blank"),
        ("goods_editions.csv", ",Cocoa,GH,yes,no,no\n", "column edition: is blank"),
        ("treaties.csv", "GH,ilo_c29,yes\n", 'column treaty: "ilo_c29" is not known'),
        ("laws.csv", "GH,,Minimum_Work,perhaps,,no\n", 'column in_law: "perhaps" is not known'),
        ("enforcement.csv", "GH,,Police,5\n", 'column measure: "Police" is not known'),
        ("country_groups.csv", "GH,,Low income\n", "column subregion: is blank"),
    ],
)
def test_a_broken_row_is_named_by_file_and_column(
    folder: Path, file: str, line: str, fault: str
) -> None:
    with (folder / file).open("a", encoding="utf-8") as handle:
        handle.write(line)
    with pytest.raises(ReferenceFault) as refused:
        read_atlas(folder, REFERENCE.countries)
    assert str(refused.value).startswith(f"{file}, row ")
    assert str(refused.value).endswith(fault)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("trends.yaml", "years: surveys", "years: sometimes", "column years"),
        ("trends.yaml", "apart: {2025:", "apart: {soon:", "column apart"),
        ("facts.yaml", "licence: PDDL", 'licence: ""', "column licence: is blank"),
    ],
)
def test_an_entry_that_does_not_say_what_it_must_is_refused(
    folder: Path, file: str, old: str, new: str, fault: str
) -> None:
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ReferenceFault, match=fault):
        read_atlas(folder, REFERENCE.countries)


def test_a_file_without_a_row_is_refused(folder: Path) -> None:
    (folder / "tip_tiers.csv").write_text("iso2,year,tier,basis\n", encoding="utf-8")
    with pytest.raises(ReferenceFault, match="holds no row"):
        read_atlas(folder, REFERENCE.countries)
