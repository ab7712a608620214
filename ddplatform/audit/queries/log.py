"""The log, filtered and paged, and its lines for verification."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ddplatform.audit.models import (
    RESTRICTED_ACTIONS,
    AuditCheckpoint,
    AuditEvent,
    AuditHead,
    AuditValue,
    Outcome,
)
from ddplatform.audit.queries.actors import actors
from ddplatform.core.ledger.canonical import canonical_json
from ddplatform.core.ledger.errors import NotCanonical
from ddplatform.core.ledger.events import utc_text
from ddplatform.core.ledger.stored import StoredEnd, StoredEvent, StoredHead, StoredValue
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, end_of, start_of
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question, ask

PAGE_SIZE = 50
INTERNAL_SUBJECTS = ("organisation:", "person:")
"""Actions on the organisation itself, readable by everybody who may read its log."""


@dataclass(frozen=True)
class LogFilter:
    """Filters of the log."""

    action: str = ""
    target_id: str = ""
    actor_id: UUID | None = None
    outcome: Outcome | None = None
    since: date | None = None
    until: date | None = None
    with_restricted: bool = False
    only_restricted: bool = False
    only_role: RoleId | None = None
    """Only actions of people in this role, and actions on people and the organisation."""


@dataclass(frozen=True)
class LogRow:
    """One event as a page shows it."""

    id: UUID
    sequence: int
    at: datetime
    actor_id: UUID | None
    actor_name: str | None
    actor_role: str | None
    action: str
    outcome: Outcome
    target_type: str | None
    target_id: str | None
    is_restricted: bool
    leaf_hash: bytes


def list_events(
    wanted: LogFilter, *, before: int | None = None, limit: int = PAGE_SIZE
) -> Sequence[LogRow]:
    """Events of the acting organisation, newest first; `before` is the last sequence seen."""
    return ask(select_log(wanted, before=before, limit=limit))


def select_log(
    wanted: LogFilter, *, before: int | None = None, limit: int = PAGE_SIZE
) -> Question[Sequence[LogRow]]:
    """Asks for the same."""
    person = actors()
    statement = (
        select(
            AuditEvent.id,
            AuditEvent.sequence,
            AuditEvent.at,
            AuditEvent.actor_id,
            person.name.label("actor_name"),
            AuditEvent.actor_role,
            AuditEvent.action,
            AuditEvent.outcome,
            AuditEvent.target_type,
            AuditEvent.target_id,
            AuditEvent.is_restricted,
            AuditEvent.leaf_hash,
        )
        .outerjoin(person.table, person.id == AuditEvent.actor_id)
        .where(*_conditions(wanted))
    )
    if before is not None:
        statement = statement.where(AuditEvent.sequence < before)
    return Question(
        (statement,),
        lambda rows: [LogRow(**row._mapping) for row in rows],
        (AuditEvent.sequence.desc(),),
        limit,
    )


def _conditions(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    yield from _rights(wanted)
    if wanted.action:
        yield AuditEvent.action == wanted.action
    if wanted.target_id:
        yield AuditEvent.target_id == wanted.target_id
    if wanted.actor_id is not None:
        yield AuditEvent.actor_id == wanted.actor_id
    if wanted.outcome is not None:
        yield AuditEvent.outcome == wanted.outcome
    if wanted.since is not None:
        yield AuditEvent.at >= start_of(wanted.since)
    if wanted.until is not None:
        yield AuditEvent.at < end_of(wanted.until)


def _rights(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    if not wanted.with_restricted:
        yield AuditEvent.is_restricted.is_(False)
    if wanted.only_restricted:
        yield AuditEvent.is_restricted.is_(True)
    if wanted.only_role is not None:
        internal = [AuditEvent.action.startswith(subject) for subject in INTERNAL_SUBJECTS]
        yield or_(AuditEvent.actor_role == wanted.only_role, *internal)


def load_log() -> list[tuple[bytes, StoredEvent]]:
    """Every event of the acting organisation, its line and its columns, in order."""
    statement = select(
        AuditEvent.leaf,
        AuditEvent.leaf_hash,
        AuditEvent.sequence,
        AuditEvent.at,
        AuditEvent.actor_id,
        AuditEvent.actor_role,
        AuditEvent.action,
        AuditEvent.outcome,
        AuditEvent.target_type,
        AuditEvent.target_id,
        AuditEvent.is_restricted,
    ).order_by(AuditEvent.sequence)
    return [(_as_bytes(row.leaf), _kept_event(row)) for row in db.session.execute(statement)]


def _as_bytes(leaf: bytes | str) -> bytes:
    """SQLite also keeps a text in a column of bytes, where somebody put one in."""
    return leaf.encode() if isinstance(leaf, str) else leaf


def _kept_event(row: Any) -> StoredEvent:
    """Columns of an event, written as its line writes them."""
    return StoredEvent(
        row.leaf_hash,
        {
            "sequence": row.sequence,
            "at": utc_text(row.at),
            "actor": str(row.actor_id or "system"),
            "role": row.actor_role or "system",
            "action": row.action,
            "outcome": row.outcome.value,
            "target_type": row.target_type or "",
            "target_id": row.target_id or "",
        },
        row.is_restricted == row.action.startswith(RESTRICTED_ACTIONS),
    )


def load_values() -> list[StoredValue]:
    """Every value kept behind a commitment of the acting organisation's log."""
    statement = select(
        AuditEvent.sequence, AuditValue.name, AuditValue.salt, AuditValue.value
    ).outerjoin_from(AuditValue, AuditEvent, AuditEvent.id == AuditValue.event_id)
    return [
        StoredValue(sequence or 0, name, salt, _canonical(value))
        for sequence, name, salt, value in db.session.execute(statement)
    ]


