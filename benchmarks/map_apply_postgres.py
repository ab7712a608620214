"""Supplier list from file to map on PostgreSQL, against COPY of the same rows.

Runs where TEST_POSTGRES_URL names a server on which databases may be made and
TEST_POSTGRES_SUPERUSER_URL its superuser, since policies refuse COPY; otherwise it reports no line.
COPY is the fastest import that exists: the ratio is shown, the goal is set against
executemany.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from benchmarks.contract import Row, in_turn
from benchmarks.map_apply import SUPPLIERS, TABLES, import_list, platform, supplier_files
from benchmarks.postgres import SERVER, SUPERUSER, command, own_database, superuser_address
from ddplatform.infrastructure.db import db


def run(size: str) -> list[Row]:
    """Take a list in, end to end, and copy the same rows bare into an empty database."""
    if not SERVER or not SUPERUSER:
        return []
    count = SUPPLIERS[size]
    files = supplier_files(count)
    stem = f"bench_{uuid4().hex[:12]}"
    with TemporaryDirectory() as name, own_database(stem) as address:
        app, tenant = platform(Path(name), address)
        with app.app_context():
            db.engine.dispose()
            command(f"CREATE DATABASE {stem}_empty TEMPLATE {stem}")
            try:
                assert import_list(files, tenant) == count
                rows = _copied_out(stem)
                db.session.remove()
                times = in_turn(
                    lambda: import_list(files, tenant),
                    lambda: _copy_in(f"{stem}_empty", rows, tenant),
                )
            finally:
                db.session.remove()
                db.engine.dispose()
                command(f"DROP DATABASE {stem}_empty WITH (FORCE)")
    what = f"import of {count:,} suppliers on PostgreSQL, of COPY"
    return [Row(what, *times, times[0] / times[1], "shown", True)]


def _copied_out(database: str) -> dict[str, tuple[str, bytes]]:
    """Columns and rows of each table as COPY writes them, without what the database computes."""
    found = {}
    with psycopg.connect(superuser_address(database)) as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
                " FROM information_schema.columns"
                " WHERE table_name = %s AND is_generated = 'NEVER'",
                (table,),
            )
            (columns,) = cursor.fetchone() or ("",)
            with cursor.copy(sql.SQL(f"COPY {table} ({columns}) TO STDOUT")) as copy:
                found[table] = (columns, b"".join(bytes(part) for part in copy))
    return found


def _copy_in(database: str, tables: dict[str, tuple[str, bytes]], tenant: UUID) -> None:
    """All rows in one transaction, taken back afterwards by emptying the tables."""
    with psycopg.connect(superuser_address(database)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant', %s, true)", (tenant.hex,))
            for table, (columns, rows) in tables.items():
                with cursor.copy(sql.SQL(f"COPY {table} ({columns}) FROM STDIN")) as copy:
                    copy.write(rows)
        connection.commit()
        connection.execute("SET session_replication_role = replica")  # tables that never change
        connection.execute(sql.SQL(f"TRUNCATE {', '.join(TABLES)} CASCADE"))
