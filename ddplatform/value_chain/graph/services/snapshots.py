"""Creation of a map's snapshot where a job has read the map anyway, so that no page waits."""

from dataclasses import replace
from uuid import UUID

from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.snapshot_files import MAP, SnapshotPlace
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.value_chain.filters.queries.search import PART, find_index, index_part, read_words
from ddplatform.value_chain.graph.queries.columns import (
    MapRows,
    basis,
    map_part,
    read_map,
    run_part,
)
from ddplatform.value_chain.graph.queries.snapshots import (
    find_part,
    part_of_run,
    place_of,
    row_of,
    state_of_run,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.register import Register
from supply_chain.risk.rm2.map_assessment import Assessment
from supply_chain.risk.run_state import RunState


def keep_map(place: SnapshotPlace, rows: MapRows) -> None:
    """Keep what a job read of a map, unless the same is there and whole.

    Call it after the unit of work that read the rows has ended: only what is committed is kept.
    """
    store = adapters().snapshots
    if rows.is_steady and (find_part(place) is None or not store.is_whole(place)):
        made = map_part(rows)
        store.keep(place, MAP, made.arrays, made.facts)


def keep_now(chain_id: UUID, look: Unit) -> None:
    """Keep a map as it stands, with the index of its search, unless both are there.

    Args:
        look: opens a look at the tenant of the map.
    """
    with look():
        place = place_of(chain_id, get_chain(chain_id).version)
        rows = read_map(chain_id) if find_part(place) is None else None
    if rows is not None:
        place = replace(place, version=rows.version)
        keep_map(place, rows)
    keep_index(place, look)


def keep_index(place: SnapshotPlace, unit: Unit) -> None:
    """Keep the index of the search beside the map, unless it stands there.

    Args:
        unit: opens a unit of work in the tenant of the map; only reading happens inside.
    """
    if find_index(place) is None:
        with unit():
            words = read_words(place.chain_id)
        if words.version == place.version:
            made = index_part(words)
            adapters().snapshots.keep(place, PART, made.arrays, made.facts)


def keep_state(
    place: SnapshotPlace, run_id: UUID, found: Assessment, evidence: Evidence, *, nodes: int
) -> None:
    """Keep the numbers of a whole run beside its map, if that stands: later runs rest on them.

    Call it after the run stands: of two attempts at it, only the one that kept it may.
    """
    if find_part(place) is not None:
        state = RunState.of(found, evidence, nodes=nodes)
        adapters().snapshots.keep(place, state_of_run(run_id), state.arrays(), basis())


def keep_run(place: SnapshotPlace, run_id: UUID, register: Register) -> None:
    """Keep bands and ranks of a new run beside the map that it assessed, if that stands."""
    kept = find_part(place)
    if kept is not None:
        made = run_part(run_id, register, row_of(kept))
        adapters().snapshots.keep(place, part_of_run(run_id), made.arrays, made.facts)
