"""A large map in daily use: one node or link changed by hand, the whole map read, its lists.

The map has 3,000 nodes (full: 100,000) and three links a node. There is no rival: each time
has a limit in seconds.
"""

import sqlite3
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks.assessed_map import NOW, add_map, make_platform
from benchmarks.contract import REPEATS, Row, in_turn, limit_row, ratio_row
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.filters.queries.lists import NodeOrder, list_nodes
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.mapping.queries.maps import find_own_business, get_chain, list_chains
from ddplatform.value_chain.mapping.services.links import LinkFields, add_link
from ddplatform.value_chain.mapping.services.nodes import NodeFields, add_node, archive_node
from supply_chain.search.node_filter import NodeFilter

NODES = {"small": 3_000, "full": 100_000}
EDIT = 0.3
RAW = 1.2  # times the raw driver
NODE_ROWS = """
    SELECT id, external_ref, kind, country, sector_ref, CAST(commodity_refs AS VARCHAR),
           own_operation, is_origin
    FROM value_chain_node
    WHERE organisation_id = ? AND chain_id = ? AND archived_at IS NULL ORDER BY external_ref
"""
LINK_ROWS = """
    SELECT buyer_id, supplier_id, share, flow_evidence, kind, commodity_ref
    FROM supply_link WHERE organisation_id = ? AND chain_id = ? AND archived_at IS NULL
"""
LIST = 0.1
READ_SECONDS_PER_NODE = 0.00003  # 3 s for 100,000 nodes and 300,000 links

Step = Callable[[], object]


def run(size: str) -> list[Row]:
    """Make the map, change it by hand, read all of it, list it."""
    nodes = NODES[size]
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            chain_id = add_map(by, nodes)
            _in_unit(by, lambda: refresh_tiers(get_chain(chain_id)))
            rows = [*_edits(chain_id, by, nodes), *_reads(chain_id, by, nodes)]
            db.engine.dispose()
    return rows


def _edits(chain_id: UUID, by: Identity, nodes: int) -> list[Row]:
    times: dict[str, list[float]] = defaultdict(list)
    with unit_of_work(), acting_in(by.organisation_id):
        found = find_own_business(chain_id)
        assert found is not None
        own = found.id
    for repeat in range(REPEATS):
        node = _Made(own)
        steps: dict[str, Step] = {
            "add a node": partial(_add, chain_id, node, f"New site {repeat}", by),
            "add a link": partial(_link, node, own, by),
            "archive a node": partial(_archive, node, by),
        }
        for name, step in steps.items():
            times[name].append(_in_unit(by, step))
    return [
        limit_row(f"by hand at {nodes:,} nodes: {name}", statistics.median(taken), EDIT)
        for name, taken in times.items()
    ]


@dataclass
class _Made:
    """The node of one round, once it is made."""

    id: UUID


def _add(chain_id: UUID, made: _Made, name: str, by: Identity) -> None:
    made.id = add_node(chain_id, NodeFields(name=name), act=Act(by, NOW)).id


def _link(made: _Made, own: UUID, by: Identity) -> None:
    add_link(made.id, own, LinkFields(), act=Act(by, NOW))


def _archive(made: _Made, by: Identity) -> None:
    archive_node(made.id, act=Act(by, NOW))


def _reads(chain_id: UUID, by: Identity, nodes: int) -> list[Row]:
    lists: dict[str, Step] = {
        f"{nodes:,} nodes listed by {order.value}": partial(
            list_nodes, chain_id, NodeFilter(), order=order
        )
        for order in NodeOrder
    }
    lists[f"list of maps, one of {nodes:,} nodes"] = list_chains
    read = limit_row(
        f"read a map of {nodes:,} nodes",
        _median(by, lambda: load_with_keys(chain_id)),
        READ_SECONDS_PER_NODE * nodes + 0.1,
    )
    times = in_turn(
        lambda: _in_unit(by, lambda: load_with_keys(chain_id)), lambda: raw_rows(chain_id, by)
    )
    driver = ratio_row(f"the same / the raw driver reading the same rows, {nodes:,}", times, RAW)
    return [
        read,
        driver,
        *(limit_row(name, _median(by, step), LIST) for name, step in lists.items()),
    ]


def raw_rows(chain_id: UUID, by: Identity) -> object:
    """The rows of a map as SQLite's own driver gives them, made into nothing."""
    with closing(sqlite3.connect(db.engine.url.database or "")) as connection, many_objects():
        connection.execute("PRAGMA mmap_size=1073741824")
        keys = (by.organisation_id.hex, chain_id.hex)
        return [connection.execute(rows, keys).fetchall() for rows in (NODE_ROWS, LINK_ROWS)]


def _median(by: Identity, step: Step) -> float:
    return statistics.median(_in_unit(by, step) for _ in range(REPEATS))


def _in_unit(by: Identity, step: Step) -> float:
    """Seconds of a step with its commit."""
    start = time.perf_counter()
    with unit_of_work(), acting_in(by.organisation_id):
        step()
    return time.perf_counter() - start
