"""What a whole run leaves so that a later one can rest on it: plain arrays beside its map."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supply_chain.kept_columns import Arrays, Kept
from supply_chain.risk.assessment import Assessment, open_risks
from supply_chain.risk.context import peer_groups
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.factors import Cells
from supply_chain.risk.incremental import Flow
from supply_chain.risk.kept_run import kept_run
from supply_chain.risk.moved_nodes import MovedNodes, Words, words
from supply_chain.risk.plan import Places
from supply_chain.risk.ranking import RankKeys
from supply_chain.risk.run_counts import RunCounts
from supply_chain.risk.salience import places


@dataclass(frozen=True)
class RunState:
    """The numbers of a whole run that later ones go on from; its map stands beside it."""

    flow: Flow  # in plan order; a process that writes to it needs a copy of its own
    order: RankKeys  # of all risks, the first one first
    by_id: Places  # (places,) place of each node id by code point
    group: Places  # (nodes,) number of the peers of each; -1 none; without unknown origins
    peer_country: Words  # who the peers are, by number
    peer_sector: Words
    cells: Cells  # what was seen of each (node, factor)
    priors: Cells  # where peers lift what is assumed of it
    counts: RunCounts
    countries: NDArray[np.str_]  # codes of `RunCounts.countries`

    @classmethod
    def of(cls, found: Assessment, evidence: Evidence, *, nodes: int) -> "RunState":
        """The state of a whole assessment.

        Args:
            evidence: that it was made from. nodes: how many there are without unknown origins.
        """
        plan, scores, factors = found.plan, found.scores, found.known.factors
        by_id = places(found.chain.nodes.ids)
        keys = RankKeys.of(open_risks(evidence, found.scored, scores, by_id=by_id))
        ranks = found.salience_rank[np.nonzero(found.scored)]
        counts, countries = kept_run(found).counts(nodes)
        columns, group = found.chain.nodes, peer_groups(found.chain.nodes)[:nodes]
        numbers, first = np.unique(group, return_index=True)  # one a number from 0 on
        peers = columns.take(first[numbers >= 0])
        return cls(
            flow=Flow(
                residual=plan.to_plan(np.nan_to_num(scores.residual_likelihood)),
                severity=plan.to_plan(np.nan_to_num(scores.severity)),
                exposed=plan.to_plan(found.exposure),
                linked=plan.to_plan(found.linkage),
                upstream=plan.to_plan(np.nan_to_num(found.severity_chain)),
            ),
            order=keys.take(np.argsort(ranks)),
            by_id=by_id.astype(np.int32),
            group=group.astype(np.int32),
            peer_country=words(peers.country),
            peer_sector=words(peers.sector),
            cells=factors.cells,
            priors=factors.priors,
            counts=counts,
            countries=countries,
        )

    def groups(self, moved: MovedNodes) -> Places:
        """(nodes,) number of the peers of each node once some moved; -1 none."""
        peers = zip(self.peer_country.tolist(), self.peer_sector.tolist(), strict=True)
        return moved.groups(self.group, list(peers))

    def arrays(self) -> Arrays:
        """All columns by name; `from_arrays` makes the same state of them."""
        parts = {"flow": self.flow, "order": self.order, "cells": self.cells}
        parts |= {"priors": self.priors, "counts": self.counts}
        kept: Arrays = {
            f"{part}_{name}": value
            for part, columns in parts.items()
            for name, value in vars(columns).items()
        }
        return {
            **kept,
            **{name: getattr(self, name) for name in _COLUMNS},
        }

    @classmethod
    def from_arrays(cls, kept: Kept) -> "RunState":
        """The state that gave these arrays; nothing is copied.

        Raises:
            KeyError: an array is missing.
        """
        arrays: dict[str, Any] = dict(kept)

        def part(kind: Any, name: str) -> Any:
            return kind(**{one.name: arrays[f"{name}_{one.name}"] for one in fields(kind)})

        return cls(
            flow=part(Flow, "flow"),
            order=part(RankKeys, "order"),
            **{name: arrays[name] for name in _COLUMNS},
            cells=part(Cells, "cells"),
            priors=part(Cells, "priors"),
            counts=part(RunCounts, "counts"),
        )


_COLUMNS = ("by_id", "group", "peer_country", "peer_sector", "countries")
