"""Registrations of remediation with earlier packages."""

from ddplatform.accounts.officers.services.role import STILL_NEEDED
from ddplatform.accounts.organisations.services.people import ROLE_GIVEN
from ddplatform.due_diligence.remedy.services.cases import is_still_needed
from ddplatform.due_diligence.remedy.services.mails import tell_others


def register() -> None:
    """Tell the other safeguarding officers when one is appointed; keep those a case needs."""
    ROLE_GIVEN.add("remedy", tell_others)
    STILL_NEEDED.add("remedy", is_still_needed)
