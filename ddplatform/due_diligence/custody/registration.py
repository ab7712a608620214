"""Registrations of custody with earlier packages."""

from collections.abc import Sequence
from datetime import datetime

from ddplatform.due_diligence.custody.queries import list_handovers_to, list_open_access
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.web.page_context import NOTICES, PageNotice
from ddplatform.languages import gettext


def register() -> None:
    """Show officers on every page what waits for them; no case is named there."""
    NOTICES.add("custody", list_notices)


def list_notices(identity: Identity, *, now: datetime) -> Sequence[PageNotice]:
    """One notice for each emergency access, until its review, and for each handover."""
    if not identity.has(Permission.CASE_WORK):
        return ()
    texts = [
        gettext("A remediation case is handed over to you.")
        for _ in list_handovers_to(identity.user_id)
    ]
    for one in list_open_access():
        if one.ends_at is None:
            words = gettext("%(name)s asks for emergency access to a case.", name=one.asked_by)
        elif now < one.ends_at:
            words = gettext("A case is open to %(name)s in an emergency.", name=one.asked_by)
        else:
            words = gettext("The emergency access of %(name)s waits for review.", name=one.asked_by)
        texts.append(words)
    return [PageNotice(text, gettext("Look at it"), "remedy.custody") for text in texts]
