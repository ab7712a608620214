"""An attacker on counts: what everything that was ever shown says of the true numbers together.

The true counts are the unknowns of an integer program (HiGHS, by SciPy): one for each cell of each
reading. A reading limits its cells and their total; the rule of release limits how many cases
changed between two of them. The least and the most of each unknown under all of it at once is what
nobody can improve on: every set of counts that meets the limits is one that some history gives, as
between two readings any case may leave the figures and any number of new ones come in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import inf
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag

from ddplatform.core.due_diligence.case_figures import CaseCourse, Release
from ddplatform.core.due_diligence.suppression import LIMIT, SUPPRESSED, Shown

Range = tuple[float, float]
Floats = npt.NDArray[np.float64]

MOST: Final = 100_000.0
"""No organisation has more cases."""
SMALL: Final[Range] = (0, LIMIT - 1)
"""What is promised of a count shown as "<5": that it may be each of these."""


def range_of(shown: Shown) -> Range:
    """What a figure says by itself: "<5" is 0 to 4, "5–9" 5 to 9, 7 is 7."""
    if isinstance(shown, int):
        return shown, shown
    if shown == SUPPRESSED:
        return 0, MOST
    first, *more = map(int, re.findall(r"\d+", shown))
    return (first, more[0]) if more else (0, first - 1)


@dataclass(frozen=True)
class Reading:
    """Figures read once.

    Attributes:
        own: of the cases that are counted, those that the attacker knows, by cell.
        least_changed, most_changed: how many cases of others have changed since the reading
            before; before the first reading there was none.
    """

    cells: tuple[Shown, ...]
    total: Shown
    own: tuple[int, ...] = ()
    least_changed: float = 0
    most_changed: float = inf


def readings_of(
    releases: Sequence[Release], own_cases: Sequence[CaseCourse] = ()
) -> tuple[Reading, ...]:
    """What an attacker has who read the figures in every month.

    Who read them knows the rule: at least five cases changed between two releases.

    Args:
        own_cases: cases that are counted and of which the attacker knows every step.
    """
    found: list[Reading] = []
    before: datetime | None = None
    for release in (one for one in releases if one.until is not None):
        then = [one.stage_at(before) if before else None for one in own_cases]
        now = [one.stage_at(release.until) if release.until else None for one in own_cases]
        changed = sum(old != new for old, new in zip(then, now, strict=True))
        own = tuple(now.count(stage) for stage in range(len(release.stages)))
        found.append(
            Reading(release.stages, release.total, own, least_changed=max(0, LIMIT - changed))
        )
        before = release.until
    return tuple(found)


@dataclass(frozen=True)
class Learned:
    """The least and the most of each cell, and last of the total, at each reading.

    Attributes:
        shown: the same from its own label alone.
        single: of what each of them rose by since the reading before: 1 or -1 where it can be
            nothing else, else 0.
    """

    shown: list[list[Range]]
    ranges: list[list[Range]]
    single: list[list[int]]

    def small(self) -> list[Range]:
        """Of what is shown as below five: what is left of 0 to 4."""
        pairs = self._pairs()
        return [found for label, found in pairs if label[0] == 0 and label[1] < MOST]

    def narrowed_small(self) -> list[Range]:
        """Those of them that cannot be each of 0 to 4."""
        return [one for one in self.small() if one != SMALL]

    def exact_small(self) -> list[Range]:
        """Counts of 1 to 4 that the attacker knows."""
        found = [one for row in self.ranges for one in row]
        return [one for one in found if one[0] == one[1] and 0 < one[0] < LIMIT]

    def narrowed_bands(self) -> list[Range]:
        """Counts of five or more known better than by their band."""
        return [found for label, found in self._pairs() if label[0] > 0 and label != found]

    def single_changes(self) -> list[int]:
        """Rises and falls that can only be of one case."""
        return [rise for row in self.single for rise in row if rise]

    def _pairs(self) -> Iterator[tuple[Range, Range]]:
        for labels, found in zip(self.shown, self.ranges, strict=True):
            yield from zip(labels, found, strict=True)


@dataclass
class Attacker:
    """One program over all readings."""

    readings: Sequence[Reading]
    _rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)
    _seen: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width = len(self.readings[0].cells) if self.readings else 0
        self.variables = len(self.readings) * self.width
        self._low, self._high = np.zeros(self.variables), np.full(self.variables, MOST)
        for at, reading in enumerate(self.readings):
            self._limit_cells(at, reading)
        for at, reading in enumerate(self.readings):
            self._limit_change(at, reading)
        self._matrix = np.zeros((len(self._rows), self.variables))
        for row, (terms, _, _) in enumerate(self._rows):
            self._matrix[row, list(terms)] = list(terms.values())

    def learn(self) -> Learned:
        """The bounds of every cell, total and rise; see `learn_all`."""
        places = range(len(self.readings))
        goals = [self._goals(at) for at in places]
        return Learned(
            [[self._labelled(at, place) for place in range(self.width + 1)] for at in places],
            [
                [self._least_and_most(goal, self._labelled(at, p)) for p, goal in enumerate(row)]
                for at, row in enumerate(goals)
            ],
            [
                [self._single_rise(b - a) for a, b in zip(before, after, strict=True)]
                for before, after in pairwise(goals)
            ],
        )

    # ---- limits --------------------------------------------------------------------------------

    def _own(self, at: int) -> tuple[int, ...]:
        return self.readings[at].own or (0,) * self.width

    def _labelled(self, at: int, place: int) -> Range:
        reading, own = self.readings[at], self._own(at)
        known = (*own, sum(own))[place]
        low, high = range_of((*reading.cells, reading.total)[place])
        return max(0, low - known), high - known

    def _cells(self, at: int) -> range:
        return range(at * self.width, (at + 1) * self.width)

    def _limit_cells(self, at: int, reading: Reading) -> None:
        for place, variable in enumerate(self._cells(at)):
            self._low[variable], self._high[variable] = self._labelled(at, place)
        total = self._labelled(at, self.width)
        self._rows.append((dict.fromkeys(self._cells(at), 1.0), *total))

    def _limit_change(self, at: int, reading: Reading) -> None:
        now, before = self._cells(at), self._cells(at - 1) if at else range(0)
        if reading.least_changed:
            # All may have left and others come, so that nothing bounds the change but both sums.
            both = dict.fromkeys((*before, *now), 1.0)
            self._rows.append((both, reading.least_changed, inf))
        if at and reading.most_changed < inf:
            rises, falls = self._new(self.width), self._new(self.width)
            for old, new, rise, fall in zip(before, now, rises, falls, strict=True):
                self._rows.append(({new: 1, old: -1, rise: -1, fall: 1}, 0, 0))
            for part in (rises, falls):
                self._rows.append((dict.fromkeys(part, 1.0), 0, reading.most_changed))

    def _new(self, count: int) -> range:
        first, self.variables = self.variables, self.variables + count
        self._low = np.append(self._low, np.zeros(count))
        self._high = np.append(self._high, np.full(count, MOST))
        return range(first, first + count)

    # ---- programs ------------------------------------------------------------------------------

    def _goals(self, at: int) -> list[Floats]:
        """The cells of a reading and their sum, as weights of the unknowns."""
        cells = [np.eye(1, self.variables, place)[0] for place in self._cells(at)]
        return [*cells, np.sum(cells, axis=0)]

    def _stages(self) -> list[Floats]:
        """Each stage, and last all of them, in all readings at once."""
        rows = [self._goals(at) for at in range(len(self.readings))]
        return [np.sum(stage, axis=0) for stage in zip(*rows, strict=True)]

    def _least_and_most(self, goal: Floats, label: Range) -> Range:
        values = [round(float(goal @ one)) for one in self._seen]
        least, most = min(values), max(values)
        if least > label[0]:
            least = round(float(goal @ self._solve(goal)))
        if most < label[1]:
            most = round(float(goal @ self._solve(-goal)))
        return least, most

    def _single_rise(self, goal: Floats) -> int:
        values = {round(float(goal @ one)) for one in self._seen}
        if values not in ({1}, {-1}):
            return 0
        least, most = self._least_and_most(goal, (-inf, inf))
        return int(least) if least == most else 0

    def _solve(self, goal: Floats) -> Floats:
        self._seen.append(_solved([self], goal))
        return self._seen[-1]


def learn(readings: Sequence[Reading]) -> Learned:
    """What one set of readings tells; see `learn_all`."""
    return learn_all([readings])[0]


def learn_all(told: Sequence[Sequence[Reading]]) -> list[Learned]:
    """What each of several sets of readings tells, of organisations that share nothing.

    Solutions in which a stage is as small or as large as it can be in all readings at once come
    first, for all sets by one program. They meet most bounds, so that few need one of their own.

    Raises:
        ValueError: no history could have been shown so.
    """
    attackers = [Attacker(readings) for readings in told]
    at_work = [one for one in attackers if one.readings]
    stages = [one._stages() for one in at_work]
    ends = np.cumsum([one.variables for one in at_work])[:-1]
    for sign in (1, -1):
        for goals in zip(*stages, strict=True):
            solution = _solved(at_work, sign * np.concatenate(goals))
            for one, part in zip(at_work, np.split(solution, ends), strict=True):
                one._seen.append(part)
    return [one.learn() for one in attackers]


def _solved(attackers: Sequence[Attacker], goal: Floats) -> Floats:
    rows = [row for one in attackers for row in one._rows]
    matrices = [one._matrix for one in attackers]
    matrix = block_diag(matrices, format="csc") if len(matrices) > 1 else matrices[0]
    low = np.concatenate([one._low for one in attackers])
    high = np.concatenate([one._high for one in attackers])
    found = milp(
        goal,
        integrality=np.ones(len(goal)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(matrix, [row[1] for row in rows], [row[2] for row in rows]),
    )
    if found.x is None:
        raise ValueError(f"No history could have been shown so: {found.message}")
    return np.asarray(np.round(found.x))
