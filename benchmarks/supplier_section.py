"""One section of the self-assessment as a supplier's phone gets it: weight and statements.

Every section of an answered questionnaire is asked for as a browser does; the heaviest page
and the one with the most statements are told. The limits are those of a slow network.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import brotli
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.assessed_map import make_platform
from benchmarks.contract import Row, count_row, limit_row
from benchmarks.pages import count_statements, p95, sign_in
from ddplatform.db import db
from ddplatform.queries.responses import find_response, get_request, load_filled
from tests.answering import EMAIL, Supplier, acting, ask, come_in, fill
from tests.conftest import NOW
from tests.factories import PASSWORD, make_tenant

KILOBYTES = 30.0
STATEMENTS = 9  # three of the gate (session, account, standing) and six of the page
SECONDS = 0.3
ROUNDS = {"small": 2, "full": 20}


def run(size: str) -> list[Row]:
    """Answer everything once, then open every section."""
    with TemporaryDirectory() as name:
        app, _ = make_platform(Path(name))
        with app.app_context():
            supplier = _answered()
            addresses = [f"{_base(supplier)}/{section}" for section in _sections(supplier)]
        client = sign_in(app.test_client(), EMAIL, PASSWORD)
        rows = _measured(app, client, addresses, ROUNDS[size])
        with app.app_context():
            db.engine.dispose()
    return rows


def _measured(app: Flask, client: FlaskClient, addresses: list[str], rounds: int) -> list[Row]:
    weights = [len(brotli.compress(client.get(address).data)) / 1024 for address in addresses]
    with app.app_context():
        counts = [count_statements(client, address) for address in addresses]
    title = f"supplier section, worst of {len(addresses)}"
    return [
        count_row(f"{title}, weight with brotli", max(weights), KILOBYTES, "KB"),
        count_row(f"{title}, statements", max(counts), STATEMENTS, "statements"),
        limit_row(f"{title}, p95 to open", p95(client, addresses, rounds), SECONDS),
    ]


def _answered() -> Supplier:
    tenant = make_tenant("acme", at=NOW)
    supplier = come_in(ask(tenant))
    fill(supplier)
    return supplier


def _base(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"


def _sections(supplier: Supplier) -> list[str]:
    with acting(supplier.id):
        request = get_request(supplier.asked.assignment_id)
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return [page.name for page in load_filled(request.assignment, row, now=NOW).pages]
