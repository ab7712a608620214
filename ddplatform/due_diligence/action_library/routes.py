"""The page of the action library, for all findings or for one."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.action_library import action_library
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from supply_chain.risk.control_names import CONTROL_NAMES
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue


@bp.get("/actions/library")
@requires(Permission.FINDING_READ)
def library() -> ResponseReturnValue:
    """Actions by issue and root cause; with a finding they begin with its issue."""
    finding_id = request.args.get("finding", type=UUID)
    finding = get_finding(finding_id) if finding_id else None
    asked = request.args.get("issue", finding.issue if finding else "")
    issue = Issue(asked) if asked in set(Issue) else None
    known = action_library()
    cause = request.args.get("cause", "")
    cause = cause if cause in known.causes else ""
    return render_template(
        "due_diligence/action_library/index.html",
        finding=finding,
        issue=issue,
        cause=cause,
        rows=known.find(issue=issue, cause=cause),
        library=known,
        issue_names=ISSUE_NAMES,
        control_names=CONTROL_NAMES,
        indicators=tracking_words().indicators,
    )
