"""The refusal of what no single person may do: to give the role of officer, or to take it."""

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext


def require_free_role(*roles: RoleId) -> None:
    """Refuse a change by one person from or to the role of safeguarding officer (decision 32).

    Raises:
        Conflict: one of the roles is that of the officer.
    """
    if RoleId.SAFEGUARDING_OFFICER in roles:
        raise Conflict(
            gettext("Who becomes or ceases to be safeguarding officer is decided by two people."),
            gettext(
                "Make a proposal under People, Safeguarding officers; the operator of the "
                "platform names the first officer of an organisation."
            ),
        )
