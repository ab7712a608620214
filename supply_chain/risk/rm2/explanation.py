"""Explanation of the score of a (node, issue) pair: every line with its basis (RM-2.0).

The lines are those of the score itself, taken from the same arrays, so they add up to it.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.reference.release import Reference
from supply_chain.risk.context import primary_sectors
from supply_chain.risk.evidence import State
from supply_chain.risk.rm2.controls import capped, relief_lines
from supply_chain.risk.rm2.evidence import columns_of, counted, items, slopes
from supply_chain.risk.rm2.map_context import listed_goods, made_goods
from supply_chain.risk.rm2.method import METHOD, Floats, Ints
from supply_chain.risk.rm2.observations import Observations
from supply_chain.risk.rm2.reference import PublicData, public_data
from supply_chain.risk.rm2.severity import severity_points
from supply_chain.risk.rm2.subject import Figures, Subject, figures_of
from supply_chain.vocabulary import Issue


@dataclass(frozen=True)
class Indicator:
    """One indicator behind the country line."""

    factor: str
    score: float  # s as used, 0 benign to 1 worst
    reference: float  # s of the country before observations of the region
    low: float  # interval of an imputed value; both ends equal s where it was observed
    high: float
    weight: float
    is_observed: bool  # False: estimated
    is_regional: bool  # moved by an observation of the region


@dataclass(frozen=True)
class Trait:
    """One trait of the activities behind the activity line."""

    factor: str
    score: float  # of the activity with the highest exposure, 0-1
    weight: float


@dataclass(frozen=True)
class Listed:
    """A good of the node on the US DOL list."""

    good: str
    kinds: tuple[str, ...]  # for which the pair of country and good is listed
    elsewhere: tuple[tuple[str, int], ...]  # (kind, number of other countries), above 0


@dataclass(frozen=True)
class Statement:
    """One observation behind a factor."""

    source_type: str
    value: float  # s, 0-1
    age_months: float


@dataclass(frozen=True)
class Item:
    """One factor with its points as they count beside the others."""

    factor: str
    points: float
    score: float | None  # s; None where it was asked and left blank
    quality: float  # q, 0-1
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class EventItem:
    """One event in the surroundings with its points as they count beside the others."""

    event: str  # id in the method
    place: int  # among the events that were given
    points: float
    source_type: str
    months_since_start: float


@dataclass(frozen=True)
class ControlLine:
    """A control that addresses the issue."""

    control: str
    points: float  # <= 0
    coverage: float  # 0-1
    evidence: float  # level of evidence as it counts


@dataclass(frozen=True)
class Explanation:
    """All lines of one score; from `base` to `index_limit` they add up to the residual index."""

    issue: Issue
    figures: Figures
    base: float
    country: float
    activity: float
    listing: float
    items: tuple[Item, ...]
    events: tuple[EventItem, ...]  # that still count for the issue
    limit: float
    judged: float  # what people raised or lowered
    states: tuple[State, ...]  # open cases, allegations, flags and closures of the issue
    fact: float
    is_set: bool  # they leave the likelihood no range, whatever else is known
    controls: tuple[ControlLine, ...]
    controls_limit: float  # what facts and the lower end give back of the controls
    severity: float  # points
    index_limit: float
    vulnerability: float  # V, 0-1
    exposure: float  # X, 0-1
    country_known: bool
    activity_known: bool
    indicators: tuple[Indicator, ...]  # largest weight first
    classes: tuple[str, ...]  # names of the node's activities
    traits: tuple[Trait, ...]  # largest weight first
    listed: tuple[Listed, ...]
    is_product_assumed: bool
    """No good made here is stated: the one that the sector is named for counts as listed."""

    @property
    def total(self) -> float:
        """The sum of all lines, which is the residual index."""
        lines = (self.base, self.country, self.activity, self.listing, self.limit)
        for_place = sum(item.points for item in self.items)
        for_place += sum(item.points for item in self.events)
        taken = sum(control.points for control in self.controls) + self.controls_limit
        held = self.judged + self.fact
        return sum(lines) + for_place + held + taken + self.severity + self.index_limit


def explain(subject: Subject, *, reference: Reference) -> Explanation:
    """All lines of a score with their basis."""
    data, at = public_data(), (0, subject.issue)
    scores, found = subject.scores, subject.scores.estimate
    lines = found.lines
    controls = _controls(subject)
    eased = float(severity_points(scores.severity.residual)[at])
    taken = float(found.residual[at] - found.points[at])
    sector, goods = subject.nodes.sector[0], subject.nodes.commodities[0]
    made = made_goods(sector, goods, data, primary_sectors(reference))
    counted = listed_goods(sector, made, data)
    return Explanation(
        issue=tuple(Issue)[subject.issue],
        figures=figures_of(scores, 0, subject.issue),
        base=float(lines.prior.base[subject.issue]),
        country=float(lines.prior.country[at]),
        activity=float(lines.prior.activity[at]),
        listing=float(lines.listing[at]),
        items=_items(subject),
        events=_events(subject),
        limit=float(lines.limit[at]),
        judged=float(lines.judged[at]),
        states=subject.states,
        fact=float(lines.fact[at]),
        is_set=bool(found.low[at] >= found.high[at]),
        controls=controls,
        controls_limit=taken - sum(line.points for line in controls),
        severity=eased,
        index_limit=float(scores.residual_index[at] - (found.residual[at] + eased)),
        vulnerability=float(found.vulnerability[at]),
        exposure=float(found.exposure[at]),
        country_known=bool(subject.inputs.place.known[0]),
        activity_known=bool(subject.inputs.activities.known[0]),
        indicators=_indicators(subject),
        classes=_classes(sector, made, data),
        traits=_traits(subject),
        listed=tuple(_listed(subject.nodes.country[0], counted, data)),
        is_product_assumed=counted != made,
    )


def _indicators(subject: Subject) -> tuple[Indicator, ...]:
    place, weight = subject.inputs.place, METHOD.indicator_weight[:, subject.issue]
    regional = subject.inputs.factors.seen(METHOD.indicators)
    used = regional.moved(place.score)[0]
    ids = METHOD.factors[METHOD.indicators]
    return tuple(
        Indicator(
            factor=ids[column],
            score=float(used[column]),
            reference=float(place.score[0, column]),
            low=float(place.low[0, column]),
            high=float(place.high[0, column]),
            weight=float(weight[column]),
            is_observed=bool(place.observed[0, column]),
            is_regional=not np.isnan(regional.score[0, column]),
        )
        for column in _heaviest(weight)
    )


def _traits(subject: Subject) -> tuple[Trait, ...]:
    """Traits of the activity that counts for the issue: the one with the highest exposure."""
    weight = METHOD.trait_weight[:, subject.issue]
    seen = subject.inputs.factors.seen(METHOD.traits)
    activities = subject.inputs.activities
    at = activities.node
    moved = type(seen)(seen.score[at], seen.quality[at]).moved(activities.traits)
    highest = moved[int(np.argmax((moved * weight).sum(axis=1)))]
    ids = METHOD.factors[METHOD.traits]
    return tuple(
        Trait(ids[column], float(highest[column]), float(weight[column]))
        for column in _heaviest(weight)
    )


def _heaviest(weight: np.ndarray) -> list[int]:
    columns: Ints = np.flatnonzero(weight)
    return sorted(columns.tolist(), key=lambda column: (-weight[column], column))


def _classes(sector: str | None, made: tuple[str, ...], data: PublicData) -> tuple[str, ...]:
    found = {data.commodity_class[good] for good in made}
    if sector in data.sector_class:
        found.add(data.sector_class[str(sector)])
    return tuple(data.class_names[at] for at in sorted(found))


def _listed(country: str | None, goods: tuple[str, ...], data: PublicData) -> list[Listed]:
    kinds, found = METHOD.listing.kinds, []
    for good in goods if country else ():
        here = data.listed.get((str(country), good), (False,) * len(kinds))
        counts = [
            (kind, data.listed_elsewhere(kind, good, str(country)))
            for kind in METHOD.listing.elsewhere_kinds
        ]
        named = tuple(kind for kind, is_listed in zip(kinds, here, strict=True) if is_listed)
        known = tuple((kind, count) for kind, count in counts if count)
        if named or known:
            found.append(Listed(good, named, known))
    return found


def _items(subject: Subject) -> tuple[Item, ...]:
    """Factors of the issue with an observation or a blank, largest effect first."""
    rows, columns = subject.inputs.factors, columns_of(subject.issue)
    before, slots = len(columns.before), subject.inputs.events.points.shape[2]
    counts = np.delete(_counted(subject), slice(before, before + slots))
    known = rows.observed[0] | rows.blank[0]
    found = [
        Item(
            factor=METHOD.factors[factor],
            points=float(counts[at]),
            score=float(rows.score[0, factor]) if rows.observed[0, factor] else None,
            quality=float(rows.quality[0, factor]),
            statements=_statements(subject.observations, factor),
        )
        for at, factor in enumerate(columns.factors.tolist())
        if known[factor]
    ]
    return tuple(sorted(found, key=lambda item: (-abs(item.points), item.factor)))


def _events(subject: Subject) -> tuple[EventItem, ...]:
    """Events that still count for the issue, largest effect first."""
    rows, before = subject.events, len(columns_of(subject.issue).before)
    counts, slots = _counted(subject), rows.slots()
    found = [
        EventItem(
            event=METHOD.events[rows.event[at]],
            place=at,
            points=float(counts[before + slots[at]]),
            source_type=METHOD.source_types[rows.source_type[at]],
            months_since_start=float(rows.months_since_start[at]),
        )
        for at in range(len(slots))
        if subject.inputs.events.points[0, subject.issue, slots[at]]
    ]
    return tuple(sorted(found, key=lambda item: (-item.points, item.event, item.place)))


def _counted(subject: Subject) -> Floats:
    """(columns,) points of all items of the issue as they count beside each other."""
    points = items(slopes(subject.inputs.factors), subject.inputs.events, subject.issue)
    alone: Floats = counted(points)[0]
    return alone


def _statements(seen: Observations, factor: int) -> tuple[Statement, ...]:
    at = np.flatnonzero((seen.factor == factor) & ~np.isnan(seen.value))
    newest_first = at[np.argsort(seen.age_months[at], kind="stable")]
    return tuple(
        Statement(
            METHOD.source_types[seen.source_type[row]],
            float(seen.value[row]),
            float(seen.age_months[row]),
        )
        for row in newest_first.tolist()
    )


def _controls(subject: Subject) -> tuple[ControlLine, ...]:
    """Controls of the node that address the issue, largest effect first."""
    controls = capped(subject.inputs.controls, subject.inputs.facts)
    points = relief_lines(controls, subject.issue)[0]
    listed = (controls.coverage[0] > 0) | (controls.evidence[0] > 0)
    found = [
        ControlLine(
            METHOD.controls[at],
            -float(points[at]) + 0.0,
            float(controls.coverage[0, at]),
            float(controls.evidence[0, at]),
        )
        for at in np.flatnonzero(listed & METHOD.helps[:, subject.issue]).tolist()
    ]
    return tuple(sorted(found, key=lambda line: (line.points, line.control)))
