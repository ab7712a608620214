"""Mails to safeguarding officers that something waits among the concerns.

A mail leaves the protected area: it names no concern and quotes nothing. Unless somebody said that
there is danger it goes out on the morning after, so that its hour does not tell when somebody
wrote.
"""

from collections.abc import Mapping
from datetime import timedelta
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
from ddplatform.infrastructure.db import start_of
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import gettext, speaking

TELL = "concern:tell"
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


def send_news(payload: Mapping[str, str]) -> None:
    """Send one mail."""
    organisation = get_organisation(current_organisation())
    page = f"{adapters().base_url}/o/{organisation.slug}/concerns/"
    for email in list_addresses([UUID(payload["user_id"])]):
        with speaking(language_to_write_in(email, "")):
            subject = f"{gettext('A concern waits for you')} ({organisation.name})"
            lines = [
                gettext(
                    "Something new waits among the concerns. Sign in to read it; each concern "
                    "shows by when somebody has to act."
                ),
                page,
            ]
        adapters().mailer.send(Mail(email, subject, "\n\n".join(lines) + "\n"))
