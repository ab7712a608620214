"""Country profile under RM-2.0, from public data: its indicators and its vulnerability by issue."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from supply_chain.risk.rm2.context import Place, Seen, Vulnerability, place_of, vulnerability
from supply_chain.risk.rm2.indicator_sources import IndicatorSource, sources_of
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.reference import INDICATORS, public_data
from supply_chain.vocabulary import Issue

SHOWN = 0.005
"""Least difference that two decimals show."""


@dataclass(frozen=True)
class IndicatorValue:
    """One indicator of a country."""

    factor: str
    name: str
    score: float  # s, 0 benign to 1 worst
    low: float  # interval of an estimated value; both ends equal s where it was observed
    high: float
    is_observed: bool
    source: IndicatorSource


@dataclass(frozen=True)
class IssueVulnerability:
    """V of one issue, 0-1, with what the intervals of estimates make of it."""

    issue: Issue
    name: str
    value: float
    low: float
    high: float

    @property
    def is_observed(self) -> bool:
        """Whether nothing in it was estimated, as far as two decimals show."""
        return self.high - self.low < SHOWN


@dataclass(frozen=True)
class CountryPosition:
    """A country among the others: V of each issue, and how many indicators are observed."""

    issues: Mapping[Issue, IssueVulnerability]
    observed: int


@dataclass(frozen=True)
class CountryProfile:
    """Indicators in the order of the method, issues by falling vulnerability."""

    indicators: tuple[IndicatorValue, ...]
    issues: tuple[IssueVulnerability, ...]

    @property
    def observed(self) -> int:
        """Number of indicators with a statistic."""
        return sum(one.is_observed for one in self.indicators)


def country_profile(country: str) -> CountryProfile:
    """The profile of a country (ISO 3166-1 alpha-2); that of the world where nothing is known."""
    data = public_data()
    row = data.place.get(country, data.world)
    place, v = _of_rows([row])
    sources = sources_of(country if row != data.world else None)
    return CountryProfile(
        indicators=tuple(
            IndicatorValue(
                factor=factor,
                name=METHOD.factor_names[METHOD.factor_index[factor]],
                score=float(place.score[0, at]),
                low=float(place.low[0, at]),
                high=float(place.high[0, at]),
                is_observed=bool(place.observed[0, at]),
                source=sources[factor],
            )
            for at, factor in enumerate(INDICATORS)
        ),
        issues=tuple(sorted(_issues(v, 0).values(), key=lambda one: -one.value)),
    )


@cache
def country_positions() -> Mapping[str, CountryPosition]:
    """All countries of the public data, by ISO 3166-1 alpha-2; others count as the world does."""
    data = public_data()
    place, v = _of_rows(list(data.place.values()))
    return {
        country: CountryPosition(_issues(v, at), int(place.observed[at].sum()))
        for at, country in enumerate(data.place)
    }


@cache
def world_position() -> CountryPosition:
    """Values for a country without public data."""
    return CountryPosition(_issues(_of_rows([public_data().world])[1], 0), 0)


def _of_rows(rows: list[int]) -> tuple[Place, Vulnerability]:
    place = place_of(public_data(), np.array(rows, dtype=np.int64))
    nothing = np.full((len(rows), len(INDICATORS)), np.nan)
    return place, vulnerability(place, Seen(nothing, np.zeros_like(nothing)))


def _issues(v: Vulnerability, row: int) -> dict[Issue, IssueVulnerability]:
    return {
        issue: IssueVulnerability(
            issue,
            METHOD.issue_names[at],
            *(float(part[row, at]) for part in (v.value, v.low, v.high)),
        )
        for at, issue in enumerate(Issue)
    }
