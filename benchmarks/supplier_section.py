"""One section of the self-assessment as delivered to a supplier's phone: size and statements.

Every section of an answered questionnaire is requested as by a browser; the heaviest page
and the one with the most statements are reported. The limits are those of a slow network. Then the
buyer asks very many others, one in twenty of them the same supplier, and the pages are requested
again: questionnaires of others cost this supplier nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import brotli
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.assessed_map import make_platform
from benchmarks.contract import Row, count_row, limit_row, ratio_row
from benchmarks.pages import count_statements, p95, sign_in
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    get_request,
    load_filled,
)
from ddplatform.value_chain.mapping.models import ValueChainNode
from tests.answering import EMAIL, Supplier, acting, ask, come_in, fill
from tests.conftest import NOW
from tests.factories import PASSWORD, make_tenant

KILOBYTES = 30.0
STATEMENTS = 8  # three of the gate (session, account, standing) and five of the page
SECONDS = 0.06
FLAT = 1.5
ROUNDS = {"small": 3, "full": 20}
OTHERS = {"small": 1_000, "full": 10_000}
SAME = 20  # one of so many others is asked of the same supplier


def run(size: str) -> list[Row]:
    """Answer everything once, open every section, ask many others, open them again."""
    with TemporaryDirectory() as name:
        app, _ = make_platform(Path(name))
        with app.app_context():
            supplier = _answered()
            addresses = [f"{_base(supplier)}/{section}" for section in _sections(supplier)]
        client, rounds = sign_in(app.test_client(), EMAIL, PASSWORD), ROUNDS[size]
        weight, alone, first = _measured(app, client, addresses, rounds)
        with app.app_context():
            _ask_others(supplier, OTHERS[size])
        _, among, later = _measured(app, client, addresses, rounds)
        with app.app_context():
            db.engine.dispose()
    title = f"supplier section, worst of {len(addresses)}"
    return [
        count_row(f"{title}, weight with brotli", weight, KILOBYTES, "KB"),
        count_row(f"{title}, statements", max(alone, among), STATEMENTS, "statements"),
        limit_row(f"{title}, p95 to open", later, SECONDS),
        ratio_row(f"{title}, among {OTHERS[size]:,} others / alone", (later, first), FLAT),
    ]


def _measured(
    app: Flask, client: FlaskClient, addresses: list[str], rounds: int
) -> tuple[float, int, float]:
    """The most of any section: kilobytes and statements; seconds of the 95th percentile."""
    weights = [len(brotli.compress(client.get(address).data)) / 1024 for address in addresses]
    with app.app_context():
        counts = [count_statements(client, address) for address in addresses]
    return max(weights), max(counts), p95(client, addresses, rounds)


def _ask_others(supplier: Supplier, count: int) -> None:
    asked = supplier.asked
    nodes, keys = rising_keys(count), rising_keys(count)
    with acting(asked.tenant.id):
        mine = db.session.get_one(Assignment, asked.assignment_id)
        place = db.session.get_one(ValueChainNode, asked.node_id)
        rows = list(_copies(place, nodes)), list(_copies(mine, keys))
        for at, (node, row) in enumerate(zip(*rows, strict=True)):
            node |= {"name": f"Site {at}", "external_ref": f"N{at}"}
            row |= {"node_id": node["id"], "node_name": node["name"]}
            if at % SAME:
                row["respondent_organisation_id"] = None
        insert_rows(ValueChainNode, rows[0])
        insert_rows(Assignment, rows[1])
        assert len(db.session.scalars(select(Assignment.id)).all()) == count + 1


def _copies(row: Assignment | ValueChainNode, keys: list[UUID]) -> Iterator[dict[str, Any]]:
    """Rows that say the same but for their keys."""
    written = [column for column in row.__table__.columns if column.computed is None]
    names = [column.name for column in written if column.name != "organisation_id"]
    said = {name: getattr(row, name) for name in names}
    return ({**said, "id": key} for key in keys)


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
