"""Supplier list from file to map, against raw executemany of the same rows.

Ours reads the CSV, compares it with the map, writes nodes, links, tiers and the log in one
transaction with tenant isolation on; the baseline only writes the same rows into the
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

from benchmarks.contract import SEED, Row, in_turn, ratio_row
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.config import Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.import_steps.services.apply import apply_import, compare_import
from ddplatform.value_chain.imports.services.reading import keep_files, plan_reading, read_files
from ddplatform.value_chain.mapping.models import ImportStatus
from ddplatform.value_chain.mapping.services.nodes import create_chain
from supply_chain.intake.drafts import NamedBytes

SUPPLIERS = {"small": 1_000, "full": 100_000}
LINKS_OF_EACH = 3
GOAL = 2.5
TABLES = ("value_chain", "value_chain_node", "supply_link", "node_summary")
COUNTRIES = ("CI", "GH", "VN", "IN", "BD", "TR", "BR")
COLUMNS = ("id", "name", "country", "region", "address", "sector", "workers")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def run(size: str) -> list[Row]:
    """Take a list in, end to end, and write the same rows bare."""
    count = SUPPLIERS[size]
    files = supplier_files(count)
    with TemporaryDirectory() as name:
        folder = Path(name)
        app, tenant = platform(folder, f"sqlite:///{folder / 'platform.db'}")
        empty = folder / "empty.db"
        with app.app_context():
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(folder / "platform.db", empty)
            kept = [import_list(files, tenant)]
            bare = _read_bare(folder / "platform.db")
            assert kept == [len(bare["value_chain_node"].rows)] == [count]
            times = in_turn(
                lambda: kept.append(import_list(files, tenant)),
                lambda: _write_bare(empty, bare, tenant),
            )
            assert set(kept) == {count}
            db.engine.dispose()
    links = len(bare["supply_link"].rows)
    name = f"import of {count:,} suppliers and {links:,} links, file to committed"
    return [ratio_row(f"{name}, of executemany", times, GOAL)]


def supplier_files(count: int) -> list[NamedBytes]:
    """A list of suppliers and one of who supplies whom, from a fixed seed."""
    rows = _rows(count)
    return [
        _file("nodes.csv", COLUMNS, rows),
        _file("links.csv", ("supplier", "buyer"), _links(rows)),
    ]


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
    """Each supplier but the first delivers to up to three earlier ones, over some tiers."""
    random = Random(SEED)
    return [
        (rows[at][0], rows[buyer][0])
        for at in range(1, len(rows))
        for buyer in sorted({random.randrange(at) for _ in range(LINKS_OF_EACH)})
    ]


def _file(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> NamedBytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    return NamedBytes(name, stream.getvalue().encode())


def platform(folder: Path, url: str) -> tuple[Flask, UUID]:
    """An application on an empty, migrated database, and its one organisation."""
    app = create_app(
        Settings(kind=Kind.TESTING, instance_path=folder, database_url=url, secret_key="b" * 40)
    )
    with app.app_context():
        upgrade()
        with unit_of_work():
            tenant = found_organisation(name="Bench", slug="bench", at=NOW).id
    return app, tenant


def import_list(files: list[NamedBytes], tenant: UUID) -> int:
    """Into a map of its own each time, as the worker does; returns how many nodes the map has."""
    by, at = system_identity(tenant), datetime.now(UTC)
    with unit_of_work(), acting_in(tenant):
        chain_id = create_chain(f"Map {uuid4()}", own_business=None, act=Act(by, at)).id
        row = keep_files(chain_id, files, link_to_id=None, act=Act(by, at))
        row.status, import_id = ImportStatus.APPLYING, row.id
    with acting_in(tenant):
        plan = plan_reading(import_id, by)
        db.session.rollback()
    reading = read_files(plan)
    with acting_in(tenant):
        compared = compare_import(import_id, reading)
        db.session.rollback()
    with unit_of_work(), acting_in(tenant):
        return apply_import(import_id, reading, compared, act=Act(by, at))["nodes_new"]


@dataclass(frozen=True)
class _Bare:
    """The rows of a table as the driver gives them, without what the database computes."""

    columns: str
    rows: list[tuple[object, ...]]


def _read_bare(path: Path) -> dict[str, _Bare]:
    """Rows written by the import, table by table."""
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
