"""Workbooks imported by a buyer: its batches, and those pending with a supplier."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from ddplatform.accounts.storage.queries import Used
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.returned_books.models import (
    BookDelivery,
    BookOutcome,
    ReturnedBook,
)

PAGE_SIZE = 100


@dataclass(frozen=True)
class AskedBook:
    """The questionnaire that a workbook names, as far as its buyer knows it."""

    id: UUID
    node_name: str
    status: State
    version_id: UUID
    light_mode: bool
    respondent_organisation_id: UUID | None


@dataclass(frozen=True)
class BookLine:
    """One workbook of a delivery, with the supplier it is of."""

    book: ReturnedBook
    node_name: str | None


def list_deliveries() -> Sequence[BookDelivery]:
    """The newest uploads of the acting organisation."""
    return db.session.scalars(
        select(BookDelivery)
        .order_by(BookDelivery.created_at.desc(), BookDelivery.id.desc())
        .limit(PAGE_SIZE)
    ).all()


def get_delivery(delivery_id: UUID) -> BookDelivery:
    """One upload, or NotFound."""
    return get_one(select(BookDelivery).where(BookDelivery.id == delivery_id))


def count_outcomes(delivery_id: UUID) -> Mapping[BookOutcome, int]:
    """The number of workbooks of an upload for every outcome."""
    rows = db.session.execute(
        select(ReturnedBook.outcome, func.count())
        .where(_mine(), ReturnedBook.delivery_id == delivery_id)
        .group_by(ReturnedBook.outcome)
    )
    found = {row[0]: row[1] for row in rows}
    return {outcome: found.get(outcome, 0) for outcome in BookOutcome}


def list_books(
    delivery_id: UUID, *, outcome: BookOutcome | None = None, after: int = -1
) -> Sequence[BookLine]:
    """The workbooks of an upload in their order, one more than a page."""
    statement = (
        select(ReturnedBook, Assignment.node_name)
        .outerjoin(Assignment, Assignment.id == ReturnedBook.assignment_id)
        .where(_mine(), ReturnedBook.delivery_id == delivery_id, ReturnedBook.place > after)
    )
    if outcome is not None:
        statement = statement.where(ReturnedBook.outcome == outcome)
    rows = db.session.execute(statement.order_by(ReturnedBook.place).limit(PAGE_SIZE + 1))
    return [BookLine(row[0], row[1]) for row in rows]


def list_unread(delivery_id: UUID, *, limit: int) -> Sequence[tuple[UUID, str]]:
    """Keys and files of the next workbooks that were not read yet."""
    rows = db.session.execute(
        select(ReturnedBook.id, ReturnedBook.sha256)
        .where(
            _mine(),
            ReturnedBook.delivery_id == delivery_id,
            ReturnedBook.outcome == BookOutcome.WAITING,
        )
        .order_by(ReturnedBook.place)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def list_waiting(keys: Collection[UUID]) -> Sequence[ReturnedBook]:
    """Those of these workbooks that are not settled yet, held for change."""
    return db.session.scalars(
        held(
            select(ReturnedBook)
            .where(
                _mine(),
                ReturnedBook.id.in_(list(keys)),
                ReturnedBook.outcome == BookOutcome.WAITING,
            )
            .order_by(ReturnedBook.place)
        )
    ).all()


def find_asked(keys: Collection[UUID], *, for_change: bool = False) -> Mapping[UUID, AskedBook]:
    """Those of these questionnaires that the acting organisation sent itself, in one order."""
    statement = (
        select(
            Assignment.id,
            Assignment.node_name,
            Assignment.status,
            Assignment.version_id,
            Assignment.light_mode,
            Assignment.respondent_organisation_id,
        )
        .where(Assignment.organisation_id == current_organisation(), Assignment.id.in_(list(keys)))
        .order_by(Assignment.id)
    )
    rows = db.session.execute(statement.with_for_update() if for_change else statement)
    return {row.id: AskedBook(**row._mapping) for row in rows}


def find_handed_on(keys: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Questionnaire and file of the workbooks that wait for, or came to, these suppliers."""
    rows = db.session.execute(
        select(ReturnedBook.assignment_id, ReturnedBook.sha256).where(
            _mine(),
            ReturnedBook.assignment_id.in_(list(keys)),
            ReturnedBook.outcome == BookOutcome.HANDED_ON,
        )
    )
    return {(row[0], row[1]) for row in rows if row[0] is not None}


def list_returned(assignment_id: UUID) -> Sequence[ReturnedBook]:
    """Unopened workbooks from the buyer for a questionnaire of the acting organisation."""
    return db.session.scalars(
        select(ReturnedBook)
        .where(*_for_me(assignment_id), ReturnedBook.opened_at.is_(None))
        .order_by(ReturnedBook.brought_at.desc(), ReturnedBook.id)
        .limit(20)
    ).all()


def get_returned(assignment_id: UUID, book_id: UUID) -> ReturnedBook:
    """One of them, held for change; also one that was opened. Raises NotFound."""
    return get_one(
        select(ReturnedBook).where(*_for_me(assignment_id), ReturnedBook.id == book_id),
        for_change=True,
    )


def _mine() -> ColumnElement[bool]:
    return ReturnedBook.organisation_id == current_organisation()


def _for_me(assignment_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        ReturnedBook.respondent_organisation_id == current_organisation(),
        ReturnedBook.assignment_id == assignment_id,
        ReturnedBook.outcome == BookOutcome.HANDED_ON,
    )


def count_used(user_id: UUID | None) -> Used:
    """The workbooks that the acting organisation brought, or those of one person."""
    mine = ReturnedBook.organisation_id == current_organisation()
    if user_id is not None:
        of_person = select(BookDelivery.id).where(BookDelivery.created_by_id == user_id)
        mine &= ReturnedBook.delivery_id.in_(of_person)
    wanted = select(func.count(), func.coalesce(func.sum(ReturnedBook.size_bytes), 0)).where(mine)
    return Used(*db.session.execute(wanted).one())


def names_bytes(organisation_id: UUID, sha256: str) -> ColumnElement[bool]:
    """Whether a workbook imported by an organisation has these bytes."""
    return (ReturnedBook.organisation_id == organisation_id) & (ReturnedBook.sha256 == sha256)
