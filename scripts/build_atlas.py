"""Build of the atlas data beside a release, `supply_chain/data/atlas/`, from the raw copies.

Usage: python scripts/build_atlas.py RAW_FOLDER

RAW_FOLDER is that of `build_reference_data.py`, which must have run for the same copies. Nothing
written here is part of a score or changes the fingerprint of a release. The same copies give the
same bytes.
"""

import sys
from pathlib import Path

import reference_atlas_sets as sets
from build_reference_data import INDICATOR_COLUMNS, country_lines, indicator_lines
from reference_tables import DATA, PLAN, read_rows, write_rows


def main(raw: Path, data: Path) -> None:
    alpha2 = {line["iso3"]: line["iso2"] for line in country_lines(raw)}
    target = data / "atlas"
    codes = {
        code
        for row in read_rows(data / "commodities.csv")
        for code in row["hs_codes"].split("|")
        if code
    }
    write_rows(target / "tip_tiers.csv", sets.TIER_COLUMNS, sets.tier_lines(raw, alpha2))
    write_rows(target / "advancement_levels.csv", sets.LEVEL_COLUMNS, sets.level_lines(raw, alpha2))
    write_rows(target / "goods_editions.csv", sets.EDITION_COLUMNS, sets.edition_lines(raw, alpha2))
    write_rows(target / "treaties.csv", sets.TREATY_COLUMNS, sets.treaty_lines(raw, alpha2))
    write_rows(target / "laws.csv", sets.LAW_COLUMNS, sets.law_lines(raw, alpha2))
    write_rows(
        target / "enforcement.csv", sets.ENFORCEMENT_COLUMNS, sets.enforcement_lines(raw, alpha2)
    )
    write_rows(target / "hs_headings.csv", sets.HEADING_COLUMNS, sets.heading_lines(raw, codes))
    write_rows(target / "country_groups.csv", sets.GROUP_COLUMNS, sets.group_lines(raw, alpha2))
    for ref, build in sets.MORE_SETS.items():
        lines = indicator_lines(ref, build(raw), alpha2)
        write_rows(target / "context" / f"{ref}.csv", INDICATOR_COLUMNS, lines)
    for ref, lines in sets.trend_lines(raw, alpha2).items():
        write_rows(target / "trends" / f"{ref}.csv", sets.TREND_COLUMNS, lines)
    edition = {"release": PLAN["atlas"], "as_of": PLAN["as_of"].isoformat()}
    write_rows(target / "release.csv", list(edition), [edition])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), DATA)
