"""Records of governance: list, one record, newest days that count as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from ddplatform.accounts.organisations.models import User
from ddplatform.due_diligence.governance.models import Body, GovernanceRecord, RecordKind
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one

RECORDS_SHOWN = 500


@dataclass(frozen=True)
class RecordRow:
    """A record with the name of the person it names.

    Attributes:
        person: None where the record names a function alone.
    """

    record: GovernanceRecord
    person: str | None


def list_records(kind: RecordKind) -> Sequence[RecordRow]:
    """The records of a kind that are not withdrawn, the newest first; at most 500."""
    rows = db.session.execute(
        select(GovernanceRecord, User.name)
        .outerjoin(User, User.id == GovernanceRecord.person_id)
        .where(GovernanceRecord.kind == kind, GovernanceRecord.withdrawn_at.is_(None))
        .order_by(
            GovernanceRecord.held_on.desc(),
            GovernanceRecord.created_at.desc(),
            GovernanceRecord.id.desc(),
        )
        .limit(RECORDS_SHOWN)
    ).all()
    return [RecordRow(record, person) for record, person in rows]


def get_record(record_id: UUID, *, for_change: bool = False) -> GovernanceRecord:
    """A record, or NotFound."""
    wanted = select(GovernanceRecord).where(GovernanceRecord.id == record_id)
    return get_one(wanted, for_change=for_change)


def select_days(as_of: date) -> Select[date | None, date | None]:
    """The newest review by the board and the newest training by a day: one row.

    A meeting of the executive committee is no review by the governing body, and a training that
    nobody attended trained nobody.
    """
    kind, held_on = GovernanceRecord.kind, GovernanceRecord.held_on
    by_board = (kind == RecordKind.BOARD_NOTE) & (GovernanceRecord.body == Body.BOARD)
    attended = (kind == RecordKind.TRAINING) & (GovernanceRecord.people_trained > 0)
    return (
        select(
            func.max(held_on).filter(by_board).label("board_reviewed"),
            func.max(held_on).filter(attended).label("staff_trained"),
        )
        .select_from(GovernanceRecord)
        .where(held_on <= as_of, GovernanceRecord.withdrawn_at.is_(None))
    )
