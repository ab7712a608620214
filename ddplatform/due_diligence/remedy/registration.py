"""Registrations of remediation with earlier packages."""

from ddplatform.accounts.organisations.services.people import ROLE_GIVEN
from ddplatform.due_diligence.remedy.services.mails import tell_others


def register() -> None:
    """Tell the other safeguarding officers when one is appointed."""
    ROLE_GIVEN.add("remedy", tell_others)
