"""First read from the database of a map of a million nodes and four million links.

Ours makes the graph with its keys; the baseline is the raw driver reading the same rows into
plain lists, in turn with ours in one fresh process. Memory is that of fresh processes that each do
one thing: read the map from the database, make its snapshot, open it from its files.

The rows are inserted in batches. Where BENCH_FOLDER names a folder the database stays there
and the next call reads it again.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from benchmarks.assessed_map import NOW, link_rows, make_platform, node_rows, open_platform
from benchmarks.contract import REPEATS, Row, count_row, ratio_row
from benchmarks.generate import make_graph
from benchmarks.large_map import RAW, raw_rows
from ddplatform.infrastructure.access.identity import Identity, system_identity
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.graph.queries.snapshots import load_snapshot
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain

SIZES = {"small": (20_000, 80_000), "full": (1_000_000, 4_000_000)}
BLOCK = 50_000
WORKER = 1_000  # MB
MADE = "made.json"
CHILD = "import sys; from benchmarks.map_load import child; child(*sys.argv[1:])"


def run(size: str) -> list[Row]:
    """Make the map, or take the one that is kept; read it in fresh processes."""
    with _folder() as folder:
        made = _made(folder, size)
        what = f"{made['nodes']:,} nodes and {made['links']:,} links"
        read = _asked(folder, made, "turn")
        memory = {task: _asked(folder, made, task)["most"] for task in ("read", "make", "open")}
    for task, most in memory.items():
        print(f"{what}: most memory of a process, {_TOLD[task]}: {most:,.0f} MB")
    print(f"{what}: by the clock {read['ours']:.2f} / {read['raw']:.2f} s")
    return [
        ratio_row(f"{what} read / the raw driver", (read["ours_cpu"], read["raw_cpu"]), RAW),
        count_row(f"{what}: memory of a process that maps it", memory["open"], WORKER, "MB"),
    ]


_TOLD = {
    "read": "reads it from the database",
    "make": "reads it and keeps its snapshot",
    "open": "maps its snapshot",
}


@contextmanager
def _folder() -> Iterator[Path]:
    if kept := os.environ.get("BENCH_FOLDER"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept)
    else:
        with TemporaryDirectory() as name:
            yield Path(name)


def _made(folder: Path, size: str) -> dict[str, Any]:
    if (folder / MADE).exists():
        kept: dict[str, Any] = json.loads((folder / MADE).read_text())
        return kept
    start = time.perf_counter()
    app, by = make_platform(folder)
    with app.app_context():
        made = {"tenant": by.organisation_id.hex, **add_large_map(by, *SIZES[size])}
        db.engine.dispose()
    (folder / MADE).write_text(json.dumps(made))
    print(f"made in {time.perf_counter() - start:.0f} s", flush=True)
    return made


def add_large_map(by: Identity, nodes: int, links: int) -> dict[str, Any]:
    """Add a map in blocks of rows, so that it is never in memory as a whole; its id and size."""
    graph, keys = make_graph(nodes, links), rising_keys(nodes)
    with unit_of_work(), acting_in(by.organisation_id):
        chain = ValueChain(name=f"Map of {nodes}", slug=f"map-{nodes}", created_at=NOW)
        db.session.add(chain)
        db.session.flush()  # nodes point to it
        chain_id, count = chain.id, len(graph.buyer)
    for first in range(0, nodes, BLOCK):
        with unit_of_work(), acting_in(by.organisation_id):
            block = slice(first, first + BLOCK)
            insert_rows(ValueChainNode, node_rows(chain_id, keys, graph, block))
    for first in range(0, count, BLOCK):
        with unit_of_work(), acting_in(by.organisation_id):
            block = slice(first, first + BLOCK)
            insert_rows(SupplyLink, link_rows(chain_id, keys, graph, block))
    return {"chain": chain_id.hex, "nodes": nodes, "links": count}


def _asked(folder: Path, made: dict[str, Any], task: str) -> dict[str, float]:
    """Result of a fresh process that did one thing."""
    asked = [sys.executable, "-c", CHILD, str(folder), made["tenant"], made["chain"], task]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    print(task, found, flush=True)
    return found


def child(folder: str, tenant: str, chain: str, task: str) -> None:
    """Do one thing in this process and print what it took."""
    chain_id, by = UUID(chain), system_identity(UUID(tenant))
    with open_platform(Path(folder)).app_context():
        found: dict[str, float] = {"before": _most()}
        with unit_of_work(), acting_in(by.organisation_id):
            if task == "turn":
                found |= _in_turn(chain_id, by)
            elif task == "read":
                found["ours"] = _time(lambda: load_with_keys(chain_id))[0]
            else:
                get_chain(chain_id)
        if task in ("make", "open"):
            with acting_in(by.organisation_id):
                found["ours"] = _time(lambda: load_snapshot(get_chain(chain_id)))[0]
        print(json.dumps({**found, "most": _most()}))


def _in_turn(chain_id: UUID, by: Identity) -> dict[str, float]:
    times: dict[str, list[float]] = {"ours": [], "ours_cpu": [], "raw": [], "raw_cpu": []}
    for _ in range(REPEATS):
        for name, step in (
            ("ours", lambda: load_with_keys(chain_id)),
            ("raw", lambda: raw_rows(chain_id, by)),
        ):
            wall, busy = _time(step)
            times[name].append(wall)
            times[f"{name}_cpu"].append(busy)
    return {name: statistics.median(taken) for name, taken in times.items()}


def _time(step: Callable[[], object]) -> tuple[float, float]:
    start, spent = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - start, time.process_time() - spent


def _most() -> float:
    """Most memory of this process until now in MB, pages that it shares with others too."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1000
    raise OSError("The kernel does not tell the memory of a process.")
