"""Facts of a report about the work done: questionnaires, findings, actions, remedy."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ddplatform.core.due_diligence.vocabulary import ActionState, QuestionnaireState
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.findings.queries import UNDONE_ACTIONS
from ddplatform.due_diligence.remedy.queries.cases import CaseFigures
from ddplatform.due_diligence.remedy.views import CASE_STAGES
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.reporting.report_facts.queries.work import WAITING, Actions, FindingRecord, Rounds
from ddplatform.reporting.report_facts.views.words import spaced
from supply_chain.risk.issue_names import ISSUE_NAMES

ARRIVED = (
    QuestionnaireState.SUBMITTED,
    QuestionnaireState.UNDER_REVIEW,
    QuestionnaireState.ACCEPTED,
    QuestionnaireState.RETURNED,
    QuestionnaireState.ESCALATED,
)


def questionnaire_facts(scope: Scope, sent: Rounds) -> dict[str, Any]:
    """Rounds counted by questionnaire and version."""
    rounds: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in sent.rows:
        rounds[row.title, row.version].append(row)
    rows: list[dict[str, Any]] = [
        {
            "title": title,
            "version": version,
            **_counts(found, scope),
            "red_flags": sum(sent.red_flags.get(row.id, 0) for row in found),
        }
        for (title, version), found in sorted(rounds.items())
    ]
    everything = [row for found in rounds.values() for row in found]
    return {**_counts(everything, scope), "rows": rows}


def _counts(rows: Sequence[Any], scope: Scope) -> dict[str, int]:
    """The work received by the day of the scope."""
    return {
        "sent": len(rows),
        "submitted": sum(
            1 for row in rows if row.status in ARRIVED and not _came_later(row, scope)
        ),
        "accepted": sum(
            1
            for row in rows
            if row.status is QuestionnaireState.ACCEPTED and _is_before(row.decided_at, scope)
        ),
        "overdue": sum(1 for row in rows if row.due_on < scope.as_of and _waited(row, scope)),
    }


def _waited(row: Any, scope: Scope) -> bool:
    return row.status in WAITING or _came_later(row, scope)


def _came_later(row: Any, scope: Scope) -> bool:
    return row.submitted_at is not None and row.submitted_at >= scope.end


def finding_facts(scope: Scope, records: Sequence[FindingRecord]) -> list[dict[str, Any]]:
    """Findings, each as its report lists it."""
    return [_finding(record, scope) for record in records]


def _finding(record: FindingRecord, scope: Scope) -> dict[str, Any]:
    finding, role = record.finding, record.role
    is_open = finding.closed_at is None or finding.closed_at >= scope.end
    is_kept = not scope.was_changed(finding.id)
    return {
        "id": str(finding.id),
        "ref": short_ref("F", finding.id),
        "title": finding.title,
        "issue": finding.issue.value,
        "issue_title": ISSUE_NAMES[finding.issue],
        "node_name": record.node_name,
        "kind": "actual" if finding.is_actual else "potential",
        "involvement": spaced(finding.involvement) if is_kept else None,
        "severity": record.severity if is_kept else None,
        "found_on": finding.created_at.date().isoformat(),
        "owner": ROLES[role].title if role and is_kept else None,
        "status": "open" if is_open else "closed",
    }


def short_ref(letter: str, row_id: UUID) -> str:
    """A finding or an action on paper: a letter and the first eight signs of its id."""
    return f"{letter}-{row_id.hex[:8]}"


def action_facts(scope: Scope, actions: Actions) -> list[dict[str, Any]]:
    """Actions, each as its report lists it, without those that were dropped by the day."""
    return [_action(row, scope, actions) for row in actions.rows if not _was_dropped(row, scope)]


def _was_dropped(row: Any, scope: Scope) -> bool:
    """Whether an action was dropped by the day; one that was dropped later still ran."""
    action: MitigationAction = row.MitigationAction
    return action.status is ActionState.DROPPED and not scope.was_changed(action.id)


def _action(row: Any, scope: Scope, actions: Actions) -> dict[str, Any]:
    action: MitigationAction = row.MitigationAction
    points = actions.indexes.get((action.node_id, row.issue), [])
    before = [index for at, index in points if at <= action.created_at]
    checked = action.verified_at if _is_before(action.verified_at, scope) else None
    is_kept = not scope.was_changed(action.id)
    after = [index for at, index in points if checked is not None and at > checked]
    return {
        "id": str(action.id),
        "ref": short_ref("A", action.id),
        "title": action.title,
        "finding": short_ref("F", action.finding_id),
        "owner": _owner(action, row.owner) if is_kept else None,
        "due_on": action.due_on.isoformat() if is_kept else None,
        "status": _status(action, scope),
        "residual_before": before[-1] if before else None,
        "residual_after": after[-1] if after else None,
        "verified_on": checked.date().isoformat() if checked else None,
        "verified_by": ROLES[row.verifier].title if checked and row.verifier else None,
    }


def _is_before(moment: Any, scope: Scope) -> bool:
    return moment is not None and moment < scope.end


def _owner(action: MitigationAction, role: Any) -> str | None:
    if role:
        return ROLES[role].title
    return "Supplier" if action.respondent_organisation_id else None


def _status(action: MitigationAction, scope: Scope) -> str | None:
    if _is_before(action.verified_at, scope):
        return "done"
    if scope.was_changed(action.id):
        return None
    late = action.status in UNDONE_ACTIONS and action.due_on < scope.as_of
    return "overdue" if late else "running"


def remedy_facts(cases: CaseFigures | None) -> dict[str, Any]:
    """Cases by stage, as the suppressed query gives them: no raw count ever enters a report.

    Null for a past day: where a case stood then is not kept outside the sealed case.
    """
    if cases is None:
        return {"remediation": None, "grievances": None}
    rows = [
        {"measure": CASE_STAGES[stage.stage].source, "count": stage.shown} for stage in cases.stages
    ]
    total: dict[str, Any] = {"measure": "Cases in all", "count": cases.total}
    if cases.as_of is not None:
        total["note"] = f"At the end of {cases.as_of:%B %Y}"
    return {
        "remediation": {"rows": [*rows, total]},
        "grievances": None,
    }
