"""Registrations of policies with earlier packages."""

from ddplatform.due_diligence.policies.models import PolicyCheck, PolicyVersion
from ddplatform.due_diligence.policies.queries import (
    get_open_check,
    get_open_version,
)
from ddplatform.evidence.uploads.queries.targets import (
    TARGETS,
    Target,
    TargetPage,
    TargetRecord,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.languages import lazy_gettext as _


def register() -> None:
    """Register documents of drafts and their checklists."""
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
