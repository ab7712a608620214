"""The price of row-level security: the application's own engine, and one that no policy holds.

Runs where TEST_POSTGRES_URL names a server on which databases may be made, and
TEST_POSTGRES_SUPERUSER_URL its superuser; otherwise it reports no line. Both sides have the
criterion of the tenant in their statement; ours also checks it, says the tenant and is held.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from benchmarks.contract import Row, in_turn, ratio_row
from benchmarks.postgres import SERVER, SUPERUSER, own_database
from benchmarks.tenancy import NODES, ROUNDS, filled, statements
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in

GOALS = {"a page of 50 nodes": 1.5, "one row by its key": 4.0}


def run(size: str) -> list[Row]:
    """Each statement in a transaction of its own, as a page that asks nothing else."""
    if not SERVER or not SUPERUSER:
        return []
    with (
        tempfile.TemporaryDirectory() as folder,
        own_database(f"held_{uuid4().hex[:12]}") as url,
        filled(Path(folder), url, NODES[size]) as (owner, node_id),
    ):
        address = make_url(SUPERUSER).set(database=make_url(url).database)
        engine = create_engine(address)
        with Session(engine) as bare:
            rows = [
                ratio_row(
                    f"row security: {name} in a transaction, {ROUNDS} times",
                    _both(statement, owner, bare),
                    GOALS[name],
                )
                for name, statement in statements(node_id, owner).items()
            ]
        engine.dispose()
        return rows


def _both(
    statement: Callable[[Session, bool], object], owner: UUID, bare: Session
) -> tuple[float, float]:
    def held() -> None:
        with acting_in(owner):
            for _ in range(ROUNDS):
                statement(db.session(), True)
                db.session.rollback()

    def not_held() -> None:
        for _ in range(ROUNDS):
            statement(bare, False)
            bare.rollback()

    held()
    not_held()
    return in_turn(held, not_held, repeats=5)
