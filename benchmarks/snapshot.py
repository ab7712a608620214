"""Snapshot on disk: opening, change of one node, kill during writing, and memory.

The map is in no database here: only the files and the work on them are measured. One change
is one node with other scores: the buyers behind it are recalculated, the positions of its risks in
the order found, both stored on disk and opened again, as another process would.
"""

import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np

from benchmarks.assessment import make_chain
from benchmarks.contract import REPEATS, SEED, Row, count_row, limit_row
from ddplatform.infrastructure.adapters.snapshot_files import MAP, SnapshotPlace, SnapshotStore
from ddplatform.value_chain.graph.queries.columns import MapRows, map_part
from supply_chain.graph.stored_chain import chain_of
from supply_chain.graph.stored_columns import KeyColumn
from supply_chain.reference.release import load_reference
from supply_chain.risk.ranking import RankKeys
from supply_chain.risk.rm2.incremental import Flow, change_nodes
from supply_chain.risk.rm2.map_assessment import network_of, with_origins
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.rm2.salience import OpenRisks, rank_keys

SIZES = {"small": (20_000, 80_000), "full": (1_000_000, 4_000_000)}
KILLS = {"small": 5, "full": 50}
CHANGES = 51
OPEN, CHANGE, CORE, WORKER = 0.05, 0.05, 0.001, 1_000
ISSUES = 16
PLACE = SnapshotPlace(UUID(int=1), UUID(int=2), 1)

READER = """
import sys
from pathlib import Path
from benchmarks.snapshot import PLACE, look
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotStore
look(SnapshotStore(Path(sys.argv[1])))
for line in Path("/proc/self/status").read_text().splitlines():
    if line.startswith("VmHWM"):
        print(int(line.split()[1]) / 1000)
"""

WRITER = """
import sys
from pathlib import Path
from uuid import UUID
import numpy as np
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotPlace, SnapshotStore
store, first = SnapshotStore(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
for version in range(first, first + 100_000):
    arrays = {name: np.full(20_000, version) for name in "abcd"}
    store.keep(SnapshotPlace(UUID(int=1), UUID(int=3), version), "map", arrays, {"of": version})
"""


def run(size: str) -> list[Row]:
    """All of it, on one generated map."""
    nodes, links = SIZES[size]
    with TemporaryDirectory() as name:
        store = SnapshotStore(Path(name) / "map")
        what = f"snapshot of {nodes:,} nodes"
        network = _build(store, nodes, links)
        rows = [
            limit_row(f"{what}: opened, lanes and countries counted", _median(store, look), OPEN),
            count_row(f"{what}: memory of a process with it", _memory(store), WORKER, "MB"),
            *_changes(store, network, what),
        ]
        wrong = _killed(Path(name) / "killed", KILLS[size])
        kills = f"{KILLS[size]} kills while one is written: not whole, or another version"
    return [*rows, count_row(kills, wrong, 0, "seen")]


def _build(store: SnapshotStore, nodes: int, links: int) -> Network:
    graph, reference = make_chain(nodes, links, load_reference()), load_reference()
    keys = KeyColumn.of(UUID(int=at + 1) for at in range(nodes))
    names = tuple(f"Site {at}" for at in range(nodes))
    start = time.perf_counter()
    made = map_part(MapRows(1, graph, keys, names, (None,) * nodes, (None,) * nodes))
    computed = time.perf_counter()
    store.keep(PLACE, MAP, made.arrays, made.facts)
    kept = time.perf_counter()
    print(f"snapshot of {nodes:,} nodes: {computed - start:.1f} s to make, {kept - computed:.1f} s")
    network = network_of(with_origins(graph, reference))
    count, some = network.nodes, np.random.default_rng(SEED)
    residual, severity = some.beta(2, 5, (count, ISSUES)), some.uniform(1, 5, (count, ISSUES))
    flow = Flow.of(network, residual, severity)
    order = rank_keys(_risks(np.arange(count), residual, severity))
    store.keep(PLACE, "run-base", {**vars(flow), **vars(order.take(order.order))}, {})
    return network


def _risks(places: Any, residual: Any, severity: Any) -> OpenRisks:
    """The risks of some nodes, all of them open and none of them judged by a person."""
    count = len(places) * ISSUES
    no = np.zeros(count, dtype=np.bool_)
    return OpenRisks(
        node=np.repeat(places, ISSUES),
        issue=np.tile(np.arange(ISSUES), len(places)),
        emergency=no,
        delay=no,
        residual_index=100 * residual.ravel(),
        severity=severity.ravel(),
        index_high=np.full(count, 100.0),
        involvement=np.full(count, 2),
    )


