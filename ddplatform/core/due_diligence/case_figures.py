"""Figures of remediation cases for everybody outside them, released by month.

Three rules keep a single case out of what is shown, whoever looks and however often:

- A case counts from the moment an officer confirms it. What somebody only reported counts
  nowhere, so nobody moves a figure by reporting what never happened.
- The figures stand as they were at the end of a month, the same for everybody.
- A new month replaces them only when the stage of at least five cases has changed since and a
  figure reads otherwise. Two releases therefore differ by at least five children (SUPP-7), and
  their days tell nothing that the figures do not: "<5" twice, on two days, would say that
  neither was zero.

Source:
    SUPP-1, SUPP-2 and SUPP-7 of the platform's data rules; differencing between releases as in
    Hundepool et al., Statistical Disclosure Control (2012), chapter 5.4.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from ddplatform.core.due_diligence.suppression import LIMIT, Shown, banded_row
from ddplatform.core.due_diligence.vocabulary import ImpactState


class CaseStage(StrEnum):
    """Stages of a case, as counted for all readers."""

    MADE_SAFE = "made_safe"
    PLAN = "plan"
    HELP = "help"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"


STAGES: Final[tuple[tuple[CaseStage, frozenset[ImpactState]], ...]] = (
    (CaseStage.MADE_SAFE, frozenset({ImpactState.IMMEDIATE_PROTECTION})),
    (CaseStage.PLAN, frozenset({ImpactState.ASSESSED, ImpactState.PLAN_AGREED})),
    (CaseStage.HELP, frozenset({ImpactState.IN_REMEDIATION, ImpactState.REOPENED})),
    (CaseStage.FOLLOW_UP, frozenset({ImpactState.FOLLOW_UP, ImpactState.CLOSURE_PROPOSED})),
    (CaseStage.CLOSED, frozenset({ImpactState.CLOSED_VERIFIED})),
    (
        CaseStage.ELSEWHERE,
        frozenset({ImpactState.REFERRED_TO_AUTHORITY, ImpactState.LOST_CONTACT}),
    ),
)
"""Stages of confirmed cases; what is only reported, or proved unfounded, has none."""
_PLACES: Final[Mapping[ImpactState, int]] = {
    state: place for place, (_, states) in enumerate(STAGES) for state in states
}


@dataclass(frozen=True)
class CaseCourse:
    """One case as far as figures go: moments at which its stage changed, oldest first.

    Attributes:
        stages: (moment, number of the stage from then on); None: it counts nowhere.
    """

    stages: tuple[tuple[datetime, int | None], ...]

    def stage_at(self, moment: datetime) -> int | None:
        """The stage just before a moment; None where the case counts nowhere."""
        found: int | None = None
        for begins, stage in self.stages:
            if begins >= moment:
                break
            found = stage
        return found


@dataclass(frozen=True)
class Release:
    """What everybody is shown: the number of cases at each stage, and their total, in bands.

    Attributes:
        until: the first moment after the month of these figures; None: no month had five cases
            yet, so every figure is below five.
    """

    until: datetime | None
    stages: tuple[Shown, ...]
    total: Shown


def course_of(
    states: Iterable[tuple[datetime, ImpactState]], *, merged_at: datetime | None = None
) -> CaseCourse:
    """The course of a case through the stages that are counted.

    A case that proved unfounded and is reopened is not confirmed by that: it counts again once an
    officer takes it to a stage.

    Args:
        states: the states a case entered, oldest first.
        merged_at: when the case was merged into another, which counts in its place.
    """
    stages: list[tuple[datetime, int | None]] = []
    before: ImpactState | None = None
    for moment, state in states:
        is_unconfirmed = state is ImpactState.REOPENED and before is ImpactState.UNSUBSTANTIATED
        stages.append((moment, None if is_unconfirmed else _PLACES.get(state)))
        before = state
    if merged_at is not None:
        stages.append((merged_at, None))
    return CaseCourse(tuple(stages))


def release_on(day: date, courses: Sequence[CaseCourse], *, stages: int) -> Release:
    """The release that stands on a day.

    Args:
        courses: every case of one organisation, in any order.
        stages: number of stages.
    """
    return list_releases(day, courses, stages=stages)[-1]


def list_releases(day: date, courses: Sequence[CaseCourse], *, stages: int) -> list[Release]:
    """All releases up to a day, oldest first; the first one stands before any month had five."""
    found = [_release(None, [0] * stages)]
    for month in _months(courses, day):
        if sum(_differs(course, found[-1].until, month) for course in courses) < LIMIT:
            continue
        counts = [0] * stages
        for course in courses:
            stage = course.stage_at(month)
            if stage is not None:
                counts[stage] += 1
        release = _release(month, counts)
        if (release.stages, release.total) != (found[-1].stages, found[-1].total):
            found.append(release)
    return found


def _release(until: datetime | None, counts: Sequence[int]) -> Release:
    *cells, total = banded_row(counts)
    return Release(until, tuple(cells), total)


def _differs(course: CaseCourse, before: datetime | None, now: datetime) -> bool:
    return course.stage_at(now) != (course.stage_at(before) if before else None)


def _months(courses: Sequence[CaseCourse], day: date) -> Iterator[datetime]:
    """First moments of the months after the first change, up to the month of a day."""
    moments = [course.stages[0][0] for course in courses if course.stages]
    if not moments:
        return
    first = min(moments)
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        begins = datetime(year, month, 1, tzinfo=UTC)
        if begins.date() > day:
            return
        yield begins
