"""State of the runs of a map, from which the next incremental run continues (decision 15).

The worker that stored the last run continues from its memory. Any other worker maps the numbers
of the whole run from disk and updates them with the rows that were stored since.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row

from ddplatform.infrastructure.adapters.snapshot_files import MAP, Snapshot, SnapshotPlace
from ddplatform.infrastructure.db import db
from ddplatform.risk.assessment.queries import load_own_facts
from ddplatform.risk.runs.models import AssessmentRun
from ddplatform.risk.runs.queries.rows import find_changes, list_rows_at, settled
from ddplatform.value_chain.graph.queries.snapshots import find_part, row_of, state_of_run
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.graph.columns import NodeColumns
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.stored_chain import chain_of
from supply_chain.graph.stored_columns import KeyColumn
from supply_chain.graph.unknown_origins import lacks_origin
from supply_chain.reference.release import load_reference
from supply_chain.risk.incremental_base import IncrementalBase
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.moved_nodes import Words, words
from supply_chain.risk.rm2.map_assessment import beginnings, network_of, with_origins
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.run_state import RunState
from supply_chain.risk.stored_scores import Records, unpack

KEPT = 4  # maps whose runs go on in memory; a process touches some MB of each

Rows = Sequence[Row[*tuple[Any, ...]]]
Key = tuple[UUID, UUID]
_lock = Lock()
_kept: OrderedDict[Key, "IncrementalState"] = OrderedDict()


@dataclass(frozen=True)
class IncrementalState:
    """The last run of a map with its numbers."""

    run_id: UUID
    base_id: UUID  # of the whole run
    map: Snapshot  # as the whole run read it: links, and which nodes there are, are the same now
    whole: Graph  # of that map
    network: Network  # the same with its unknown origins
    nodes: NodeColumns  # as they are now
    run: IncrementalBase

    @cached_property
    def row_of(self) -> Mapping[UUID, int]:
        """The row of each node of the map."""
        return row_of(self.map)

    @cached_property
    def _keys(self) -> KeyColumn:
        arrays: dict[str, Any] = dict(self.map.arrays)
        return KeyColumn(arrays["key"])

    def rows_of(self, keys: Iterable[UUID]) -> Ints:
        """The rows of some nodes, rising; others left the map."""
        row_of = self.row_of
        return np.array(sorted({row_of[key] for key in keys if key in row_of}), dtype=np.int64)

    def keys_of(self, rows: Ints) -> list[UUID]:
        """The keys of the nodes of some rows."""
        return [self._keys.at(row) for row in rows.tolist()]

    def with_facts(self, rows: Ints, facts: NodeColumns) -> "IncrementalState":
        """The same, where some nodes are other by now."""
        return replace(self, nodes=self.nodes.put(rows, facts)) if len(rows) else self

    def ghost_of(self, row: int) -> int | None:
        """The place of the unknown origin of what a node buys; None where all of it is known."""
        if not self._lacks_origin[row]:
            return None
        return len(self.whole) + int(np.count_nonzero(self._lacks_origin[:row]))

    @cached_property
    def _lacks_origin(self) -> Bools:
        return lacks_origin(self.whole, primary_sectors=beginnings(load_reference()))

    def rows_at(self, places: Ints, step: int) -> Rows:
        """The rows of scores of some places that count at a step on the whole run."""
        rows = list_rows_at(self.base_id, places.tolist(), step)
        return list(settled(rows, "place").values())


def take_incremental_state(chain: ValueChain, run: AssessmentRun) -> IncrementalState | None:
    """The state of the current run of a map; None where its numbers are gone from disk.

    It is given out once: `store_incremental_state` keeps it for the next run once this one stands.
    """
    with _lock:
        kept = _kept.pop((chain.organisation_id, chain.id), None)
    if kept is not None and kept.run_id == run.id:
        return kept
    return _opened(chain, run)


def store_incremental_state(
    organisation_id: UUID, chain_id: UUID, standing: IncrementalState
) -> None:
    """Store the state of a run; call it after the unit of work that stored the run."""
    with _lock:
        _kept[organisation_id, chain_id] = standing
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def after(standing: IncrementalState, run_id: UUID, run: IncrementalBase) -> IncrementalState:
    """The same once another run is stored."""
    return replace(standing, run_id=run_id, run=run)


def _opened(chain: ValueChain, run: AssessmentRun) -> IncrementalState | None:
    base_id = run.base_run_id or run.id
    base = db.session.get_one(AssessmentRun, base_id)
    place = SnapshotPlace(chain.organisation_id, chain.id, base.chain_version)
    kept = find_part(place, MAP)
    state = find_part(place, state_of_run(base_id), private=True)
    if kept is None or state is None:
        return None
    state.warm("flow_")
    whole = chain_of(kept.arrays)
    network = network_of(with_origins(whole, load_reference()))
    numbers = _numbers(run, RunState.from_arrays(state.arrays), network)
    standing = IncrementalState(run.id, base_id, kept, whole, network, whole.nodes, numbers)
    moved = numbers.changes.moved.place
    return standing.with_facts(moved, load_own_facts(standing.keys_of(moved)).nodes)


def _numbers(run: AssessmentRun, state: RunState, network: Network) -> IncrementalBase:
    found = find_changes(run.id) if run.base_run_id else None
    if found is None:
        return IncrementalBase.of_whole(state)
    base_id, changes = found
    rows = list_rows_at(base_id, changes.changed.tolist(), run.step)
    whole = [row for row in rows if row.step == 0]
    return IncrementalBase.again(
        state,
        network,
        changes,
        _records(whole),
        _records(settled(rows, "place").values()),
        tiers=tiers_of(whole),
        countries=countries_of(whole),
    )


def _records(rows: Iterable[Any]) -> Records:
    return unpack([row.scores for row in rows])


def tiers_of(rows: Rows) -> Ints:
    """The tiers of some rows of scores; -1 without a path to the own business."""
    return np.array([-1 if row.tier is None else row.tier for row in rows], dtype=np.int64)


def countries_of(rows: Rows) -> Words:
    """The countries of some rows of scores; empty where none is known."""
    return words([row.country for row in rows])
