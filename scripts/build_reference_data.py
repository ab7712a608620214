"""Build of the reference data in `supply_chain/data/` from the publishers' raw copies.

Usage: python scripts/build_reference_data.py RAW_FOLDER

RAW_FOLDER holds the public copies named in docs/data-sources.md. Nothing is typed by hand into
the data files: figures come from the copies; our own decisions (which goods make a commodity,
which activity of the SEC-01 table it counts as) from `scripts/reference_plan.yaml`.
The same copies give the same bytes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from reference_context_sets import CONTEXT
from reference_indicators import INDICATORS, Values
from reference_tables import DATA, PLAN, Row, read_rows, write_rows

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
COUNTRY_COLUMNS = (
    *("iso2", "iso3", "m49"),
    *(f"name_{language}" for language in LANGUAGES),
    *("short_name_en", "region", "subregion", "latitude", "longitude"),
)
ACTIVITY_COLUMNS = ("ref", "name", "rate", "source")
LABOUR = ("child_labour", "forced_labour", "forced_child_labour")
GOOD_COLUMNS = ("edition", "good", "iso2", *LABOUR, "downstream", "input_from", "status", "as_of")
COMMODITY_COLUMNS = ("ref", "name", "hs_codes", "goods", "also_named", "activity")
FLAGS = ("is_financial", "is_online", "is_primary_production")
SECTOR_COLUMNS = ("ref", "name", "isic_section", "isic_division", "activity", *FLAGS)
INDICATOR_COLUMNS = ("ref", "iso2", "year", "value", "basis")
# "As updated to mid-2023" is all that is known of the day of the copy's edition.
LIST_AS_OF = "2023-06-30"


class PlanFault(Exception):
    """The plan and the copies do not agree; the message names the entry."""


def country_lines(raw: Path) -> list[Row]:
    """All countries by alpha-2. The text "NA" is Namibia, never a blank."""
    lines = []
    for row in read_rows(raw / "country_reference" / "countries.csv"):
        line = {f"name_{language}": row[f"official_name_{language}"] for language in LANGUAGES}
        line["name_en"] = PLAN["country_names"].get(row["iso2"]) or line["name_en"]
        line["name_en"] = line["name_en"] or row["name_en"]
        line |= {"iso2": row["iso2"], "iso3": row["iso3"], "short_name_en": row["name_en"]}
        line["m49"] = row["m49"].zfill(3) if row["m49"] else ""
        line |= {"region": row["un_region"], "subregion": row["un_subregion"]}
        line |= {"latitude": row["label_lat"], "longitude": row["label_lon"]}
        lines.append(line)
    return sorted(lines, key=lambda line: line["iso2"])


def activity_lines() -> Iterator[Row]:
    for ref, (rate, name) in PLAN["activities"].items():
        yield {
            "ref": ref,
            "name": name,
            "rate": f"{rate:.2f}",
            "source": "RM-1.0 section 5 seed, policy",
        }


def goods_lines(raw: Path, alpha2: dict[str, str]) -> Iterator[Row]:
    """The 2022 edition as updated to mid-2023, then the known changes of 2024."""
    folder = raw / "dol_sweat_toil"
    changes = read_rows(folder / "changes_2024_partial.csv")
    changed = max(row["published"] for row in changes)
    for row in read_rows(folder / "goods_2022.csv"):
        removed = row["removed_in_2024_edition"] == "True"
        yield {
            "edition": "2022",
            "good": row["good"],
            "iso2": alpha2[row["iso3"]],
            "child_labour": yes_no(row["child_labor"]),
            "forced_labour": yes_no(row["forced_labor"]),
            "forced_child_labour": yes_no(row["forced_child_labor"]),
            "downstream": yes_no(row["derived_labor_exploitation"]),
            "input_from": alpha2.get(row["derived_from_iso3"], ""),
            "status": "removed_2024" if removed else "listed",
            "as_of": changed if removed else LIST_AS_OF,
        }
    for row in changes:
        if row["good"] and row["change"].startswith("added"):
            yield {
                "edition": "2024",
                "good": row["good"],
                "iso2": alpha2.get(row["iso3"], ""),
                "downstream": yes_no("True" if "downstream" in row["change"] else "False"),
                "status": "added_2024",
                "as_of": row["published"],
            }


def yes_no(flag: str) -> str:
    return "yes" if flag == "True" else "no"


def commodity_lines(raw: Path, goods: set[str]) -> Iterator[Row]:
    """The plan's commodities; HS headings from the copies where the plan gives none."""
    folder = raw / "commodity_reference"
    known = {row["hs_code"] for row in read_rows(folder / "hs_2022_codes.csv")}
    headings: dict[str, list[str]] = {}
    for row in read_rows(folder / "dol_goods_to_hs.csv"):
        headings.setdefault(row["good"], []).append(row["hs_code"])
    uncovered = set(goods)
    for ref, entry in sorted(PLAN["commodities"].items()):
        own = [code for good in entry["goods"] for code in headings.get(good, [])]
        codes = sorted(set(entry.get("hs", own)))
        if strange := [code for code in codes if code not in known]:
            raise PlanFault(f"commodities.{ref}.hs: not in HS 2022: {', '.join(strange)}")
        if entry["activity"] not in PLAN["activities"]:
            raise PlanFault(f"commodities.{ref}.activity: {entry['activity']} is not in the table")
        uncovered -= set(entry["goods"])
        yield {
            "ref": ref,
            "name": entry["name"],
            "hs_codes": "|".join(codes),
            "goods": "|".join(entry["goods"]),
            "also_named": "|".join(entry.get("also", [])),
            "activity": entry["activity"],
        }
    if uncovered:
        raise PlanFault(f"commodities: no commodity covers {', '.join(sorted(uncovered))}")


