"""Which roles need a second factor, and removal of one whose owner has lost it."""

from collections.abc import Collection
from datetime import datetime

from ddplatform.accounts.notices.services import Change, tell
from ddplatform.accounts.organisation_factors.proof import IdentityProof
from ddplatform.accounts.organisations.models import Organisation, User
from ddplatform.accounts.organisations.queries import Person, get_user, list_membership_facts
from ddplatform.accounts.organisations.services.organisations import acting_for_installation
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.accounts.second_factor.services.own_factor import drop_factors
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext


def require_factor_of(organisation: Organisation, roles: Collection[RoleId], *, act: Act) -> None:
    """Ask a second factor of the members in these roles; who has none sets one up at once."""
    before = list(organisation.second_factor_roles)
    wanted = sorted({role.value for role in roles})
    if wanted == before:
        return
    organisation.second_factor_roles = wanted
    audit.record("organisation:ask_second_factor", organisation, act=act, roles=(before, wanted))


def remove_factor_of_colleague(person: Person, *, proof: IdentityProof, act: Act) -> None:
    """Remove the second factor of a member of the acting organisation, who is told by mail.

    Args:
        proof: how the administrator knows that it is this person who asks; kept in the log.

    Raises:
        Conflict: it is one's own, there is none, the person is a safeguarding officer, or belongs
            to another organisation too: nobody there could know who opened the account.
    """
    if person.user_id == act.by.user_id:
        raise Conflict(
            gettext("You cannot remove your own second factor here."),
            gettext("Use the page of your account."),
        )
    _require_removable(person)
    user = get_user(person.user_id)
    drop_factors(user.id)
    # By the platform itself: the mail goes out even when the administrator loses the role.
    by = system_identity(act.by.organisation_id)
    tell(user, Change.REMOVED_BY_OTHERS, act=Act(by, act.at))
    audit.record("second_factor:remove_of_colleague", user, act=act, **proof.told())


def remove_factor_by_operator(user: User, *, proof: IdentityProof, at: datetime) -> None:
    """Remove anybody's second factor, from the command line; the person is told by mail.

    Args:
        proof: how the operator knows that it is this person who asks; kept in the log.

    Raises:
        Conflict: there is none.
    """
    _require_factor(user)
    drop_factors(user.id)
    with acting_for_installation(at=at) as act:
        tell(user, Change.REMOVED_BY_OTHERS, act=act)
        audit.record("second_factor:remove_by_operator", user, act=act, **proof.told())


def _require_removable(person: Person) -> None:
    user = get_user(person.user_id)
    _require_factor(user)
    with across_tenants():
        standings = list_membership_facts(user.id)
    if any(standing.role_id is RoleId.SAFEGUARDING_OFFICER for standing in standings):
        raise Conflict(
            gettext("The second factor of a safeguarding officer guards cases of children."),
            gettext("Only the operator of this installation can remove it."),
        )
    if len(standings) > 1:
        raise Conflict(
            gettext("%(name)s belongs to another organisation too.", name=user.name),
            gettext("Only the operator of this installation can remove this second factor."),
        )


def _require_factor(user: User) -> None:
    if not has_factor(user.id):
        raise Conflict(
            gettext("%(name)s has no second factor.", name=user.name),
            gettext("The password alone opens this account."),
        )
