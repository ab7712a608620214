"""Governance: note a review by the board, a training, a responsible person; withdraw a record."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.governance import governance_words
from ddplatform.due_diligence.governance.models import Body, GovernanceRecord, RecordKind
from ddplatform.due_diligence.governance.queries import get_record
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import faults_in
from ddplatform.languages import gettext

TEXT_LENGTH = 2_000
TITLE_LENGTH = 200
PEOPLE_MOST = 10_000_000


@dataclass(frozen=True)
class BoardNote:
    """What a body discussed and decided on due diligence for child rights, on a day."""

    held_on: date
    body: Body
    discussed: str
    decided: str
    review_on: date


@dataclass(frozen=True)
class TrainingFields:
    """A training of one group of staff.

    Attributes:
        group: ref of `data/governance.yaml`. in_group: 1 or more. trained: 0 to `in_group`.
    """

    held_on: date
    group: str
    subject: str
    in_group: int
    trained: int


@dataclass(frozen=True)
class ResponsibilityFields:
    """Which function answers for an area from a day, and who holds it now.

    Attributes:
        area: ref of `data/governance.yaml`. person_id: a member; None: the function alone.
    """

    held_on: date
    area: str
    function_title: str
    answers_for: str
    person_id: UUID | None


def note_review(wanted: BoardNote, *, act: Act) -> GovernanceRecord:
    """Note a meeting of the board or the executive committee.

    Raises:
        Invalid: a field breaks a rule.
    """
    faults = faults_in(
        {
            "discussed": (wanted.discussed, gettext("what was discussed"), TEXT_LENGTH),
            "decided": (wanted.decided, gettext("what was decided"), TEXT_LENGTH),
        }
    )
    if not wanted.held_on < wanted.review_on <= governance_words().latest_review(wanted.held_on):
        faults["review_on"] = gettext(
            "Choose a day after the meeting, at most %(months)s months later.",
            months=governance_words().board_review_months,
        )
    _refuse(faults, wanted.held_on, act=act)
    return _keep(
        RecordKind.BOARD_NOTE,
        "governance:note_review",
        {
            "held_on": wanted.held_on,
            "text": wanted.discussed.strip(),
            "body": wanted.body,
            "decision": wanted.decided.strip(),
            "review_on": wanted.review_on,
        },
        act=act,
    )


def record_training(wanted: TrainingFields, *, act: Act) -> GovernanceRecord:
    """Record a training of one group of staff.

    Raises:
        Invalid: a field breaks a rule.
    """
    faults = faults_in({"subject": (wanted.subject, gettext("the subject"), TITLE_LENGTH)})
    if wanted.group not in governance_words().groups:
        faults["group"] = gettext("Choose a group from the list.")
    if not 1 <= wanted.in_group <= PEOPLE_MOST:
        faults["in_group"] = gettext("Enter how many people are in the group, 1 or more.")
    elif not 0 <= wanted.trained <= wanted.in_group:
        faults["trained"] = gettext(
            "Enter a number from 0 to %(most)s, the people in the group.", most=wanted.in_group
        )
    _refuse(faults, wanted.held_on, act=act)
    return _keep(
        RecordKind.TRAINING,
        "governance:record_training",
        {
            "held_on": wanted.held_on,
            "text": wanted.subject.strip(),
            "group_ref": wanted.group,
            "people_in_group": wanted.in_group,
            "people_trained": wanted.trained,
        },
        act=act,
    )


def name_responsible(wanted: ResponsibilityFields, *, act: Act) -> GovernanceRecord:
    """Name the function that answers for an area; it follows the one before from its day on.

    Raises:
        Invalid: a field breaks a rule.
    """
    faults = faults_in(
        {
            "function_title": (wanted.function_title, gettext("the function"), TITLE_LENGTH),
            "answers_for": (wanted.answers_for, gettext("the responsibility"), TEXT_LENGTH),
        }
    )
    if wanted.area not in governance_words().responsibilities:
        faults["area"] = gettext("Choose an area from the list.")
    if wanted.person_id and wanted.person_id not in {one.user_id for one in list_people()}:
        faults["person_id"] = gettext("Choose somebody of your organisation.")
    _refuse(faults, wanted.held_on, act=act)
    return _keep(
        RecordKind.RESPONSIBILITY,
        "governance:name_responsible",
        {
            "held_on": wanted.held_on,
            "text": wanted.answers_for.strip(),
            "area_ref": wanted.area,
            "function_title": wanted.function_title.strip(),
            "person_id": wanted.person_id,
        },
        act=act,
    )


def withdraw(record_id: UUID, reason: str, *, act: Act) -> GovernanceRecord:
    """Take back a record that is wrong. It stays in the database, and counts no more.

    Raises:
        NotFound: no such record. Conflict: withdrawn already.
        Invalid: no reason, or one that leads to a person.
    """
    record = get_record(record_id, for_change=True)
    if record.withdrawn_at is not None:
        raise Conflict(
            gettext("This record is withdrawn already."), gettext("Add a new record instead.")
        )
    if faults := faults_in({"reason": (reason, gettext("the reason"), TEXT_LENGTH)}):
        raise Invalid(fields=faults)
    record.withdrawn_at, record.withdrawn_by_id = act.at, act.by.user_id
    record.withdrawn_reason = reason.strip()
    audit.record("governance:withdraw", record, act=act, reason=record.withdrawn_reason)
    return record


def _refuse(faults: dict[str, str], held_on: date, *, act: Act) -> None:
    if held_on > act.at.date():
        faults["held_on"] = gettext("Choose today or an earlier day.")
    if faults:
        raise Invalid(fields=faults)


def _keep(kind: RecordKind, action: str, values: dict[str, Any], *, act: Act) -> GovernanceRecord:
    record = GovernanceRecord(kind=kind, created_at=act.at, created_by_id=act.by.user_id, **values)
    db.session.add(record)
    db.session.flush()  # the event names it
    audit.record(action, record, act=act, **values)
    return record
