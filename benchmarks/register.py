"""The register page at two sizes of map: statements a page, and the 95th percentile of its time.

Pages: the first, one far behind, one cell of the heat map, one country, the rarest band; all of
them as a browser asks for them, through the whole application.
"""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.assessed_map import EMAIL, PASSWORD, add_map, make_platform
from benchmarks.contract import Row, limit_row
from benchmarks.reassessment import keep
from ddplatform.db import db

SIZES = {"small": (500, 2_000), "full": (1_000, 100_000)}
REPEATS = 20
SECONDS = 0.3
STATEMENTS = 6
NOT_COUNTED = ("PRAGMA", "BEGIN", "SELECT set_config")


def run(size: str) -> list[Row]:
    """Fill both maps, assess them, and read their register."""
    rows: list[Row] = []
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            maps = {nodes: add_map(by, nodes) for nodes in SIZES[size]}
            for chain_id in maps.values():
                keep(chain_id, by)
        client = _signed_in(app.test_client())
        with app.app_context():
            for nodes, chain_id in maps.items():
                addresses = _addresses(chain_id, pairs=nodes * 16)
                count = max(_statements(client, address) for address in addresses)
                slow = _p95(client, addresses)
                rows.append(limit_row(f"register p95 {nodes:,} nodes", slow, SECONDS))
                rows.append(_count_row(f"register statements {nodes:,} nodes", count))
            db.engine.dispose()
    return rows


def _addresses(chain_id: UUID, *, pairs: int) -> list[str]:
    filters = ("", f"&after={pairs // 2}", "&cell=54", "&country=TR&issue=ISS-FF", "&risk=low")
    return [f"/o/bench/risk/?chain={chain_id}{part}" for part in filters]


def _signed_in(client: FlaskClient) -> FlaskClient:
    page = client.get("/sign-in").text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 302
    return client


def _statements(client: FlaskClient, address: str) -> int:
    seen: list[str] = []

    def note(*call: object) -> None:
        if not str(call[2]).startswith(NOT_COUNTED):
            seen.append(str(call[2]))

    assert client.get(address).status_code == 200  # the first page renews the session
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def _p95(client: FlaskClient, addresses: list[str]) -> float:
    times = []
    for _ in range(REPEATS):
        for address in addresses:
            start = time.perf_counter()
            client.get(address)
            times.append(time.perf_counter() - start)
    return statistics.quantiles(times, n=20)[-1]


def _count_row(name: str, count: int) -> Row:
    return Row(name, count, STATEMENTS, count / STATEMENTS, f"<= {STATEMENTS}", count <= STATEMENTS)
