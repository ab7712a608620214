"""Reminders due today: actions, sites to reassess and deferred findings, by recipient."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import REVIEW_DAY, UNDONE_ACTIONS, is_put_off_until
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, start_of
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.value_chain.mapping.models import ValueChainNode

LEAD_DAYS = (30, 7, 1)
"""Days of advance notice for an action."""
LOOK_DAYS = (7, 1)
"""The same for a site to look at again, besides the morning after it was given to somebody, and
for a finding that was put off."""


class Task(StrEnum):
    """The subject of a reminder."""

    ACTION = "action"
    REASSESSMENT = "reassessment"
    REVIEW = "review"


@dataclass(frozen=True)
class Reminder:
    """One action that is late, or due in 30, 7 or 1 days.

    `title` is that of the action, or what asks for the reassessment; a review has none.
    """

    title: str
    node_name: str
    due_on: date
    task: Task = Task.ACTION


def list_reminders(today: date) -> dict[UUID, Sequence[Reminder]]:
    """Recipients in the acting organisation with their actions, the longest late first.

    Owners are notified of the actions they own; the people of a supplier of those that the
    supplier carries out.
    """
    ours = select(MitigationAction, Membership.user_id).join(
        Membership, Membership.user_id == MitigationAction.owner_id
    )
    # Every person of a supplier organisation in the role of supplier: joined to each action.
    asked = select(MitigationAction, Membership.user_id).join(
        Membership, Membership.role == RoleId.SUPPLIER
    )
    organisation = current_organisation()
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for statement, mine in (
        (ours, MitigationAction.organisation_id == organisation),
        (asked, MitigationAction.respondent_organisation_id == organisation),
    ):
        rows = db.session.execute(
            statement.join(User, User.id == Membership.user_id)
            .where(
                mine,
                User.is_active.is_(True),
                MitigationAction.status.in_(UNDONE_ACTIONS),
                or_(
                    MitigationAction.due_on < today,
                    MitigationAction.due_on.in_(
                        [today + timedelta(days=days) for days in LEAD_DAYS]
                    ),
                ),
            )
            .order_by(MitigationAction.due_on, MitigationAction.id, Membership.user_id)
        ).all()
        for action, user_id in rows:
            found[user_id].append(Reminder(action.title, action.node_name, action.due_on))
    for user_id, reminder in chain(_sites_to_look_at(today), _findings_put_off(today)):
        found[user_id].append(reminder)
    return {
        user_id: sorted(reminders, key=lambda one: one.due_on)
        for user_id, reminders in found.items()
    }


def _sites_to_look_at(today: date) -> Iterator[tuple[UUID, Reminder]]:
    """Sites that owners are to look at again: late, due soon, or opened the day before."""
    midnight = start_of(today)
    rows = db.session.execute(
        select(Membership.user_id, ReviewTask.trigger, ReviewTask.due_on, ValueChainNode.name)
        .select_from(ReviewTask)
        .join(ValueChainNode, ValueChainNode.id == ReviewTask.node_id)
        .join(Membership, Membership.user_id == ReviewTask.owner_id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.is_active.is_(True),
            ReviewTask.closed_at.is_(None),
            or_(
                ReviewTask.due_on < today,
                ReviewTask.due_on.in_([today + timedelta(days=days) for days in LOOK_DAYS]),
                ReviewTask.created_at.between(midnight - timedelta(days=1), midnight),
            ),
        )
        .order_by(ReviewTask.due_on, ReviewTask.id)
    )
    for user_id, trigger, due_on, name in rows:
        title = tracking_words().triggers[trigger]
        yield user_id, Reminder(title, name, due_on, Task.REASSESSMENT)


def _findings_put_off(today: date) -> Iterator[tuple[UUID, Reminder]]:
    """Findings that their owners put off: late, or due soon. No word of theirs is mailed."""
    rows = db.session.execute(
        select(Membership.user_id, REVIEW_DAY, ValueChainNode.name)
        .select_from(Finding)
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
        .join(Membership, Membership.user_id == Finding.owner_id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.is_active.is_(True),
            is_put_off_until(*(today + timedelta(days=days) for days in LOOK_DAYS), before=today),
        )
        .order_by(REVIEW_DAY, Finding.id)
    )
    for user_id, day, name in rows:
        yield user_id, Reminder("", name, date.fromisoformat(day), Task.REVIEW)
