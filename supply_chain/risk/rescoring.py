"""A map scored anew after few of its nodes changed: what stayed as it was is not scored again.

Scores of a node hang on the node, on what is known of it, and on its peers (RM-1.0 section 3.7);
only those are worked out. Risk then travels along all links and all risks are put in order, which
takes a small part of the time. What comes out equals a whole assessment to the last bit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np

from supply_chain.chain_columns import NodeColumns
from supply_chain.graph import ValueChain
from supply_chain.kept_columns import Arrays, Kept
from supply_chain.reference import Reference
from supply_chain.risk.assessment import (
    Assessment,
    chain_plan,
    join_known,
    rank_risks,
    score_known,
    scored_pairs,
)
from supply_chain.risk.context import peer_groups, primary_sectors
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.pairs import PairScores
from supply_chain.risk.propagation import exposure
from supply_chain.unknown_origins import KnownFlow, with_unknown_origins


@dataclass(frozen=True)
class KeptScores:
    """What of the scores is kept, arrays (nodes, 16); as in `PairScores`."""

    severity: Floats
    scope: Floats
    irremediability: Floats
    confidence: Floats
    residual_likelihood: Floats
    residual_index: Floats
    residual_band: Ints

    @classmethod
    def of(cls, scores: PairScores) -> "KeptScores":
        """The same of whole scores."""
        return cls(**{one.name: getattr(scores, one.name) for one in fields(cls)})

    def put(self, rows: Ints, scores: "KeptScores", at: Ints) -> "KeptScores":
        """Rows `rows` of these, -1 where there is none, with `scores` put in at `at`."""
        made = {}
        for one in fields(self):
            column = getattr(self, one.name)[rows]
            column[at] = getattr(scores, one.name)
            made[one.name] = column
        return KeptScores(**made)


@dataclass(frozen=True)
class MapScores:
    """A map with its unknown origins and what it scores, as of a day."""

    as_of: date
    reference: Reference
    chain: ValueChain
    scored: Bools  # (nodes, 16)
    scores: KeptScores
    exposure: Floats  # E, (nodes, 16)
    salience_rank: Ints  # 1 first; -1 not ranked

    @classmethod
    def of(cls, found: Assessment) -> "MapScores":
        """The same of a whole assessment."""
        return cls(
            as_of=found.as_of,
            reference=found.reference,
            chain=found.chain,
            scored=found.scored,
            scores=KeptScores.of(found.scores),
            exposure=found.exposure,
            salience_rank=found.salience_rank,
        )

    def arrays(self) -> Arrays:
        """What it scores by name; `from_arrays` makes the same of them."""
        return {
            "scored": self.scored,
            "exposure": self.exposure,
            "salience_rank": self.salience_rank,
            **vars(self.scores),
        }

    @classmethod
    def from_arrays(
        cls, kept: Kept, chain: ValueChain, *, reference: Reference, as_of: date
    ) -> "MapScores":
        """The scores that gave these arrays; nothing is copied.

        Args:
            chain: the map with its unknown origins that was scored, as of the day and by the
                reference data.

        Raises:
            KeyError: an array is missing.
        """
        arrays: dict[str, Any] = dict(kept)
        return cls(
            as_of=as_of,
            reference=reference,
            chain=chain,
            scored=arrays["scored"],
            scores=KeptScores(**{one.name: arrays[one.name] for one in fields(KeptScores)}),
            exposure=arrays["exposure"],
            salience_rank=arrays["salience_rank"],
        )


def score_again(
    before: MapScores,
    chain: ValueChain,
    evidence: Evidence,
    *,
    touched: Collection[str],
    known_flows: Mapping[str, KnownFlow] | None = None,
) -> MapScores:
    """Score a map that differs from one that is scored already in few nodes.

    Args:
        before: the map as it was, on the same day, by the same reference data.
        chain: the map as it is, without unknown origins. Its first nodes are those of `before`, in
            their order; what is new follows.
        evidence: what is known of it; other than before only of the nodes that are `touched`.
        touched: ids of these nodes. Nodes whose own columns differ are found here.
    """
    reference, as_of = before.reference, before.as_of
    whole = with_unknown_origins(
        chain, primary_sectors=primary_sectors(reference), known_flows=dict(known_flows or {})
    )
    rows = _rows_before(before.chain, whole)
    fresh = _fresh(before.chain.nodes, whole.nodes, rows, touched)
    scored = scored_pairs(whole.nodes, evidence)
    known = join_known(whole.nodes.take(fresh), evidence.of_nodes(fresh), reference, as_of)
    new = KeptScores.of(score_known(known, scored[fresh]))
    scores = before.scores.put(rows, new, fresh)
    plan = chain_plan(whole)
    residual = plan.to_plan(np.nan_to_num(scores.residual_likelihood))
    return MapScores(
        as_of=as_of,
        reference=reference,
        chain=whole,
        scored=scored,
        scores=scores,
        exposure=plan.from_plan(exposure(plan, residual)),
        salience_rank=rank_risks(whole.nodes, evidence, scored, scores),
    )


def _rows_before(before: ValueChain, after: ValueChain) -> Ints:
    """Row of each node before; -1 where it is new."""
    known = before.rows
    return np.array([known.get(ref, -1) for ref in after.nodes.ids], dtype=np.int64)


def _fresh(before: NodeColumns, after: NodeColumns, rows: Ints, touched: Collection[str]) -> Ints:
    """Rows to score: new ones, other ones, touched ones, and the peers of all these."""
    changed = (
        (rows < 0)
        | (before.closed[rows] != after.closed)
        | (before.kind[rows] != after.kind)
        | _differ(before.country, after.country, rows)
        | _differ(before.sector, after.sector, rows)
        | _differ(before.commodities, after.commodities, rows)
        | np.array([ref in touched for ref in after.ids], dtype=np.bool_)
    )
    # The peers of where a node was are others now, too.
    left = np.zeros(len(before), dtype=np.bool_)
    left[rows[changed & (rows >= 0)]] = True
    keys = [(before.country[row], before.sector[row]) for row in np.flatnonzero(left).tolist()]
    return np.flatnonzero(changed | _peers(after, changed, keys))


def _differ(before: Sequence[object], after: Sequence[object], rows: Ints) -> Bools:
    pairs = zip(rows.tolist(), after, strict=True)
    return np.array([before[row] != value for row, value in pairs], dtype=np.bool_)


def _peers(
    nodes: NodeColumns, changed: Bools, keys: Collection[tuple[str | None, str | None]]
) -> Bools:
    """Nodes in a group of peers with one that changed, where it is now or where it was."""
    group = peer_groups(nodes)
    wanted = set(group[changed].tolist()) - {-1}
    was = set(keys)
    firsts = {
        int(group[row])
        for row, key in enumerate(zip(nodes.country, nodes.sector, strict=True))
        if key in was
    }
    return np.isin(group, list((wanted | firsts) - {-1}))
