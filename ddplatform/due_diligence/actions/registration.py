"""Registrations of actions with earlier packages."""

from ddplatform.due_diligence.actions.queries.actions import get_action
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.evidence.uploads.queries.targets import (
    TARGETS,
    Target,
    TargetPage,
    TargetRecord,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.languages import lazy_gettext as _

PAGES = (
    TargetPage("findings.action", "action_id", Permission.FINDING_READ, owners_only=True),
    TargetPage("findings.my_action", "action_id", Permission.ACTION_REPORT),
)
"""Whoever plans an action has one page of it, the supplier that carries it out another."""


def register() -> None:
    """Register targets of documents."""
    record = TargetRecord(MitigationAction.title, get_action, "action", PAGES)
    TARGETS.add(MitigationAction.__tablename__, Target(_("Action"), record))