def _canonical(value: Any) -> str:
    """As the value was committed to; one that never was is given as a text that none opens."""
    try:
        return canonical_json(value).decode()
    except NotCanonical:
        return ""


def load_end() -> StoredEnd:
    """The end of the acting organisation's log."""
    columns = (AuditHead.size, AuditHead.last_hash, AuditHead.checkpoint_size, AuditHead.peaks)
    head = db.session.execute(select(*columns)).one_or_none()
    if head is None:
        return StoredEnd(0, None, 0, ())
    return StoredEnd(head.size, head.last_hash, head.checkpoint_size, _peaks(head.peaks))


def find_head_for_change() -> AuditHead | None:
    """The end of its log, held until the end of the unit of work; None before the first event."""
    return db.session.scalar(select(AuditHead).with_for_update())


def _peaks(kept: Sequence[str]) -> tuple[bytes, ...]:
    """The hashes of a tree; none where one of the stored values is no hash."""
    try:
        return tuple(map(bytes.fromhex, kept))
    except (TypeError, ValueError):
        return ()


def list_leaf_hashes(size: int) -> list[bytes]:
    """The first `size` leaf hashes of the acting organisation's log, in order."""
    statement = select(AuditEvent.leaf_hash).order_by(AuditEvent.sequence).limit(size)
    return list(db.session.scalars(statement))


def load_heads() -> list[StoredHead]:
    """The signed heads of the acting organisation's log, smallest first."""
    statement = select(AuditCheckpoint.note, AuditCheckpoint.size, AuditCheckpoint.root)
    return [
        StoredHead(*row) for row in db.session.execute(statement.order_by(AuditCheckpoint.size))
    ]


def find_last_checkpoint() -> AuditCheckpoint | None:
    """The head of the acting organisation's log that was signed last."""
    return db.session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))


def find_checkpoint_over(sequence: int) -> AuditCheckpoint | None:
    """The first signed head that covers an event; None where none was signed since."""
    return db.session.scalar(
        select(AuditCheckpoint)
        .where(AuditCheckpoint.size >= sequence)
        .order_by(AuditCheckpoint.size)
        .limit(1)
    )


def list_event_values(event_id: UUID) -> Sequence[AuditValue]:
    """The values that an event changed, while they are stored."""
    statement = select(AuditValue).where(AuditValue.event_id == event_id).order_by(AuditValue.name)
    return db.session.scalars(statement).all()


def list_actions(wanted: LogFilter) -> list[str]:
    """Every kind of event that the reader may read, for the filter."""
    statement = select(AuditEvent.action).where(*_rights(wanted)).distinct()
    return list(db.session.scalars(statement.order_by(AuditEvent.action)))


def find_actor_name(event: AuditEvent) -> str | None:
    """The name of the person behind an event; None: the platform, or deleted since."""
    person = actors()
    return db.session.scalar(select(person.name).where(person.id == event.actor_id))


def get_event(sequence: int, wanted: LogFilter) -> AuditEvent:
    """One event, or NotFound; those the reader may not read are absent."""
    return get_one(select(AuditEvent).where(AuditEvent.sequence == sequence, *_rights(wanted)))
