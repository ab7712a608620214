"""Snapshot of a whole map for pictures and analyses, mapped from disk, one for each version.

A snapshot is a cache that may vanish at any time: a missing or damaged one is read from the
database again. It always shows the state of its version. The data of a run (bands, ranks) are
stored beside the map of its version, so that a new run does not read the map again.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.snapshot_files import MAP, STATE, Snapshot, SnapshotPlace
from ddplatform.infrastructure.db import db, is_writing
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.value_chain.graph.queries.columns import (
    BANDS,
    PLAN,
    basis,
    map_part,
    read_map,
    read_past,
    run_part,
)
from ddplatform.value_chain.graph.queries.memory import Memory
from ddplatform.value_chain.graph.queries.runs import runs
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.mapping.models import NO_RANK, ValueChain, ValueChainNode
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.stored_chain import chain_of
from supply_chain.graph.stored_columns import CodedColumn, KeyColumn, RowOfKey, TextColumn
from supply_chain.risk.plan import Plan
from supply_chain.vocabulary import Issue

KEPT = 6
LARGE = 20_000
"""Nodes above which a past day is read behind its page: some .13 ms of processor time each."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class MapSnapshot:
    """One map; every column has one entry a node, in the order of external ids."""

    version: int
    graph: Graph
    keys: Sequence[UUID]
    names: Sequence[str]
    regions: Sequence[str | None]
    band: NDArray[np.int8]  # position in BANDS; 4 not assessed
    band_by_issue: NDArray[np.int8]  # (nodes, 16) the same for each issue
    rank: Ints  # salience rank of its first issue; NO_RANK where there is none
    lane: Ints  # 0 own business, 1 its suppliers...; negative downstream; `unlinked` no path
    missing: NDArray[np.float64]  # share of input of unknown origin; NaN none, inf not known
    unlinked: int  # lane of the nodes without a path to the own business
    has_own_business: bool
    row_of: Mapping[UUID, int]
    countries: tuple[str, ...]  # codes in their order; empty for "not known"
    country: Ints  # position in `countries`
    operator: Ints  # row of who runs it; -1 not known
    kept: Snapshot
    """The arrays that all this was made of."""
    made: Memory = field(default_factory=Memory, init=False, compare=False, repr=False)
    """The values that pages computed from it; a copy with other columns starts empty."""

    @cached_property
    def plan(self) -> Plan:
        """The plan of the map with its unknown origins, which follow the nodes (RM-2.0 11)."""
        return plan_of(self.kept)


Key = tuple[UUID, int, UUID | None]
_cache: OrderedDict[Key, MapSnapshot] = OrderedDict()
_lock = Lock()


def load_snapshot(chain: ValueChain) -> MapSnapshot:
    """The map as it stands, mapped from disk; what is not there yet is read and kept.

    While this context may hold changes that are not committed, nothing is kept: the map is then
    read for this call alone.
    """
    if is_writing():
        return _made(*_read(chain))
    return _remembered((chain.id, chain.version, chain.current_run_id), lambda: _open(chain))


def find_snapshot(chain: ValueChain) -> MapSnapshot | None:
    """The current map, if there is a snapshot already; no request waits for its creation."""
    if is_writing():
        return None
    with _lock:
        kept = _cache.get((chain.id, chain.version, chain.current_run_id))
    if kept is None and find_part(place_of(chain.id, chain.version)) is not None:
        return load_snapshot(chain)
    return kept


def load_past_snapshot(chain: ValueChain, past: Past) -> MapSnapshot:
    """The map as it stood on a past day, with bands and ranks of the newest run of then.

    Its arrays stand beside those of today's version and go with them.
    """
    run_id = runs().find_before(chain.id, past.end)

    def make() -> MapSnapshot:
        kept = _past_part(chain, past)
        return _made(past.version, kept, _read_run(run_id, kept) if run_id else None)

    return make() if is_writing() else _remembered((chain.id, past.version, run_id), make)


def is_at_hand(chain: ValueChain, past: Past) -> bool:
    """Whether a past day can be shown at once: it was prepared before, or the map is small."""
    if find_part(place_of(chain.id, chain.version), f"past-{past.version}") is not None:
        return True
    nodes = select(ValueChainNode.id).where(ValueChainNode.chain_id == chain.id)
    many = nodes.limit(LARGE + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(many)) or 0) <= LARGE


def _past_part(chain: ValueChain, past: Past) -> Snapshot:
    place, part = place_of(chain.id, chain.version), f"past-{past.version}"
    kept = find_part(place, part)
    if kept is None:
        kept = map_part(read_past(chain.id, past))
        if not is_writing():
            adapters().snapshots.keep(place, part, kept.arrays, kept.facts)
    return kept


def _remembered(key: Key, make: Callable[[], MapSnapshot]) -> MapSnapshot:
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = make()
    if made.version == key[1]:
        with _lock:
            _cache[key] = made
            while len(_cache) > KEPT:
                _cache.popitem(last=False)
    return made


