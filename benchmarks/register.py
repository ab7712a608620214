"""The register page at two sizes of map: statements a page, and the 95th percentile of its time.

Pages: the first, one far behind, one cell of the heat map, one country, the rarest band; all of
them as a browser asks for them, through the whole application.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks.assessed_map import EMAIL, PASSWORD, add_map, make_platform
from benchmarks.contract import Row, count_row, limit_row
from benchmarks.pages import count_statements, p95, sign_in
from benchmarks.reassessment import keep
from ddplatform.db import db

SIZES = {"small": (500, 2_000), "full": (1_000, 100_000)}
REPEATS = 20
SECONDS = 0.3
STATEMENTS = 6


def run(size: str) -> list[Row]:
    """Fill both maps, assess them, and read their register."""
    rows: list[Row] = []
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            maps = {nodes: add_map(by, nodes) for nodes in SIZES[size]}
            for chain_id in maps.values():
                keep(chain_id, by)
        client = sign_in(app.test_client(), EMAIL, PASSWORD)
        with app.app_context():
            for nodes, chain_id in maps.items():
                addresses = _addresses(chain_id, pairs=nodes * 16)
                count = max(count_statements(client, address) for address in addresses)
                slow = p95(client, addresses, REPEATS)
                rows.append(limit_row(f"register p95 {nodes:,} nodes", slow, SECONDS))
                name = f"register statements {nodes:,} nodes"
                rows.append(count_row(name, count, STATEMENTS, "statements"))
            db.engine.dispose()
    return rows


def _addresses(chain_id: UUID, *, pairs: int) -> list[str]:
    filters = ("", f"&after={pairs // 2}", "&cell=54", "&country=TR&issue=ISS-FF", "&risk=low")
    return [f"/o/bench/risk/?chain={chain_id}{part}" for part in filters]
