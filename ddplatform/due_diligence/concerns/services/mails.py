"""Mails to safeguarding officers that something waits among the concerns.

A mail leaves the protected area: it names no concern and quotes nothing. Unless somebody said that
there is danger it goes out on the morning after, so that its hour does not tell when somebody
wrote.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.accounts.organisations.queries import (
    get_organisation,
    language_to_write_in,
    list_addresses,
)
from ddplatform.core.due_diligence.concern_clock import due_day
from ddplatform.due_diligence.concerns.queries import list_open_concerns, load_entered
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.db import start_of
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import lazy_gettext as _
from ddplatform.languages import speaking

TELL = "concern:tell"
REMIND, MAIL_LATE = "concern:remind", "concern:mail_late"
MONDAY = 0
MORNING = timedelta(hours=5)
"""Of the next day, UTC."""


def tell_officers(*, act: Act, at_once: bool) -> None:
    """Queue a mail to each officer; what waits for the same morning is told in one mail."""
    today = start_of(act.at.date())
    system = Act(system_identity(current_organisation()), today)
    day = "now" if at_once else today.date().isoformat()
    for user_id, _name in list_officers(today=act.at.date()):
        jobs.enqueue(
            TELL,
            {"user_id": str(user_id)},
            act=system,
            run_after=today if at_once else today + timedelta(days=1) + MORNING,
            unique_key=f"{TELL}:{user_id}:{day}",
        )


def ask_reminders(*, act: Act) -> int:
    """Queue a mail to each officer where a step of a concern is overdue; returns their number.

    On the first day after a time limit, and on each Monday until the step was taken: whoever was
    away, or a worker that stood still on that day, is reached within a week. One mail a day tells
    of all of them, so no job names a concern.
    """
    today = act.at.date()
    if not _is_day_to_remind(today):
        return 0
    officers = list_officers(today=today)
    for user_id, _name in officers:
        jobs.enqueue(
            MAIL_LATE,
            {"user_id": str(user_id)},
            act=act,
            unique_key=f"{MAIL_LATE}:{user_id}:{today.isoformat()}",
        )
    return len(officers)


def _is_day_to_remind(today: date) -> bool:
    concerns = list_open_concerns()
    entered = load_entered(concerns)
    dues = [due_day(entered[concern.id], concern.status) for concern in concerns]
    late = [due.day for due in dues if due is not None and due.is_late(today)]
    return bool(late) and (today.weekday() == MONDAY or max(late) == today - timedelta(days=1))


def send_news(payload: Mapping[str, str]) -> None:
    """Send one mail about something new."""
    _send(
        payload,
        _("A concern waits for you"),
        _(
            "Something new waits among the concerns. Sign in to read it; each concern "
            "shows by when somebody has to act."
        ),
    )


def send_reminder(payload: Mapping[str, str]) -> None:
    """Send one mail about time limits that have passed."""
    _send(
        payload,
        _("A step of a concern is overdue"),
        _(
            "A time limit that was promised to somebody who raised a concern has passed. Sign in "
            "to see which step is overdue; if it cannot be taken today, tell the person in the "
            "thread by when."
        ),
    )


def _send(payload: Mapping[str, str], subject: str, text: str) -> None:
    organisation = get_organisation(current_organisation())
    page = f"{adapters().base_url}/o/{organisation.slug}/concerns/"
    for email in list_addresses([UUID(payload["user_id"])]):
        with speaking(language_to_write_in(email, "")):
            mail = Mail(email, f"{subject} ({organisation.name})", f"{text}\n\n{page}\n")
        adapters().mailer.send(mail)
