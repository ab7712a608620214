"""Reference data of the product: countries, commodities, sectors, and the observations on them.

`load_reference()` gives the shipped release. A value without data is missing, never guessed: a
factor without a figure for a country simply has no observation (RM-1.0 3.4 then takes its prior).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from supply_chain.errors import ReferenceFault
from supply_chain.reference.context import read_context, read_context_indicators
from supply_chain.reference.files import (
    read_activities,
    read_commodities,
    read_countries,
    read_goods,
    read_indicators,
    read_release,
    read_sectors,
)
from supply_chain.reference.names import Catalogue
from supply_chain.reference.observations import read_observations
from supply_chain.reference.types import (
    Activity,
    Commodity,
    ContextFigure,
    ContextIndicator,
    Country,
    GoodListing,
    Indicator,
    ReferenceObservation,
    Sector,
)
from supply_chain.risk.method import METHOD

DATA = Path(__file__).resolve().parents[1] / "data"

# RM-1.0 section 5, SEC-02; never 0.
LISTED = 1.0
LISTED_ELSEWHERE = 0.6
NOT_LISTED = 0.2
SEED = "sec01_seed"
GOODS_LIST = "dol_goods_list"


@dataclass(frozen=True)
class Reference:
    """One release of the reference data, frozen.

    `release` is its number, `as_of` the day its data were taken. `countries` go by ISO 3166-1
    alpha-2, the others by reference, `listings` by good of the US DOL list. `gaps` gives for
    each CTY factor of RM-1.0 section 4 the number of countries with a figure; 0 is a factor that
    nothing open feeds. `context` holds information on a country beside its scores.
    """

    release: str
    as_of: date
    countries: Mapping[str, Country]
    activities: Mapping[str, Activity]
    commodities: Mapping[str, Commodity]
    sectors: Mapping[str, Sector]
    indicators: Mapping[str, Indicator]
    goods: tuple[GoodListing, ...]
    listings: Mapping[str, tuple[GoodListing, ...]]
    observations: Mapping[str, tuple[ReferenceObservation, ...]]
    context_indicators: Mapping[str, ContextIndicator]
    context: Mapping[str, tuple[ContextFigure, ...]]
    gaps: Mapping[str, int]
    catalogue: Catalogue

    def country(self, alpha2: str) -> tuple[ReferenceObservation, ...]:
        """At most one observation of each CTY factor, in the order of the method.

        A factor without a figure is not in it; a country without any, or unknown, gives ().
        """
        return self.observations.get(alpha2, ())

    def commodity(self, ref: str) -> ReferenceObservation | None:
        """SEC-01 of a commodity: one `inference` of age 0; `None` for an unknown reference."""
        found = self.commodities.get(ref)
        return self._seed(found.activity) if found else None

    def sector_observation(self, ref: str) -> ReferenceObservation | None:
        """SEC-01 of a sector's activity: one `inference` of age 0; `None` if it is unknown."""
        found = self.sectors.get(ref)
        return self._seed(found.activity) if found else None

    def pair(self, commodity_ref: str, alpha2: str) -> ReferenceObservation | None:
        """SEC-02 of a commodity from a country (RM-1.0 section 5), `official`.

        A listed pair is 1, a good listed elsewhere .6, a good that is not listed .2. `None` for
        an unknown commodity or country.
        """
        found = self.commodities.get(commodity_ref)
        if found is None or alpha2 not in self.countries:
            return None
        lines = [line for good in found.goods for line in self.listings.get(good, ())]
        here = [line for line in lines if line.alpha2 == alpha2]
        listed = [line for line in here if line.in_force]
        if listed:
            return self._listing(LISTED, listed, f"listed: {_good_names(listed)}")
        removed = f"; removed in 2024: {_good_names(here)}" if here else ""
        elsewhere = [line for line in lines if line.in_force]
        if elsewhere:
            basis = f"listed elsewhere: {_good_names(elsewhere)}{removed}"
            return self._listing(LISTED_ELSEWHERE, here, basis)
        return self._listing(NOT_LISTED, here, f"not listed{removed}")

    def goods_in(self, alpha2: str) -> tuple[GoodListing, ...]:
        """The goods of a country on the US DOL list, in force, by name of the good."""
        lines = (line for line in self.goods if line.alpha2 == alpha2 and line.in_force)
        return tuple(sorted(lines, key=lambda line: line.good))

    def find_commodity(self, text: str) -> Commodity | None:
        """The commodity that a text or an HS code means; `None` where that is not clear.

        Names are compared without accents, case and plural; a code (2 to 10 digits, dots and
        blanks allowed) by its longest known heading. Several equally near: `None`, ask.
        """
        return self.catalogue.find(text)

    def _seed(self, activity: str) -> ReferenceObservation:
        indicator, row = self.indicators[SEED], self.activities[activity]
        return ReferenceObservation(
            factor=indicator.factor,
            value=row.rate,
            raw=None,
            source_type=indicator.source_type,
            as_of=self.as_of,
            year=None,
            indicator=indicator.ref,
            source=row.source,
            licence=indicator.licence,
            basis=row.name,
            ageless=True,
        )

    def _listing(self, value: float, lines: list[GoodListing], basis: str) -> ReferenceObservation:
        indicator = self.indicators[GOODS_LIST]
        # That a pair is absent is known as of the newest complete edition only.
        days = [line.as_of for line in lines or self.goods[:1]]
        return ReferenceObservation(
            factor=indicator.factor,
            value=value,
            raw=None,
            source_type=indicator.source_type,
            as_of=max(days),
            year=max(days).year,
            indicator=indicator.ref,
            source=indicator.source,
            licence=indicator.licence,
            basis=basis,
        )


