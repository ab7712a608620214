"""A supplier list from file to map, against raw executemany of the same rows.

Ours reads the CSV, compares it with the map, writes nodes, links, tiers and the log in one
transaction with the wall between tenants on; the baseline only writes the same rows into the
same schema.
"""

import csv
import io
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from benchmarks.contract import SEED, Row, floor_row, in_turn
from ddplatform.access.identity import system_identity
from ddplatform.config import Kind, Settings
from ddplatform.db import db, unit_of_work
from ddplatform.factory import create_app
from ddplatform.models.value_chain import ValueChainNode
from ddplatform.queries.value_chain import find_chain
from ddplatform.services.map_import import read_files
from ddplatform.services.map_intake import plan_intake, take_in
from ddplatform.services.organisations import found_organisation
from ddplatform.tenancy import acting_in
from supply_chain.drafts import Mapping, NamedBytes

SUPPLIERS = {"small": 1_000, "full": 10_000}
GOAL = 2.5
TABLES = ("value_chain", "value_chain_node", "supply_link", "node_summary")
COUNTRIES = ("CI", "GH", "VN", "IN", "BD", "TR", "BR")
COLUMNS = ("id", "name", "country", "region", "address", "sector", "workers")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def run(size: str) -> list[Row]:
    """Take a list in, end to end, and write the same rows bare."""
    rows = _rows(SUPPLIERS[size])
    files = [
        _file("nodes.csv", COLUMNS, rows),
        _file("links.csv", ("supplier", "buyer"), _links(rows)),
    ]
    with TemporaryDirectory() as name:
        folder = Path(name)
        app, tenant = _platform(folder)
        empty = folder / "empty.db"
        shutil.copy(folder / "platform.db", empty)
        with app.app_context():
            kept = [_import(files, tenant)]
            bare = _read_bare(folder / "platform.db")
            assert kept == [len(bare["value_chain_node"].rows)] == [len(rows)]
            times = in_turn(
                lambda: kept.append(_import(files, tenant)),
                lambda: _write_bare(empty, bare, tenant),
            )
            assert set(kept) == {len(rows)}
            db.engine.dispose()
    return [floor_row(f"map import {len(rows):,}, file to map", times, GOAL)]


def _rows(count: int) -> list[tuple[str, ...]]:
    random = Random(SEED)
    return [
        (
            f"S{at:06}",
            f"Supplier {random.randrange(10**9)} Ltd",
            random.choice(COUNTRIES),
            f"Region {random.randrange(40)}",
            f"{random.randrange(900)} Main Road",
            "garments",
            str(random.randrange(5, 4_000)),
        )
        for at in range(count)
    ]


def _links(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Each supplier but the first delivers to an earlier one: a tree of some tiers."""
    random = Random(SEED)
    return [(rows[at][0], rows[random.randrange(at)][0]) for at in range(1, len(rows))]


def _file(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> NamedBytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    return NamedBytes(name, stream.getvalue().encode())


def _platform(folder: Path) -> tuple[Flask, UUID]:
    url = f"sqlite:///{folder / 'platform.db'}"
    app = create_app(
        Settings(kind=Kind.TESTING, instance_path=folder, database_url=url, secret_key="b" * 40)
    )
    with app.app_context():
        upgrade()
        with unit_of_work():
            tenant = found_organisation(name="Bench", slug="bench", at=NOW).id
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return app, tenant


def _import(files: list[NamedBytes], tenant: UUID) -> int:
    """Into a map of its own each time; returns how many nodes the map has."""
    name, by = f"Map {uuid4()}", system_identity(tenant)
    with unit_of_work(), acting_in(tenant):
        plan = plan_intake(name, files, Mapping())
    reading = read_files(plan)
    with unit_of_work(), acting_in(tenant):
        take_in(name, plan, reading, skip_faulty=False, by=by, at=datetime.now(UTC))
    with acting_in(tenant):
        chain = find_chain(name)
        assert chain is not None
        keys = select(ValueChainNode.id).where(ValueChainNode.chain_id == chain.id)
        count = len(db.session.scalars(keys).all())
        db.session.rollback()
    return count


@dataclass(frozen=True)
class _Bare:
    """The rows of a table as the driver gives them, without what the database computes."""

    columns: str
    rows: list[tuple[object, ...]]


def _read_bare(path: Path) -> dict[str, _Bare]:
    """What the import wrote, table by table."""
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        for table in TABLES:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            columns = ", ".join(names)
            rows = connection.execute(f"SELECT {columns} FROM {table}").fetchall()
            found[table] = _Bare(columns, rows)
    return found


def _write_bare(empty: Path, tables: dict[str, _Bare], tenant: UUID) -> None:
    """The same rows into the same schema by executemany alone, in one transaction."""
    copy = empty.with_name(f"{uuid4()}.db")
    shutil.copy(empty, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.create_function("cur_tenant", 0, lambda: tenant.hex)
        connection.execute("PRAGMA foreign_keys=OFF")
        for table, bare in tables.items():
            marks = ",".join("?" * len(bare.rows[0]))
            connection.executemany(
                f"INSERT INTO {table} ({bare.columns}) VALUES ({marks})", bare.rows
            )
    copy.unlink()
