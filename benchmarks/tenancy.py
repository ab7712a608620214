"""The cost of tenant isolation: the same statement with full isolation and with none."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from benchmarks.contract import SEED, Row, in_turn, ratio_row
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.config import Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.vocabulary import NodeKind

NODES = {"small": 2_000, "full": 20_000}
ROUNDS = 150
PAGE = 50  # as the lists of the pages
GOALS = {"a page of 50 nodes": 1.5, "one row by its key": 2.0}


def run(size: str) -> list[Row]:
    """A page of a list and a row by its key, each read many times over."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with filled(folder, f"sqlite:///{folder / 'platform.db'}", NODES[size]) as (owner, node_id):
            return _rows(owner, node_id)


def _rows(owner: UUID, node_id: UUID) -> list[Row]:
    with Session(create_engine(db.engine.url)) as bare:
        return [
            ratio_row(
                f"isolation: {name}, {ROUNDS} times", _both(statement, owner, bare), GOALS[name]
            )
            for name, statement in statements(node_id, owner).items()
        ]


def statements(node_id: UUID, owner: UUID) -> dict[str, Callable[[Session, bool], object]]:
    """Read with isolation (the criterion is added) or without (it is written by hand)."""
    page = (
        select(ValueChainNode.id, ValueChainNode.name, NodeSummary.tier)
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .order_by(ValueChainNode.name, ValueChainNode.id)
        .limit(PAGE)
    )
    one = select(ValueChainNode.name).where(ValueChainNode.id == node_id)
    own = ValueChainNode.organisation_id == owner
    return {
        f"a page of {PAGE} nodes": lambda session, walled: session.execute(
            page if walled else page.where(own)
        ).all(),
        "one row by its key": lambda session, walled: session.execute(
            one if walled else one.where(own)
        ).one(),
    }


def _both(
    statement: Callable[[Session, bool], object], owner: UUID, bare: Session
) -> tuple[float, float]:
    def with_isolation() -> None:
        with acting_in(owner):
            for _ in range(ROUNDS):
                statement(db.session(), True)

    def without() -> None:
        for _ in range(ROUNDS):
            statement(bare, False)

    with_isolation()
    without()
    return in_turn(with_isolation, without, repeats=5)


@contextmanager
def filled(folder: Path, url: str, count: int) -> Iterator[tuple[UUID, UUID]]:
    """A database of one organisation with a map of `count` nodes; both their ids, of one node."""
    app = _app(folder, url)
    now = datetime.now(UTC)
    with app.app_context():
        upgrade()
        with unit_of_work():
            owner = found_organisation(name="Bench", slug="bench", at=now).id
            with acting_in(owner):
                chain = ValueChain(name="Main", slug="main", created_at=now)
                db.session.add(chain)
                db.session.flush()
                nodes = [_node(chain.id, i, now) for i in range(count)]
                insert_rows(ValueChainNode, nodes)
        yield owner, min(node["id"] for node in nodes)
        db.session.remove()
        db.engine.dispose()


def _node(chain_id: UUID, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "chain_id": chain_id,
        "external_ref": f"n{number}",
        "kind": NodeKind.SITE,
        "name": f"Site {(number * SEED) % 100_003}",
        "commodity_refs": [],
        "external_ids": {},
        "attributes": {},
        "own_operation": False,
        "row_version": 1,
        "created_at": now,
    }


def _app(folder: Path, url: str) -> Flask:
    settings = Settings(
        kind=Kind.TESTING,
        instance_path=folder,
        database_url=url,
        secret_key="a secret for benchmarks only, long enough",
    )
    return create_app(settings)
