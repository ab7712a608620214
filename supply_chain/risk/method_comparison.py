"""Comparison of a map under RM-1.0 and RM-2.0: band, position, and the cause of a difference.

Both methods use the same map, evidence and day. Only nodes of the map itself are compared;
unknown origins differ between the methods.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from supply_chain.risk.assessment import Assessment as Rm1Assessment
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rm2.map_assessment import Assessment as Rm2Assessment
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import Issue, RiskBand

ISSUES = tuple(Issue)
LINES = (
    *("base", "country", "activity", "listing", "evidence"),
    *("judged", "facts", "controls", "severity"),
)
"""Terms of the residual index of RM-2.0, in points."""


@dataclass(frozen=True)
class Headline:
    """The first risk of a node by the salience order of a method."""

    issue: Issue
    index: float  # residual index, 0-100
    band: RiskBand
    position: int  # of the node among all nodes of the map, 1 first


@dataclass(frozen=True)
class Moved:
    """One node under both methods."""

    node: str
    before: Headline  # RM-1.0
    after: Headline  # RM-2.0
    low: float  # range of the residual index of RM-2.0, 0-100
    high: float
    grade: str
    lines: tuple[float, ...]  # in the order of LINES; they add up to the index of RM-2.0
    limit: float  # what keeping sums within 0 to 100 takes or gives


@dataclass(frozen=True)
class BandCounts:
    """Number of nodes, or pairs, by band under both methods: (bands, bands), RM-1.0 first.

    Bands have the order of RISK_BANDS.
    """

    nodes: Ints
    pairs: Ints


@dataclass(frozen=True)
class Comparison:
    """A map under both methods."""

    moved: tuple[Moved, ...]  # in the order of RM-2.0
    counts: BandCounts
    ties: tuple[int, int]  # most nodes with one headline index: RM-1.0, RM-2.0


def compare(before: Rm1Assessment, after: Rm2Assessment, count: int) -> Comparison:
    """Compare two assessments of one map on one day.

    Args:
        count: nodes of the map, which come first in both; the rest are unknown origins.
    """
    old = _Side.of(
        before.salience_rank[:count],
        before.scores.residual_index[:count],
        before.scores.residual_band[:count],
    )
    new = _Side.of(
        after.salience_rank[:count],
        after.column("residual_index")[:count],
        after.column("residual_band")[:count],
    )
    both = np.flatnonzero(old.ranked & new.ranked)
    order = both[np.argsort(new.position[both], kind="stable")]
    return Comparison(
        moved=tuple(_moved(before, after, old, new, order)),
        counts=BandCounts(
            nodes=_cross(old.band[both], new.band[both]),
            pairs=_cross(*_pair_bands(before, after, count)),
        ),
        ties=(_most_equal(old.index[both]), _most_equal(new.index[both])),
    )


@dataclass(frozen=True)
class _Side:
    """Headlines of all nodes under one method, arrays (nodes,)."""

    ranked: Bools
    issue: Ints
    index: Floats
    band: Ints
    position: Ints

    @classmethod
    def of(cls, rank: Ints, index: Floats, band: Floats | Ints) -> "_Side":
        last = np.iinfo(np.int64).max
        keys = np.where(rank < 0, last, rank)
        issue = keys.argmin(axis=1)
        best = keys.min(axis=1)
        rows = np.arange(len(rank))
        position = np.empty(len(rank), dtype=np.int64)
        position[np.argsort(best, kind="stable")] = np.arange(1, len(rank) + 1)
        at = rows, issue
        return cls(best < last, issue, index[at], band[at].astype(np.int64), position)

    def headline(self, row: int) -> Headline:
        return Headline(
            ISSUES[self.issue[row]],
            float(self.index[row]),
            RISK_BANDS[self.band[row]],
            int(self.position[row]),
        )


def _moved(
    before: Rm1Assessment, after: Rm2Assessment, old: _Side, new: _Side, order: Ints
) -> Iterator[Moved]:
    scores = after.scores
    row, issue = scores.row_of[order], new.issue[order]
    low, high = scores.rows.residual_low[row, issue], scores.rows.residual_high[row, issue]
    grade = scores.rows.grade[row, issue]
    lines = _lines(after, row, issue)
    limit = new.index[order] - lines.sum(axis=1)
    for at, node in enumerate(order.tolist()):
        yield Moved(
            node=before.chain.nodes.ids[node],
            before=old.headline(node),
            after=new.headline(node),
            low=float(low[at]),
            high=float(high[at]),
            grade=GRADES[grade[at]],
            lines=tuple(lines[at].tolist()),
            limit=float(limit[at]),
        )


def _lines(after: Rm2Assessment, row: Ints, issue: Ints) -> Floats:
    """(pairs, lines) points of the residual index, in the order of LINES."""
    rows = after.scores.rows

    def column(values: Floats) -> Floats:
        found: Floats = values[row, issue]
        return found

    points = [column(getattr(rows, name)) for name in ("base", "country", "activity", "listing")]
    controls = column(rows.residual_points) - column(rows.points)
    severity = column(rows.severity_points)
    of_place = [column(rows.evidence), column(rows.judged), column(rows.fact)]
    return np.stack([*points, *of_place, controls, severity], axis=1)


def _pair_bands(before: Rm1Assessment, after: Rm2Assessment, count: int) -> tuple[Ints, Ints]:
    scored = before.scored[:count] & after.scored[:count]
    old = before.scores.residual_band[:count][scored]
    new = after.column("residual_band")[:count][scored]
    return old.astype(np.int64), new.astype(np.int64)


def _cross(old: Ints, new: Ints) -> Ints:
    bands = len(RISK_BANDS)
    return np.bincount(old * bands + new, minlength=bands * bands).reshape(bands, bands)


def _most_equal(index: Floats) -> int:
    """Nodes that share the most frequent value, as printed with one decimal."""
    if not len(index):
        return 0
    _, sizes = np.unique(np.round(index, 1), return_counts=True)
    return int(sizes.max())
