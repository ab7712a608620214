"""Handing a case over: one officer names the next case manager, who accepts it."""

from datetime import timedelta
from uuid import UUID, uuid4

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.accounts.organisations.queries import get_person
from ddplatform.audit.services import log as audit
from ddplatform.core.ledger.events import utc_text
from ddplatform.due_diligence.custody.models import CaseHandover
from ddplatform.due_diligence.custody.queries import find_open_handover, hold_handover
from ddplatform.due_diligence.custody.services.mails import CaseNews, tell
from ddplatform.due_diligence.remedy.models import (
    HANDED_OVER,
    CaseAssignment,
    RemediationCase,
    RemediationStep,
)
from ddplatform.due_diligence.remedy.queries.cases import find_assignment
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext


def name_successor(case: RemediationCase, to_id: UUID, *, act: Act) -> CaseHandover:
    """Name the officer who is to manage a case from now on; nothing changes until they accept.

    Call it for a person who manages the case.

    Raises:
        Invalid: oneself, or no safeguarding officer here.
        Conflict: the case is closed, or one's handover of it waits already.
    """
    officers = {officer for officer, _ in list_officers(today=act.at.date())}
    if to_id == act.by.user_id or to_id not in officers:
        raise Invalid(fields={"user": gettext("Choose another safeguarding officer.")})
    if case.closed_at is not None:
        raise Conflict(gettext("This case is closed, so nobody has to take it over."))
    audit.lock_log()  # two handovers of one moment are taken one by one
    if find_open_handover(case.id, act.by.user_id) is not None:
        raise Conflict(
            gettext("Your handover of this case waits for the other officer."),
            gettext("Withdraw it first, or wait until the officer answers."),
        )
    handover = CaseHandover(case_id=case.id, from_id=act.by.user_id, to_id=to_id, named_at=act.at)
    db.session.add(handover)
    db.session.flush()  # the page lists it
    audit.record("case:name_successor", case, act=act, restricted=True)
    tell(CaseNews.HANDOVER, [to_id], at=act.at)
    return handover


def accept_handover(handover: CaseHandover, case: RemediationCase, *, act: Act) -> None:
    """Take a case over: the receipt is sealed in the case, and who handed it over has no access.

    Raises:
        Conflict: somebody else was named, it has ended, or the case was closed meanwhile.
    """
    _require_named(handover, act)
    if case.closed_at is not None:
        raise Conflict(gettext("This case was closed meanwhile, so nobody has to take it over."))
    handover.accepted_at = handover.ended_at = act.at
    own = find_assignment(case, handover.to_id)
    if own is None:
        own = CaseAssignment(case_id=case.id, user_id=handover.to_id, created_at=act.at)
        own.created_by_id = handover.from_id
        db.session.add(own)
    own.is_verifier, own.access_until = False, None
    before = find_assignment(case, handover.from_id)
    if before is not None:
        before.access_until = act.at.date() - timedelta(days=1)
    _keep_receipt(handover, case, act=act)
    db.session.flush()  # the next question counts who manages the case
    audit.record("case:hand_over", case, act=act, restricted=True)


def decline_handover(handover: CaseHandover, case: RemediationCase, *, act: Act) -> None:
    """Leave a case with who named oneself.

    Raises:
        Conflict: somebody else was named, or it has ended.
    """
    _require_named(handover, act)
    handover.ended_at = act.at
    audit.record("case:decline", case, act=act, restricted=True)
    tell(CaseNews.DECLINED, [handover.from_id], at=act.at)


def withdraw_handover(case: RemediationCase, *, act: Act) -> None:
    """Take the own handover back before it is accepted.

    Raises:
        Conflict: none waits.
    """
    handover = find_open_handover(case.id, act.by.user_id)
    if handover is None:
        raise Conflict(gettext("No handover of this case waits."))
    handover.ended_at = act.at
    audit.record("case:decline", case, act=act, restricted=True)


def _require_named(handover: CaseHandover, act: Act) -> None:
    audit.lock_log()
    hold_handover(handover.id)  # it may have been withdrawn before the lock
    if handover.to_id != act.by.user_id or handover.ended_at is not None:
        raise Conflict(gettext("This handover has ended already."))


def _keep_receipt(handover: CaseHandover, case: RemediationCase, *, act: Act) -> None:
    """Both officers and both moments, sealed with the key of the case."""
    first, second = get_person(handover.from_id), get_person(handover.to_id)
    note = f"{first.name} ({utc_text(handover.named_at)}) → {second.name} ({utc_text(act.at)})"
    row = RemediationStep(
        id=uuid4(), case_id=case.id, step=HANDED_OVER, taken_at=act.at, taken_by_id=act.by.user_id
    )
    sealed = {
        "ticked": [],
        "note": note,
        "from": str(handover.from_id),
        "to": str(handover.to_id),
        "named_at": utc_text(handover.named_at),
        "accepted_at": utc_text(act.at),
    }
    row.sealed_note = case_seal.seal(case, row, "sealed_note", row.id, sealed)
    db.session.add(row)
