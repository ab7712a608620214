"""Tenant isolation, in one module (docs/security.md section 3).

Reading: every ORM statement gets the model's own criterion. Writing: every flushed row is
checked, and row triggers in the database check again. At the cursor: SQL that reads a tenant
table without its criterion is refused, whoever wrote it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from flask import has_app_context
from sqlalchemy import ColumnElement, Engine, ForeignKey, event, insert, inspect, or_
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    with_loader_criteria,
)

from ddplatform.infrastructure import isolation_check
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import Base, PlatformSession, db
from ddplatform.infrastructure.tenant_setting import key_of, tell_postgresql

EVERYONE = "*"
ERASING = "!"
UNSCOPED_REASONS = frozenset({"rows stamped by insert_rows"})

_tenant: ContextVar[str | None] = ContextVar("tenant", default=None)
"""None: nobody (an error), a hex UUID: that organisation, EVERYONE: the one way out."""
_flushing: ContextVar[bool] = ContextVar("flushing", default=False)


class TenancyError(RuntimeError):
    """Code tried to break tenant isolation: always a fault of ours, never of a user."""


class TenantScoped:
    """A row that belongs to one organisation and is seen by it alone."""

    TENANT_COLUMNS: ClassVar[tuple[str, ...]] = ("organisation_id",)

    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True, sort_order=-9
    )

    @classmethod
    def visible_to(cls, organisation: UUID) -> ColumnElement[bool]:
        """The condition for rows that the organisation may see."""
        return cls.organisation_id == organisation

    def writable_by(self, organisation: UUID) -> bool:
        """Whether the organisation may add or change this row."""
        return self.organisation_id == organisation


class Shared(TenantScoped):
    """A row kept by the requester and seen by the respondent organisation too."""

    TENANT_COLUMNS: ClassVar[tuple[str, ...]] = ("organisation_id", "respondent_organisation_id")

    respondent_organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, sort_order=-8
    )

    @classmethod
    def visible_to(cls, organisation: UUID) -> ColumnElement[bool]:
        return or_(
            cls.organisation_id == organisation,
            cls.respondent_organisation_id == organisation,
        )

    def writable_by(self, organisation: UUID) -> bool:
        return organisation in (self.organisation_id, self.respondent_organisation_id)


class SharedOnRelease(Shared):
    """Kept by the respondent until they release it; only then the requester can read it."""

    is_released: Mapped[bool] = mapped_column(default=False, sort_order=-7)

    @classmethod
    def visible_to(cls, organisation: UUID) -> ColumnElement[bool]:
        mine = cls.organisation_id == organisation
        own = cls.respondent_organisation_id == organisation
        unshared = cls.respondent_organisation_id.is_(None)
        return or_(own, mine & (cls.is_released | unshared))


def current_organisation() -> UUID:
    """The organisation that is acting. Raises TenancyError when there is none."""
    tenant = _tenant.get()
    if tenant in (None, EVERYONE):
        raise TenancyError("No organisation is acting: use acting_in(organisation_id).")
    return UUID((tenant or "").lstrip(ERASING))


@contextmanager
def acting_in(organisation_id: UUID) -> Iterator[None]:
    """Everything inside sees and writes the rows of this organisation alone."""
    with _bound(organisation_id.hex):
        yield


@contextmanager
def across_tenants() -> Iterator[None]:
    """The one way out: the gate (before the tenant is known), the worker, the commands."""
    with _bound(EVERYONE):
        yield


@contextmanager
def erasing(organisation_id: UUID) -> Iterator[None]:
    """Acting in one organisation, with the right to delete its append-only rows (removal)."""
    with _bound(ERASING + organisation_id.hex):
        yield


@contextmanager
def nobody() -> Iterator[None]:
    """Nobody acts inside: touching a tenant row is an error. Each request starts here."""
    with _bound(None):
        yield


@contextmanager
def _bound(value: str | None) -> Iterator[None]:
    token = _tenant.set(value)
    try:
        yield
        if value is not None and has_app_context():
            _flush_changes()
    finally:
        _tenant.reset(token)


def _flush_changes() -> None:
    """Changes made inside are checked and written inside, under the tenant that made them."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()


