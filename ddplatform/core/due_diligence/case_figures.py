"""Figures of remediation cases for everybody outside them, released by month.

Three rules keep a single case out of what is shown, whoever looks and however often:

- A case counts from the moment an officer confirms it. What somebody only reported counts
  nowhere, so nobody moves a figure by reporting what never happened.
- The figures stand as they were at the end of a month, the same for everybody.
- A new month replaces them only when the stage of at least five cases has changed since. Two
  releases that differ therefore differ by at least five children (SUPP-7).

Source:
    SUPP-1, SUPP-2 and SUPP-7 of the platform's data rules; differencing between releases as in
    Hundepool et al., Statistical Disclosure Control (2012), chapter 5.4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ddplatform.core.due_diligence.suppression import LIMIT, Shown, banded_row


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


def release_on(day: date, courses: Sequence[CaseCourse], *, stages: int) -> Release:
    """The release that stands on a day.

    Args:
        courses: every case of one organisation, in any order.
        stages: number of stages.
    """
    until: datetime | None = None
    for month in _months(courses, day):
        if sum(_differs(course, until, month) for course in courses) >= LIMIT:
            until = month
    counts = [0] * stages
    for course in courses if until is not None else ():
        stage = course.stage_at(until) if until else None
        if stage is not None:
            counts[stage] += 1
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
