"""Registrations of policies with earlier packages."""

from collections.abc import Sequence
from datetime import datetime

from ddplatform.due_diligence.policies.models import PolicyCheck, PolicyVersion
from ddplatform.due_diligence.policies.queries import (
    get_open_check,
    get_open_version,
    list_due_for_review,
)
from ddplatform.due_diligence.policies.views import review_notice
from ddplatform.evidence.uploads.queries.targets import (
    TARGETS,
    Target,
    TargetPage,
    TargetRecord,
)
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.web.page_context import NOTICES, PageNotice
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _


def register() -> None:
    """Register documents of drafts and their checklists, and the notice of a review."""
    version = TargetRecord(
        PolicyVersion.title,
        get_open_version,
        "policy",
        (TargetPage("policies.show", "policy_version_id", Permission.PRACTICE_READ),),
    )
    check = TargetRecord(
        PolicyCheck.item,
        get_open_check,
        "policy_check",
        (TargetPage("policies.answer", "policy_check_id", Permission.PRACTICE_EDIT),),
    )
    TARGETS.add(PolicyVersion.__tablename__, Target(_("Policy"), version))
    TARGETS.add(PolicyCheck.__tablename__, Target(_("Criterion of a policy"), check))
    NOTICES.add("policies", list_notices)


def list_notices(identity: Identity, *, now: datetime) -> Sequence[PageNotice]:
    """One notice for each policy whose review is near or late, for those who keep policies."""
    if not identity.has(Permission.PRACTICE_EDIT):
        return ()
    today = now.date()
    return [
        PageNotice(
            review_notice(one.title, one.review_on, today),
            gettext("Open policies"),
            "policies.index",
        )
        for one in list_due_for_review(today)
    ]
