"""Countries of production of goods, with the source of each share (RM-2.0 section 5.4)."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from supply_chain.risk.rm2.reference import DATA, OBSERVED


@dataclass(frozen=True)
class OriginShare:
    """One producing country of a good."""

    country: str  # ISO 3166-1 alpha-2
    share: float  # of the world, 0-1
    is_observed: bool  # False: rounded, to be checked
    year: int | None
    publisher: str
    copy: str  # through whom; empty: from the publisher itself


@lru_cache(maxsize=1)
def _shares() -> Mapping[str, tuple[OriginShare, ...]]:
    with (DATA / "rm2" / "origin_sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["source_id"]: row for row in csv.DictReader(file)}
    found: dict[str, list[OriginShare]] = defaultdict(list)
    with (DATA / "rm2" / "commodity_origins.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            source = sources[row["source_id"]]
            found[row["commodity"]].append(
                OriginShare(
                    country=row["iso2"],
                    share=float(row["share"]),
                    is_observed=row["mark"] == OBSERVED,
                    year=int(row["year"]) if row["year"] else None,
                    publisher=source["publisher"],
                    copy=source["copy"],
                )
            )
    return MappingProxyType(
        {good: tuple(sorted(rows, key=lambda one: -one.share)) for good, rows in found.items()}
    )


def origin_shares(commodity: str) -> tuple[OriginShare, ...]:
    """Producing countries of a good, the largest first; empty where none are known."""
    return _shares().get(commodity, ())
