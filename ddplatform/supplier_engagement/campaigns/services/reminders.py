"""Reminders of a campaign by its calendar, and escalation of late suppliers to node owners.

It ends where the answers are in, the questionnaire is withdrawn, the mail was refused, enough
reminders went out, or the campaign is stopped.
"""

from datetime import datetime
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_account, get_organisation, list_people
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.languages import gettext, ngettext
from ddplatform.supplier_engagement.campaigns.models import Campaign
from ddplatform.supplier_engagement.campaigns.queries.calendar import (
    list_escalated,
    list_running,
    list_to_escalate,
    list_to_remind,
)
from ddplatform.supplier_engagement.campaigns.queries.campaigns import get_campaign
from ddplatform.supplier_engagement.requests.services.reminders import remind

REMIND, TELL = "campaign:remind", "campaign:tell_owner"
BATCH = 100
NAMES_SHOWN = 20


def remind_by_calendar(*, unit: Unit, act: Act) -> dict[str, int]:
    """Send today's reminders of all campaigns, one batch per transaction."""
    with unit():
        campaigns = [row.id for row in list_running()]
    told = {"reminded": 0, "escalated": 0}
    for campaign_id in campaigns:
        for what, step in (("reminded", _remind_batch), ("escalated", _escalate_batch)):
            count = BATCH
            while count == BATCH:
                with unit():
                    campaign = get_campaign(campaign_id, for_change=True)
                    count = 0 if campaign.stopped_at else step(campaign, act)
                    _write_down(campaign, what, count, act.at)
                told[what] += count
    return told


def _write_down(campaign: Campaign, what: str, count: int, at: datetime) -> None:
    if count:
        day = at.date().isoformat()
        kept = campaign.calendar.get(day, {})
        campaign.calendar = {
            **campaign.calendar,
            day: {**kept, what: kept.get(what, 0) + count},
        }


def _remind_batch(campaign: Campaign, act: Act) -> int:
    due = list_to_remind(campaign, today=act.at.date(), limit=BATCH)
    for assignment in due:
        remind(assignment, act=act)
    return len(due)


def _escalate_batch(campaign: Campaign, act: Act) -> int:
    """Mark late assignments, and queue one mail for each person responsible for some of them."""
    if campaign.escalate_after is None:
        return 0
    late = list_to_escalate(campaign, today=act.at.date(), limit=BATCH)
    members = {person.user_id for person in list_people() if person.is_active}
    for assignment, owner_id in late:
        assignment.escalated_at = act.at
        told = owner_id if owner_id in members else campaign.started_by_id
        payload = {"campaign_id": str(campaign.id), "user_id": str(told)}
        key = f"{TELL}:{campaign.id}:{told}"
        jobs.enqueue(TELL, payload, act=act, unique_key=key)
    if late:
        audit.record("campaign:escalate", campaign, act=act, late=len(late))
    return len(late)


def tell_owner(campaign_id: UUID, user_id: UUID, *, at: datetime) -> None:
    """The mail to a person who answers for suppliers that are late. It names no answer."""
    campaign, account = get_campaign(campaign_id), get_account(user_id)
    if account is None or not account.is_active:
        return
    names, many = list_escalated(
        campaign_id, user_id, is_starter=user_id == campaign.started_by_id, limit=NAMES_SHOWN
    )
    if not many:
        return
    slug = get_organisation(campaign.organisation_id).slug
    address = f"{adapters().base_url}/o/{slug}/campaigns/{campaign.id}"
    days = (at.date() - campaign.due_on).days
    if many > len(names):
        names = [*names, gettext("and %(num)s more", num=f"{many - len(names):,}")]
    adapters().mailer.send(
        Mail(
            account.email,
            gettext("%(number)s without answers: %(name)s", number=f"{many:,}", name=campaign.name),
            ngettext(
                "You are the owner of these suppliers. %(num)s day after the due date they have "
                "not sent their answers:\n\n%(names)s\n\n"
                "A call often helps more than a further mail. See the state of each:\n%(link)s\n",
                "You are the owner of these suppliers. %(num)s days after the due date they have "
                "not sent their answers:\n\n%(names)s\n\n"
                "A call often helps more than a further mail. See the state of each:\n%(link)s\n",
                days,
                names="\n".join(names),
                link=address,
            ),
        )
    )
