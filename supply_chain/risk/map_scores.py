"""Stored part of the scores of a whole map, for scoring a map that differs in few nodes."""

from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from supply_chain.graph.graph import ValueChain
from supply_chain.graph.stored_columns import Arrays, Kept
from supply_chain.reference.release import Reference
from supply_chain.risk.evidence import Priorities
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rm2.map_assessment import Assessment, network_of
from supply_chain.risk.rm2.map_scores import MapScores
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.salience import places


@dataclass(frozen=True)
class StoredScores:
    """Stored part of the scores, arrays (nodes, 16); as in `ScoreRows`, whether scored or not."""

    severity: Floats
    index_high: Floats
    residual_likelihood: Floats
    residual_index: Floats
    residual_band: Ints

    @classmethod
    def of(cls, scores: MapScores) -> "StoredScores":
        """The same of whole scores."""
        columns: dict[str, Any] = {one.name: scores.of_nodes(one.name) for one in fields(cls)}
        return cls(**columns)

    def put(self, rows: Ints, scores: "StoredScores", at: Ints) -> "StoredScores":
        """Rows `rows` of these, -1 where there is none, with `scores` put in at `at`."""
        made = {}
        for one in fields(self):
            column = getattr(self, one.name)[rows]
            column[at] = getattr(scores, one.name)
            made[one.name] = column
        return StoredScores(**made)


@dataclass(frozen=True)
class ScoredMap:
    """A map with its unknown origins and what it scores, as of a day."""

    as_of: date
    reference: Reference
    base: ValueChain  # the map without its unknown origins
    chain: ValueChain  # the nodes of `base`, then the unknown origins
    priorities: Priorities  # what the salience order asks beyond the scores
    scored: Bools  # (nodes, 16)
    scores: StoredScores
    exposure: Floats  # E, (nodes, 16)
    salience_rank: Ints  # 1 first; -1 not ranked

    @classmethod
    def of(
        cls,
        found: Assessment,
        base: ValueChain,
        *,
        reference: Reference,
        priorities: Priorities,
    ) -> "ScoredMap":
        """The same of a whole assessment of a map, with what was said of its priorities."""
        return cls(
            as_of=found.as_of,
            reference=reference,
            base=base,
            chain=found.chain,
            priorities=priorities,
            scored=found.scored,
            scores=StoredScores.of(found.scores),
            exposure=found.exposure,
            salience_rank=found.salience_rank,
        )

    @cached_property
    def network(self) -> Network:
        """The network of the map with its unknown origins."""
        return network_of(self.chain)

    @cached_property
    def by_id(self) -> Ints:
        """(nodes,) place of each node id by code point."""
        return places(self.chain.nodes.ids)

    @cached_property
    def order(self) -> tuple[Ints, Ints]:
        """Node and issue of each scored pair, the first in rank first."""
        node, issue = np.nonzero(self.scored)
        position = self.salience_rank[node, issue] - 1
        ordered = np.empty_like(node), np.empty_like(issue)
        ordered[0][position], ordered[1][position] = node, issue
        return ordered

    def arrays(self) -> Arrays:
        """Its arrays by name; `from_arrays` makes the same of them."""
        return {
            "scored": self.scored,
            "exposure": self.exposure,
            "salience_rank": self.salience_rank,
            **vars(self.scores),
        }

    @classmethod
    def from_arrays(
        cls,
        kept: Kept,
        *,
        base: ValueChain,
        chain: ValueChain,
        priorities: Priorities,
        reference: Reference,
        as_of: date,
    ) -> "ScoredMap":
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
            base=base,
            chain=chain,
            priorities=priorities,
            scored=arrays["scored"],
            scores=StoredScores(**{one.name: arrays[one.name] for one in fields(StoredScores)}),
            exposure=arrays["exposure"],
            salience_rank=arrays["salience_rank"],
        )
