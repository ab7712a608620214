"""Queries of the questionnaire library and of assignments."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.evidence.uploads.queries.stored_files import holds
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    OwnForm,
    OwnFormDraft,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Answerer, Plan, answered_by, modules, plan, read_form
from questionnaires.library.shipped import shipped_translations, version_key
from questionnaires.translations.texts import join

PAGE_SIZE = 50
COUNT_CAP = 1000
WAITING = (State.SENT, State.OPENED, State.RETURNED)
TO_REVIEW = (State.SUBMITTED, State.UNDER_REVIEW, State.ESCALATED)

MOST_PLANS = 200  # kept in one process
_plans: dict[str, Plan] = {}
"""Planned forms by the SHA-256 of their definition, which never changes; the oldest goes first."""


class View(StrEnum):
    """Filters of an assignment list."""

    OPEN = "open"
    OVERDUE = "overdue"
    REVIEW = "review"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True)
class LibraryRow:
    """The newest version of one questionnaire, and how often the organisation sent it."""

    version_id: UUID
    ref: str
    title: str
    description: str
    version: str
    question_count: int
    published_at: datetime
    is_own: bool
    sent: int

    @property
    def answered_by(self) -> Answerer:
        """The kind of respondent; only questionnaires for suppliers are sent."""
        return answered_by(self.ref)


@dataclass(frozen=True)
class AssignmentRow:
    """One sent questionnaire. Sections show its progress before it is submitted."""

    id: UUID
    node_id: UUID
    node_name: str
    title: str
    version: str
    status: State
    sections_done: int
    sections_total: int
    due_on: date
    invited_email: str
    respondent_organisation_id: UUID | None
    last_reminded_at: datetime | None
    submitted_at: datetime | None
    light_mode: bool
    round: int
    answered_by: Answerer

    @property
    def is_visit(self) -> bool:
        """Whether an assessor on a visit fills it in."""
        return self.answered_by is Answerer.ASSESSOR


@dataclass(frozen=True)
class AssignmentPage:
    """A page of assignments; `after` begins the next one. `total` counts up to the cap + 1."""

    rows: Sequence[AssignmentRow]
    after: str | None
    total: int


@dataclass(frozen=True)
class Counts:
    """Counts of assignments by state."""

    open: int
    overdue: int
    review: int


def list_library() -> Sequence[LibraryRow]:
    """The newest version of every questionnaire, in the order of the method, in two statements."""
    rows = db.session.execute(
        select(
            QuestionnaireVersion.id.label("version_id"),
            Questionnaire.ref,
            Questionnaire.title,
            Questionnaire.description,
            QuestionnaireVersion.version,
            QuestionnaireVersion.question_count,
            QuestionnaireVersion.published_at,
            Questionnaire.is_own,
        )
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(or_(Questionnaire.is_own.is_(False), Questionnaire.id.in_(select_own_and_offered())))
        .order_by(Questionnaire.title, Questionnaire.id)
    ).all()
    counted = select(Assignment.version_id, func.count()).where(_mine())
    sent = {row[0]: row[1] for row in db.session.execute(counted.group_by(Assignment.version_id))}
    times: Counter[str] = Counter()
    newest: dict[str, Any] = {}
    for row in rows:
        times[row.ref] += sent.get(row.version_id, 0)
        kept = newest.get(row.ref)
        if kept is None or version_key(row.version) > version_key(kept.version):
            newest[row.ref] = row
    library = [LibraryRow(**row._mapping, sent=times[ref]) for ref, row in newest.items()]
    order = list(modules())
    return sorted(library, key=lambda row: order.index(row.ref) if row.ref in order else len(order))


def list_for_suppliers() -> Sequence[LibraryRow]:
    """The sendable part of the library, without forms for assessors."""
    return [row for row in list_library() if row.answered_by is Answerer.SUPPLIER]


def list_shipped_checksums() -> set[str]:
    """The SHA-256 of every published version that came with the product."""
    shipped = select(QuestionnaireVersion.checksum).where(QuestionnaireVersion.is_own.is_(False))
    return set(db.session.scalars(shipped))


def find_questionnaire(ref: str) -> Questionnaire | None:
    """The questionnaire with this short name, or None."""
    return db.session.scalar(select(Questionnaire).where(Questionnaire.ref == ref))


def get_version(version_id: UUID) -> QuestionnaireVersion:
    """A published version, or NotFound: also for one that another organisation made for itself."""
    found = db.session.get(QuestionnaireVersion, version_id)
    if found is None or (found.is_own and not _is_seen(found)):
        raise NotFound()
    return found


def _is_seen(version: QuestionnaireVersion) -> bool:
    """Whether the acting organisation made this questionnaire itself, or was asked it."""
    own = select(OwnForm.id).where(OwnForm.questionnaire_id == version.questionnaire_id)
    asked = select(Assignment.id).where(Assignment.version_id == version.id)
    return any(db.session.scalar(one.limit(1)) is not None for one in (own, asked))


def select_own_and_offered() -> Any:
    """The questionnaires the acting organisation made itself and has not retired."""
    return select(OwnForm.questionnaire_id).where(
        OwnForm.questionnaire_id.is_not(None), OwnForm.retired_at.is_(None)
    )


def find_answerer(version_id: UUID) -> Answerer:
    """The kind of respondent of a version: suppliers, or an assessor. Raises NotFound."""
    questionnaire = db.session.get(Questionnaire, get_version(version_id).questionnaire_id)
    return answered_by(questionnaire.ref if questionnaire else "")


def load_plan(version_id: UUID) -> Plan:
    """The planned form of a version; planned once in each process."""
    return plan_of(get_version(version_id))


def plan_of(kept: QuestionnaireVersion | OwnFormDraft) -> Plan:
    """The planned form of a kept definition; planned once in each process."""
    if kept.checksum not in _plans:
        form = read_form(kept.definition, file_type=f".{kept.media_type}")
        if len(_plans) >= MOST_PLANS:
            del _plans[next(iter(_plans))]
        _plans[kept.checksum] = plan(join(form, shipped_translations(kept.checksum)))
    return _plans[kept.checksum]


def get_assignment(assignment_id: UUID, *, for_change: bool = False) -> Assignment:
    """A questionnaire that the acting organisation sent, or NotFound; held to be changed."""
    statement = select(Assignment).where(Assignment.id == assignment_id, _mine())
    return get_one(statement, for_change=for_change)


def find_assignment(assignment_id: UUID) -> Assignment | None:
    """The same, or None."""
    return db.session.scalar(select(Assignment).where(Assignment.id == assignment_id, _mine()))


def get_assignment_row(assignment_id: UUID) -> AssignmentRow:
    """The same as plain values, or NotFound."""
    row = get_row(_columns().where(Assignment.id == assignment_id, _mine()))
    return AssignmentRow(**row._mapping)


def list_assignments(
    *,
    view: View,
    today: date,
    q: str = "",
    node_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> AssignmentPage:
    """A page of sent questionnaires, the one due first on top, in three statements at most."""
    conditions = [_mine(), *_conditions(view, today)]
    if q.strip():
        conditions.append(Assignment.node_name.icontains(q.strip(), autoescape=True))
    if node_id is not None:
        conditions.append(Assignment.node_id == node_id)
    statement = _columns().where(*conditions)
    if after is not None:
        place = db.session.execute(
            select(Assignment.due_on, Assignment.id).where(Assignment.id == after)
        ).one_or_none()
        if place is not None:
            key = tuple_(Assignment.due_on, Assignment.id)
            statement = statement.where(key > tuple_(*place))
    found = db.session.execute(
        statement.order_by(Assignment.due_on, Assignment.id).limit(limit + 1)
    ).all()
    rows = [AssignmentRow(**row._mapping) for row in found[:limit]]
    return AssignmentPage(
        rows, str(rows[-1].id) if len(found) > limit else None, _count(conditions)
    )


def count_assignments(today: date) -> Counts:
    """Counts of open, overdue and unreviewed assignments, each up to the cap."""
    return Counts(
        *(
            _count([_mine(), *_conditions(view, today)])
            for view in (View.OPEN, View.OVERDUE, View.REVIEW)
        )
    )


def list_due(days: Sequence[date]) -> Sequence[Assignment]:
    """The open assignments of no campaign that are due on one of these days.

    Without those whose mail was refused: their link is handed over by a person.
    """
    return db.session.scalars(
        select(Assignment)
        .where(
            _mine(),
            Assignment.mail_refusal.is_(None),
            Assignment.campaign_id.is_(None),  # a campaign has a calendar of its own
            Assignment.status.in_(WAITING),
            Assignment.due_on.in_(days),
        )
        .order_by(Assignment.id)
    ).all()


def list_due_before(day: date) -> Sequence[Assignment]:
    """The open assignments whose due date lies before this day."""
    return db.session.scalars(
        select(Assignment)
        .where(_mine(), Assignment.status.in_(WAITING), Assignment.due_on < day)
        .order_by(Assignment.id)
    ).all()


def find_open(version_id: UUID, node_ids: Sequence[UUID]) -> dict[UUID, Assignment]:
    """The open assignments of any version of a questionnaire at these nodes, by node."""
    siblings = select(QuestionnaireVersion.id).where(
        QuestionnaireVersion.questionnaire_id == get_version(version_id).questionnaire_id
    )
    rows = db.session.scalars(
        select(Assignment).where(
            _mine(),
            Assignment.node_id.in_(node_ids),
            Assignment.version_id.in_(siblings),
            Assignment.status.in_((*WAITING, *TO_REVIEW)),
        )
    )
    return {row.node_id: row for row in rows}


def list_supplier_addresses(node: ValueChainNode) -> set[str]:
    """Every address by which a place was ever asked to answer for itself, in lower case."""
    asked = db.session.scalars(
        select(Assignment.invited_email).where(
            _mine(),
            Assignment.node_id == node.id,
            Assignment.answered_by == Answerer.SUPPLIER,
        )
    )
    return {address.lower() for address in (*asked, node.contact_email) if address}


def list_visitors(node_ids: Sequence[UUID]) -> set[tuple[UUID, str]]:
    """Node and address, in lower case, of everybody who was asked to visit one of these places."""
    rows = db.session.execute(
        select(Assignment.node_id, Assignment.invited_email).where(
            _mine(),
            Assignment.node_id.in_(node_ids),
            Assignment.answered_by == Answerer.ASSESSOR,
            Assignment.status != State.WITHDRAWN,
        )
    )
    return {(node_id, address.lower()) for node_id, address in rows}


def _mine() -> ColumnElement[bool]:
    # Both sides may read an assignment; these lists are those of the one who asks.
    return Assignment.organisation_id == current_organisation()


def _columns() -> Any:
    return (
        select(
            Assignment.id,
            Assignment.node_id,
            Assignment.node_name,
            Questionnaire.title,
            QuestionnaireVersion.version,
            Assignment.status,
            Assignment.sections_done,
            Assignment.sections_total,
            Assignment.due_on,
            Assignment.invited_email,
            Assignment.respondent_organisation_id,
            Assignment.last_reminded_at,
            Assignment.submitted_at,
            Assignment.light_mode,
            Assignment.round,
            Assignment.answered_by,
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
    )


def _conditions(view: View, today: date) -> list[ColumnElement[bool]]:
    states = {
        View.OPEN: WAITING,
        View.OVERDUE: WAITING,
        View.REVIEW: TO_REVIEW,
        View.ACCEPTED: (State.ACCEPTED,),
        View.CLOSED: (State.EXPIRED, State.WITHDRAWN),
        View.ALL: tuple(State),
    }[view]
    found: list[ColumnElement[bool]] = [Assignment.status.in_(states)]
    if view is View.OVERDUE:
        found.append(Assignment.due_on < today)
    return found


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    capped = select(Assignment.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def names_bytes(organisation_id: UUID, sha256: str) -> ColumnElement[bool]:
    """Whether a draft of an own form has a picture, sound or film of these bytes.

    A published version has those of its draft, which is never changed.
    """
    return (OwnFormDraft.organisation_id == organisation_id) & holds(OwnFormDraft.media, sha256)
