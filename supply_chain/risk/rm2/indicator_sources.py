"""Sources of the country indicators of RM-2.0: figure, year and publisher, or an estimate."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from supply_chain.risk.rm2.reference import DATA, OBSERVED, WORLD


@dataclass(frozen=True)
class IndicatorSource:
    """Source of one value of a country."""

    raw: float | None  # in the unit of the indicator; None where it was estimated
    year: int | None
    source: str  # publisher of the indicator
    estimated_by: str  # how a missing value was estimated; empty where it was observed


@lru_cache(maxsize=1)
def _by_country() -> Mapping[str, Mapping[str, IndicatorSource]]:
    found: dict[str, dict[str, IndicatorSource]] = defaultdict(dict)
    with (DATA / "rm2" / "country_indicators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["iso2"]][row["factor"]] = IndicatorSource(
                raw=float(row["raw"]) if row["raw"] else None,
                year=int(row["year"]) if row["year"] else None,
                source=row["source"],
                estimated_by="" if row["how"] == OBSERVED else row["how"],
            )
    return MappingProxyType(found)


def sources_of(country: str | None) -> Mapping[str, IndicatorSource]:
    """Factor -> its source for a country (ISO 3166-1 alpha-2); the world's where it has none."""
    known = _by_country()
    return known.get(country or WORLD, known[WORLD])
