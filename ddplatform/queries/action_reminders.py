"""Which actions somebody must be reminded of today."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.access.roles import RoleId
from ddplatform.db import db
from ddplatform.models.findings import MitigationAction
from ddplatform.models.organisations import Membership, User
from ddplatform.queries.findings import UNDONE_ACTIONS
from ddplatform.tenancy import current_organisation

LEAD_DAYS = (30, 7, 1)
"""How many days before its day somebody is told of an action."""


@dataclass(frozen=True)
class Reminder:
    """One action that is late, or due in 30, 7 or 1 days."""

    title: str
    node_name: str
    due_on: date


def list_reminders(today: date) -> dict[UUID, Sequence[Reminder]]:
    """Who of the acting organisation is to be told of which actions, the longest late first.

    Owners are told of the actions they own; the people of a supplier of those that the
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
    return dict(found)
