"""Evidence at nodes as points: factors of the place and events (sections 3.5 to 3.8 and 6).

`FactorTable` holds a whole map sparsely; `FactorTable.rows` opens a run of nodes as dense arrays
(nodes, factors). The items of an issue are columns, sorted by the id of the factor or event.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from supply_chain.risk.rm2.context import Seen
from supply_chain.risk.rm2.method import FACTORS, ISSUES, METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.observations import Cells
from supply_chain.risk.rm2.points import rounded

_POLICY = METHOD.policy
_BLANK_SLOPE = _POLICY.blank_quality * _POLICY.blank_slope
_EVENT_PREFIX = "EVT"


@dataclass(frozen=True)
class FactorRows:
    """Dense factors of a run of nodes; arrays (nodes, factors)."""

    score: Floats  # combined s, NaN where missing
    quality: Floats  # q, 0 where missing
    reliability: Floats  # highest reliability of the sources, 0 where missing
    visit_quality: Floats  # highest q of the sources that looked at the site
    blank: Bools  # asked, and every required question blank on the due date (section 3.7)
    applies: Bools  # False: approved as not applicable, or ONL at a node without such services

    def seen(self, factors: slice) -> Seen:
        """Observations of a run of factors."""
        return Seen(self.score[:, factors], self.quality[:, factors])

    @property
    def observed(self) -> Bools:
        """(nodes, factors) whether a factor has an observation."""
        return ~np.isnan(self.score)


@dataclass(frozen=True)
class FactorTable:
    """Factors of a whole map, sparse; cells are numbered `node * FACTORS + factor`."""

    cells: Cells
    blank: Ints  # cells whose required questions are all blank, rising
    dropped: Ints  # cells approved as not applicable, rising
    online: Bools  # (nodes,) ONL applies

    def rows(self, start: int, stop: int) -> FactorRows:
        """Dense factors of the nodes `start` to `stop` (without `stop`)."""
        shape = (stop - start, FACTORS)
        cells = self.cells
        at, run = _run(cells.cell, start, stop)

        def dense(known: Floats, missing: float = 0.0) -> Floats:
            table = np.full(shape, missing)
            table.ravel()[at] = known[run]
            return table

        blank, applies = np.zeros(shape, dtype=np.bool_), np.ones(shape, dtype=np.bool_)
        blank.ravel()[_run(self.blank, start, stop)[0]] = True
        applies[:, METHOD.online] = self.online[start:stop, None]
        applies.ravel()[_run(self.dropped, start, stop)[0]] = False
        return FactorRows(
            score=dense(cells.score, np.nan),
            quality=dense(cells.quality),
            reliability=dense(cells.reliability),
            visit_quality=dense(cells.visit_quality),
            blank=blank,
            applies=applies,
        )


def _run(cell: Ints, start: int, stop: int) -> tuple[Ints, slice]:
    low, high = np.searchsorted(cell, [start * FACTORS, stop * FACTORS])
    return cell[low:high] - start * FACTORS, slice(int(low), int(high))


@dataclass(frozen=True)
class Slopes:
    """Strength of the factors for and against harm, arrays (nodes, factors), 0-1.

    An item is `up * METHOD.up - down * METHOD.down`; at most one of the two is above 0.
    """

    up: Floats
    down: Floats


def slopes(rows: FactorRows) -> Slopes:
    """Direction and strength of each factor before the weight of its link (sections 3.5, 3.7)."""
    score = np.where(rows.observed, rows.score, 0.5)
    up = rows.quality * np.maximum(0.0, 2 * score - 1)
    down = rows.quality * np.maximum(0.0, 1 - 2 * score)
    # A reliable source has spoken where the supplier left a blank.
    silent = rows.blank & (rounded(rows.reliability) < _POLICY.reliable_from)
    return Slopes(np.where(silent, np.maximum(up, _BLANK_SLOPE), up), np.where(silent, 0.0, down))


@dataclass(frozen=True)
class Events:
    """Events that affect nodes: points (nodes, issues, slots), by rising id along the slots.

    A node with fewer events than slots has 0 in the others.
    """

    points: Floats


def no_events(count: int) -> Events:
    """No events at `count` nodes."""
    return Events(np.zeros((count, ISSUES, 0)))


def event_points(
    event: Ints, source_type: Ints, months_since_start: Floats, months_at_full: Floats
) -> Floats:
    """Points of events by issue, (events, issues), >= 0 (section 6.4).

    Args:
        event: (events,) positions in METHOD.events.
        source_type: (events,) positions in METHOD.source_types.
        months_since_start: (events,) >= 0.
        months_at_full: (events,) >= 0; NaN: as the method says, inf while closure or peak lasts.
    """
    full = np.where(np.isnan(months_at_full), METHOD.event_months[event], months_at_full)
    late = np.maximum(0.0, months_since_start - full)
    strength = METHOD.reliability[source_type] * 0.5 ** (late / _POLICY.event_half_life_months)
    points: Floats = METHOD.event_points[event] * strength[:, None]
    return np.where(rounded(points) < _POLICY.event_least_points, 0.0, points)


@dataclass(frozen=True)
class Columns:
    """Columns of the items of an issue: factors before and after the events by their ids."""

    before: Ints  # positions in METHOD.factors
    after: Ints

    @property
    def factors(self) -> Ints:
        """All linked factors by rising id."""
        return np.concatenate([self.before, self.after])


@lru_cache(maxsize=ISSUES)
def columns_of(issue: int) -> Columns:
    """Factors linked to an issue, by rising id."""
    linked = sorted(np.flatnonzero(METHOD.up[:, issue]), key=lambda at: METHOD.factors[at])
    early = [at for at in linked if METHOD.factors[at] < _EVENT_PREFIX]
    late = [at for at in linked if METHOD.factors[at] > _EVENT_PREFIX]
    return Columns(np.array(early, dtype=np.int64), np.array(late, dtype=np.int64))


def items(slopes_: Slopes, events: Events, issue: int) -> Floats:
    """Points of each item of an issue, (nodes, columns): factors and events by rising id."""
    columns = columns_of(issue)
    parts = [_factor_items(slopes_, columns.before, issue), events.points[:, issue]]
    return np.concatenate([*parts, _factor_items(slopes_, columns.after, issue)], axis=1)


def _factor_items(slopes_: Slopes, factors: Ints, issue: int) -> Floats:
    gained = slopes_.up[:, factors] * METHOD.up[factors, issue]
    points: Floats = gained - slopes_.down[:, factors] * METHOD.down[factors, issue]
    return points


def counted(points: Floats) -> Floats:
    """Counted value of each item beside the others, of one shape (section 3.5).

    Args:
        points: (nodes, items) by rising id; larger ones come first, of equal ones the lower id.
    """
    return _fading(points) + _fading(-points, sign=-1.0)


def _fading(points: Floats, sign: float = 1.0) -> Floats:
    """The items above 0, each times the power of its place by size; 0 for the others."""
    above = points > 0
    key = np.where(above, -rounded(points), np.inf)
    place = np.argsort(np.argsort(key, axis=1, kind="stable"), axis=1, kind="stable")
    return np.where(above, sign * points * _POLICY.item_fading**place, 0.0)


def evidence_points(slopes_: Slopes, events: Events) -> Floats:
    """Points of all counted items, (nodes, issues)."""
    total = np.zeros((len(slopes_.up), ISSUES))
    for issue in range(ISSUES):
        points = items(slopes_, events, issue)
        # Few nodes of a large map have any evidence on an issue.
        some = np.flatnonzero(points.any(axis=1))
        if len(some):
            total[some, issue] = _sum_by_size(counted(points[some]))
    return total


def _sum_by_size(points: Floats) -> Floats:
    """Sums of rows, added in an order that the order of the input does not change."""
    total: Floats = np.cumsum(np.sort(points, axis=1), axis=1)[:, -1]
    return total
