"""Giving and taking of the officer's role itself, once all that it needs is there."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from ddplatform.accounts.officers.queries import find_membership, list_officers
from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.queries import count_members_with_role
from ddplatform.accounts.organisations.services.people import ROLE_GIVEN
from ddplatform.accounts.sessions import services as sessions
from ddplatform.infrastructure.access.roles import KEEPERS, RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import gettext

OFFICER = RoleId.SAFEGUARDING_OFFICER


class StillNeeded(Protocol):
    """A later package's answer to whether an officer has to hand something over first."""

    def __call__(self, user_id: UUID, *, at: datetime) -> bool:
        """Asked in the acting organisation; nothing is written."""


STILL_NEEDED: Registry[StillNeeded] = Registry("duties of safeguarding officers")


def give(user_id: UUID, *, at: datetime) -> Membership:
    """Make a person officer of the acting organisation; the sessions of a member end at once."""
    membership = find_membership(user_id)
    if membership is None:
        membership = Membership(user_id=user_id, role=OFFICER, created_at=at)
        db.session.add(membership)
    else:
        membership.role, membership.access_until = OFFICER, None
        sessions.end_all_sessions(user_id)
    db.session.flush()  # the event names it, and the new one is among the officers
    for tell in ROLE_GIVEN:
        tell(user_id, OFFICER, at=at)
    return membership


def take(membership: Membership) -> None:
    """Take an officer out of the acting organisation; their sessions end at once."""
    sessions.end_all_sessions(membership.user_id)
    db.session.delete(membership)


def require_not_last(membership: Membership, *, at: datetime) -> None:
    """Refuse to leave the organisation without an officer."""
    others = {user_id for user_id, _ in list_officers(today=at.date())} - {membership.user_id}
    if not others:
        raise Conflict(
            gettext("The last safeguarding officer cannot be removed."),
            gettext("Name another one first: nobody else can open the cases."),
        )


def require_dispensable(membership: Membership, *, at: datetime) -> None:
    """Refuse to take the last case manager from an open case, whoever asks.

    Only officers and the operator read this refusal: it tells that a case is open.
    """
    if any(is_needed(membership.user_id, at=at) for is_needed in STILL_NEEDED):
        raise Conflict(
            gettext("This officer is the last one who is responsible for an open case."),
            gettext("The officer hands the case over first; the next officer accepts it."),
        )


def is_last_keeper(membership: Membership | None) -> bool:
    """Whether the organisation would be without an administrator if this member became officer."""
    return (
        membership is not None
        and membership.role in KEEPERS
        and count_members_with_role(*KEEPERS) == 1
    )
