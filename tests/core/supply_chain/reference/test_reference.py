"""The reference data of the product (RM-1.0 sections 4 and 5, docs/data-sources.md)."""

import csv
import shutil
from datetime import date
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import ReferenceFault
from supply_chain.reference.release import DATA, Reference, load_reference, read_reference
from supply_chain.reference.types import ReferenceObservation
from supply_chain.risk.method import METHOD

REFERENCE = load_reference()
ALPHA2 = sorted(REFERENCE.countries)
COMMODITIES = sorted(REFERENCE.commodities)
NOTHING_OPEN = {"CTY-02", "CTY-06", "CTY-10", "CTY-11", "CTY-15", "CTY-16"}


def factor(alpha2: str, ref: str) -> ReferenceObservation:
    (found,) = [item for item in REFERENCE.country(alpha2) if item.factor == ref]
    return found


def every_observation(reference: Reference) -> list[ReferenceObservation]:
    found = [item for row in reference.observations.values() for item in row]
    found += [item for ref in reference.commodities if (item := reference.commodity(ref))]
    found += [item for ref in reference.sectors if (item := reference.sector_observation(ref))]
    found += [
        item
        for ref in ("cocoa", "hazelnuts", "gold", "pharmaceuticals", "jujubes", "shrimp")
        for alpha2 in reference.countries
        if (item := reference.pair(ref, alpha2))
    ]
    return found


@pytest.mark.parametrize(
    ("alpha2", "ref", "raw", "year", "score"),
    [
        ("CI", "CTY-01", 25.6, None, 25.6 / 30),
        ("CI", "CTY-07", -0.461197, 2023, (1.5 + 0.461197) / 3),
        ("CI", "CTY-08", 71.7, 2016, 28.3 / 60),
        ("CI", "CTY-09", 30.804, None, 30.804 / 40),
        ("CI", "CTY-12", 92.13, None, 1.0),
        ("CI", "CTY-13", 2.5, 2025, 0.5 / 6),
        ("GH", "CTY-01", 28.7608, 2012, 28.7608 / 30),
        ("GH", "CTY-05", 0.2, 2022, 0.2),
        ("GH", "CTY-07", -0.099638, 2023, (1.5 + 0.099638) / 3),
        ("GH", "CTY-08", 70.6, 2018, 29.4 / 60),
        ("TR", "CTY-01", 2.6, 2006, 2.6 / 30),
        ("TR", "CTY-07", -0.511973, 2023, (1.5 + 0.511973) / 3),
        ("TR", "CTY-13", 8.4, 2025, 1.0),
        ("TR", "CTY-14", 5.4, 2025, 3.4 / 6),
    ],
)
def test_a_published_figure_is_kept_raw_and_normalised_by_the_method(
    alpha2: str, ref: str, raw: float, year: int | None, score: float
) -> None:
    found = factor(alpha2, ref)
    assert found.raw == pytest.approx(raw)
    assert found.year == year
    assert found.value == pytest.approx(score)


@pytest.mark.parametrize("alpha2", ["CI", "GH", "TR"])
def test_a_country_of_tier_2_stands_with_its_newest_published_tier(alpha2: str) -> None:
    found = factor(alpha2, "CTY-03")
    assert (found.value, found.raw, found.year) == (0.4, None, 2023)
    assert found.basis == "Tier 2, published list"
    assert found.as_of == date(2023, 6, 30)


def test_a_tier_that_was_only_inferred_is_never_used() -> None:
    tiers = [row for item in REFERENCE.observations.values() for row in item]
    bases = {row.basis for row in tiers if row.factor == "CTY-03"}
    assert bases
    assert not any("inferred" in basis or " or " in basis for basis in bases)


def test_legal_gaps_count_a_quarter_each_and_are_named() -> None:
    for alpha2 in REFERENCE.observations:
        for item in REFERENCE.country(alpha2):
            if item.factor == "CTY-04":
                named = 0 if item.basis == "no gap found" else item.basis.count(";") + 1
                assert item.value == pytest.approx(0.25 * named)
    assert factor("CI", "CTY-04").value == 0.0


