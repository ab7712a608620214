"""Random histories of remediation cases along the states that the lifecycle allows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from ddplatform.core.due_diligence.case_figures import (
    STAGES,
    CaseCourse,
    Release,
    course_of,
    list_releases,
)
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.suppression import LIMIT
from ddplatform.core.due_diligence.vocabulary import ImpactState, Machine

BEGIN: Final = datetime(2025, 1, 1, tzinfo=UTC)
MONTHS: Final = tuple(date(2025 + month // 12, month % 12 + 1, 1) for month in range(19))
"""First days of the months of the period; figures are read on each of them."""
DAYS: Final = 548
SCALES: Final = (3, 6, 10, 25, 60)
"""The most cases that histories of each kind have."""
MOST_MOVES: Final = 12
BACKWARD: Final = frozenset(
    {ImpactState.UNSUBSTANTIATED, ImpactState.LOST_CONTACT, ImpactState.REFERRED_TO_AUTHORITY}
)
"""Side states, which a walk takes less often."""
UNCONFIRMED: Final = frozenset(
    {ImpactState.ALLEGED, ImpactState.TRIAGED, ImpactState.UNSUBSTANTIATED, ImpactState.REOPENED}
)

History = tuple[CaseCourse, ...]


def random_history(random: Random, *, most: int | None = None) -> History:
    """Cases of an organisation in a year and a half, few in one history and many in another.

    Args:
        most: the most cases; None: as many as a kind drawn by chance has.
    """
    most, pace = most or random.choice(SCALES), random.choice((4, 15, 45))
    return tuple(
        _walk(random, pace=pace, within=frozenset(ImpactState))
        for _ in range(random.randint(0, most))
    )


def random_dummies(random: Random) -> History:
    """What an attacker reports: it may be triaged, dismissed and reopened, and is never confirmed."""
    return tuple(_walk(random, pace=9, within=UNCONFIRMED) for _ in range(random.randint(1, 12)))


def _walk(random: Random, *, pace: int, within: frozenset[ImpactState]) -> CaseCourse:
    steps = lifecycle(Machine.IMPACT).steps
    state, day = ImpactState.ALLEGED, random.randrange(DAYS)
    moves: list[tuple[datetime, ImpactState]] = []
    for _ in range(random.randint(0, MOST_MOVES)):
        ways = [to for come_from, to in steps if come_from == state and to in within]
        if not ways:
            break
        state = random.choices(ways, [1 if to in BACKWARD else 6 for to in ways])[0]
        moves.append((BEGIN + timedelta(days=day), ImpactState(state)))
        day += int(random.expovariate(1 / pace))
    merged_at = BEGIN + timedelta(days=day) if random.random() < 0.1 else None
    return course_of(moves, merged_at=merged_at)


def releases_of(history: Sequence[CaseCourse]) -> list[Release]:
    """What everybody reads in the months of the period, each release once."""
    return list_releases(MONTHS[-1], history, stages=len(STAGES))


def counts_at(history: Sequence[CaseCourse], moment: datetime) -> list[int]:
    """The true number of cases at each stage, and last of all, just before a moment."""
    stages = [case.stage_at(moment) for case in history]
    counts = [stages.count(stage) for stage in range(len(STAGES))]
    return [*counts, sum(counts)]


def stays_below_five(history: Sequence[CaseCourse]) -> bool:
    """Whether fewer than five cases were ever counted together at the end of a month."""
    ends = [datetime(day.year, day.month, 1, tzinfo=UTC) for day in MONTHS]
    return all(counts_at(history, end)[-1] < LIMIT for end in ends)


def neighbour_of(history: History, random: Random) -> History:
    """A history that differs in one case: opened or not, ended or not, later, at other stages."""
    new = _walk(random, pace=15, within=frozenset(ImpactState))
    if not history:
        return (new,)
    at = random.randrange(len(history))
    one, others = history[at], (*history[:at], *history[at + 1 :])
    later = tuple((moment + timedelta(days=30), stage) for moment, stage in one.stages)
    changed = random.choice(
        (
            (),
            (one, new),
            (new,),
            (replace(one, stages=later),),
            (replace(one, stages=one.stages[:-1]),),
        )
    )
    return (*others, *changed)


def confirmed_cases(random: Random, count: int) -> History:
    """Cases that somebody made up and an officer confirmed: made safe one day, planned another."""
    first, second = sorted(random.sample(range(DAYS), 2))
    moves = ((BEGIN + timedelta(days=first), 0), (BEGIN + timedelta(days=second), 1))
    return (CaseCourse(moves),) * count
