"""Mails to safeguarding officers about time limits of their cases and about new officers.

Only people assigned to the case are notified of a time limit. A mail leaves the protected area,
so it names no case, no step and no moment: the length of a limit would show whether a child is in
danger. All other officers are notified of a new one: nobody gains access to cases unnoticed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.accounts.organisations.queries import (
    get_account,
    get_organisation,
    get_person,
    language_to_write_in,
    list_addresses,
)
from ddplatform.core.due_diligence.lifecycle import DueStep
from ddplatform.due_diligence.remedy.queries.limits import (
    CaseDuty,
    list_duties,
    list_open_cases,
    load_entered,
)
from ddplatform.due_diligence.remedy.services.limits import arrival_of, limit_of, load_limits
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.queries import list_known_keys
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import gettext, speaking
from ddplatform.languages import lazy_gettext as _

REMIND, MAIL = "case:remind", "case:mail"
TELL_OFFICERS = "person:tell_officers"


class Urgency(StrEnum):
    """The urgency of a step's time limit."""

    RUNNING = "running"
    LATE = "late"
    LONG_LATE = "long_late"


SUBJECTS: Mapping[Urgency, str] = {
    Urgency.RUNNING: _("A remediation case waits for you"),
    Urgency.LATE: _("A step of a remediation case is overdue"),
    Urgency.LONG_LATE: _("A step of a remediation case is long overdue"),
}
TEXTS: Mapping[Urgency, str] = {
    Urgency.RUNNING: _("The next step of a case in your care has a time limit that is running."),
    Urgency.LATE: _("The time limit of the next step of a case in your care has passed."),
    Urgency.LONG_LATE: _(
        "The next step of a case is overdue by more than its time limit. "
        "Everybody who has a part in the case is informed, including the "
        "independent verifier: agree today who takes the step."
    ),
}


def ask_reminders(*, act: Act) -> int:
    """Queue one mail per person, step and urgency not yet sent; returns their number.

    Case managers are notified when a limit begins to run, except whoever moved the case to its
    state, and when it has passed; everybody assigned to the case when it has passed twice.
    """
    wanted = dict(_wanted(act.at))
    for key in list_known_keys(wanted):
        del wanted[key]
    for key, payload in wanted.items():
        jobs.enqueue(MAIL, payload, act=act, unique_key=key)
    return len(wanted)


def _wanted(at: datetime) -> Iterator[tuple[str, dict[str, str]]]:
    cases = list_open_cases()
    entered = load_entered(cases)
    duties = list_duties([case.id for case in cases], today=at.date())
    for case in cases:
        due = limit_of(case, entered[case.id])
        if due is None:
            continue
        urgency, by_id = _urgency(due, at), arrival_of(case, entered[case.id]).by_id
        for duty in duties.get(case.id, ()):
            if not _is_told(duty, urgency, by_id):
                continue
            payload = {
                "case_id": str(case.id),
                "user_id": str(duty.user_id),
                "since": due.since.isoformat(),
                "urgency": urgency.value,
            }
            yield f"{MAIL}:" + ":".join(payload.values()), payload


def _urgency(due: DueStep, at: datetime) -> Urgency:
    if due.is_long_late(at):
        return Urgency.LONG_LATE
    return Urgency.LATE if due.is_late(at) else Urgency.RUNNING


def _is_told(duty: CaseDuty, urgency: Urgency, by_id: UUID | None) -> bool:
    if urgency is Urgency.LONG_LATE:
        return True
    return not duty.is_verifier and (urgency is Urgency.LATE or duty.user_id != by_id)


def send_reminder(payload: Mapping[str, str], *, act: Act) -> bool:
    """Send one mail; False when the case went on, or the person has no part in it any more."""
    case_id, user_id = UUID(payload["case_id"]), UUID(payload["user_id"])
    due = load_limits([case_id]).get(case_id)
    duties = list_duties([case_id], today=act.at.date()).get(case_id, ())
    has_part = any(duty.user_id == user_id for duty in duties)
    is_officer = user_id in dict(list_officers(today=act.at.date()))
    if due is None or due.since.isoformat() != payload["since"] or not (has_part and is_officer):
        return False
    organisation, person = get_organisation(act.by.organisation_id), get_person(user_id)
    urgency = Urgency(payload["urgency"])
    cases = f"{adapters().base_url}/o/{organisation.slug}/remedy/"
    with speaking(language_to_write_in(person.email, "")):
        lines = [
            str(TEXTS[urgency]),
            "",
            gettext("Your cases: %(address)s", address=cases),
            "",
            gettext("If a child is in danger now, call the child-protection service first."),
        ]
        subject = f"{SUBJECTS[urgency]} ({organisation.name})"
    adapters().mailer.send(Mail(person.email, subject, "\n".join(lines)))
    return True


def tell_others(user_id: UUID, role: RoleId, *, at: datetime) -> None:
    """Queue the mail about a new officer, where there are others to read it."""
    if role is not RoleId.SAFEGUARDING_OFFICER:
        return
    db.session.flush()  # the new one is among the officers
    if any(officer != user_id for officer, _name in list_officers(today=at.date())):
        by = system_identity(current_organisation())
        jobs.enqueue(TELL_OFFICERS, {"user_id": str(user_id)}, act=Act(by, at))


def send_news(user_id: UUID, *, at: datetime) -> None:
    """The mail to all other safeguarding officers; nothing when the person is none any more."""
    officers = dict(list_officers(today=at.date()))
    new = get_account(user_id)
    if new is None or officers.pop(user_id, None) is None:
        return
    organisation = get_organisation(current_organisation()).name
    for email in list_addresses(officers):
        with speaking(language_to_write_in(email, "")):
            subject = gettext("New safeguarding officer at %(name)s", name=organisation)
            what = gettext(
                "%(person)s (%(email)s) can be given remediation cases of %(name)s from now on, "
                "and is given each new one.",
                person=new.name,
                email=new.email,
                name=organisation,
            )
            advice = gettext(
                "If you did not expect this, ask the other officers and the operator of the "
                "platform today."
            )
        adapters().mailer.send(Mail(email, subject, f"{what}\n\n{advice}\n"))
