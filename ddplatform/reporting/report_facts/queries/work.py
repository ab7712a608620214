"""Facts of a report about the work done: questionnaires, findings, actions, remedy."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import Membership
from ddplatform.core.due_diligence.vocabulary import ActionState, QuestionnaireState
from ddplatform.due_diligence.finding_judgements.queries import severity_of_finding
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import UNDONE_ACTIONS
from ddplatform.due_diligence.remedy.queries.cases import count_cases_by_stage
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.reporting.report_facts.queries.risks import spaced
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.risk.runs.models import AssessmentRun, RiskAssessment
from ddplatform.risk.runs.queries.rows import on_runs
from ddplatform.risk.runs.queries.scores import risk_of
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.responses.models import RedFlag, Response
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.risk.issue_names import ISSUE_NAMES

WAITING = (QuestionnaireState.SENT, QuestionnaireState.OPENED, QuestionnaireState.RETURNED)
ARRIVED = (
    QuestionnaireState.SUBMITTED,
    QuestionnaireState.UNDER_REVIEW,
    QuestionnaireState.ACCEPTED,
    QuestionnaireState.RETURNED,
    QuestionnaireState.ESCALATED,
)


def load_questionnaire_facts(scope: Scope) -> dict[str, Any]:
    """Rounds sent in the period or still open, counted by questionnaire and version."""
    flags = _red_flags(scope)
    rounds: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in _assignments(scope):
        rounds[row.title, row.version].append(row)
    rows: list[dict[str, Any]] = [
        {
            "title": title,
            "version": version,
            **_counts(found, scope),
            "red_flags": sum(flags.get(row.id, 0) for row in found),
        }
        for (title, version), found in sorted(rounds.items())
    ]
    everything = [row for found in rounds.values() for row in found]
    return {**_counts(everything, scope), "rows": rows}


def _assignments(scope: Scope) -> Sequence[Any]:
    return db.session.execute(
        select(
            Assignment.id,
            Questionnaire.title,
            QuestionnaireVersion.version,
            Assignment.status,
            Assignment.due_on,
            Assignment.submitted_at,
            Assignment.decided_at,
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(
            ValueChainNode.chain_id == scope.chain.id,
            Assignment.organisation_id == current_organisation(),
            Assignment.status.not_in((QuestionnaireState.DRAFT, QuestionnaireState.WITHDRAWN)),
            Assignment.sent_at < scope.until,
            or_(
                Assignment.sent_at >= scope.from_moment,
                Assignment.status.in_(WAITING),
                Assignment.submitted_at >= scope.end,
            ),
        )
        .order_by(Assignment.id)
    ).all()


def _counts(rows: Sequence[Any], scope: Scope) -> dict[str, int]:
    """What had come by the day of the scope."""
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


def _red_flags(scope: Scope) -> dict[UUID, int]:
    rows = db.session.execute(
        select(Response.assignment_id, func.count())
        .join(RedFlag, RedFlag.response_id == Response.id)
        .where(
            or_(RedFlag.withdrawn_at.is_(None), RedFlag.withdrawn_at >= scope.end),
            RedFlag.fired_at < scope.end,
        )
        .group_by(Response.assignment_id)
    ).all()
    return {assignment_id: count for assignment_id, count in rows}


def load_finding_facts(scope: Scope) -> list[dict[str, Any]]:
    """Findings of the map that were recorded in the period or are still open."""
    rows = db.session.execute(
        select(Finding, ValueChainNode.name, Membership.role)
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
        .outerjoin(Membership, Membership.user_id == Finding.owner_id)
        .where(
            ValueChainNode.chain_id == scope.chain.id,
            Finding.created_at < scope.until,
            or_(Finding.closed_at.is_(None), Finding.closed_at >= scope.from_moment),
        )
        .order_by(Finding.created_at, Finding.id)
    ).all()
    return [_finding(finding, name, role, scope) for finding, name, role in rows]


def _finding(finding: Finding, node_name: str, role: Any, scope: Scope) -> dict[str, Any]:
    is_open = finding.closed_at is None or finding.closed_at >= scope.end
    is_kept = not scope.was_changed(finding.id)
    return {
        "id": str(finding.id),
        "ref": short_ref("F", finding.id),
        "title": finding.title,
        "issue": finding.issue.value,
        "issue_title": ISSUE_NAMES[finding.issue],
        "node_name": node_name,
        "kind": "actual" if finding.is_actual else "potential",
        "involvement": spaced(finding.involvement) if is_kept else None,
        "severity": severity_of_finding(finding) if is_kept else None,
        "found_on": finding.created_at.date().isoformat(),
        "owner": ROLES[role].title if role and is_kept else None,
        "status": "open" if is_open else "closed",
    }


def short_ref(letter: str, row_id: UUID) -> str:
    """A finding or an action on paper: a letter and the first eight signs of its id."""
    return f"{letter}-{row_id.hex[:8]}"


def load_action_facts(scope: Scope) -> list[dict[str, Any]]:
    """Actions of the map that were planned, done or verified in the period, or still run."""
    owner, verifier = aliased(Membership), aliased(Membership)
    rows = db.session.execute(
        select(
            MitigationAction,
            Finding.issue,
            owner.role.label("owner"),
            verifier.role.label("verifier"),
        )
        .join(Finding, Finding.id == MitigationAction.finding_id)
        .join(ValueChainNode, ValueChainNode.id == MitigationAction.node_id)
        .outerjoin(owner, owner.user_id == MitigationAction.owner_id)
        .outerjoin(verifier, verifier.user_id == MitigationAction.verified_by_id)
        .where(
            ValueChainNode.chain_id == scope.chain.id,
            MitigationAction.organisation_id == current_organisation(),
            MitigationAction.created_at < scope.until,
            or_(
                MitigationAction.verified_at.is_(None),
                MitigationAction.verified_at >= scope.from_moment,
            ),
        )
        .order_by(MitigationAction.due_on, MitigationAction.id)
    ).all()
    after = _indexes_after(scope)
    return [_action(row, scope, after) for row in rows if not _was_dropped(row, scope)]


def _was_dropped(row: Any, scope: Scope) -> bool:
    """Whether an action was dropped by the day; one that was dropped later still ran."""
    action: MitigationAction = row.MitigationAction
    return action.status is ActionState.DROPPED and not scope.was_changed(action.id)


def _indexes_after(scope: Scope) -> dict[tuple[Any, Any], list[tuple[Any, float]]]:
    """(node, issue) with an action -> residual index in each run of the map, oldest first."""
    with_action = (
        select(Finding.node_id, Finding.issue)
        .join(MitigationAction, MitigationAction.finding_id == Finding.id)
        .distinct()
        .subquery()
    )
    rows = db.session.execute(
        select(
            with_action.c.issue,
            AssessmentRun.id,
            AssessmentRun.created_at,
            RiskAssessment,
        )
        .select_from(RiskAssessment)
        .join(AssessmentRun, on_runs())
        .join(with_action, with_action.c.node_id == RiskAssessment.node_id)
        .where(AssessmentRun.chain_id == scope.chain.id, AssessmentRun.as_of <= scope.as_of)
        .order_by(AssessmentRun.as_of, AssessmentRun.created_at, AssessmentRun.id)
    ).all()
    found: dict[tuple[Any, Any], list[tuple[Any, float]]] = defaultdict(list)
    for issue, run_id, at, row in rows:
        risk = risk_of(row, issue, run_id)
        if risk is not None:
            found[row.node_id, issue].append((at, risk.residual_index))
    return found


def _action(
    row: Any, scope: Scope, indexes: dict[tuple[Any, Any], list[tuple[Any, float]]]
) -> dict[str, Any]:
    action: MitigationAction = row.MitigationAction
    points = indexes.get((action.node_id, row.issue), [])
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


def load_remedy_facts(scope: Scope) -> dict[str, Any]:
    """Cases by stage, as the suppressed query gives them: no raw count ever enters a report.

    Null for a past day: where a case stood then is not kept outside the sealed case.
    """
    if scope.is_past:
        return {"remediation": None, "grievances": None}
    stages, total = count_cases_by_stage()
    rows = [{"measure": stage.title, "count": stage.shown} for stage in stages]
    return {
        "remediation": {"rows": [*rows, {"measure": "Cases in all", "count": total}]},
        "grievances": None,
    }
