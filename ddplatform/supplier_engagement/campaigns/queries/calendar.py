"""The calendar of a campaign: mails by day, with the recipients as of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.infrastructure.db import db, end_of
from ddplatform.supplier_engagement.campaigns.models import Campaign, CampaignTarget
from ddplatform.supplier_engagement.campaigns.queries.campaigns import to_send
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import WAITING
from ddplatform.value_chain.mapping.models import ValueChainNode

DAY = timedelta(days=1)


class Happening(StrEnum):
    """Kinds of mails in the calendar."""

    WAVE = "wave"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DUE = "due"


@dataclass(frozen=True)
class CalendarRow:
    """One day of a campaign. `many`: the number of mails sent, or expected as of now."""

    day: date
    what: Happening
    from_due: int
    """Days from the due date."""
    many: int
    is_over: bool


def list_calendar(campaign: Campaign, *, today: date) -> Sequence[CalendarRow]:
    """Waves, reminders, the due date and the escalation, by day; three statements.

    The recipients of a day: people asked who have not answered, and those asked until then.
    """
    waves = db.session.execute(
        select(CampaignTarget.send_on, func.count())
        .where(
            CampaignTarget.campaign_id == campaign.id,
            CampaignTarget.left_out.is_(None),
            CampaignTarget.send_on.is_not(None),
        )
        .group_by(CampaignTarget.send_on)
    )
    reached = _Reached(campaign.id)
    due = campaign.due_on
    rows = [_row(campaign, day, Happening.WAVE, many, today) for day, many in waves if day]
    for distance in campaign.reminder_days:
        day = due + timedelta(days=distance)
        told = campaign.calendar.get(day.isoformat(), {}).get("reminded", 0)
        many = told if day < today else reached.until(day)
        rows.append(_row(campaign, day, Happening.REMINDER, many, today))
    rows.append(_row(campaign, due, Happening.DUE, reached.until(due), today))
    if campaign.escalate_after is not None:
        day = due + timedelta(days=campaign.escalate_after)
        told = sum(one.get("escalated", 0) for one in campaign.calendar.values())
        many = told if day < today else reached.until(day)
        rows.append(_row(campaign, day, Happening.ESCALATION, many, today))
    return sorted(rows, key=lambda row: (row.day, list(Happening).index(row.what)))


class _Reached:
    """The number of recipients on a day, as of now."""

    def __init__(self, campaign_id: UUID) -> None:
        self.waiting = _count(campaign_id, Assignment.status.in_(WAITING))
        statement = select(CampaignTarget.send_on, func.count()).where(*to_send(campaign_id))
        to_come = db.session.execute(statement.group_by(CampaignTarget.send_on))
        self.to_come = [(day, many) for day, many in to_come]

    def until(self, day: date) -> int:
        """Those who wait, and those asked by then; a draft has no days of sending yet."""
        return self.waiting + sum(many for on, many in self.to_come if on is None or on <= day)


def _row(campaign: Campaign, day: date, what: Happening, many: int, today: date) -> CalendarRow:
    return CalendarRow(day, what, (day - campaign.due_on).days, many, day < today)


def _count(campaign_id: UUID, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).where(Assignment.campaign_id == campaign_id, condition)
    return db.session.scalar(statement) or 0


def list_running() -> Sequence[Campaign]:
    """Campaigns whose calendar goes on."""
    return db.session.scalars(
        select(Campaign)
        .where(Campaign.started_at.is_not(None), Campaign.stopped_at.is_(None))
        .order_by(Campaign.created_at, Campaign.id)
    ).all()


def list_to_remind(campaign: Campaign, *, today: date, limit: int) -> Sequence[Assignment]:
    """Recipients of today's reminders: open, none today, below the maximum."""
    days = [today - timedelta(days=distance) for distance in campaign.reminder_days]
    begin = end_of(today - DAY)
    last = Assignment.last_reminded_at
    return db.session.scalars(
        select(Assignment)
        .where(
            Assignment.campaign_id == campaign.id,
            Assignment.status.in_(WAITING),
            Assignment.due_on.in_(days),
            Assignment.mail_refusal.is_(None),
            Assignment.sent_at < begin,
            Assignment.reminders < campaign.most_reminders,
            last.is_(None) | (last < begin),
        )
        .order_by(Assignment.id)
        .limit(limit)
    ).all()


def list_to_escalate(
    campaign: Campaign, *, today: date, limit: int
) -> Sequence[tuple[Assignment, UUID | None]]:
    """Overdue assignments to report to the node owner, with the owner; each once."""
    assert campaign.escalate_after is not None
    rows = db.session.execute(
        select(Assignment, ValueChainNode.owner_id)
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(
            Assignment.campaign_id == campaign.id,
            Assignment.status.in_(WAITING),
            Assignment.due_on <= today - timedelta(days=campaign.escalate_after),
            Assignment.escalated_at.is_(None),
        )
        .order_by(Assignment.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def list_escalated(
    campaign_id: UUID, owner_id: UUID, *, is_starter: bool, limit: int
) -> tuple[Sequence[str], int]:
    """The first names reported to an owner, and the total number.

    Args:
        is_starter: who started the campaign answers for nodes that have no owner.
    """
    owner = ValueChainNode.owner_id
    # A person who left the organisation is responsible for nothing any more.
    nobody = owner.is_(None) | owner.not_in(select(Membership.user_id))
    conditions = (
        Assignment.campaign_id == campaign_id,
        Assignment.status.in_(WAITING),
        Assignment.escalated_at.is_not(None),
        (owner == owner_id) | nobody if is_starter else owner == owner_id,
    )
    rows = select(Assignment.node_name).join(
        ValueChainNode, ValueChainNode.id == Assignment.node_id
    )
    names = db.session.scalars(
        rows.where(*conditions).order_by(Assignment.node_name, Assignment.id).limit(limit)
    ).all()
    many = select(func.count()).select_from(rows.where(*conditions).subquery())
    return names, db.session.scalar(many) or 0
