"""What remediation tells earlier packages of itself."""

from ddplatform.accounts.organisations.services.people import ROLE_GIVEN
from ddplatform.due_diligence.remedy.services.mails import tell_others


def register() -> None:
    """Have safeguarding officers told of a new one."""
    ROLE_GIVEN.add("remedy", tell_others)
