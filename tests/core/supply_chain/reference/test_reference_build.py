"""How the raw copies become the reference data (docs/data-sources.md)."""

import csv
import importlib
from pathlib import Path
from types import ModuleType

import pytest

from supply_chain.reference.release import DATA, load_reference, read_reference

SCRIPTS = DATA.parent.parent / "scripts"
LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
Table = list[dict[str, str]]


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("build_reference_data")


@pytest.fixture
def indicators(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("reference_indicators")


def put(path: Path, table: Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(key for row in table for key in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, restval="")
        writer.writeheader()
        writer.writerows(table)


def tiers(raw: Path, *rows: tuple[str, str, str, str]) -> None:
    keys = ("report_year", "iso3", "tier", "basis")
    table = [dict(zip(keys, row, strict=True)) for row in rows]
    put(raw / "tip_report" / "tip_tiers.csv", table)


def test_the_newest_published_tier_counts_and_an_open_one_does_not(
    indicators: ModuleType, tmp_path: Path
) -> None:
    tiers(
        tmp_path,
        ("2021", "CIV", "Tier 2 Watch List", "published list"),
        ("2023", "CIV", "Tier 2", "published list"),
        ("2024", "CIV", "Tier 1", "inferred by elimination"),
        ("2025", "CIV", "Tier 1 or Tier 2", "inferred by elimination"),
        ("2025", "ERI", "Tier 3", "published list"),
        ("2025", "XXX", "Tier 1 or Tier 2", "inferred by elimination"),
    )
    assert indicators.tiers(tmp_path) == {
        "CIV": ("2023", "0.4", "Tier 2, published list"),
        "ERI": ("2025", "1", "Tier 3, published list"),
    }


def law(iso3: str, kind: str, standard: str, age: str = "N/A") -> dict[str, str]:
    return {"iso3": iso3, "standard_type": kind, "standard": standard, "age": age}


def laws(iso3: str, *, work: tuple[str, str], school: tuple[str, str]) -> Table:
    return [
        law(iso3, "Minimum_Work", *work),
        law(iso3, "Compulsory_Education", *school),
        law(iso3, "Types_Hazardous_Work", "Yes"),
        law(iso3, "Prohibition_Child_Trafficking", "Yes"),
    ]


@pytest.mark.parametrize(
    ("work", "school", "score"),
    [
        (("Yes", "16"), ("Yes", "16"), "0"),
        (("Yes", "15"), ("Yes", "16"), "0.25"),
        (("No", "12"), ("Yes", "16"), "0.5"),
        (("Yes", "15"), ("No", "N/A"), "0.25"),
        (("No", "N/A"), ("Yes", "14"), "0.5"),
        (("Yes", "12/13"), ("No", "13"), "0.25"),
        (("Yes", "17.5"), ("Yes", "17.5"), "0"),
    ],
)
def test_each_gap_in_law_adds_a_quarter_and_an_absent_age_is_a_gap(
    indicators: ModuleType,
    tmp_path: Path,
    work: tuple[str, str],
    school: tuple[str, str],
    score: str,
) -> None:
    path = tmp_path / "dol_sweat_toil" / "legal_standards_2022.csv"
    put(path, laws("GHA", work=work, school=school))
    assert indicators.legal_gaps(tmp_path)["GHA"][1] == score


def test_a_country_with_a_standard_unknown_has_no_legal_gaps_score(
    indicators: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "dol_sweat_toil" / "legal_standards_2022.csv"
    put(path, laws("GHA", work=("Yes", "15"), school=("Yes", "15"))[:3])
    assert indicators.legal_gaps(tmp_path) == {}


def test_all_four_gaps_are_named(indicators: ModuleType, tmp_path: Path) -> None:
    table = [
        law("AAA", "Minimum_Work", "No", "12"),
        law("AAA", "Compulsory_Education", "Yes", "16"),
        law("AAA", "Types_Hazardous_Work", "No"),
        law("AAA", "Prohibition_Child_Trafficking", "No"),
    ]
    put(tmp_path / "dol_sweat_toil" / "legal_standards_2022.csv", table)
    year, score, basis = indicators.legal_gaps(tmp_path)["AAA"]
    assert (year, score, basis.count(";")) == ("2022", "1", 3)


def ratified(**answers: str) -> dict[str, str]:
    columns = "ilo_c138 ilo_c182 crc crc_op_armed_conflict crc_op_sale_of_children palermo_protocol"
    return {column: answers.get(column, "Yes") for column in columns.split()}


def test_conventions_count_where_a_country_can_ratify_them(
    indicators: ModuleType, tmp_path: Path
) -> None:
    none = dict.fromkeys(ratified(), "N/A")
    table = [
        {"iso3": "GHA"} | ratified(crc_op_sale_of_children="No"),
        {"iso3": "PSE"} | ratified(ilo_c138="N/A", ilo_c182="No", crc="No"),
        {"iso3": "TKL"} | none,
    ]
    put(tmp_path / "dol_sweat_toil" / "conventions_2022.csv", table)
    found = indicators.not_ratified(tmp_path)
    assert found["GHA"] == ("2022", "0.2", "of 5 known; not ratified: CRC-OPSC")
    assert found["PSE"][1] == "0.25"
    assert "TKL" not in found


def children(iso3: str, share: str, suspect: str = "") -> dict[str, str]:
    return {"iso3": iso3, "work_share": share, "work_age_range": "5-14", "suspect": suspect}


def test_a_suspect_share_is_dropped_and_the_second_series_only_fills_gaps(
    indicators: ModuleType, tmp_path: Path
) -> None:
    table = [
        children("CIV", "0.256"),
        children("GHA", ""),
        children("MSR", "0.968", "work_share (looks like the completion rate)"),
        children("MWI", "0.263", "work_and_school_share (2.84 in the source)"),
    ]
    put(tmp_path / "dol_sweat_toil" / "child_statistics_2022.csv", table)
    series = {"indicator": "wdi_child_employment_7_14", "year": "2012"}
    values = [series | {"iso3": "CIV", "value": "36.5"}, series | {"iso3": "GHA", "value": "28.8"}]
    put(tmp_path / "country_indicators" / "indicators_latest.csv", values)
    first = indicators.working_children(tmp_path)
    assert {iso3: value for iso3, (_, value, _) in first.items()} == {"CIV": "25.6", "MWI": "26.3"}
    assert indicators.employed_children(tmp_path) == {"GHA": ("2012", "28.8", "survey, ages 7-14")}


def shipped(name: str) -> Table:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A small set of raw copies: three countries, one figure of each series, all codes."""
    names = {"CIV": ("CI", "Ivory Coast"), "NAM": ("NA", "Namibia"), "XKX": ("XK", "")}
    countries = [
        {"iso3": iso3, "iso2": iso2, "name_en": name or "Kosovo", "m49": "", "un_region": ""}
        | {f"official_name_{language}": name for language in LANGUAGES}
        | {"un_subregion": "", "label_lat": "1", "label_lon": "2"}
        for iso3, (iso2, name) in names.items()
    ]
    folder = tmp_path / "raw"
    put(folder / "country_reference" / "countries.csv", countries)
    codes = {code for row in shipped("commodities.csv") for code in row["hs_codes"].split("|")}
    reference = folder / "commodity_reference"
    put(reference / "hs_2022_codes.csv", [{"hs_code": code} for code in sorted(codes)])
    put(reference / "dol_goods_to_hs.csv", [{"good": "Coffee", "hs_code": "0901"}])
    places = {(row["isic_division"], row["isic_section"]) for row in shipped("sectors.csv")}
    divisions = [{"code": d, "parent": s, "level": "division"} for d, s in sorted(places)]
    put(reference / "isic_rev4.csv", divisions)
    dol = folder / "dol_sweat_toil"
    cocoa = {"good": "Cocoa", "iso3": "CIV", "child_labor": "True", "forced_labor": "False"}
    cocoa |= {"forced_child_labor": "False", "derived_labor_exploitation": "False"}
    cocoa |= {"derived_from_iso3": "", "removed_in_2024_edition": "True"}
    put(dol / "goods_2022.csv", [cocoa])
    put(dol / "goods_all_editions.csv", [{"good": "Oil (Palm)"}])
    lead = {"change": "added good", "good": "Lead", "iso3": "", "published": "2024-09-05"}
    country = {"change": "added country", "good": "", "iso3": "CIV", "published": "2024-09-05"}
    put(dol / "changes_2024_partial.csv", [lead, country])
    columns = ("school_attendance_share", "work_and_school_share", "primary_completion_rate")
    columns += ("agriculture_share", "industry_share", "services_share")
    told = [children("CIV", "0.256"), children("XXX", "0.1")]
    schooling = {column: "" for column in columns} | {"school_attendance_share": "0.701"}
    put(dol / "child_statistics_2022.csv", [row | schooling for row in told])
    put(dol / "legal_standards_2022.csv", laws("NAM", work=("Yes", "15"), school=("Yes", "15")))
    put(dol / "conventions_2022.csv", [{"iso3": "NAM"} | ratified()])
    tiers(folder, ("2023", "NAM", "Tier 2", "published list"))
    latest = [{"indicator": "wgi_rl", "iso3": "NAM", "year": "2023.0", "value": "0.445468"}]
    latest.append(latest[0] | {"indicator": "unhcr_idps", "year": "2024.0", "value": "1200"})
    put(folder / "country_indicators" / "indicators_latest.csv", latest)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("indicators.yaml", "context_indicators.yaml"):
        (folder / name).write_bytes((DATA / name).read_bytes())
    return folder


def test_what_the_script_writes_can_be_read_and_is_the_same_each_time(
    builder: ModuleType, raw: Path, target: Path
) -> None:
    builder.main(raw, target)
    first = {path: path.read_bytes() for path in target.rglob("*.csv")}
    builder.main(raw, target)
    assert {path: path.read_bytes() for path in target.rglob("*.csv")} == first
    built = read_reference(target)
    assert [item.factor for item in built.country("NA")] == ["CTY-03", "CTY-04", "CTY-05", "CTY-07"]
    assert [item.raw for item in built.country("CI")] == [25.6]
    assert [item.value for item in built.context["CI"]] == pytest.approx([70.1])
    assert [(item.value, item.year) for item in built.context["NA"]] == [(1200, 2024)]
    assert built.countries["CI"].name == "Côte d’Ivoire"
    assert built.countries["XK"].name == "Kosovo"
    pair = built.pair("cocoa", "CI")
    assert pair is not None and (pair.value, pair.basis) == (
        0.2,
        "not listed; removed in 2024: Cocoa",
    )
    assert built.commodities["coffee"].hs_codes == ("0901",)
    assert dict(built.activities) == dict(load_reference().activities)
    assert dict(built.sectors) == dict(load_reference().sectors)


def test_a_good_that_no_commodity_covers_stops_the_build(
    builder: ModuleType, raw: Path, target: Path
) -> None:
    put(raw / "dol_sweat_toil" / "goods_all_editions.csv", [{"good": "Moon dust"}])
    with pytest.raises(builder.PlanFault, match="no commodity covers Moon dust"):
        builder.main(raw, target)


def test_a_code_that_is_not_in_the_nomenclature_stops_the_build(
    builder: ModuleType, raw: Path, target: Path
) -> None:
    put(
        raw / "commodity_reference" / "dol_goods_to_hs.csv", [{"good": "Coffee", "hs_code": "9999"}]
    )
    with pytest.raises(builder.PlanFault, match=r"commodities\.coffee\.hs: not in HS 2022: 9999"):
        builder.main(raw, target)


def test_a_sector_in_the_wrong_section_stops_the_build(
    builder: ModuleType, raw: Path, target: Path
) -> None:
    divisions = [{"code": "01", "parent": "Z", "level": "division"}]
    put(raw / "commodity_reference" / "isic_rev4.csv", divisions)
    with pytest.raises(builder.PlanFault, match=r"sectors\.crop_farming: division 01"):
        builder.main(raw, target)


def test_an_activity_outside_the_table_stops_the_build(
    builder: ModuleType, raw: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"name": "Coffee", "goods": ["Coffee"], "activity": "magic"}
    monkeypatch.setitem(builder.PLAN["commodities"], "coffee", entry)
    with pytest.raises(builder.PlanFault, match=r"commodities\.coffee\.activity: magic"):
        builder.main(raw, target)