@pytest.mark.parametrize("ref", sorted(NOTHING_OPEN))
def test_a_factor_without_open_data_has_no_observation_anywhere(ref: str) -> None:
    assert REFERENCE.gaps[ref] == 0
    assert all(item.factor != ref for alpha2 in ALPHA2 for item in REFERENCE.country(alpha2))


def test_coverage_is_told_for_every_country_factor() -> None:
    assert set(REFERENCE.gaps) == {ref for ref in METHOD.factors if ref.startswith("CTY")}
    for ref, count in REFERENCE.gaps.items():
        have = [a for a in ALPHA2 if any(o.factor == ref for o in REFERENCE.country(a))]
        assert count == len(have), ref
    assert {ref for ref, count in REFERENCE.gaps.items() if not count} == NOTHING_OPEN


def test_a_country_without_a_profile_is_missing_and_not_zero() -> None:
    refs = {item.factor for item in REFERENCE.country("CN")}
    assert not refs & {"CTY-01", "CTY-04", "CTY-05"}
    assert REFERENCE.country("AQ") == ()


def test_an_unknown_country_or_commodity_gives_nothing() -> None:
    assert REFERENCE.country("ZZ") == ()
    assert REFERENCE.commodity("moon_dust") is None
    assert REFERENCE.sector_observation("moon_mining") is None
    assert REFERENCE.pair("cocoa", "ZZ") is None
    assert REFERENCE.pair("moon_dust", "CI") is None


def test_namibia_survives_its_code() -> None:
    namibia = REFERENCE.countries["NA"]
    assert (namibia.alpha3, namibia.name, namibia.m49) == ("NAM", "Namibia", "516")
    assert factor("NA", "CTY-07").raw == pytest.approx(0.445468)


def test_all_countries_stand_with_names_and_codes() -> None:
    assert len(REFERENCE.countries) == 250
    assert REFERENCE.countries["CI"].name == "Côte d’Ivoire"
    assert REFERENCE.countries["CI"].names["ar"] == "كوت ديفوار"
    assert REFERENCE.countries["TR"].name == "Türkiye"
    assert len({item.alpha3 for item in REFERENCE.countries.values()}) == 250
    kosovo = REFERENCE.countries["XK"]
    assert (kosovo.name, kosovo.m49, dict(kosovo.names)) == ("Kosovo", "", {"en": "Kosovo"})


def test_a_suspect_value_of_the_source_is_out() -> None:
    assert all(item.factor != "CTY-01" for item in REFERENCE.country("MS"))
    assert factor("MW", "CTY-01").raw == pytest.approx(26.3)


def test_a_figure_without_a_year_counts_as_the_oldest_it_can_be() -> None:
    found = factor("CI", "CTY-09")
    assert found.year is None
    assert found.as_of == date(2005, 12, 31)


@pytest.mark.parametrize(
    ("commodity", "alpha2", "value"),
    [
        ("cocoa", "CI", 1.0),
        ("cocoa", "GH", 1.0),
        ("cocoa", "FR", 0.6),
        ("hazelnuts", "TR", 1.0),
        ("hazelnuts", "IT", 0.6),
        ("palm_oil", "ID", 1.0),
        ("cobalt", "CD", 1.0),
        ("pharmaceuticals", "CI", 0.2),
        ("textiles", "VN", 1.0),
    ],
)
def test_a_pair_on_the_list_is_one_elsewhere_less_and_absent_never_zero(
    commodity: str, alpha2: str, value: float
) -> None:
    found = REFERENCE.pair(commodity, alpha2)
    assert found is not None
    assert (found.factor, found.source_type, found.value) == ("SEC-02", "official", value)


