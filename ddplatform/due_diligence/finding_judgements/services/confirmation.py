"""Confirmation of the involvement by a second person (UNGP 13, 19)."""

from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

REASON_LENGTH = 1000


def confirm_involvement(finding_id: UUID, *, reason: str, version: int, act: Act) -> Finding:
    """Confirm the assessed involvement; a new assessment ends the confirmation.

    Raises:
        NotFound: no such finding.
        Conflict: changed meanwhile; nothing to confirm, confirmed already, or the one who
            assessed it would confirm it.
        Invalid: no reason, or one that is too long or leads to a person.
    """
    finding = get_finding(finding_id, for_change=True)
    kept = finding.step_data.get("involvement", {})
    _check_may_confirm(finding, act)
    refuse_stale(finding, version)
    if fault := fault_in(reason, label=gettext("the reason"), longest=REASON_LENGTH):
        raise Invalid(fields={"reason": fault})
    finding.step_data = {
        **finding.step_data,
        "involvement": {
            **kept,
            "approved_by": str(act.by.user_id),
            "reason": reason.strip(),
        },
    }
    db.session.flush()  # the version that the page shows next
    audit.record(
        "finding:confirm_involvement",
        finding,
        act=act,
        involvement_confirmed=(None, finding.involvement),
        reason=reason.strip(),
    )
    return finding


def _check_may_confirm(finding: Finding, act: Act) -> None:
    kept = finding.step_data.get("involvement", {})
    if finding.involvement is None:
        raise Conflict(gettext("The involvement has not been assessed yet."))
    if "approved_by" in kept:
        raise Conflict(gettext("The involvement is confirmed already."))
    if "stated_by" not in kept:  # assessed before confirmations were kept
        raise Conflict(
            gettext("It is not on record who assessed the involvement."),
            gettext("Assess it again first."),
        )
    if kept["stated_by"] == str(act.by.user_id):
        raise Conflict(
            gettext("The involvement cannot be confirmed by the person who assessed it."),
            gettext("Ask somebody else to confirm it."),
        )
