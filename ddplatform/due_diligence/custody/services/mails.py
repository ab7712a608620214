"""Mails to safeguarding officers about handovers and emergency access.

A mail leaves the protected area: it names no case and says nothing about a child.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

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
from ddplatform.languages import gettext, speaking
from ddplatform.languages import lazy_gettext as _

TELL = "case:tell"


class CaseNews(StrEnum):
    """What happened."""

    HANDOVER = "handover"
    DECLINED = "declined"
    ASKED = "asked"
    OPENED = "opened"
    REFUSED = "refused"


SUBJECTS: Mapping[CaseNews, str] = {
    CaseNews.HANDOVER: _("A remediation case is handed over to you"),
    CaseNews.DECLINED: _("Your handover of a case was declined"),
    CaseNews.ASKED: _("An officer asks for emergency access to a case"),
    CaseNews.OPENED: _("A case is open to an officer in an emergency"),
    CaseNews.REFUSED: _("Emergency access to a case was refused"),
}
TEXTS: Mapping[CaseNews, str] = {
    CaseNews.HANDOVER: _("It stays with your colleague until you accept it under Remediation."),
    CaseNews.DECLINED: _("The case stays with you. Name another officer under Remediation."),
    CaseNews.ASKED: _(
        "The officer is not assigned to the case. Another officer agrees or refuses under "
        "Remediation."
    ),
    CaseNews.OPENED: _(
        "The access ends by itself after 24 hours, each reading is logged, and an officer reviews "
        "it afterwards. Who asked and who agreed stands under Remediation."
    ),
    CaseNews.REFUSED: _("The case stays closed to the officer who asked."),
}


def tell(news: CaseNews, user_ids: Iterable[UUID], *, at: datetime) -> None:
    """Queue one mail to each of these officers."""
    act = Act(system_identity(current_organisation()), at)
    for user_id in user_ids:
        jobs.enqueue(TELL, {"user_id": str(user_id), "news": news.value}, act=act)


def send_news(payload: Mapping[str, str]) -> None:
    """Send one mail."""
    news, organisation = CaseNews(payload["news"]), get_organisation(current_organisation())
    page = f"{adapters().base_url}/o/{organisation.slug}/remedy/"
    for email in list_addresses([UUID(payload["user_id"])]):
        with speaking(language_to_write_in(email, "")):
            subject = f"{SUBJECTS[news]} ({organisation.name})"
            lines = [str(TEXTS[news]), gettext("Your cases: %(address)s", address=page)]
        adapters().mailer.send(Mail(email, subject, "\n\n".join(lines) + "\n"))