def test_a_pair_removed_in_2024_is_listed_no_more_and_says_so() -> None:
    blueberries, shrimp = REFERENCE.pair("blueberries", "AR"), REFERENCE.pair("shrimp", "TH")
    assert blueberries is not None and shrimp is not None
    assert (blueberries.value, blueberries.as_of) == (0.2, date(2024, 9, 5))
    assert shrimp.value == 0.6
    assert "removed in 2024" in blueberries.basis and "removed in 2024" in shrimp.basis
    assert all(item.good != "Blueberries" for item in REFERENCE.goods_in("AR"))


def test_a_good_added_in_2024_without_its_countries_counts_as_listed_elsewhere() -> None:
    found = REFERENCE.pair("jujubes", "CN")
    assert found is not None and found.value == 0.6


def test_the_goods_of_a_country_come_by_name_and_say_the_kind_of_labour() -> None:
    goods = {item.good: item for item in REFERENCE.goods_in("CI")}
    assert list(goods) == sorted(goods)
    assert goods["Cocoa"].child_labour is True
    assert goods["Cocoa"].forced_labour is True
    assert goods["Coffee"].forced_labour is True
    assert REFERENCE.goods_in("CH") == ()


def test_a_base_rate_is_one_inference_that_never_ages() -> None:
    found = REFERENCE.commodity("cocoa")
    assert found is not None
    assert (found.factor, found.source_type, found.value) == ("SEC-01", "inference", 0.9)
    assert found.age_months(date(2040, 1, 1)) == 0.0
    mill = REFERENCE.sector_observation("palm_oil_milling")
    assert mill is not None and mill.value == 0.75


def test_age_runs_from_the_day_of_the_figure_and_is_never_below_zero() -> None:
    found = factor("CI", "CTY-07")
    assert found.age_months(date(2024, 12, 30)) == pytest.approx(365 / (365.25 / 12))
    assert found.age_months(date(2020, 1, 1)) == 0.0


def test_an_activity_outside_the_table_counts_sixty() -> None:
    assert REFERENCE.activities["other"].rate == 0.6
    rates = [item.rate for item in REFERENCE.activities.values()]
    assert (max(rates), min(rates), len(rates)) == (0.9, 0.2, 64)


def test_the_flags_of_a_sector_say_where_online_factors_apply_and_chains_end() -> None:
    sectors = REFERENCE.sectors
    assert sectors["banking"].is_financial and not sectors["banking"].is_online
    assert sectors["livestreaming_classified"].is_online
    assert sectors["cocoa_farming"].is_primary_production
    assert sectors["waste_picking"].is_primary_production
    assert not sectors["food_processing"].is_primary_production


def test_every_good_and_every_activity_of_the_table_can_be_reached() -> None:
    goods = {item.good for item in REFERENCE.goods}
    covered = {good for item in REFERENCE.commodities.values() for good in item.goods}
    assert goods <= covered
    used = {item.activity for item in REFERENCE.commodities.values()}
    used |= {item.activity for item in REFERENCE.sectors.values()}
    assert used == set(REFERENCE.activities)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("cocoa", "cocoa"),
        ("Cocoa beans", "cocoa"),
        ("HS 1801.00", "cocoa"),
        ("palm_oil", "palm_oil"),
        ("Crude Palm Oil", "palm_oil"),
        ("  HAZELNUT ", "hazelnuts"),
        ("0802.21", "hazelnuts"),
        ("acai berries", "acai_berries"),
        ("Emeralds", "emeralds"),
        ("7103", "gemstones"),
        ("71081200", "gold"),
        ("8471", "electronics"),
        ("8472", "industrial_machinery"),
        ("0901", "coffee"),
        ("2517", "gravel"),
        ("8549", "e_waste"),
        ("6104 42", "garments"),
    ],
)
def test_a_commodity_is_found_by_name_or_hs_code(text: str, ref: str) -> None:
    found = REFERENCE.find_commodity(text)
    assert found is not None and found.ref == ref


