"""Country indicators, one function for each: raw copies in, {alpha-3: (year, value, basis)} out.

Year and value are text as they go into the file; an unknown year is "". Two files that feed the
same factor never hold the same country.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from reference_tables import Row, read_rows

Values = dict[str, tuple[str, str, str]]

# RM-1.0 section 4, CTY-03.
TIER_SCORES = {
    "Tier 1": 0.1,
    "Tier 2": 0.4,
    "Tier 2 Watch List": 0.7,
    "Tier 3": 1.0,
    "Special Case": 1.0,
}
INFERRED = "inferred by elimination"
# The conventions of CTY-05 that the copy reports on (C29, P029 and C105 are not in it; the
# Convention on the Rights of the Child is in it but is not one of the factor's eight).
CONVENTIONS = {
    "ilo_c138": "C138",
    "ilo_c182": "C182",
    "crc_op_armed_conflict": "CRC-OPAC",
    "crc_op_sale_of_children": "CRC-OPSC",
    "palermo_protocol": "Palermo Protocol",
}


def latest(raw: Path, series: str, basis: str) -> Values:
    """The newest value of a series of the long table."""
    found: Values = {}
    for row in read_rows(raw / "country_indicators" / "indicators_latest.csv"):
        if row["indicator"] == series and row["value"] != "":
            year = row["year"].split(".")[0]
            found[row["iso3"]] = (year, f"{float(row['value']):.6g}", basis)
    return found


def working_children(raw: Path) -> Values:
    """ILAB's share of children in work, in per cent; a value that cannot be right is dropped."""
    found: Values = {}
    for row in read_rows(raw / "dol_sweat_toil" / "child_statistics_2022.csv"):
        suspect = row["suspect"].startswith("work_share")
        if row["work_share"] and not suspect:
            percent = f"{float(row['work_share']) * 100:.6g}"
            basis = f"survey, ages {row['work_age_range'] or 'not stated'}, survey year not kept"
            found[row["iso3"]] = ("", percent, basis)
    return found


def employed_children(raw: Path) -> Values:
    """World Bank series for the countries without a figure of ILAB."""
    first = working_children(raw)
    series = latest(raw, "wdi_child_employment_7_14", "survey, ages 7-14")
    return {iso3: value for iso3, value in series.items() if iso3 not in first}


def tiers(raw: Path) -> Values:
    """The newest published definite tier as the score of RM-1.0 section 4, CTY-03.

    "Tier 1 or Tier 2" is no tier, and one that the copy inferred by elimination is no
    publication: a tier that nobody published must not lower a score.
    """
    found: Values = {}
    for row in read_rows(raw / "tip_report" / "tip_tiers.csv"):
        if row["tier"] not in TIER_SCORES or row["basis"] == INFERRED:
            continue
        kept = found.get(row["iso3"])
        if kept is None or int(row["report_year"]) > int(kept[0]):
            score = f"{TIER_SCORES[row['tier']]:g}"
            found[row["iso3"]] = (row["report_year"], score, f"{row['tier']}, {row['basis']}")
    return found


def legal_gaps(raw: Path) -> Values:
    """+.25 for each of the four gaps of CTY-04; only countries with all four standards."""
    standards: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in read_rows(raw / "dol_sweat_toil" / "legal_standards_2022.csv"):
        standards[row["iso3"]][row["standard_type"]] = row
    needed = {
        "Minimum_Work",
        "Compulsory_Education",
        "Types_Hazardous_Work",
        "Prohibition_Child_Trafficking",
    }
    found: Values = {}
    for iso3, laws in standards.items():
        if needed <= laws.keys():
            gaps = gaps_of(laws)
            found[iso3] = ("2022", f"{0.25 * len(gaps):g}", "; ".join(gaps) or "no gap found")
    return found


def gaps_of(laws: dict[str, Row]) -> list[str]:
    gaps = []
    if laws["Minimum_Work"]["standard"] != "Yes":
        gaps.append("minimum age for work below the standard")
    work = ages(laws["Minimum_Work"]["age"])
    school = ages(laws["Compulsory_Education"]["age"])
    # Without an age for either there is nothing that keeps work behind school: a gap.
    if not work or not school or min(work) < max(school):
        gaps.append("minimum age below the school-leaving age")
    if laws["Types_Hazardous_Work"]["standard"] != "Yes":
        gaps.append("no sufficient list of hazardous work")
    if laws["Prohibition_Child_Trafficking"]["standard"] != "Yes":
        gaps.append("child trafficking law below the standard")
    return gaps


def ages(text: str) -> list[float]:
    """Ages as printed: "16", "17.5", "12/13" (the law differs within the country), "N/A"."""
    return [float(part) for part in text.split("/") if part.replace(".", "", 1).isdigit()]


def not_ratified(raw: Path) -> Values:
    """Share of the known conventions that the country could ratify and has not."""
    found: Values = {}
    for row in read_rows(raw / "dol_sweat_toil" / "conventions_2022.csv"):
        open_to = {
            name: row[column] for column, name in CONVENTIONS.items() if row[column] != "N/A"
        }
        if open_to:
            absent = [name for name, answer in open_to.items() if answer != "Yes"]
            basis = f"of {len(open_to)} known; not ratified: {', '.join(absent) or 'none'}"
            found[row["iso3"]] = ("2022", f"{len(absent) / len(open_to):.6g}", basis)
    return found


def series(name: str, basis: str) -> Callable[[Path], Values]:
    return partial(latest, series=name, basis=basis)


INDICATORS: dict[str, Callable[[Path], Values]] = {
    "ilab_working_children": working_children,
    "wdi_child_employment_7_14": employed_children,
    "us_tip_tier": tiers,
    "ilab_legal_gaps": legal_gaps,
    "ilab_conventions_not_ratified": not_ratified,
    "wgi_rule_of_law": series("wgi_rl", "index estimate"),
    "wdi_birth_registration": series("wdi_birth_registration", "latest survey or register"),
    "wdi_out_of_school_lower_secondary": series(
        "wdi_out_of_school_lower_secondary", "back-computed from a scaled copy, year not kept"
    ),
    "ilo_informal_employment": series(
        "ilo_informal_employment", "back-computed from a scaled copy, year not kept"
    ),
    "inform_human_hazard": series("inform_human", "index"),
    "inform_natural_hazard": series("inform_natural", "index"),
}
