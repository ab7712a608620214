"""Adjustments of scores by people, up or down (RM-2.0 section 8).

An adjustment changes the estimate before facts and controls: a fact is never lowered by an
opinion, and controls apply to a raised estimate as to any other.
"""

from dataclasses import dataclass, field

import numpy as np

from supply_chain.risk.rm2.method import ISSUES, METHOD, Bools, Floats, Ints


@dataclass(frozen=True)
class Adjustments:
    """Changes in force, several for one (node, issue) allowed: the highest raise is kept.

    Columns of equal length: row of the node, position of the issue, the points asked for
    (0-100), and whether it raises. A lowering is in force only when a second person approved it.
    """

    node: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    issue: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    points: Floats = field(default_factory=lambda: np.zeros(0))
    raises: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


@dataclass(frozen=True)
class Bounds:
    """Bounds of the estimate set by people, arrays (nodes, issues) in points, 0-100."""

    lower: Floats  # at least this; 0 without an increase
    upper: Floats  # at most this; 100 without a reduction

    def hold(self, points: Floats) -> Floats:
        """The estimate within the bounds; a raise wins over a lowering."""
        held: Floats = np.maximum(np.minimum(points, self.upper), self.lower)
        return held

    def rows(self, start: int, stop: int) -> "Bounds":
        """The bounds of the nodes `start` to `stop` (without `stop`)."""
        return Bounds(self.lower[start:stop], self.upper[start:stop])

    def repeated(self, count: int) -> "Bounds":
        """Each row `count` times, for what-if rows of one node."""
        return Bounds(np.repeat(self.lower, count, axis=0), np.repeat(self.upper, count, axis=0))


def bounds_of(given: Adjustments, count: int) -> Bounds:
    """Bounds of `count` nodes; of several lowerings the least far one counts."""
    shape = (count, ISSUES)
    lower, reached = np.zeros(shape), np.full(shape, -1.0)
    up, down = given.raises, ~given.raises
    np.maximum.at(lower, (given.node[up], given.issue[up]), given.points[up])
    np.maximum.at(reached, (given.node[down], given.issue[down]), given.points[down])
    return Bounds(lower, np.where(reached < 0, METHOD.policy.points_max, reached))