def coloured_by(snapshot: MapSnapshot, issue: Issue | None) -> MapSnapshot:
    """The same map with the bands of one issue; None keeps the highest over all issues."""
    if issue is None:
        return snapshot
    return snapshot.made.of(("issue", issue), lambda: _bands_of(snapshot, issue))


def _bands_of(snapshot: MapSnapshot, issue: Issue) -> MapSnapshot:
    bands = np.ascontiguousarray(snapshot.band_by_issue[:, list(Issue).index(issue)])
    made = replace(snapshot, band=bands)
    made.made.of(("issue", issue), lambda: made)  # coloured twice is the same
    return made


def place_of(chain_id: UUID, version: int) -> SnapshotPlace:
    """The path of the snapshot of a map of the acting organisation."""
    return SnapshotPlace(current_organisation(), chain_id, version)


def part_of_run(run_id: UUID) -> str:
    """The name of the part that holds the bands and ranks of a run."""
    return f"run-{run_id.hex}"


def state_of_run(run_id: UUID) -> str:
    """The name of the part that holds the numbers of a whole run, for runs that rest on it."""
    return f"{STATE}-{run_id.hex}"


def find_part(place: SnapshotPlace, part: str = MAP, *, private: bool = False) -> Snapshot | None:
    """A part that is there, every byte as written, and rests on the method and data in use."""
    found = adapters().snapshots.open(place, part, private=private)
    if found is None or any(found.facts.get(name) != said for name, said in basis().items()):
        return None
    return found


def stands_on_disk(chain: ValueChain) -> bool:
    """Whether the map stands on disk at its version; it is written again if it was cleared."""
    place = place_of(chain.id, chain.version)
    if find_part(place) is None:
        _open(chain)
    return find_part(place) is not None


def _open(chain: ValueChain) -> MapSnapshot:
    place, store = place_of(chain.id, chain.version), adapters().snapshots
    kept = find_part(place)
    if kept is None:
        rows = read_map(chain.id)
        kept, place = map_part(rows), replace(place, version=rows.version)
        if not rows.is_steady:
            return _made(rows.version, kept, _run(chain, kept))
        store.keep(place, MAP, kept.arrays, kept.facts)
    if chain.current_run_id is None:
        return _made(place.version, kept, None)
    part = part_of_run(chain.current_run_id)
    run = find_part(place, part)
    if run is None:
        run = _read_run(chain.current_run_id, kept)
        store.keep(place, part, run.arrays, run.facts)
    return _made(place.version, kept, run)


def _read(chain: ValueChain) -> tuple[int, Snapshot, Snapshot | None]:
    rows = read_map(chain.id)
    kept = map_part(rows)
    return rows.version, kept, _run(chain, kept)


def _run(chain: ValueChain, kept: Snapshot) -> Snapshot | None:
    return _read_run(chain.current_run_id, kept) if chain.current_run_id else None


def _read_run(run_id: UUID, kept: Snapshot) -> Snapshot:
    return run_part(run_id, runs().load_register(run_id), row_of(kept))


def plan_of(kept: Snapshot) -> Plan:
    """The plan of a kept map."""
    columns = {
        name.removeprefix(PLAN): array
        for name, array in kept.arrays.items()
        if name.startswith(PLAN)
    }
    return Plan.from_columns(columns)


def row_of(kept: Snapshot) -> RowOfKey:
    """The row of each node of a kept map."""
    arrays: dict[str, Any] = dict(kept.arrays)
    return RowOfKey(KeyColumn(arrays["key"]), arrays["key_rising"])


def _made(version: int, kept: Snapshot, run: Snapshot | None) -> MapSnapshot:
    arrays: dict[str, Any] = dict(kept.arrays)
    scores: dict[str, Any] = dict(run.arrays) if run else _not_assessed(kept.facts["nodes"])
    graph = chain_of(kept.arrays)
    return MapSnapshot(
        version=version,
        graph=graph,
        keys=KeyColumn(arrays["key"]),
        names=TextColumn.of("name", kept.arrays),
        regions=CodedColumn.of("region", kept.arrays),
        band=scores["band"],
        band_by_issue=scores["band_by_issue"],
        rank=scores["rank"],
        lane=arrays["lane"],
        missing=arrays["missing"],
        unlinked=kept.facts["unlinked"],
        has_own_business=bool(graph.nodes.own_operation.any()),
        row_of=row_of(kept),
        countries=tuple(kept.facts["countries"]),
        country=arrays["country_place"],
        operator=arrays["operator"],
        kept=kept,
    )


def _not_assessed(count: int) -> dict[str, Any]:
    unknown = len(BANDS) - 1
    return {
        "band": np.full(count, unknown, dtype=np.int8),
        "band_by_issue": np.full((count, len(Issue)), unknown, dtype=np.int8),
        "rank": np.full(count, NO_RANK, dtype=np.int64),
    }
