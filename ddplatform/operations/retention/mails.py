"""Mails to safeguarding officers about what will be removed: in time to ask for a legal hold."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.accounts.organisations.queries import (
    get_organisation,
    language_to_write_in,
    list_addresses,
)
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import day_in_words, gettext, speaking

TELL = "retention:tell"


def tell_officers(removal_day: date, *, at: datetime) -> None:
    """Queue a mail to every officer of the acting organisation; it names no case."""
    act = Act(system_identity(current_organisation()), at)
    for user_id, _name in list_officers(today=at.date()):
        payload = {"user_id": str(user_id), "removal_day": removal_day.isoformat()}
        jobs.enqueue(TELL, payload, act=act)


def send(payload: Mapping[str, str]) -> None:
    """Send one mail, in the language of the officer."""
    organisation = get_organisation(current_organisation())
    page = f"{adapters().base_url}/o/{organisation.slug}/remedy/"
    for email in list_addresses([UUID(payload["user_id"])]):
        with speaking(language_to_write_in(email, "")):
            day = day_in_words(date.fromisoformat(payload["removal_day"]))
            subject = gettext("Closed cases: content will be deleted on %(day)s", day=day)
            lines = [
                gettext(
                    "The retention period of closed cases is ending. On %(day)s their content is "
                    "permanently deleted; steps, dates and counts are kept.",
                    day=day,
                ),
                gettext(
                    "If a law, a legal claim or the child's interest requires longer retention, "
                    "ask the operator of the platform for a legal hold before that day. The cases "
                    "concerned show this date on their pages."
                ),
                page,
            ]
        adapters().mailer.send(Mail(email, subject, "\n\n".join(lines) + "\n"))
