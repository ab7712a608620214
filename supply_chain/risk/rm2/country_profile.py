"""What public data say of a country under RM-2.0: its indicators and its vulnerability by issue."""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.rm2.context import Seen, place_of, vulnerability
from supply_chain.risk.rm2.indicator_sources import IndicatorSource, sources_of
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.reference import INDICATORS, public_data
from supply_chain.vocabulary import Issue


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


@dataclass(frozen=True)
class CountryProfile:
    """Indicators in the order of the method, issues by falling vulnerability."""

    indicators: tuple[IndicatorValue, ...]
    issues: tuple[IssueVulnerability, ...]


def country_profile(country: str) -> CountryProfile:
    """The profile of a country (ISO 3166-1 alpha-2); that of the world where nothing is known."""
    data = public_data()
    row = data.place.get(country, data.world)
    place = place_of(data, np.array([row], dtype=np.int64))
    nothing = np.full((1, len(INDICATORS)), np.nan), np.zeros((1, len(INDICATORS)))
    v = vulnerability(place, Seen(*nothing))
    sources = sources_of(country if row != data.world else None)
    issues = [
        IssueVulnerability(
            issue,
            METHOD.issue_names[at],
            *(float(part[0, at]) for part in (v.value, v.low, v.high)),
        )
        for at, issue in enumerate(Issue)
    ]
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
        issues=tuple(sorted(issues, key=lambda one: -one.value)),
    )
