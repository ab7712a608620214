"""Index, exposure and rank under assumed changes of a map; nothing is changed.

The first side is a whole assessment under RM-2.0, the second is rescored where something
changes (`risk.rescoring`), which equals a whole one: the "after" values are those of an assessment
once the change is real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from supply_chain.analysis.what_if_changes import (
    IN_PLACE_OF,
    AddControl,
    Change,
    apply_changes,
    problems_of,
)
from supply_chain.errors import ChainRefused
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import PREFIX
from supply_chain.reference.release import Reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.map_scores import ScoredMap
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rescoring import score_again
from supply_chain.risk.rm2.map_assessment import assess
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import Issue, RiskBand

ISSUES = tuple(Issue)
LEAST = 0.01
"""A move below it, a point of RI and .01 of E, is small."""


@dataclass(frozen=True)
class Side:
    """One (node, issue) before or after; None where the pair is not scored (closed)."""

    index: float | None  # residual RI, 0-100
    band: RiskBand | None
    rank: int | None  # salience rank, 1 first
    exposure: float  # E, 0-1


@dataclass(frozen=True)
class Effect:
    """Change at a node, represented by one issue: the one with the largest change, among those
    with another band, else among all.

    `before` is None for an unknown origin that only the change brings about, `after` for one that
    the change does away with.
    """

    node: str
    issue: Issue
    before: Side | None
    after: Side | None
    size: float  # the larger of the change of RI / 100 and of E, 0-1

    @property
    def crosses(self) -> bool:
        """Whether the band of the issue is another one."""
        bands = (side.band if side else None for side in (self.before, self.after))
        return len({*bands}) > 1

    @property
    def is_small(self) -> bool:
        """Whether it moves nothing that anybody would act on."""
        return not self.crosses and self.size < LEAST


@dataclass(frozen=True)
class Counts:
    """Nodes by what their largest change is, and those where an issue has another band."""

    higher: int
    lower: int
    same: int
    crossing: int


@dataclass(frozen=True)
class WhatIf:
    """Scores of one map without and with changes; columns in the order of Issue."""

    before: ScoredMap
    after: ScoredMap
    rows: Ints  # row in `before` of each node of `after`; -1 new

    @cached_property
    def _rows(self) -> tuple[Ints, Ints]:
        """Row of each node on both sides, -1 where it is not there.

        Those of the first side come first, then those that only the second side has.
        """
        known, ids = self.before.chain.rows, self.after.chain.nodes.ids
        both, new = self.rows.copy(), np.flatnonzero(self.rows < 0)
        both[new] = [known.get(_today(ids[row]), -1) for row in new.tolist()]
        alone = np.flatnonzero(both < 0)
        count, there = len(known), np.flatnonzero(both >= 0)
        second = np.full(count, -1, dtype=np.int64)
        second[both[there]] = there
        first = np.append(np.arange(count), np.full(len(alone), -1))
        return first, np.append(second, alone)

    @cached_property
    def moved(self) -> Ints:
        """Places in `_rows`, rising, of nodes of which a number may be another."""
        first, second = self._rows
        same = (first >= 0) & (second >= 0)
        for name in ("residual_index", "exposure"):
            one, other = _numbers(self.before, name), _numbers(self.after, name)
            same &= ~(one[first] != other[second]).any(axis=1)
        return np.flatnonzero(~same)

    @cached_property
    def move(self) -> Floats:
        """(moved, 16) the larger change of RI / 100 and of E, with its sign: above 0 is higher."""
        index, exposed = self._moves(self.moved)
        larger: Floats = np.where(np.abs(index) >= np.abs(exposed), index, exposed)
        return np.round(larger, METHOD.policy.decimals)

    def _moves(self, places: Ints) -> list[Floats]:
        """Change of RI / 100 and E at some nodes, (places, 16); an absent node counts 0."""
        moves = []
        for name, whole in (("residual_index", 100), ("exposure", 1)):
            first, second = (
                np.where(
                    (rows[places] >= 0)[:, None], _numbers(side, name)[rows[places]] / whole, 0.0
                )
                for side, rows in zip((self.before, self.after), self._rows, strict=True)
            )
            moves.append(second - first)
        return moves

    @cached_property
    def own(self) -> Ints:
        """Places of the own business: rows of the first side."""
        return np.flatnonzero(self.before.chain.nodes.own_operation)

    def counts(self, issue: Issue | None = None) -> Counts:
        """Number of nodes with a higher and with a lower risk, by their largest change."""
        moved = self._largest_moves(issue)[1]
        higher, lower = int((moved > 0).sum()), int((moved < 0).sum())
        same = len(self._rows[0]) - higher - lower
        return Counts(higher, lower, same, self._crossing(issue))

    def _crossing(self, issue: Issue | None) -> int:
        """Number of nodes with another band, on one issue or on any."""
        if issue is None:
            return int(self.crosses.any(axis=1).sum())
        return int(self.crosses[:, ISSUES.index(issue)].sum())

    @cached_property
    def crosses(self) -> Bools:
        """(moved, 16) whether the band becomes another, or a pair is scored on one side alone."""
        issues = np.arange(len(ISSUES))
        first, second = (self._band(side, self.moved[:, None], issues) for side in (0, 1))
        differs: Bools = first != second
        return differs

    def effects(self, *, limit: int, issue: Issue | None = None) -> list[Effect]:
        """Nodes that change, the own business left out.

        First those whose band becomes another, each part by the largest change, then by id.
        """
        columns, moves = self._largest_moves(issue)
        shown = (moves != 0) & ~np.isin(self.moved, self.own)
        places, at = self.moved[shown], columns[shown]
        stays = self._band(0, places, at) == self._band(1, places, at)
        found = sorted(
            (same, -abs(move), self._id(place), place, column)
            for same, place, column, move in zip(
                stays.tolist(), places.tolist(), at.tolist(), moves[shown].tolist(), strict=True
            )
        )
        return [self._effect(place, column, -size) for _, size, _, place, column in found[:limit]]

    def _band(self, side: int, places: Ints, columns: Ints) -> Ints:
        """The band of an issue at each of some places on one side; -1 where there is none."""
        assessed, rows = (self.before, self.after)[side], self._rows[side][places]
        is_scored = (rows >= 0) & assessed.scored[rows, columns]
        return np.where(is_scored, assessed.scores.residual_band[rows, columns], -1)

    def own_effects(self, issue: Issue | None = None) -> list[Effect]:
        """The nodes of the own business, changed or not, by id."""
        columns, moves = self._largest_moves(issue)
        told = dict(zip(self.moved.tolist(), zip(columns.tolist(), moves.tolist(), strict=True),
                        strict=True))  # fmt: skip
        effects = []
        for place in sorted(self.own.tolist(), key=self._id):
            column, move = told.get(place, (0, 0.0))
            if issue is not None:
                column = ISSUES.index(issue)
            elif not move:
                column = self._first_in_rank(place)
            effects.append(self._effect(place, column, abs(move)))
        return effects

    def before_of(self, node: str, issue: Issue) -> Side | None:
        """A pair as it is today; None for a node that today is not there."""
        return self._side_of(0, node, issue)

    def after_of(self, node: str, issue: Issue) -> Side | None:
        """A pair with the changes; None for a node that is not there then."""
        return self._side_of(1, node, issue)

    def _side_of(self, side: int, node: str, issue: Issue) -> Side | None:
        place = self._place(node)
        if place is None:
            return None
        row = int(self._rows[side][place])
        assessed = (self.before, self.after)[side]
        return None if row < 0 else _side(assessed, row, ISSUES.index(issue))

    def _place(self, node: str) -> int | None:
        place = self.before.chain.rows.get(node)
        if place is None and node in self.after.chain.rows:
            found = np.flatnonzero(self._rows[1] == self.after.chain.rows[node])
            place = int(found[0])
        return place

    def _id(self, place: int) -> str:
        first, second = (int(rows[place]) for rows in self._rows)
        if first >= 0:
            return self.before.chain.nodes.ids[first]
        return self.after.chain.nodes.ids[second]

    def _largest_moves(self, issue: Issue | None) -> tuple[Ints, Floats]:
        """(moved,) the issue that represents each node (see `Effect`), and its change."""
        if issue is not None:
            column = np.full(len(self.moved), ISSUES.index(issue), dtype=np.int64)
        else:
            # A move is at most 1, so any change of band comes before all others.
            column = (np.abs(self.move) + 2 * self.crosses).argmax(axis=1)
        return column, self.move[np.arange(len(self.moved)), column]

    def _first_in_rank(self, place: int) -> int:
        """The issue of a node of the first side that is first in rank."""
        rank = self.before.salience_rank[place]
        return int(np.where(rank < 0, np.inf, rank).argmin())

    def _effect(self, place: int, column: int, size: float) -> Effect:
        first, second = (int(rows[place]) for rows in self._rows)
        return Effect(
            node=self._id(place),
            issue=ISSUES[column],
            before=_side(self.before, first, column) if first >= 0 else None,
            after=_side(self.after, second, column) if second >= 0 else None,
            size=size,
        )


def _numbers(found: ScoredMap, name: str) -> Floats:
    """E, or a score; 0 where a pair is not scored."""
    if name == "exposure":
        return found.exposure
    return np.where(found.scored, getattr(found.scores, name), 0.0)


def _today(ref: str) -> str:
    """The id that a node has before the change: unknown origins go with what takes a place."""
    moved = PREFIX + IN_PLACE_OF
    return PREFIX + ref.removeprefix(moved) if ref.startswith(moved) else ref


def _side(assessed: ScoredMap, row: int, column: int) -> Side:
    exposed = float(assessed.exposure[row, column])
    if not assessed.scored[row, column]:
        return Side(None, None, None, exposed)
    return Side(
        index=float(assessed.scores.residual_index[row, column]),
        band=RISK_BANDS[assessed.scores.residual_band[row, column]],
        rank=int(assessed.salience_rank[row, column]),
        exposure=exposed,
    )


def score_map(
    chain: ValueChain, evidence: Evidence, *, reference: Reference, as_of: date
) -> ScoredMap:
    """The map as it is: what every what-if on it begins with."""
    found = assess(chain, evidence, reference=reference, as_of=as_of)
    return ScoredMap.of(found, chain, reference=reference, priorities=evidence.priorities)


def try_changes(
    chain: ValueChain, evidence: Evidence, changes: Sequence[Change], *, before: ScoredMap
) -> WhatIf:
    """Score a map with changes beside the map as it is; arguments are left as they are.

    Args:
        chain: the map as it is, without unknown origins.
        evidence: rows of nodes are those of `chain`; ages are those on the day of `before`.
        before: what `score_map` gives for both.

    Raises:
        ChainRefused: with every change that cannot be tried on this map (`problems_of`).
    """
    problems = problems_of(chain, changes, before.reference)
    if problems:
        raise ChainRefused([problem.text for problem in problems])
    changed = apply_changes(chain, evidence, changes)
    again = score_again(
        before,
        changed.chain,
        changed.evidence,
        touched={change.node for change in changes if isinstance(change, AddControl)},
        known_flows=changed.known_flows,
    )
    return WhatIf(before, again.scores, again.rows)
