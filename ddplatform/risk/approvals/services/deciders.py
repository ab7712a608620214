"""Second person of an approval: the right to decide (docs/adr, decision 19)."""

from ddplatform.accounts.organisations.queries import list_membership_facts
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotAllowed
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext
from ddplatform.value_chain.approvals.models import ApprovalRequest
from ddplatform.value_chain.approvals.queries.parts import Decider


def decider_of(by: Identity) -> Decider | None:
    """The decider, with the organisations this person belongs to; None: the role may not."""
    if by.user_id is None or not by.has(Permission.RISK_APPROVE):
        return None
    with across_tenants():
        homes = {found.organisation.id for found in list_membership_facts(by.user_id)}
    return Decider(by.user_id, frozenset(homes - {by.organisation_id}))


def second_person(request: ApprovalRequest, by: Identity) -> Decider:
    """The decider of a request, checked.

    Raises:
        NotAllowed: an own request, or no right to approve.
    """
    if request.created_by_id is not None and request.created_by_id == by.user_id:
        raise NotAllowed(
            gettext("You cannot decide on your own request."),
            gettext("Ask a colleague who may approve."),
        )
    decider = decider_of(by)
    if decider is None:
        raise NotAllowed(
            gettext("Your role may not approve this."),
            gettext("A sustainability manager of your organisation can."),
        )
    return decider
