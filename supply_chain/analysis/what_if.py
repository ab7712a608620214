"""What would become of index, exposure and rank if a map were changed; nothing is changed.

The first side is a whole assessment by `risk.assessment.assess`, the second is scored anew where
something changes (`risk.rescoring`), which equals a whole one: what is shown as "after" is what an
assessment would give once the change is real.
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
from supply_chain.graph import ValueChain
from supply_chain.reference import Reference
from supply_chain.risk.assessment import assess
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rescoring import MapScores, score_again
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.unknown_origins import PREFIX
from supply_chain.vocabulary import Issue, RiskBand

ISSUES = tuple(Issue)


@dataclass(frozen=True)
class Side:
    """One (node, issue) before or after; None where the pair is not scored (closed)."""

    index: float | None  # residual RI, 0-100
    band: RiskBand | None
    rank: int | None  # salience rank, 1 first
    exposure: float  # E, 0-1


@dataclass(frozen=True)
class Effect:
    """What changes at a node, told by the issue that changes most there.

    `before` is None for an unknown origin that only the change brings about, `after` for one that
    the change does away with.
    """

    node: str
    issue: Issue
    before: Side | None
    after: Side | None
    size: float  # the larger of the change of RI / 100 and of E, 0-1


@dataclass(frozen=True)
class Counts:
    """Nodes by what their largest change is."""

    higher: int
    lower: int
    same: int


@dataclass(frozen=True)
class WhatIf:
    """Scores of one map without and with changes; columns in the order of Issue."""

    before: MapScores
    after: MapScores

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Nodes of both sides: those of the first, then unknown origins only the second has."""
        known = self.before.chain.rows
        new = [ref for ref in self.after.chain.nodes.ids if _today(ref) not in known]
        return (*self.before.chain.nodes.ids, *new)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {ref: place for place, ref in enumerate(self.ids)}

    @cached_property
    def _rows(self) -> tuple[Ints, Ints]:
        """Row of each id on both sides; -1 where it is not there."""
        before = self.before.chain.rows
        after = {_today(ref): row for ref, row in self.after.chain.rows.items()}
        first, second = (
            np.array([rows.get(ref, -1) for ref in self.ids], dtype=np.int64)
            for rows in (before, after)
        )
        return first, second

    def _moves(self) -> tuple[Floats, Floats]:
        """How far RI / 100 and E of each pair move, (ids, 16); what is not there counts 0."""
        moves = []
        for values in (
            [np.nan_to_num(side.scores.residual_index) / 100 for side in (self.before, self.after)],
            [np.nan_to_num(side.exposure) for side in (self.before, self.after)],
        ):
            first, second = (
                np.where((rows >= 0)[:, None], side[rows], 0.0)
                for side, rows in zip(values, self._rows, strict=True)
            )
            moves.append(second - first)
        return moves[0], moves[1]

    @cached_property
    def move(self) -> Floats:
        """(ids, 16) the larger of both moves by size, with its sign: above 0 is a higher risk."""
        index, exposed = self._moves()
        moved: Floats = np.where(np.abs(index) >= np.abs(exposed), index, exposed)
        return np.round(moved, METHOD.policy.decimals)

    @cached_property
    def own(self) -> Bools:
        """(ids,) nodes of the own business."""
        flags = np.zeros(len(self.ids), dtype=np.bool_)
        own = self.before.chain.nodes.own_operation
        flags[: len(own)] = own
        return flags

    def counts(self, issue: Issue | None = None) -> Counts:
        """How many nodes get a higher and a lower risk, by their largest change."""
        moved = self._largest_moves(issue)[1]
        higher, lower = int((moved > 0).sum()), int((moved < 0).sum())
        return Counts(higher, lower, len(moved) - higher - lower)

    def effects(self, *, limit: int, issue: Issue | None = None) -> list[Effect]:
        """Nodes that change, the own business left out, largest change first, then by id."""
        column, moved = self._largest_moves(issue)
        rows = np.flatnonzero((moved != 0) & ~self.own)
        order = sorted(rows.tolist(), key=lambda row: (-abs(moved[row]), self.ids[row]))
        return [self._effect(row, int(column[row])) for row in order[:limit]]

    def own_effects(self, issue: Issue | None = None) -> list[Effect]:
        """The nodes of the own business, changed or not, by id."""
        column = self._largest_moves(issue)[0]
        rows = sorted(np.flatnonzero(self.own).tolist(), key=lambda row: self.ids[row])
        return [self._effect(row, int(column[row])) for row in rows]

    def before_of(self, node: str, issue: Issue) -> Side | None:
        """A pair as it is today; None for a node that today is not there."""
        return self._side_of(0, node, issue)

    def after_of(self, node: str, issue: Issue) -> Side | None:
        """A pair with the changes; None for a node that is not there then."""
        return self._side_of(1, node, issue)

    def _side_of(self, side: int, node: str, issue: Issue) -> Side | None:
        place = self._places.get(node)
        if place is None:
            return None
        row = int(self._rows[side][place])
        assessed = (self.before, self.after)[side]
        return None if row < 0 else _side(assessed, row, ISSUES.index(issue))

    def _largest_moves(self, issue: Issue | None) -> tuple[Ints, Floats]:
        """The issue of each node that is shown, and its move; without a move the first in rank."""
        if issue is not None:
            column = np.full(len(self.ids), ISSUES.index(issue), dtype=np.int64)
        else:
            size = np.abs(self.move)
            column = np.where(size.any(axis=1), size.argmax(axis=1), self._first_in_rank())
        return column, self.move[np.arange(len(self.ids)), column]

    def _first_in_rank(self) -> Ints:
        rank = np.where(self.before.salience_rank < 0, np.inf, self.before.salience_rank)
        first = np.zeros(len(self.ids), dtype=np.int64)
        first[: len(rank)] = rank.argmin(axis=1)
        return first

    def _effect(self, row: int, column: int) -> Effect:
        first, second = (int(rows[row]) for rows in self._rows)
        return Effect(
            node=self.ids[row],
            issue=ISSUES[column],
            before=_side(self.before, first, column) if first >= 0 else None,
            after=_side(self.after, second, column) if second >= 0 else None,
            size=abs(float(self.move[row, column])),
        )


def _today(ref: str) -> str:
    """The id that a node has before the change: unknown origins go with what takes a place."""
    moved = PREFIX + IN_PLACE_OF
    return PREFIX + ref.removeprefix(moved) if ref.startswith(moved) else ref


def _side(assessed: MapScores, row: int, column: int) -> Side:
    exposed = float(np.nan_to_num(assessed.exposure[row, column]))
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
) -> MapScores:
    """The map as it is: what every what-if on it begins with."""
    return MapScores.of(assess(chain, evidence, reference=reference, as_of=as_of))


def try_changes(
    chain: ValueChain, evidence: Evidence, changes: Sequence[Change], *, before: MapScores
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
    after = score_again(
        before,
        changed.chain,
        changed.evidence,
        touched={change.node for change in changes if isinstance(change, AddControl)},
        known_flows=changed.known_flows,
    )
    return WhatIf(before, after)
