"""Rows and summary of a stored assessment, made from its arrays."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from ddplatform.infrastructure.bulk import many_objects, rising_keys
from supply_chain.graph.unknown_origins import PREFIX
from supply_chain.risk.incremental_base import IncrementalBase
from supply_chain.risk.stored_run import StoredRun
from supply_chain.risk.stored_scores import pack
from supply_chain.vocabulary import Issue

ISSUES = tuple(Issue)


class RowMaker:
    """Rows of RiskAssessment, one a node, made a run of nodes at a time."""

    def __init__(
        self,
        run: StoredRun,
        keys: Sequence[UUID],
        names: Mapping[UUID, str],
        self_disclosed: Iterable[tuple[int, Issue]],
    ) -> None:
        """Take the nodes' keys in the order of the graph; ghosts follow them and have none."""
        self._run, self._chain = run, run.found.chain
        self._keys = keys
        self._names = names
        self._in_remedy = np.zeros(run.found.scored.shape, dtype=np.bool_)
        for row, issue in self_disclosed:
            self._in_remedy[row, ISSUES.index(issue)] = True

    @property
    def count(self) -> int:
        """The number of nodes, including unknown origins."""
        return len(self._chain)

    @many_objects()
    def rows(self, run_id: UUID, start: int, stop: int) -> list[dict[str, Any]]:
        """The rows of the nodes `start` to `stop` (without `stop`) of the graph."""
        nodes = self._chain.nodes
        places, tiers = range(start, stop), self._chain.tiers[start:stop].tolist()
        kept = pack(self._run.records(self._in_remedy, start, stop))
        return [
            {
                "id": key,
                "run_id": run_id,
                "place": place,
                "step": 0,
                "node_id": self._keys[place] if place < len(self._keys) else None,
                "node_ref": nodes.ids[place],
                "node_name": self._name(place),
                "country": nodes.country[place],
                "tier": None if tier < 0 else tier,
                "scores": scores,
            }
            for key, place, tier, scores in zip(
                rising_keys(stop - start), places, tiers, kept, strict=True
            )
        ]

    def _name(self, row: int) -> str:
        if row < len(self._keys):
            return self._names[self._keys[row]]
        buyer = self._chain.nodes.ids[row].removeprefix(PREFIX)
        bought_by = self._names[self._keys[self._chain.rows[buyer]]]
        return unknown_origin(bought_by)


def unknown_origin(bought_by: str) -> str:
    """The name of the unknown origin of what a node buys."""
    return f"Unknown origin of what {bought_by} buys"


def summary_of(run: StoredRun, *, nodes: int) -> dict[str, Any]:
    """The summary of a run for lists and charts, so that they need not read its rows.

    Args:
        nodes: how many nodes the map has; the rows after them are unknown origins.
    """
    counts, countries = run.counts(nodes)
    chain = run.found.chain
    return {
        **counts.told(countries.tolist()),
        "unknown_origins": len(chain) - nodes,
        "countries": _names(chain.nodes.country),
        "scores_sha256": run.checksum(),
    }


def summary_of_changed(
    before: Mapping[str, Any], run: IncrementalBase, kept: Iterable[bytes]
) -> dict[str, Any]:
    """The same of a run of changed nodes, from the summary of the run before.

    Args:
        kept: what is written of it. The checksum goes on from that of the run before over these.
    """
    total = hashlib.sha256(before["scores_sha256"].encode())
    for content in kept:
        total.update(content)
    told = run.counts.told(run.state.countries.tolist())
    return {**before, **told, "scores_sha256": total.hexdigest()}


def _names(values: Sequence[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(value for value in values if value).items()))
