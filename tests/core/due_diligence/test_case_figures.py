"""Figures of cases by month: what an attacker outside the cases can learn from all of them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from ddplatform.core.due_diligence.case_figures import CaseCourse, Release, release_on
from tests.sampling import examples

STAGES = 6
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 400
MONTHS = [date(2026 + month // 12, month % 12 + 1, 1) for month in range(15)]


@st.composite
def courses(draw: st.DrawFn) -> CaseCourse:
    """A case as an officer works on it: reported, confirmed some day, moved, perhaps dismissed."""
    days = sorted(draw(st.lists(st.integers(0, DAYS), min_size=1, max_size=5, unique=True)))
    stages = [None, *draw(st.lists(st.integers(0, STAGES - 1), min_size=4, max_size=4))]
    moves = list(zip((BEGIN + timedelta(days=day) for day in days), stages, strict=False))
    if draw(st.booleans()) and len(moves) > 2:
        moves[-1] = (moves[-1][0], None)
    return CaseCourse(tuple(moves))


@st.composite
def dummies(draw: st.DrawFn) -> CaseCourse:
    """What an attacker reports: nobody confirms it, an officer dismisses or merges it."""
    days = sorted(draw(st.lists(st.integers(0, DAYS), max_size=3, unique=True)))
    return CaseCourse(tuple((BEGIN + timedelta(days=day), None) for day in days))


HISTORIES = st.lists(courses(), max_size=40)


def releases(history: list[CaseCourse]) -> list[Release]:
    return [release_on(day, history, stages=STAGES) for day in MONTHS]


def bounds(shown: int | str) -> tuple[int, int]:
    if shown == "<5":
        return 0, 4
    low, high = map(int, str(shown).split("–"))
    return low, high


@examples(60)
@given(HISTORIES, st.lists(dummies(), min_size=1, max_size=12))
def test_what_an_attacker_reports_changes_no_release_however_often(history, reported):
    assert releases([*history, *reported]) == releases(history)


@examples(30)
@given(HISTORIES, st.integers(1, 27))
def test_nothing_that_happens_in_a_month_shows_in_it(history, days):
    for day in MONTHS[1:]:
        begins = datetime(day.year, day.month, 1, tzinfo=UTC)
        new = CaseCourse(tuple((begins + timedelta(hours=n), n % STAGES) for n in range(3)))
        now = release_on(day + timedelta(days=days), [*history, *[new] * 9], stages=STAGES)
        assert now == release_on(day, history, stages=STAGES)


@examples(60)
@given(HISTORIES)
def test_two_releases_that_differ_stand_for_five_changed_cases(history):
    shown = releases(history)
    for before, after in pairwise(shown):
        if before != after:
            assert after.until is not None
            then = [case.stage_at(before.until) if before.until else None for case in history]
            now = [case.stage_at(after.until) for case in history]
            assert sum(one != other for one, other in zip(then, now, strict=True)) >= 5


@examples(60)
@given(HISTORIES)
def test_release_says_the_truth_of_its_own_month(history):
    for shown in releases(history):
        if shown.until is None:
            continue
        stages = [case.stage_at(shown.until) for case in history]
        counts = [stages.count(stage) for stage in range(STAGES)]
        for count, cell in zip((*counts, sum(counts)), (*shown.stages, shown.total), strict=True):
            low, high = bounds(cell)
            assert low <= count <= high


def possible(cells: list[str], total: str, place: int) -> tuple[float, float]:
    """Least and most of one cell by a linear program over what one release shows."""
    low, high = bounds(total)
    ones, goal = np.ones(len(cells)), np.eye(len(cells))[place]
    limits = {"A_ub": np.vstack([ones, -ones]), "b_ub": [high, -low]}
    ranges = [bounds(cell) for cell in cells]
    least = linprog(goal, **limits, bounds=ranges)
    most = linprog(-goal, **limits, bounds=ranges)
    return least.fun, -most.fun


@examples(25)
@given(HISTORIES, st.lists(dummies(), max_size=5))
def test_linear_program_over_all_releases_narrows_no_count_below_five(history, reported):
    """The attacker knows every release, and which of all cases they reported themselves."""
    shown = releases([*history, *reported])
    for cells, total in {(one.stages, one.total) for one in shown}:
        assert "suppressed" not in cells, "six stages and their total never expose each other"
        for place, cell in enumerate(cells):
            if cell == "<5":
                assert possible(list(cells), str(total), place) == pytest.approx((0, 4))


def test_five_confirmed_cases_are_released_when_their_month_has_ended():
    history = [CaseCourse(((BEGIN + timedelta(days=n), 2),)) for n in range(5)]

    assert release_on(date(2026, 1, 31), history, stages=STAGES).total == "<5"
    february = release_on(date(2026, 2, 1), history, stages=STAGES)
    assert february.until == datetime(2026, 2, 1, tzinfo=UTC)
    assert (february.stages[2], february.total) == ("5–9", "5–9")


def test_release_of_nothing_looks_like_that_of_four_cases():
    four, day = [CaseCourse(((BEGIN, 2),))] * 4, date(2027, 1, 1)

    assert release_on(day, four, stages=STAGES) == release_on(day, [], stages=STAGES)