@pytest.mark.parametrize("text", ["", "moon dust", "2616", "0802", "99", "08", "4203", "HS"])
def test_a_text_that_means_none_or_several_finds_nothing(text: str) -> None:
    assert REFERENCE.find_commodity(text) is None


def test_every_commodity_is_found_by_its_own_reference_and_names() -> None:
    for item in REFERENCE.commodities.values():
        for text in (item.ref, item.name, item.name.upper(), *item.also_named):
            assert REFERENCE.find_commodity(text) is item, text


def test_every_good_of_the_list_is_found_at_a_commodity_that_covers_it() -> None:
    for good in REFERENCE.listings:
        found = REFERENCE.find_commodity(good)
        assert found is not None and good in found.goods, good


@given(st.sampled_from(COMMODITIES), st.sampled_from(ALPHA2))
def test_a_pair_has_one_of_three_scores_and_one_only_with_a_line_in_force(
    ref: str, alpha2: str
) -> None:
    found = REFERENCE.pair(ref, alpha2)
    assert found is not None and found.value in (0.2, 0.6, 1.0)
    goods = {item.good for item in REFERENCE.goods_in(alpha2)}
    assert (found.value == 1.0) == bool(goods & set(REFERENCE.commodities[ref].goods))


def test_every_observation_is_in_range_and_names_source_licence_and_day() -> None:
    for item in every_observation(REFERENCE):
        assert item.value is not None and 0.0 <= item.value <= 1.0, item
        assert item.source and item.licence, item
        assert item.as_of <= REFERENCE.as_of, item
        assert item.source_type in METHOD.source_types
        assert REFERENCE.indicators[item.indicator].factor == item.factor
        dated = item.year is not None or item.ageless
        assert dated or REFERENCE.indicators[item.indicator].unknown_year, item


def test_every_indicator_says_who_published_it_and_how_it_may_be_used() -> None:
    for item in REFERENCE.indicators.values():
        assert item.publisher and item.licence and item.attribution and item.gaps, item.ref
        assert "V-Dem" not in item.publisher and "Notre Dame" not in item.publisher
    files = {path.stem for path in (DATA / "indicators").glob("*.csv")}
    named = {ref for ref, item in REFERENCE.indicators.items() if item.factor.startswith("CTY")}
    assert files == named


def test_two_loads_are_equal_and_one_process_reads_once() -> None:
    assert read_reference(DATA) == read_reference(DATA)
    assert load_reference() is load_reference()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "data"
    shutil.copytree(DATA, target, ignore=shutil.ignore_patterns("method", "*.json"))
    return target


def spoil(path: Path, *, row: int, **cells: str) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows[row - 1] |= cells
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("name", "row", "cells", "message"),
    [
        ("countries.csv", 3, {"latitude": "north"}, "countries.csv, row 3, column latitude"),
        ("countries.csv", 3, {"latitude": "91"}, "91 is not between -90 and 90"),
        ("countries.csv", 4, {"iso2": ""}, "row 4, column iso2: is blank"),
        ("countries.csv", 2, {"iso2": "AD"}, 'row 2, column iso2: "AD" stands twice'),
        ("activity_base_rates.csv", 1, {"rate": "1.2"}, "row 1, column rate"),
        ("commodities.csv", 2, {"activity": "magic"}, 'column activity: "magic" is not known'),
        ("commodities.csv", 2, {"hs_codes": "180"}, "column hs_codes"),
        ("commodities.csv", 1, {"goods": ""}, None),
        ("commodities.csv", 2, {"goods": ""}, "nothing covers Alcoholic Beverages"),
        ("sectors.csv", 5, {"is_online": "maybe"}, "sectors.csv, row 5, column is_online"),
        ("goods_by_country.csv", 7, {"iso2": "ZZ"}, "goods_by_country.csv, row 7, column iso2"),
        ("goods_by_country.csv", 7, {"as_of": "mid-2023"}, "row 7, column as_of"),
        ("release.csv", 1, {"as_of": ""}, "release.csv, row 1, column as_of"),
        ("indicators/us_tip_tier.csv", 9, {"value": "4"}, "row 9, column value"),
        ("indicators/us_tip_tier.csv", 9, {"year": ""}, "row 9, column year"),
        ("indicators/us_tip_tier.csv", 9, {"year": "2021.5"}, "2021.5 is not a whole year"),
        ("indicators/us_tip_tier.csv", 2, {"iso2": "AE"}, "has a figure for CTY-03 already"),
        ("indicators/us_tip_tier.csv", 2, {"ref": "wgi"}, "row 2, column ref"),
    ],
)
def test_a_broken_row_is_refused_with_file_row_and_column(
    folder: Path, name: str, row: int, cells: dict[str, str], message: str | None
) -> None:
    spoil(folder / name, row=row, **cells)
    if message is None:  # the good is still covered by a wider commodity
        assert read_reference(folder).commodities["acai_berries"].goods == ()
        return
    with pytest.raises(ReferenceFault, match=message.replace("(", r"\(")) as fault:
        read_reference(folder)
    assert name in str(fault.value)


