"""Which roles of an organisation need a second factor."""

from collections.abc import Collection

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId


def require_factor_of(organisation: Organisation, roles: Collection[RoleId], *, act: Act) -> None:
    """Ask a second factor of the members in these roles; who has none sets one up at once."""
    before = list(organisation.second_factor_roles)
    wanted = sorted({role.value for role in roles})
    if wanted == before:
        return
    organisation.second_factor_roles = wanted
    audit.record("organisation:ask_second_factor", organisation, act=act, roles=(before, wanted))
