"""The database: keys, types, constraint names, and the only commit."""

import enum
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    Text,
    TypeDecorator,
    Uuid,
    event,
    inspect,
    select,
)
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.selectable import FromClause

from ddplatform.infrastructure.adapters.private_files import touch_private
from ddplatform.infrastructure.folding import fold_value

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; a value without a time zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone; store UTC.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def start_of(day: date) -> datetime:
    """The midnight with which a day begins, UTC."""
    return datetime.combine(day, time(), UTC)


def end_of(day: date) -> datetime:
    """The midnight after a day, UTC: what came then or later came after it."""
    return start_of(day + timedelta(days=1))


class WordList(TypeDecorator[list[str]]):
    """Words in one text, `|cotton|high volume|`, so that an index holds them; no word has a bar."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        return f"|{'|'.join(value)}|" if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        return value.strip("|").split("|") if value else []


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


ENUM = Enum(
    enum.Enum,
    native_enum=False,
    create_constraint=True,
    values_callable=_values,
    validate_strings=True,
    length=40,
)


def enum_named(kind: type[enum.Enum], name: str) -> Enum:
    """The type of a column of an enum whose check has a name of its own.

    For a second column of the same enum in one table: PostgreSQL takes each name once.
    """
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        values_callable=_values,
        validate_strings=True,
        length=40,
    )


class Base(DeclarativeBase):
    """Every model: a UUID key, named constraints, enums kept by value, moments in UTC."""

    # Flask-SQLAlchemy rejects the type map as a class attribute under SQLAlchemy 2.1,
    # so it is given to the registry.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            enum.Enum: ENUM,
            datetime: UtcDateTime(),
            UUID: Uuid(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[str]: JSON(),
        },
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-10)


class PlatformSession(FlaskSession):
    """A session that looks again at what it held already when it is asked for it by its key."""

    check_found: ClassVar[Callable[[object], None]]
    """Put here by tenancy.py."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row of this key, or None; one that the acting organisation may not see raises."""
        held = self.identity_map.get(identity_key(entity, ident))
        if held is not None and inspect(held).expired:
            # A reload by key alone carries no criterion of the tenant; a statement does.
            self.scalar(select(entity).where(entity.id == ident))
        found = super().get(entity, ident, **options)
        if found is not None:
            type(self).check_found(found)
        return found


# Rows stay readable after the commit: a reload would need the tenant that has just ended.
SESSION_OPTIONS = {"class_": PlatformSession, "autoflush": False, "expire_on_commit": False}
db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options=SESSION_OPTIONS)

_writing: ContextVar[bool | None] = ContextVar("writing", default=None)
"""True: every transaction may write; False: none may; None: not declared."""
_hurried: ContextVar[bool] = ContextVar("hurried", default=False)
"""Transactions give up where others would wait for SQLite's write lock."""
WAIT_MS, HURRIED_MS = 15_000, 100


class ReadingOnly(RuntimeError):
    """A change where only reading was declared: SQLite may refuse it while others write."""


@contextmanager
def write_lock() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, so none fails half-way."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def hurried() -> Iterator[None]:
    """Transactions begun inside raise OperationalError where SQLite's write lock is taken."""
    token = _hurried.set(True)
    try:
        yield
    finally:
        _hurried.reset(token)


def take_write_lock() -> None:
    """The same for the rest of this context (one request, one job)."""
    _writing.set(True)


def only_read() -> None:
    """The rest of this context changes nothing; a flush of changes raises ReadingOnly."""
    _writing.set(False)


def begin_change() -> None:
    """Begin a change, which ends an earlier read-only declaration.

    Loaded rows stay readable, and SQLite's write lock is held for the change alone.
    """
    if _writing.get() is False:
        finish(ok=True)  # a change that begins by reading may fail half-way
        take_write_lock()


def release_write_lock() -> None:
    """The next transaction starts without SQLite's write lock."""
    _writing.set(None)


@event.listens_for(PlatformSession, "before_flush")
def _refuse_while_reading(session: PlatformSession, _context: object, _instances: object) -> None:
    if _writing.get() is False and (session.new or session.dirty or session.deleted):
        raise ReadingOnly("A page that only reads changes something: declare `leaves_event`.")


def is_writing() -> bool:
    """Whether this context may hold uncommitted changes: nothing of it may be cached."""
    return bool(_writing.get())


Found = TypeVar("Found", bound=Select[Any])


def held(statement: Found) -> Found:
    """The same rows, held until the end of the unit of work and read anew.

    What the session holds already is read again too, else a change that another made meanwhile
    would be written over. Ask before you change: what is not yet flushed would be lost.
    """
    return statement.with_for_update().execution_options(populate_existing=True)


def finish(*, ok: bool) -> None:
    """End the unit of work: keep everything or nothing. The only commit of a request."""
    try:
        if ok:
            db.session.commit()
        else:
            db.session.rollback()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def unit_of_work(*, reads_first: bool = False) -> Iterator[None]:
    """One job or one command: committed at the end, rolled back by any error.

    Args:
        reads_first: nothing is changed before `begin_change`, which takes the write lock.
    """
    with write_lock():
        if reads_first:
            only_read()
        try:
            yield
        except BaseException:
            finish(ok=False)
            raise
        finish(ok=True)


def prepare_engine(engine: Engine) -> None:
    """Set what each new connection needs (security.md 11: acknowledged means on disk)."""
    event.listen(engine, "handle_error", _forget_values)
    if engine.dialect.name == "sqlite":
        engine.dialect.statement_compiler = _HintedSQLite
        event.listen(engine, "do_connect", lambda *_given: _make_private(engine.url.database))
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _make_private(file: str | None) -> None:
    """Make the file, if it is missing, for the owner of the process alone: SQLite would let
    others read it. Its journals take over the rights of the file."""
    if file and not file.startswith((":", "file:")) and Path(file).parent.is_dir():
        touch_private(Path(file))


class _HintedSQLite(SQLiteCompiler):
    """SQLite takes the index that a statement names (`with_hint`, "INDEXED BY ...")."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


def _forget_values(context: ExceptionContext) -> None:
    """Errors go into logs: PostgreSQL's later lines quote the row that broke a rule."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _open_sqlite(connection: DBAPIConnection, _record: object) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={WAIT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "mmap_size=1073741824",  # whole maps are read some 40 % faster from mapped pages
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("folded", 1, fold_value, deterministic=True)


def _begin_sqlite(connection: Any) -> None:
    is_hurried = _hurried.get()
    if is_hurried:
        _wait_at_most(connection, HURRIED_MS)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
    finally:
        if is_hurried:
            _wait_at_most(connection, WAIT_MS)


def _wait_at_most(connection: Any, milliseconds: int) -> None:
    connection.connection.execute(f"PRAGMA busy_timeout={milliseconds}")