def test_a_missing_file_column_or_release_is_refused_by_name(folder: Path) -> None:
    release = folder / "release.csv"
    release.write_text("release,as_of\n", encoding="utf-8")
    with pytest.raises(ReferenceFault, match="holds 0 rows"):
        read_reference(folder)
    release.write_text("release\n2026.1\n", encoding="utf-8")
    with pytest.raises(ReferenceFault, match="column as_of: the column is missing"):
        read_reference(folder)
    release.unlink()
    with pytest.raises(ReferenceFault, match=r"release\.csv: the file is missing"):
        read_reference(folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("factor: CTY-03", "factor: CTY-99", 'row 3, column factor: "CTY-99" is not known'),
        ("unit: tier", "unit: 4", "row 3, column unit: the column is missing"),
        ("month_day: [6, 30]", "month_day: [6, 31]", "row 3, column month_day"),
        ("month_day: [6, 30]", "month_day: June", "row 3, column month_day"),
        ("unknown_year: 2005", "unknown_year: early", "row 8, column unknown_year"),
    ],
)
def test_an_indicator_that_is_described_wrongly_is_refused(
    folder: Path, old: str, new: str, message: str
) -> None:
    path = folder / "indicators.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ReferenceFault, match=message):
        read_reference(folder)


REPOSITORY = DATA.parent.parent


def test_the_page_on_data_sources_tells_each_factor_with_its_coverage() -> None:
    page = (REPOSITORY / "docs" / "data-sources.md").read_text(encoding="utf-8")
    _, _, table = page.partition("| factor | set (file in `indicators/`) |")
    lines = takewhile(lambda line: line.startswith("|"), table.splitlines()[1:])
    rows = [row.split("|") for row in lines if row.startswith("| CTY-")]
    counted = dict.fromkeys(REFERENCE.gaps, 0)
    for row in rows:
        counted[row[1].strip()[:6]] += int(row[3])
    assert counted == dict(REFERENCE.gaps)
    assert f"Release **{REFERENCE.release}**" in page
    assert f"{len(REFERENCE.goods)} lines, {len(REFERENCE.listings)} goods" in page
    assert f"`commodities.csv` ({len(REFERENCE.commodities)})" in page
    assert f"`sectors.csv` ({len(REFERENCE.sectors)})" in page


def test_every_file_and_publisher_stands_in_the_notices() -> None:
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    notice = " ".join((REPOSITORY / "NOTICE").read_text(encoding="utf-8").split())
    for item in REFERENCE.indicators.values():
        if item.factor.startswith("CTY"):
            assert f"{item.ref}.csv" in sources
            assert item.publisher.split(" (")[0].split(", from")[0] in notice
