"""Emergency access: an officer who is not assigned reads a case for a day, before all eyes."""

from datetime import datetime, timedelta
from uuid import uuid4

from ddplatform.accounts.officers.queries import find_address, list_officers
from ddplatform.accounts.officers.services.mailboxes import is_same_mailbox
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.case_texts.services import require_clean
from ddplatform.due_diligence.custody.models import EmergencyAccess
from ddplatform.due_diligence.custody.queries import hold_access, list_open_access
from ddplatform.due_diligence.custody.services.mails import CaseNews, tell
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import find_assignment
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.languages import gettext

LASTS = timedelta(hours=24)


def ask_access(case: RemediationCase, reason: str, *, act: Act) -> EmergencyAccess:
    """Ask as an officer to read a case that one is not assigned to; all officers are told.

    Raises:
        NotAllowed: who asks is no officer here.
        Invalid: no reason, or one that could show who the child is.
        Conflict: the case is open to who asks, or their request waits or runs.
    """
    _require_officer(act)
    _require_reason(reason)
    audit.lock_log()
    assigned = find_assignment(case, act.by.user_id) if act.by.user_id else None
    today = act.at.date()
    if assigned is not None and (assigned.access_until or today) >= today:
        raise Conflict(gettext("You are assigned to this case already."))
    if (case.code, act.by.user_id) in {(one.code, one.asked_by_id) for one in list_open_access()}:
        raise Conflict(
            gettext("You asked for access to this case already."),
            gettext("Wait for another officer to decide, or for the review."),
        )
    access = EmergencyAccess(
        id=uuid4(), case_id=case.id, asked_at=act.at, asked_by_id=act.by.user_id
    )
    access.sealed_reason = case_seal.seal(case, access, "sealed_reason", access.id, reason.strip())
    db.session.add(access)
    db.session.flush()  # the page lists it
    audit.record("case:ask_access", case, act=act, restricted=True)
    _tell_all(CaseNews.ASKED, act.at)
    return access


def agree_to_access(access: EmergencyAccess, case: RemediationCase, *, act: Act) -> None:
    """Open the case for 24 hours, as a second officer; all officers are told at once.

    Raises:
        NotAllowed: who agrees is no officer here.
        Conflict: it was decided already, or who agrees is who asked, also by a second address.
    """
    _require_officer(act)
    _require_waiting(access)
    _require_other(access, act)
    _open(access, case, act=act)


def open_by_operator(access: EmergencyAccess, case: RemediationCase, *, act: Act) -> None:
    """The same by the operator's command, only where there is no second officer.

    Raises:
        Conflict: it was decided already, or another officer can agree.
    """
    _require_waiting(access)
    others = {user_id for user_id, _ in list_officers(today=act.at.date())} - {access.asked_by_id}
    if others:
        raise Conflict(
            gettext("There is another safeguarding officer, who has to agree."),
            gettext("The operator opens a case only where there is no second officer."),
        )
    _open(access, case, act=act)


def refuse_access(access: EmergencyAccess, case: RemediationCase, *, act: Act) -> None:
    """Refuse a request, or withdraw the own one; all officers are told.

    Raises:
        NotAllowed: who refuses is no officer here.
        Conflict: it was decided already.
    """
    _require_officer(act)
    _require_waiting(access)
    access.declined_at = act.at
    audit.record("case:refuse_access", case, act=act, restricted=True)
    _tell_all(CaseNews.REFUSED, act.at)


def require_running(access: EmergencyAccess, *, act: Act) -> None:
    """Refuse a reading that is not the asking officer's, or that comes after the end.

    Raises:
        NotFound: as for a case that does not exist.
    """
    _require_officer(act)
    if access.asked_by_id != act.by.user_id or access.ends_at is None or act.at >= access.ends_at:
        raise NotFound()


def review_access(
    access: EmergencyAccess, case: RemediationCase, *, is_justified: bool, note: str, act: Act
) -> None:
    """Record as another officer whether the access was justified, after it has ended.

    Raises:
        NotAllowed: who reviews is no officer here.
        Invalid: no reason, or one that could show who the child is.
        Conflict: it has not ended, was reviewed, or is one's own; where a third officer could
            review it, who agreed does not.
    """
    _require_officer(act)
    _require_reason(note)
    audit.lock_log()
    hold_access(access.id)
    if access.ends_at is None or act.at < access.ends_at or access.reviewed_at is not None:
        raise Conflict(gettext("This access has not ended, or was reviewed already."))
    _require_other(access, act)
    officers = {user_id for user_id, _ in list_officers(today=act.at.date())}
    third = officers - {access.asked_by_id, access.agreed_by_id}
    if act.by.user_id == access.agreed_by_id and third:
        raise Conflict(
            gettext("You agreed to this access, so another officer reviews it."),
            gettext("Ask an officer who had no part in it."),
        )
    access.reviewed_at, access.reviewed_by_id = act.at, act.by.user_id
    access.is_justified = is_justified
    access.sealed_review = case_seal.seal(case, access, "sealed_review", access.id, note.strip())
    audit.record("case:review_access", case, act=act, restricted=True)


def reason_of(access: EmergencyAccess, case: RemediationCase) -> str:
    """The reason of a request, opened for an officer who decides on it or reviews it."""
    return str(case_seal.unseal(case, access, "sealed_reason", access.sealed_reason))


def _open(access: EmergencyAccess, case: RemediationCase, *, act: Act) -> None:
    access.agreed_at, access.agreed_by_id = act.at, act.by.user_id
    access.ends_at = act.at + LASTS
    audit.record("case:open_access", case, act=act, restricted=True)
    _tell_all(CaseNews.OPENED, act.at)


def _tell_all(news: CaseNews, at: datetime) -> None:
    tell(news, [user_id for user_id, _ in list_officers(today=at.date())], at=at)


def _require_officer(act: Act) -> None:
    if act.by.user_id not in {user_id for user_id, _ in list_officers(today=act.at.date())}:
        raise NotAllowed()


def _require_waiting(access: EmergencyAccess) -> None:
    audit.lock_log()  # two who decide at once are taken one by one
    hold_access(access.id)
    if access.ends_at is not None or access.declined_at is not None:
        raise Conflict(gettext("This request was decided on already."))


def _require_other(access: EmergencyAccess, act: Act) -> None:
    own, asker = find_address(act.by.user_id) or "", find_address(access.asked_by_id) or ""
    if act.by.user_id == access.asked_by_id or is_same_mailbox(own, asker):
        raise Conflict(
            gettext("Nobody decides on their own access."), gettext("Ask another officer.")
        )


def _require_reason(text: str) -> None:
    if not text.strip():
        raise Invalid(fields={"reason": gettext("Enter the reason.")})
    require_clean(text, field="reason")
