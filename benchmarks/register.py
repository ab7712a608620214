"""Pages over an assessed map at two sizes: the risk register and the table of nodes.

Register: the first page, one far behind, one cell of the heat map, one country and issue, the
rarest band. Table: every order, a page far behind, a tier, a band, a search. All of them as a
browser asks for them, through the whole application; pages should cost the same on both maps.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask.testing import FlaskClient

from benchmarks.assessed_map import EMAIL, PASSWORD, add_map, make_platform
from benchmarks.contract import Row, count_row, floor_row, limit_row
from benchmarks.pages import count_statements, p95, sign_in
from benchmarks.reassessment import keep
from ddplatform.access.identity import Identity
from ddplatform.db import db
from ddplatform.queries.node_lists import NodeOrder, list_nodes
from ddplatform.tenancy import acting_in
from supply_chain.node_filter import NodeFilter

SIZES = {"small": (500, 2_000), "full": (1_000, 100_000)}
ROUNDS = {"small": 6, "full": 20}
SECONDS = 0.3
STATEMENTS = 6
GROWTH = 2.0  # the large map against the small one


def run(size: str) -> list[Row]:
    """Fill both maps, assess them, and read their pages."""
    rows: list[Row] = []
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            maps = {nodes: add_map(by, nodes) for nodes in SIZES[size]}
            for chain_id in maps.values():
                keep(chain_id, by)
            pages = {
                "register": [_register(chain_id, nodes * 16) for nodes, chain_id in maps.items()],
                "table of nodes": [_table(chain_id, by) for chain_id in maps.values()],
            }
        client = sign_in(app.test_client(), EMAIL, PASSWORD)
        with app.app_context():
            for title, addresses in pages.items():
                rows += _measured(client, title, addresses, size)
            db.engine.dispose()
    return rows


def _measured(
    client: FlaskClient, title: str, addresses: Sequence[Sequence[str]], size: str
) -> list[Row]:
    rows, slow = [], []
    for nodes, of_map in zip(SIZES[size], addresses, strict=True):
        count = max(count_statements(client, address) for address in of_map)
        slow.append(p95(client, of_map, ROUNDS[size]))
        name = f"{title} statements {nodes:,} nodes"
        rows.append(count_row(name, count, STATEMENTS, "statements"))
        rows.append(limit_row(f"{title} p95 {nodes:,} nodes", slow[-1], SECONDS))
    few, many = SIZES[size]
    return [*rows, floor_row(f"{title} p95, {many:,} / {few:,} nodes", (slow[1], slow[0]), GROWTH)]


def _register(chain_id: UUID, pairs: int) -> list[str]:
    filters = ("", f"&after={pairs // 2}", "&cell=54", "&country=TR&issue=ISS-FF", "&risk=low")
    return [f"/o/bench/risk/?chain={chain_id}{part}" for part in filters]


def _table(chain_id: UUID, by: Identity) -> list[str]:
    with acting_in(by.organisation_id):
        middle = list_nodes(chain_id, NodeFilter(q="5"), limit=25).after
    orders = [f"sort={order.value}" for order in NodeOrder]
    filters = ("tier=0", "band=low", "country=TR", "q=99")
    asked = [*orders, *(f"{order}&after={middle}" for order in orders), *filters]
    return [f"/o/bench/value-chain/{chain_id}/table?{part}" for part in asked]
