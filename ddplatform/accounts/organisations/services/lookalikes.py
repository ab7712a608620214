"""Look-alike names of organisations; only people who work with both are warned (decision 26)."""

from uuid import UUID

from ddplatform.accounts.organisations.queries import list_names_known_to
from ddplatform.infrastructure.lookalikes import skeleton
from ddplatform.infrastructure.tenancy import across_tenants


def knows_lookalike(email: str, *, organisation_id: UUID, name: str) -> bool:
    """Whether an address has to do with another organisation whose name looks like this one.

    It has where it is a member there, or was ever invited or asked by it.
    """
    with across_tenants():
        known = list_names_known_to(email, but=organisation_id)
    seen = skeleton(name)
    return any(skeleton(other) == seen for other in known)
