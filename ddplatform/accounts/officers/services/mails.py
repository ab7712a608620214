"""Mails to all safeguarding officers about who becomes one and who leaves."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ddplatform.accounts.officers.models import OfficerProposal, ProposalKind
from ddplatform.accounts.officers.queries import find_address, get_proposal, list_officers
from ddplatform.accounts.organisations.queries import (
    get_organisation,
    language_to_write_in,
    list_addresses,
)
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import day_in_words, gettext, speaking
from ddplatform.languages import lazy_gettext as _

TELL = "officer:tell"


class News(StrEnum):
    """What happened to a proposal."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


SUBJECTS: Mapping[tuple[ProposalKind, News], str] = {
    (ProposalKind.APPOINT, News.PROPOSED): _("Somebody is proposed as safeguarding officer"),
    (ProposalKind.APPOINT, News.AGREED): _("A safeguarding officer begins soon unless you object"),
    (ProposalKind.APPOINT, News.OBJECTED): _("An officer objected to a new safeguarding officer"),
    (ProposalKind.APPOINT, News.WITHDRAWN): _("The proposal of an officer was withdrawn"),
    (ProposalKind.REMOVE, News.PROPOSED): _("The removal of a safeguarding officer is proposed"),
    (ProposalKind.REMOVE, News.OBJECTED): _("An officer objected to a removal"),
    (ProposalKind.REMOVE, News.WITHDRAWN): _("The proposed removal was withdrawn"),
    (ProposalKind.REMOVE, News.REMOVED): _("A safeguarding officer was removed"),
}


def tell_officers(proposal: OfficerProposal, news: News, *, at: datetime) -> None:
    """Queue the mails to all officers of this moment, also to one who is about to leave."""
    by = system_identity(proposal.organisation_id)
    for user_id, _name in list_officers(today=at.date()):
        payload = {
            "officer_proposal_id": str(proposal.id),
            "user_id": str(user_id),
            "news": news.value,
        }
        jobs.enqueue(TELL, payload, act=Act(by, at))


def send_news(payload: Mapping[str, str]) -> None:
    """Send one mail about a proposal."""
    proposal = get_proposal(UUID(payload["officer_proposal_id"]))
    news = News(payload["news"])
    organisation = get_organisation(proposal.organisation_id)
    page = f"{adapters().base_url}/o/{organisation.slug}/people/officers/"
    for email in list_addresses([UUID(payload["user_id"])]):
        with speaking(language_to_write_in(email, "")):
            subject = f"{SUBJECTS[proposal.kind, news]} ({organisation.name})"
            lines = [*_what(proposal, news), page]
        adapters().mailer.send(Mail(email, subject, "\n\n".join(lines) + "\n"))


def _what(proposal: OfficerProposal, news: News) -> list[str]:
    operator = gettext("the operator of the platform")
    person = f"{proposal.name} ({proposal.email})"
    first = find_address(proposal.proposed_by_id) or operator
    second = find_address(proposal.agreed_by_id) or operator
    lines = [
        gettext("Person: %(person)s.", person=person),
        gettext("Proposed by: %(email)s.", email=first),
    ]
    if news is News.PROPOSED:
        lines.append(
            gettext("It needs the agreement of an officer. Agree only if you know the person.")
        )
    elif news is News.AGREED:
        lines += [
            gettext("Agreed by: %(email)s.", email=second),
            gettext(
                "The role begins on %(day)s and opens each new case to this person. Until then "
                "any officer can object, which ends the proposal.",
                day=day_in_words(proposal.effective_at or proposal.proposed_at),
            ),
        ]
    elif news is News.REMOVED:
        lines.append(gettext("Agreed by: %(email)s.", email=second))
    return lines
