"""The thread of a concern: messages of both sides, and what the complainant alone decides."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.concern_clock import ENDED
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import GrievanceFacts
from ddplatform.core.due_diligence.vocabulary import GrievanceState, Machine
from ddplatform.due_diligence.concerns.models import (
    WITHDRAWAL_ASKED,
    Concern,
    ConcernMessage,
    ConcernStep,
)
from ddplatform.due_diligence.concerns.queries import has_message
from ddplatform.due_diligence.concerns.services.codes import message_id
from ddplatform.due_diligence.concerns.services.mails import tell_officers
from ddplatform.due_diligence.concerns.services.texts import require_usable
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext


def write(
    concern: Concern, text: str, *, nonce: str, act: Act, not_names: Collection[str] = ()
) -> None:
    """Add a message of the complainant; the same form sent twice adds it once.

    Raises:
        Invalid: no text, or one that may lead to a person.
    """
    _require_text(text, not_names)
    key = message_id(nonce)
    if has_message(key):
        return
    add_message(concern, text, key, by_id=None, on=act.at.date())
    audit.record("concern:write", concern, act=act, restricted=True)
    tell_officers(act=act, at_once=False)


def answer(concern: Concern, text: str, *, act: Act, not_names: Collection[str] = ()) -> None:
    """Add a message of an officer, which waits in the thread.

    Raises:
        Invalid: no text, or one that may lead to a person.
    """
    _require_text(text, not_names)
    add_message(concern, text, uuid4(), by_id=act.by.user_id, on=act.at.date())
    audit.record("concern:answer", concern, act=act, restricted=True)


def withdraw(concern: Concern, *, reprisal: str, act: Act) -> None:
    """Withdraw a concern as its complainant.

    While somebody may still be unsafe it stays open, and the wish is recorded.

    Raises:
        StepNotAllowed: it has ended, or a remedy was agreed.
    """
    facts = GrievanceFacts(reprisal_checked=True, safety_concern_open=concern.is_safety_open)
    if facts.no_safety_concern_left:
        require_step(Machine.GRIEVANCE, concern.status, GrievanceState.WITHDRAWN, facts)
        enter(concern, GrievanceState.WITHDRAWN, {"reprisal": reprisal}, by_id=None, act=act)
    else:
        settled = GrievanceFacts(reprisal_checked=True, safety_concern_open=False)
        require_step(Machine.GRIEVANCE, concern.status, GrievanceState.WITHDRAWN, settled)
        if concern.withdrawal_asked_on is not None:
            raise Conflict(gettext("You asked for this already. It is with the officers."))
        concern.withdrawal_asked_on = act.at.date()
        add_step(concern, WITHDRAWAL_ASKED, {"reprisal": reprisal}, by_id=None, on=act.at.date())
    audit.record("concern:withdraw", concern, act=act, restricted=True)
    tell_officers(act=act, at_once=False)


def appeal(concern: Concern, *, reprisal: str, act: Act) -> None:
    """Ask for somebody else to look at a concern again.

    Raises:
        StepNotAllowed: it was not closed without satisfaction.
    """
    facts = GrievanceFacts(reprisal_checked=True)
    require_step(Machine.GRIEVANCE, concern.status, GrievanceState.APPEAL, facts)
    enter(concern, GrievanceState.APPEAL, {"reprisal": reprisal}, by_id=None, act=act)
    audit.record("concern:appeal", concern, act=act, restricted=True)
    tell_officers(act=act, at_once=False)


def enter(
    concern: Concern,
    state: GrievanceState,
    note: dict[str, Any],
    *,
    by_id: UUID | None,
    act: Act,
) -> None:
    """Take a concern to a state whose guards are met; the caller leaves the event."""
    today = act.at.date()
    concern.status, concern.entered_on = state, today
    concern.closed_on = today if state in ENDED else None
    add_step(concern, state.value, note, by_id=by_id, on=today)


def add_step(
    concern: Concern, step: str, note: dict[str, Any], *, by_id: UUID | None, on: date
) -> ConcernStep:
    """Add a step with its sealed note; the caller leaves the event."""
    concern.step_count += 1
    row = ConcernStep(
        id=uuid4(),
        concern_id=concern.id,
        number=concern.step_count,
        step=step,
        taken_on=on,
        taken_by_id=by_id,
    )
    row.sealed_note = case_seal.seal(concern, row, "sealed_note", row.id, note)
    db.session.add(row)
    db.session.flush()  # the page lists it
    return row


def add_message(
    concern: Concern, text: str, key: UUID, *, by_id: UUID | None, on: date
) -> ConcernMessage:
    """Add a sealed message to the thread; the caller leaves the event."""
    concern.message_count += 1
    row = ConcernMessage(
        id=key,
        concern_id=concern.id,
        number=concern.message_count,
        is_from_complainant=by_id is None,
        written_on=on,
        written_by_id=by_id,
    )
    row.sealed_text = case_seal.seal(concern, row, "sealed_text", row.id, text.strip())
    db.session.add(row)
    db.session.flush()  # the page lists it
    return row


def text_of(concern: Concern, row: ConcernMessage) -> str:
    """A message, opened."""
    return str(case_seal.unseal(concern, row, "sealed_text", row.sealed_text))


def note_of(concern: Concern, row: ConcernStep) -> dict[str, Any]:
    """The note of a step, opened."""
    found: dict[str, Any] = case_seal.unseal(concern, row, "sealed_note", row.sealed_note)
    return found


def _require_text(text: str, not_names: Collection[str]) -> None:
    if not text.strip():
        raise Invalid(fields={"message": gettext("Write your message first.")})
    require_usable({"message": text}, not_names=not_names)