def _good_names(lines: list[GoodListing]) -> str:
    return ", ".join(sorted({line.good for line in lines}))


def read_reference(folder: Path) -> Reference:
    """Read and check every file of a folder; a broken row is a ReferenceFault."""
    release, as_of = read_release(folder)
    countries = read_countries(folder)
    activities = read_activities(folder)
    commodities = read_commodities(folder, activities)
    indicators = read_indicators(folder)
    goods = read_goods(folder, countries)
    observations = read_observations(folder, indicators, countries)
    context_indicators = read_context_indicators(folder)
    context = read_context(folder, context_indicators, countries)
    listings: dict[str, list[GoodListing]] = defaultdict(list)
    for line in goods:
        listings[line.good].append(line)
    covered = {good for item in commodities.values() for good in item.goods}
    if uncovered := sorted(listings.keys() - covered):
        raise ReferenceFault(f"commodities.csv, column goods: nothing covers {uncovered[0]}")
    return Reference(
        release=release,
        as_of=as_of,
        countries=MappingProxyType(countries),
        activities=MappingProxyType(activities),
        commodities=MappingProxyType(commodities),
        sectors=MappingProxyType(read_sectors(folder, activities)),
        indicators=MappingProxyType(indicators),
        goods=goods,
        listings=MappingProxyType({good: tuple(lines) for good, lines in listings.items()}),
        observations=MappingProxyType(observations),
        context_indicators=MappingProxyType(context_indicators),
        context=MappingProxyType(context),
        gaps=MappingProxyType(_coverage(observations)),
        catalogue=Catalogue(commodities),
    )


def _coverage(observations: Mapping[str, tuple[ReferenceObservation, ...]]) -> dict[str, int]:
    """Number of countries with a figure, for every CTY factor of the method."""
    found = {factor: 0 for factor in METHOD.factors if factor.startswith("CTY")}
    for row in observations.values():
        for observation in row:
            found[observation.factor] += 1
    return found


@lru_cache(maxsize=1)
def load_reference() -> Reference:
    """The shipped release, read once a process."""
    return read_reference(DATA)
