"""Backups of a SQLite file: the online API, so that nobody has to wait."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ddplatform.infrastructure.adapters.private_files import sync
from ddplatform.infrastructure.folding import fold_value
from ddplatform.operations.backup_databases.interface import DatabaseFacts, Progress

WAIT_S = 15.0
PAGES_A_STEP = 4096
STAGING = ".restore-db-"
BESIDE = ("-wal", "-shm", "-journal")


class SqliteDatabase:
    """The database file of an installation."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path

    def copy(self, into: Path, progress: Progress) -> DatabaseFacts:
        """A copy page by page. The source is read in one transaction, so that changes made
        meanwhile neither show in the copy nor make it begin again."""
        with _connected(self._path) as source, _connected(into) as target:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(
                target,
                pages=PAGES_A_STEP,
                progress=lambda _state, left, total: progress("Database", total - left, total),
            )
            source.execute("ROLLBACK")
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            return _facts(target)

    def is_empty(self) -> bool:
        """Whether the file is missing or holds no organisation."""
        if not self._path.exists():
            return True
        with _connected(self._path) as connection:
            return _facts(connection).rows.get("organisation", 0) == 0

    def stage(self, copy: Path, name: str) -> "StagedSqlite":
        """Put the copy into a folder beside the database, on the same disk."""
        folder = self._path.parent / f"{STAGING}{name}"
        folder.mkdir(mode=0o700, parents=True)
        staged = folder / self._path.name
        shutil.move(copy, staged)
        return StagedSqlite(staged, self._path)

    def drop_leftovers(self) -> None:
        """Remove the folders of interrupted restores."""
        for folder in self._path.parent.glob(f"{STAGING}*"):
            shutil.rmtree(folder)

    def is_staged(self, ref: str) -> bool:
        """Whether the staged file is there."""
        return Path(ref).exists()

    def undo(self, aside: str) -> None:
        """Give the file that was put aside its name again, and the files beside it."""
        kept = _aside(self._path, aside)
        for ending in ("", *BESIDE):
            old = kept.with_name(kept.name + ending)
            if old.exists():
                old.rename(self._path.with_name(self._path.name + ending))


class StagedSqlite:
    """A restored file beside the database."""

    def __init__(self, staged: Path, place: Path) -> None:
        self._staged, self._place = staged, place
        self.url, self.ref = f"sqlite:///{staged}", str(staged)

    def facts(self) -> DatabaseFacts:
        """Its migration and rows."""
        with _connected(self._staged) as connection:
            return _facts(connection)

    def faults(self) -> list[str]:
        """What `integrity_check` and `foreign_key_check` find."""
        with _connected(self._staged) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            faults = [] if found == ["ok"] else found
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        return [*faults, *(f"{row[0]}: row {row[1]} names no row of {row[2]}." for row in broken)]

    def put_in_force(self, aside: str) -> str:
        """The old file goes aside with its log, then one rename puts the new one in force."""
        with _connected(self._staged) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
        sync(self._staged)
        kept = _aside(self._place, aside)
        was_empty = SqliteDatabase(self._place).is_empty()
        for ending in ("", *BESIDE):
            old = self._place.with_name(self._place.name + ending)
            if old.exists():
                old.rename(kept.with_name(kept.name + ending))
        self._staged.rename(self._place)
        sync(self._place.parent)
        self.discard()
        if was_empty:
            kept.unlink(missing_ok=True)
        return "" if was_empty else str(kept)

    def discard(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._staged.parent, ignore_errors=True)


def _aside(place: Path, name: str) -> Path:
    return place.with_name(f"{place.name}.{name}")


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)) as connection:
        # Indexes are made with it, and `integrity_check` computes their values again.
        connection.create_function("folded", 1, fold_value, deterministic=True)
        yield connection


def _facts(connection: sqlite3.Connection) -> DatabaseFacts:
    listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = sorted(str(row[0]) for row in connection.execute(listed))
    rows = {
        table: int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])
        for table in tables
    }
    revision = ""
    if rows.get("alembic_version"):
        revision = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    return DatabaseFacts(revision, rows)
