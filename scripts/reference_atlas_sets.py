"""Data sets of the atlas beside a release: series over years, laws, treaties, editions of lists.

Nothing here is part of a score or of a release of the reference data. Rows are written to
`supply_chain/data/atlas/`; the YAML files there describe each set.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from reference_indicators import Values, series
from reference_tables import Row, read_rows

TREND_COLUMNS = ("iso2", "year", "value")
TIER_COLUMNS = ("iso2", "year", "tier", "basis")
LEVEL_COLUMNS = ("iso2", "year", "level")
EDITION_COLUMNS = (
    *("edition", "good", "iso2"),
    *("child_labour", "forced_labour", "forced_child_labour"),
)
TREATY_COLUMNS = ("iso2", "treaty", "ratified")
LAW_COLUMNS = ("iso2", "territory", "standard", "in_law", "age", "meets")
ENFORCEMENT_COLUMNS = ("iso2", "territory", "measure", "value")
HEADING_COLUMNS = ("hs_code", "description")
GROUP_COLUMNS = ("iso2", "subregion", "income_group")

# Set of the atlas or of a release -> name in the long table.
TRENDS = {
    "wgi_rule_of_law": "wgi_rl",
    "wgi_control_of_corruption": "wgi_cc",
    "wgi_government_effectiveness": "wgi_ge",
    "wgi_regulatory_quality": "wgi_rq",
    "wgi_voice_and_accountability": "wgi_va",
    "wgi_political_stability": "wgi_pv",
    "wdi_child_employment": "wdi_child_employment_7_14",
    "ilo_children_in_employment": "ilo_children_in_employment_thousands",
    "ilo_child_employment_rate": "ilo_child_employment_rate_0_14",
    "ucdp_deaths_state_based": "ucdp_deaths_state_based",
    "ucdp_deaths_non_state": "ucdp_deaths_non_state",
    "ucdp_deaths_one_sided": "ucdp_deaths_one_sided",
    "unhcr_refugees_hosted": "unhcr_refugees_hosted",
    "unhcr_asylum_seekers_hosted": "unhcr_asylum_seekers_hosted",
    "unhcr_refugees_from": "unhcr_refugees_from",
    "unhcr_internally_displaced": "unhcr_idps",
    "unhcr_stateless": "unhcr_stateless",
    "idmc_internally_displaced": "idmc_idps_conflict",
}
# INFORM's marks for a missing figure.
NOT_SHOWN = "x"
ANSWERS = {"Yes": "yes", "No": "no", "N/A": "not applicable"}
MEASURES = (
    *("Labor_Inspectors", "Labor_Inspectors_Intl_Standards", "Labor_Inspections"),
    *("Labor_Unannounced_Inspections_Conducted", "Labor_Complaint_Mechanism", "Labor_Violations"),
    *("Criminal_Investigations", "Criminal_Prosecutions", "Criminal_Convictions"),
)


def of_inform(raw: Path, column: str) -> Values:
    """A component of the INFORM Risk Index 2025 that is no factor of the method."""
    rows = read_rows(raw / "country_indicators" / "inform_risk_2025.csv")
    return {
        row["iso3"]: ("2025", f"{float(row[column]):.6g}", "index")
        for row in rows
        if row[column] not in ("", NOT_SHOWN)
    }


def part(column: str) -> Callable[[Path], Values]:
    return partial(of_inform, column=column)


MORE_SETS: dict[str, Callable[[Path], Values]] = {
    "wdi_child_employment": series("wdi_child_employment_7_14", "survey, ages 7-14"),
    "inform_children_under_5_health": part("children_u5"),
    "inform_food_security": part("food_security"),
    "inform_health_conditions": part("health_conditions"),
    "inform_access_to_health_care": part("access_to_health_care"),
    "inform_governance": part("governance"),
    "inform_current_conflict": part("current_conflict_intensity"),
    "inform_projected_conflict": part("projected_conflict_probability"),
    "inform_uprooted_people": part("uprooted_people"),
    "inform_recent_shocks": part("recent_shocks"),
    "inform_drought": part("drought"),
    "inform_river_flood": part("river_flood"),
    "inform_tropical_cyclone": part("tropical_cyclone"),
    "inform_epidemic": part("epidemic"),
}


def trend_lines(raw: Path, alpha2: dict[str, str]) -> dict[str, list[Row]]:
    """Every year of each series, by country and year; figures as the copy holds them."""
    found: dict[str, list[Row]] = {ref: [] for ref in TRENDS}
    refs = {name: ref for ref, name in TRENDS.items()}
    for row in read_rows(raw / "country_indicators" / "indicators_long.csv"):
        ref, iso2 = refs.get(row["indicator"]), alpha2.get(row["iso3"])
        if ref and iso2 and row["value"]:
            year, value = row["year"].split(".")[0], f"{float(row['value']):.10g}"
            found[ref].append({"iso2": iso2, "year": year, "value": value})
    return {ref: sorted(lines, key=_by_country_and_year) for ref, lines in found.items()}


def tier_lines(raw: Path, alpha2: dict[str, str]) -> list[Row]:
    """Every tier of every report year with how the copy came by it."""
    return sorted(
        (
            {
                "iso2": alpha2[row["iso3"]],
                "year": row["report_year"],
                "tier": row["tier"],
                "basis": row["basis"],
            }
            for row in read_rows(raw / "tip_report" / "tip_tiers.csv")
            if row["iso3"] in alpha2
        ),
        key=_by_country_and_year,
    )


def level_lines(raw: Path, alpha2: dict[str, str]) -> list[Row]:
    """ILAB's judgement of a year's efforts, as printed."""
    rows = read_rows(raw / "dol_sweat_toil" / "advancement_levels_history.csv")
    lines = [
        {
            "iso2": alpha2[row["iso3"]],
            "year": row["findings_year"],
            "level": row["advancement_level"],
        }
        for row in rows
        if row["iso3"] in alpha2 and row["advancement_level"]
    ]
    return sorted(lines, key=_by_country_and_year)


def edition_lines(raw: Path, alpha2: dict[str, str]) -> Iterator[Row]:
    """The List of Goods in every edition that the copies hold."""
    flags = {"True": "yes", "False": "no"}
    for row in read_rows(raw / "dol_sweat_toil" / "goods_all_editions.csv"):
        yield {
            "edition": row["edition"],
            "good": row["good"],
            "iso2": alpha2[row["iso3"]],
            "child_labour": flags[row["child_labor"]],
            "forced_labour": flags[row["forced_labor"]],
            "forced_child_labour": flags[row["forced_child_labor"]],
        }


def treaty_lines(raw: Path, alpha2: dict[str, str]) -> Iterator[Row]:
    columns = "ilo_c138 ilo_c182 crc crc_op_armed_conflict crc_op_sale_of_children palermo_protocol"
    for row in read_rows(raw / "dol_sweat_toil" / "conventions_2022.csv"):
        for treaty in columns.split():
            yield {
                "iso2": alpha2[row["iso3"]],
                "treaty": treaty,
                "ratified": ANSWERS[row[treaty]],
            }


def law_lines(raw: Path, alpha2: dict[str, str]) -> Iterator[Row]:
    for row in read_rows(raw / "dol_sweat_toil" / "legal_standards_2022.csv"):
        yield {
            "iso2": alpha2[row["iso3"]],
            "territory": row["territory"],
            "standard": row["standard_type"],
            "in_law": ANSWERS[row["standard"]],
            "age": "" if row["age"] in ("N/A", "") else row["age"],
            "meets": ANSWERS[row["conforms_to_intl_standard"]],
        }


def enforcement_lines(raw: Path, alpha2: dict[str, str]) -> Iterator[Row]:
    """ILAB information on inspectors, inspections and courts, as printed."""
    for row in read_rows(raw / "dol_sweat_toil" / "enforcement_2022.csv"):
        if row["measure"] in MEASURES:
            yield {
                "iso2": alpha2[row["iso3"]],
                "territory": row["territory"],
                "measure": row["measure"],
                "value": row["value"],
            }


def heading_lines(raw: Path, codes: set[str]) -> list[Row]:
    """Titles of the HS headings of our commodities."""
    rows = read_rows(raw / "commodity_reference" / "hs_2022_codes.csv")
    return [
        {"hs_code": row["hs_code"], "description": row["description"]}
        for row in rows
        if row["hs_code"] in codes
    ]


def group_lines(raw: Path, alpha2: dict[str, str]) -> list[Row]:
    """The neighbourhood of a country and its income group, as INFORM 2025 holds them."""
    rows = read_rows(raw / "country_indicators" / "country_groups.csv")
    lines = [
        {
            "iso2": alpha2[row["iso3"]],
            "subregion": row["un_subregion"],
            "income_group": row["wb_income_group"],
        }
        for row in rows
        if row["iso3"] in alpha2
    ]
    return sorted(lines, key=lambda line: line["iso2"])


def _by_country_and_year(line: Row) -> tuple[str, str]:
    return line["iso2"], line["year"]
