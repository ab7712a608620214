"""Points of an event in the surroundings over time, by issue (RM-2.0 section 6.4)."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, log2

import numpy as np

from supply_chain.risk.context import age_in_months
from supply_chain.risk.factors import MONTH_DAYS
from supply_chain.risk.rm2.evidence import event_points
from supply_chain.risk.rm2.method import METHOD, Floats
from supply_chain.vocabulary import Issue

_POLICY = METHOD.policy


@dataclass(frozen=True)
class IssueCourse:
    """Points of one event for one issue, before other evidence of the same place is counted."""

    issue: Issue
    at_full: float  # points while it counts in full, > 0
    today: float  # points on the day that is asked about, >= 0
    counts_until: date | None  # last day on which it adds anything; None: not known yet


@dataclass(frozen=True)
class EventCourse:
    """Course of an event over time."""

    full_until: date | None  # last day in full; None: as long as it lasts
    issues: tuple[IssueCourse, ...]  # the most points first


def course_of(
    event: str, source_type: str, starts_on: date, ends_on: date | None, *, on: date
) -> EventCourse:
    """The course of an event as reported by a source.

    Args:
        event: EVT-nn.
        ends_on: last day, where it is known; it counts for closures and peaks only.
        on: the day for which `today` is worked out.
    """
    row = METHOD.event_index[event]
    months = _months_at_full(row, starts_on, ends_on)
    full_until = None if months is None else _day(starts_on, months)
    at_full = METHOD.event_points[row] * METHOD.reliability[METHOD.source_index[source_type]]
    today = _points_on(row, source_type, starts_on, months, on)
    issues = [
        IssueCourse(issue, float(points), float(now), _last_day(starts_on, months, float(points)))
        for issue, points, now in zip(Issue, at_full, today, strict=True)
        if points > 0
    ]
    issues.sort(key=lambda one: (-one.at_full, list(Issue).index(one.issue)))
    return EventCourse(full_until, tuple(issues))


def _months_at_full(row: int, starts_on: date, ends_on: date | None) -> float | None:
    """Months from its start in full; None: it lasts, and its end is not known."""
    months = float(METHOD.event_months[row])
    if np.isfinite(months):
        return months
    return None if ends_on is None else age_in_months(starts_on, ends_on)


def _points_on(
    row: int, source_type: str, starts_on: date, months: float | None, on: date
) -> Floats:
    if on < starts_on:
        return np.zeros(len(Issue))
    points: Floats = event_points(
        np.array([row]),
        np.array([METHOD.source_index[source_type]]),
        np.array([age_in_months(starts_on, on)]),
        np.array([np.inf if months is None else months]),
    )[0]
    return points


def _last_day(starts_on: date, months: float | None, at_full: float) -> date | None:
    """The last day on which the points are not below what the method still counts."""
    if months is None:
        return None
    halvings = log2(at_full / _POLICY.event_least_points)
    return _day(starts_on, months + _POLICY.event_half_life_months * halvings)


def _day(starts_on: date, months: float) -> date:
    # Rounded first: a whole number of days must not fall short by a rounding error.
    return starts_on + timedelta(days=floor(round(months * MONTH_DAYS, 6)))
