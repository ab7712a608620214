"""Work records of a report: questionnaires, findings, actions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import Membership
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.due_diligence.finding_judgements.queries import severity_of_finding
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
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
from supply_chain.vocabulary import Issue

WAITING = (QuestionnaireState.SENT, QuestionnaireState.OPENED, QuestionnaireState.RETURNED)


@dataclass(frozen=True)
class Rounds:
    """Questionnaires that were sent, and how many red flags each raised."""

    rows: Sequence[Any]
    red_flags: Mapping[UUID, int]


@dataclass(frozen=True)
class FindingRecord:
    """A finding with its place, the role of its owner and S by its grade."""

    finding: Finding
    node_name: str
    role: Any
    severity: float | None


@dataclass(frozen=True)
class Actions:
    """Actions with the roles of their people; residual indexes of their places, oldest first."""

    rows: Sequence[Any]
    indexes: Mapping[tuple[UUID, Issue], Sequence[tuple[Any, float]]]


def load_rounds(scope: Scope) -> Rounds:
    """Rounds sent in the period or still open."""
    return Rounds(_assignments(scope), _red_flags(scope))


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


def load_findings(scope: Scope) -> Sequence[FindingRecord]:
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
    return [
        FindingRecord(finding, name, role, severity_of_finding(finding))
        for finding, name, role in rows
    ]


def load_actions(scope: Scope) -> Actions:
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
    return Actions(rows, _indexes_after(scope))


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