@many_objects()
def insert_rows(model: type[TenantScoped], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add many rows at the speed of the driver, each stamped with the acting organisation.

    The rows skip the unit-of-work checks of the ORM, so this is the only bulk insert allowed:
    the stamp is set here, and the row triggers of the database check it again.
    """
    if not rows:
        return
    organisation = current_organisation()
    stamped = [{**row, "organisation_id": organisation} for row in rows]
    db.session.execute(
        insert(model),
        stamped,
        # Without `render_nulls` a new statement begins wherever another column is None.
        execution_options={"unscoped": "rows stamped by insert_rows", "render_nulls": True},
    )


# ---- hooks -----------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _criterion(organisation: UUID) -> Any:
    return with_loader_criteria(
        TenantScoped, lambda cls: cls.visible_to(organisation), include_aliases=True
    )


@event.listens_for(Session, "do_orm_execute")
def _scope_statement(state: ORMExecuteState) -> None:
    tenant = _tenant.get()
    if tenant is None or tenant == EVERYONE or state.is_insert:
        return  # the check at the cursor refuses tenant tables when nobody acts
    organisation = current_organisation()
    statement: Any = state.statement.options(_criterion(organisation))
    model = state.bind_mapper.class_ if state.is_column_load and state.bind_mapper else None
    if model is not None and issubclass(model, TenantScoped):
        # A column that is loaded later than its row: options with criteria pass such loads by.
        statement = statement.where(model.visible_to(organisation))
    state.statement = statement


@event.listens_for(Session, "before_flush")
def _check_rows(session: Session, _context: object, _instances: object) -> None:
    if _tenant.get() == EVERYONE:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantScoped):
            _check_row(row)


def _check_row(row: TenantScoped) -> None:
    organisation = current_organisation()
    if row.organisation_id is None:
        row.organisation_id = organisation
    history = inspect(row).attrs.organisation_id.history
    if history.deleted and history.deleted != (row.organisation_id,) and any(history.deleted):
        raise TenancyError(f"{type(row).__name__}: a row never moves to another organisation.")
    if not row.writable_by(organisation):
        raise TenancyError(f"{type(row).__name__}: this row belongs to another organisation.")


@event.listens_for(Session, "before_flush")
def _begin_flush(_session: Session, _context: object, _instances: object) -> None:
    _flushing.set(True)


@event.listens_for(Session, "after_flush")
def _end_flush(_session: Session, _context: object) -> None:
    _flushing.set(False)


@event.listens_for(Session, "after_soft_rollback")
def _end_failed_flush(_session: Session, _previous: object) -> None:
    _flushing.set(False)


@event.listens_for(TenantScoped, "load", propagate=True)
def _check_loaded(row: TenantScoped, _context: object) -> None:
    tenant = _tenant.get()
    if tenant == EVERYONE:
        return
    values = inspect(row).dict
    owners = {values.get(column) for column in row.TENANT_COLUMNS}
    if tenant is None or current_organisation() not in owners:
        raise TenancyError(f"{type(row).__name__}: a foreign row was about to be read.")
    if _is_withheld(row, values):
        raise TenancyError(f"{type(row).__name__}: a row was about to be read unreleased.")


def _is_withheld(row: TenantScoped, values: Mapping[str, Any]) -> bool:
    """Whether the respondent has not released this row, and somebody else is acting."""
    return (
        isinstance(row, SharedOnRelease)
        and not values.get("is_released", True)
        and values.get("respondent_organisation_id") not in (None, current_organisation())
    )


def _check_found(row: object) -> None:
    """A row that the session already holds is read without a statement: look at it too."""
    if isinstance(row, TenantScoped):
        _check_loaded(row, None)


PlatformSession.check_found = staticmethod(_check_found)


def tenant_tables() -> dict[str, tuple[str, ...]]:
    """Every table that holds tenant rows -> the columns that name an organisation."""
    return {
        mapper.local_table.name: mapper.class_.TENANT_COLUMNS  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantScoped)
    }


@dataclass(frozen=True)
class _Guarded:
    """The tables that the check at the cursor looks for; known before the first statement."""

    tables: frozenset[str]
    released: frozenset[str]


def guard_engine(engine: Engine, secret_key: str) -> None:
    """Put the check at the cursor and the database's own view of the tenant on an engine.

    Args:
        secret_key: SECRET_KEY of the installation; it seals what PostgreSQL is told.
    """
    guarded = _Guarded(
        tables=frozenset(tenant_tables()),
        released=frozenset(
            mapper.local_table.name  # type: ignore[attr-defined]
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, SharedOnRelease)
        ),
    )

    def check(
        connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
    ) -> None:
        if _tenant.get() != EVERYONE and isolation_check.mentions(statement, guarded.tables):
            options = context.execution_options if context is not None else {}
            _check_statement(guarded, statement, parameters, options, connection.dialect.name)

    event.listen(engine, "before_cursor_execute", check)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tell_sqlite)
    else:
        tell_postgresql(engine, key_of(secret_key), _tenant.get)


def _tell_sqlite(connection: Any, _record: object) -> None:
    connection.create_function("cur_tenant", 0, lambda: _tenant.get() or "")


def _check_statement(
    guarded: _Guarded,
    statement: str,
    parameters: Any,
    options: Mapping[str, Any],
    dialect: str,
) -> None:
    reason = options.get("unscoped")
    if reason is not None and reason not in UNSCOPED_REASONS:
        raise TenancyError(f"'{reason}' is no accepted reason to leave the tenant scope.")
    is_nobody = _tenant.get() is None
    is_checked_by_row = reason or (_flushing.get() and isolation_check.is_write(statement))
    if is_checked_by_row and not is_nobody:
        return
    shape = isolation_check.shape_of(statement, guarded.tables, guarded.released, dialect)
    if shape.tables and is_nobody:
        raise TenancyError("No organisation is acting; tenant rows cannot be touched.")
    if shape.tables:
        isolation_check.require_criteria(shape, parameters, current_organisation())
