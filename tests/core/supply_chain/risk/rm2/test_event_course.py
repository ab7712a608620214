"""What an event adds over time, against the points of the method itself (RM-2.0 section 6.4)."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.context import age_in_months
from supply_chain.risk.rm2.event_course import course_of
from supply_chain.risk.rm2.evidence import event_points
from supply_chain.risk.rm2.method import METHOD
from supply_chain.vocabulary import Issue

START = date(2026, 4, 12)
FINITE = [
    event for event in METHOD.events if np.isfinite(METHOD.event_months[METHOD.event_index[event]])
]


def points(event: str, source: str, on: date) -> np.ndarray:
    return event_points(
        np.array([METHOD.event_index[event]]),
        np.array([METHOD.source_index[source]]),
        np.array([age_in_months(START, on)]),
        np.array([np.nan]),
    )[0]


def test_a_disaster_counts_in_full_for_twelve_months_and_fades_after_them() -> None:
    course = course_of("EVT-03", "official", START, None, on=date(2026, 11, 30))
    assert course.full_until == date(2027, 4, 12)
    first = course.issues[0]
    assert (first.issue, first.at_full, first.today) == (Issue.EM, 10.8, 10.8)


def test_closed_schools_count_in_full_until_their_last_day_is_known() -> None:
    going_on = course_of("EVT-04", "official", START, None, on=START + timedelta(900))
    assert going_on.full_until is None
    assert all(one.counts_until is None and one.today == one.at_full for one in going_on.issues)
    over = course_of("EVT-04", "official", START, date(2026, 9, 1), on=date(2026, 11, 30))
    assert over.full_until == date(2026, 9, 1)
    assert all(one.today < one.at_full for one in over.issues)


def test_an_event_that_is_still_to_come_adds_nothing_today() -> None:
    course = course_of("EVT-06", "official", START, None, on=START - timedelta(1))
    assert all(one.today == 0 < one.at_full for one in course.issues)


@pytest.mark.parametrize("source", METHOD.source_types)
@pytest.mark.parametrize("event", METHOD.events)
def test_each_event_counts_on_its_first_day_whoever_tells_of_it(event: str, source: str) -> None:
    course = course_of(event, source, START, None, on=START)
    assert course.issues and all(one.today == one.at_full > 0 for one in course.issues)


@given(st.sampled_from(FINITE), st.sampled_from(METHOD.source_types))
def test_the_day_named_is_the_last_on_which_the_method_counts_it(event: str, source: str) -> None:
    for one in course_of(event, source, START, None, on=START).issues:
        at = list(Issue).index(one.issue)
        assert one.counts_until is not None
        assert points(event, source, one.counts_until)[at] > 0
        assert points(event, source, one.counts_until + timedelta(1))[at] == 0


@pytest.mark.parametrize("days", [0, 200, 365, 400, 500, 700])
def test_points_of_a_day_are_those_of_the_method(days: int) -> None:
    on = START + timedelta(days)
    course = course_of("EVT-06", "media_ngo", START, None, on=on)
    for one in course.issues:
        assert one.today == points("EVT-06", "media_ngo", on)[list(Issue).index(one.issue)]