def look(store: SnapshotStore) -> list[Any]:
    """First work of a page: open the map and count its nodes by lane and country."""
    kept = store.open(PLACE)
    assert kept is not None
    arrays = dict[str, Any](kept.arrays)
    assert len(chain_of(kept.arrays)) == len(arrays["lane"])
    lane = arrays["lane"] - arrays["lane"].min()
    return [np.bincount(lane), np.bincount(arrays["country_place"])]


def _median(store: SnapshotStore, step: Callable[[SnapshotStore], object]) -> float:
    times = []
    for _ in range(2 * REPEATS + 1):
        start = time.perf_counter()
        step(store)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _memory(store: SnapshotStore) -> float:
    """Most memory of a fresh process that opened the map and counted, in MB, shared pages too."""
    answer = subprocess.run(
        [sys.executable, "-c", READER, str(store.root)], capture_output=True, check=True, text=True
    )
    return float(answer.stdout)


def _changes(store: SnapshotStore, network: Network, what: str) -> list[Row]:
    kept = store.open(PLACE, "run-base")
    assert kept is not None
    arrays: dict[str, Any] = dict(kept.arrays)
    flow, order = _writable(store), RankKeys(arrays["first"], arrays["second"])
    some = np.random.default_rng(SEED + 1)
    core, whole, busy, moved = [], [], [], []
    for at in some.integers(0, network.nodes, CHANGES).tolist():
        place, after = np.array([at]), (some.random((1, ISSUES)), some.uniform(1, 5, (1, ISSUES)))
        start, spent = time.perf_counter(), time.process_time()
        touched = change_nodes(network, flow, place, *after)
        core.append(time.process_time() - spent)
        keys = rank_keys(_risks(place, *after))
        store.keep(PLACE, "change-last", _lines(flow, touched, order.positions(keys)), {})
        assert store.open(PLACE, "change-last") is not None
        whole.append(time.perf_counter() - start)
        busy.append(time.process_time() - spent)
        moved.append(len(touched))
    high = f"{np.percentile(core, 75) * 1e3:.1f} / {np.percentile(core, 90) * 1e3:.1f} ms"
    print(f"{what}: nodes moved {np.percentile(moved, [50, 75, 90])}, core at 75 / 90 % {high}")
    print(f"{what}: to new ranks kept, processor time {statistics.median(busy) * 1e3:.1f} ms")
    return [
        limit_row(f"{what}: buyers behind one node, processor", statistics.median(core), CORE),
        limit_row(f"{what}: to new ranks kept and opened", statistics.median(whole), CHANGE),
    ]


def _writable(store: SnapshotStore) -> Flow:
    """The flow of the run with a private copy of each page that is written to."""
    folder = store.root / PLACE.organisation_id.hex / PLACE.chain_id.hex / str(PLACE.version)
    paths = (folder / "run-base" / f"{one.name}.npy" for one in fields(Flow))
    return Flow(*(np.load(path, mmap_mode="c").view(np.ndarray) for path in paths))


def _lines(flow: Flow, touched: Any, positions: Any) -> dict[str, Any]:
    """Differences from the base of the run."""
    return {
        "touched": touched,
        "exposed": flow.exposed[touched],
        "free": flow.free[touched],
        "upstream": flow.upstream[touched],
        "came": positions,
    }


def _killed(root: Path, kills: int) -> int:
    """Number of snapshots that were incomplete, or of another version than they claimed."""
    store, chance, wrong, first = SnapshotStore(root), random.Random(SEED), 0, 1
    home = root / UUID(int=1).hex / UUID(int=3).hex
    for _ in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root), str(first)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0.001, 0.1))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for folder in home.glob("[0-9]*"):
            if (folder / MAP).exists():
                first = max(first, int(folder.name))
                wrong += not _is_right(store, int(folder.name))
    return wrong


def _is_right(store: SnapshotStore, version: int) -> bool:
    place = SnapshotPlace(UUID(int=1), UUID(int=3), version)
    found = store.open(place)
    return (
        found is not None
        and found.facts == {"of": version}
        and all(bool((array == version).all()) for array in found.arrays.values())
        and store.is_whole(place)
    )
