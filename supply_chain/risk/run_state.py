"""Stored state of a whole run, the base of later runs: plain arrays beside its map."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.stored_columns import Arrays, Kept
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.plan import Places
from supply_chain.risk.ranking import RankKeys
from supply_chain.risk.rm2.incremental import Flow
from supply_chain.risk.rm2.map_assessment import Assessment, open_risks
from supply_chain.risk.rm2.salience import rank_keys
from supply_chain.risk.run_counts import RunCounts
from supply_chain.risk.salience import places
from supply_chain.risk.stored_run import stored_run


@dataclass(frozen=True)
class RunState:
    """Numbers of a whole run from which later ones continue; its map is stored beside it."""

    flow: Flow  # in plan order; a process that writes to it needs a copy of its own
    order: RankKeys  # of all risks, the first one first
    by_id: Places  # (places,) place of each node id by code point
    counts: RunCounts
    countries: NDArray[np.str_]  # codes of `RunCounts.countries`

    @classmethod
    def of(cls, found: Assessment, evidence: Evidence, *, nodes: int) -> "RunState":
        """The state of a whole assessment.

        Args:
            evidence: that it was made from. nodes: how many there are without unknown origins.
        """
        by_id = places(found.chain.nodes.ids)
        keys = rank_keys(open_risks(evidence, found.scored, found.scores, by_id=by_id))
        ranks = found.salience_rank[np.nonzero(found.scored)]
        counts, countries = stored_run(found).counts(nodes)
        return cls(
            flow=found.flow,
            order=keys.take(np.argsort(ranks)),
            by_id=by_id.astype(np.int32),
            counts=counts,
            countries=countries,
        )

    def arrays(self) -> Arrays:
        """All columns by name; `from_arrays` makes the same state of them."""
        parts = {"flow": self.flow, "order": self.order, "counts": self.counts}
        kept: Arrays = {
            f"{part}_{name}": value
            for part, columns in parts.items()
            for name, value in vars(columns).items()
        }
        return {**kept, "by_id": self.by_id, "countries": self.countries}

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
            by_id=arrays["by_id"],
            counts=part(RunCounts, "counts"),
            countries=arrays["countries"],
        )