def sector_lines(raw: Path) -> Iterator[Row]:
    parents = {
        row["code"]: row["parent"]
        for row in read_rows(raw / "commodity_reference" / "isic_rev4.csv")
        if row["level"] == "division"
    }
    for ref, (name, section, division, activity, flag) in PLAN["sectors"].items():
        if parents.get(division) != section:
            raise PlanFault(f"sectors.{ref}: division {division} is not in section {section}")
        yield {
            "ref": ref,
            "name": name,
            "isic_section": section,
            "isic_division": division,
            "activity": activity,
            "is_financial": "yes" if flag == "financial" else "no",
            "is_online": "yes" if flag == "online" else "no",
            "is_primary_production": "yes" if flag == "primary" else "no",
        }


def indicator_lines(ref: str, values: Values, alpha2: dict[str, str]) -> list[Row]:
    lines = [
        {"ref": ref, "iso2": alpha2[iso3], "year": year, "value": value, "basis": basis}
        for iso3, (year, value, basis) in values.items()
        if iso3 in alpha2
    ]
    return sorted(lines, key=lambda line: line["iso2"])


def main(raw: Path, target: Path) -> None:
    countries = country_lines(raw)
    alpha2 = {line["iso3"]: line["iso2"] for line in countries}
    goods = list(goods_lines(raw, alpha2))
    all_editions = read_rows(raw / "dol_sweat_toil" / "goods_all_editions.csv")
    named = {line["good"] for line in goods} | {row["good"] for row in all_editions}
    write_rows(target / "countries.csv", COUNTRY_COLUMNS, countries)
    write_rows(target / "activity_base_rates.csv", ACTIVITY_COLUMNS, activity_lines())
    write_rows(target / "goods_by_country.csv", GOOD_COLUMNS, goods)
    write_rows(target / "commodities.csv", COMMODITY_COLUMNS, commodity_lines(raw, named))
    write_rows(target / "sectors.csv", SECTOR_COLUMNS, sector_lines(raw))
    for folder, sets in (("indicators", INDICATORS), ("context", CONTEXT)):
        for ref, build in sets.items():
            lines = indicator_lines(ref, build(raw), alpha2)
            write_rows(target / folder / f"{ref}.csv", INDICATOR_COLUMNS, lines)
    release = {"release": PLAN["release"], "as_of": PLAN["as_of"].isoformat()}
    write_rows(target / "release.csv", list(release), [release])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), DATA)
