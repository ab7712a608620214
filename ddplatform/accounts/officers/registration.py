"""Registrations of safeguarding officers with earlier packages."""

from collections.abc import Sequence
from datetime import datetime

from ddplatform.accounts.officers.models import ProposalKind
from ddplatform.accounts.officers.queries import list_open_proposals
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.web.page_context import NOTICES, PageNotice
from ddplatform.languages import day_in_words, gettext


def register() -> None:
    """Show open proposals to each officer on every page."""
    NOTICES.add("officers", list_notices)


def list_notices(identity: Identity, *, now: datetime) -> Sequence[PageNotice]:
    """One notice for each open proposal, for officers alone."""
    if not identity.has(Permission.CASE_WORK):
        return ()
    found = []
    for one in list_open_proposals():
        if one.kind is ProposalKind.REMOVE:
            text = gettext(
                "The removal of %(name)s as safeguarding officer is proposed.", name=one.name
            )
        elif one.effective_at is None:
            text = gettext("%(name)s is proposed as safeguarding officer.", name=one.name)
        else:
            text = gettext(
                "%(name)s becomes safeguarding officer on %(day)s unless an officer objects.",
                name=one.name,
                day=day_in_words(one.effective_at),
            )
        found.append(PageNotice(text, gettext("Decide"), "organisations.officers"))
    return found
