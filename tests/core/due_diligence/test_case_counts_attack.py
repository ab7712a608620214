"""Figures of cases against an attacker on counts, who has every release of a year and a half."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence.case_figures import STAGES, CaseCourse, course_of, release_on
from ddplatform.core.due_diligence.suppression import banded_row
from ddplatform.core.due_diligence.vocabulary import ImpactState
from tests.case_histories import (
    MONTHS,
    History,
    counts_at,
    neighbour_of,
    random_dummies,
    random_history,
    releases_of,
    stays_below_five,
)
from tests.count_attacker import Learned, Reading, learn, readings_of
from tests.sampling import examples

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SEEDS = st.integers(0, 2**32).map(Random)
EMPTY = (0,) * 5
HIDDEN = ("<5",) * 6


def attack(*readings: Reading) -> Learned:
    return learn(readings)


# ---- what is released ----------------------------------------------------------------------------


@examples(120)
@given(SEEDS)
def test_all_releases_together_tell_no_more_of_any_count_than_its_band(random: Random):
    learned = attack(*readings_of(releases_of(random_history(random))))

    assert learned.exact_small() == [] and learned.narrowed_small() == []
    assert learned.narrowed_bands() == [] and learned.single_changes() == []


@examples(60)
@given(SEEDS)
def test_true_counts_are_among_those_that_the_attacker_holds_possible(random: Random):
    history = random_history(random)
    releases = [one for one in releases_of(history) if one.until]
    for release, ranges in zip(releases, attack(*readings_of(releases)).ranges, strict=True):
        assert release.until is not None
        for count, (least, most) in zip(counts_at(history, release.until), ranges, strict=True):
            assert least <= count <= most


@examples(80)
@given(SEEDS)
def test_cases_that_nobody_confirmed_change_no_release(random: Random):
    history, reported = random_history(random), random_dummies(random)

    assert releases_of((*history, *reported)) == releases_of(history)


@examples(120)
@given(SEEDS)
def test_histories_that_differ_in_one_case_and_stay_below_five_read_the_same(random: Random):
    history = random_history(random, most=5)
    other = neighbour_of(history, random)

    if stays_below_five(history) and stays_below_five(other):
        assert releases_of(other) == releases_of(history)


@examples(20)
@given(SEEDS)
def test_every_month_shows_the_newest_of_the_releases_until_then(random: Random):
    history = random_history(random)
    releases = releases_of(history)
    for day in MONTHS:
        until = [one for one in releases if one.until is None or one.until.date() <= day]
        assert release_on(day, history, stages=len(STAGES)) == until[-1]


# ---- rules of release ----------------------------------------------------------------------------


def case(*moves: tuple[int, int | None]) -> CaseCourse:
    """A case by (month, stage from its second day on)."""
    days = [(datetime(2026, month, 2, tzinfo=UTC), stage) for month, stage in moves]
    return CaseCourse(tuple(days))


def test_month_whose_figures_read_the_same_does_not_replace_the_one_shown():
    """Five cases changed, of fewer than five then and now: a new day would say so of neither."""
    history = [
        *[case((1, 0), (2, None))] * 4,
        case((1, 0), (2, 1), (3, None)),
        *[case((3, 0))] * 4,
    ]
    shown = {month: release_on(date(2026, month, 1), history, stages=6) for month in (2, 3, 4)}

    assert (shown[2].total, shown[3].total) == ("5–9", "<5")
    assert shown[4] == shown[3]


def test_case_that_proved_unfounded_counts_again_only_once_it_is_confirmed():
    S = ImpactState
    states = [S.TRIAGED, S.UNSUBSTANTIATED, S.REOPENED, S.IMMEDIATE_PROTECTION]
    course = course_of((BEGIN + timedelta(days=day), state) for day, state in enumerate(states))

    assert [stage for _, stage in course.stages] == [None, None, None, 0]


def test_closed_case_that_is_reopened_counts_as_helped():
    states = [ImpactState.CLOSED_VERIFIED, ImpactState.REOPENED]
    course = course_of((BEGIN + timedelta(days=day), state) for day, state in enumerate(states))

    assert [stage for _, stage in course.stages] == [4, 2]


# ---- weaker rules, each of which the attacker breaks ---------------------------------------------


def shown_from(count: int, limit: int) -> int | str:
    return count if count >= limit else f"<{limit}"


def monthly(history: History, limit: int) -> list[Reading]:
    """Exact counts from a limit on, of every month, however few cases changed."""
    ends = [datetime(day.year, day.month, 1, tzinfo=UTC) for day in MONTHS]
    rows = [[shown_from(count, limit) for count in counts_at(history, end)] for end in ends]
    return [Reading(tuple(cells), total) for *cells, total in rows]


def test_attacker_breaks_exact_counts_from_three():
    history = (*[case_of(0)] * 3, *[case_of(1)] * 9)

    assert (3, 3) in attack(*monthly(history, 3)).exact_small()


def case_of(stage: int) -> CaseCourse:
    return CaseCourse(((datetime(2025, 3, 2, tzinfo=UTC), stage),))


def test_attacker_breaks_exact_counts_whose_total_leaves_one_hidden():
    history = (*[case_of(0)] * 2, *[case_of(stage) for stage in range(1, 6) for _ in range(7)])

    assert (2, 2) in attack(*monthly(history, 5)).exact_small()


def test_attacker_sees_a_single_case_in_exact_counts_of_every_month():
    late = CaseCourse(((datetime(2025, 5, 2, tzinfo=UTC), 0),))

    assert 1 in attack(*monthly((*[case_of(0)] * 6, late), 5)).single_changes()


@pytest.mark.parametrize("true", [2, 3, 4])
def test_attacker_who_reports_cases_breaks_figures_of_the_moment(true: int):
    """Three made-up cases, each counted at once: "<5" turns to "5–9", and the rest is known."""
    readings = [
        Reading(tuple(cells), total, (own, *EMPTY), most_changed=0)
        for own in range(4)
        for *cells, total in [banded_row([true + own, *EMPTY])]
    ]

    assert set(attack(*readings).exact_small()) == {(true, true)}


def test_attacker_narrows_two_readings_below_five_between_which_five_cases_changed():
    learned = attack(Reading(HIDDEN, "<5"), Reading(HIDDEN, "<5", least_changed=5))

    assert learned.ranges[0][-1] == learned.ranges[1][-1] == (1, 4)


def test_attacker_says_so_when_no_history_could_have_been_shown():
    with pytest.raises(ValueError, match="No history"):
        attack(Reading(("5–9", *HIDDEN[1:]), "<5"))
