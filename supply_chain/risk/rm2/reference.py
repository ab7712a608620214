"""Public data of RM-2.0, read once from `data/rm2/` and frozen (sections 4 and 5)."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from supply_chain.risk.method import frozen
from supply_chain.risk.rm2.method import METHOD, Bools, Floats, Ints

DATA = Path(__file__).parents[2] / "data"
WORLD = "001"
UNKNOWN_CLASS = "unknown"
OBSERVED = "observed"
INDICATORS = METHOD.factors[METHOD.indicators]
TRAITS = METHOD.factors[METHOD.traits]


@dataclass(frozen=True)
class Origins:
    """Origins of a commodity: places with their shares of the world, highest first."""

    place: Ints  # (places,) row in the tables of places
    share: Floats  # (places,) 0-1; together at most 1
    observed: Bools  # (places,) False: rounded and not verified


@dataclass(frozen=True)
class PublicData:
    """Tables by place (243 countries and areas, the world last), class and commodity.

    `place` gives the row of a country (ISO 3166-1 alpha-2); the few areas without any figure have
    the row of the world. `listed` gives the kinds of section 5.3 for which a (country, commodity)
    pair is listed, in the order of `METHOD.listing.kinds`.
    """

    place: Mapping[str, int]
    world: int
    score: Floats  # (places, 13) s of the country indicators, 0-1
    low: Floats  # (places, 13) end of the interval of an imputed indicator; s where observed
    high: Floats  # (places, 13)
    observed: Bools  # (places, 13)
    children: Floats  # (places,) number of children under 15; 0 for the world
    classes: tuple[str, ...]
    class_names: tuple[str, ...]
    unknown_class: int
    traits: Floats  # (classes, 14) 0-1
    sector_class: Mapping[str, int]
    commodity_class: Mapping[str, int]
    sector_product: Mapping[str, str]  # the good that a sector is named for
    listed: Mapping[tuple[str, str], tuple[bool, ...]]
    listing_countries: Mapping[tuple[str, str], frozenset[str]]  # (kind, commodity) -> countries
    origins: Mapping[str, Origins]

    def listed_elsewhere(self, kind: str, commodity: str, country: str) -> int:
        """Number of countries beside `country` in which a commodity is listed for a kind."""
        return len(self.listing_countries.get((kind, commodity), frozenset()) - {country})


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _place_columns() -> dict[str, Any]:
    cells = {(row["iso2"], row["factor"]): row for row in _rows("rm2/country_indicators.csv")}
    # The world comes last, so that the countries can be taken as one run of rows.
    countries = sorted({country for country, _ in cells} - {WORLD})
    places = [*countries, WORLD]
    children = {row["iso2"]: float(row["children"]) for row in _rows("rm2/children.csv")}

    def table(column: str) -> Floats:
        rows = [[float(cells[p, f][column]) for f in INDICATORS] for p in places]
        return frozen(rows, np.float64)

    place = {row["iso2"]: len(countries) for row in _rows("countries.csv")}
    place |= {country: at for at, country in enumerate(countries)}
    seen = [[cells[p, f]["how"] == OBSERVED for f in INDICATORS] for p in places]
    return {
        "place": MappingProxyType(place),
        "world": len(countries),
        "score": table("s"),
        "low": table("s_low"),
        "high": table("s_high"),
        "observed": frozen(seen, np.bool_),
        "children": frozen([children.get(place, 0.0) for place in places], np.float64),
    }


def _class_columns() -> dict[str, Any]:
    rows = list(_rows("rm2/activity_classes.csv"))
    index = {row["class"]: at for at, row in enumerate(rows)}

    def assigned(key: str) -> Mapping[str, int]:
        lines = _rows(f"rm2/{key}_class.csv")
        return MappingProxyType({line[key]: index[line["class"]] for line in lines})

    return {
        "classes": tuple(index),
        "class_names": tuple(row["name"] for row in rows),
        "unknown_class": index[UNKNOWN_CLASS],
        "traits": frozen([[float(row[trait]) for trait in TRAITS] for row in rows], np.float64),
        "sector_class": assigned("sector"),
        "commodity_class": assigned("commodity"),
        "sector_product": MappingProxyType(
            {row["sector"]: row["commodity"] for row in _rows("rm2/sector_products.csv")}
        ),
    }


def _listing_columns() -> dict[str, Any]:
    kinds = METHOD.listing.kinds
    listed: dict[tuple[str, str], tuple[bool, ...]] = {}
    countries: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in _rows("rm2/listed_pairs.csv"):
        listed[row["iso2"], row["commodity"]] = tuple(row[kind] == "yes" for kind in kinds)
        for kind in kinds:
            if row[kind] == "yes":
                countries[kind, row["commodity"]].add(row["iso2"])
    frozen = {key: frozenset(found) for key, found in countries.items()}
    return {
        "listed": MappingProxyType(listed),
        "listing_countries": MappingProxyType(frozen),
    }


def _origins(place: Mapping[str, int]) -> Mapping[str, Origins]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows("rm2/commodity_origins.csv"):
        rows[row["commodity"]].append(row)
    found = {}
    for commodity, lines in rows.items():
        where = frozen([place[line["iso2"]] for line in lines], np.int64)
        share = frozen([float(line["share"]) for line in lines], np.float64)
        observed = frozen([line["mark"] == OBSERVED for line in lines], np.bool_)
        found[commodity] = Origins(where, share, observed)
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def public_data() -> PublicData:
    """The public data of the product's release; read at the first call."""
    places = _place_columns()
    return PublicData(
        **places,
        **_class_columns(),
        **_listing_columns(),
        origins=_origins(places["place"]),
    )
