"""Registrations of concerns with earlier packages."""

from collections.abc import Sequence
from datetime import datetime

from ddplatform.due_diligence.concerns.queries import count_unanswered
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.web.page_context import NOTICES, PageNotice
from ddplatform.languages import gettext


def register() -> None:
    """Show officers on every page that a concern waits; it says nothing of it."""
    NOTICES.add("concerns", list_notices)


def list_notices(identity: Identity, *, now: datetime) -> Sequence[PageNotice]:
    """One notice while nobody has acknowledged a concern, for officers alone."""
    if not identity.has(Permission.CONCERN_WORK) or not count_unanswered():
        return ()
    return [PageNotice(gettext("A concern waits for you"), gettext("Open"), "concerns.index")]
