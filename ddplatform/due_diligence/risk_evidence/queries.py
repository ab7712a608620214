"""Findings and actions for risk: statements that its queries include."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.core.due_diligence.vocabulary import ActionState, RiskState
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import LIVE_ACTIONS, UNDONE_ACTIONS
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlanStep
from ddplatform.risk.follow_up.queries import Within
from ddplatform.risk.response.queries.period import Period
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.vocabulary import Issue

LATE = timedelta(days=30)
"""After its day an action counts as overdue evidence (DER-4)."""
IN_REMEDY = (
    RiskState.ACTION_PLANNED,
    RiskState.IN_PROGRESS,
    RiskState.IMPLEMENTED,
    RiskState.EFFECTIVENESS_REVIEW,
    RiskState.MATERIALISED,
)

# ---- findings --------------------------------------------------------------------------------


def select_assessed_findings(known: MapOnDay) -> Question[Rows]:
    """Asks for `node_id` and `is_late` of open verified findings: somebody assessed them."""
    is_late = (
        select(MitigationAction.id)
        .where(
            MitigationAction.finding_id == Finding.id,
            MitigationAction.status != ActionState.DROPPED,
            MitigationAction.created_at < known.end,
            MitigationAction.due_on < known.as_of - LATE,
            or_(MitigationAction.reported_at.is_(None), MitigationAction.reported_at >= known.end),
        )
        .exists()
    )
    return known.about(
        select(Finding.node_id, is_late.label("is_late")).where(
            Finding.created_at < known.end,
            Finding.status.not_in((RiskState.IDENTIFIED, RiskState.CONTROLLED)),
            or_(Finding.closed_at.is_(None), Finding.closed_at >= known.end),
        ),
        Finding.node_id,
    )


def is_finding_in_remedy(finding_id: Any) -> ColumnElement[bool]:
    """Whether the finding with the key in a column is under remediation."""
    in_remedy: ColumnElement[bool] = finding_id.in_(
        select(Finding.id).where(Finding.status.in_(IN_REMEDY))
    )
    return in_remedy


def select_open_findings(within: Within) -> Select[UUID, Issue, bool]:
    """`node_id`, `issue` and `is_emergency` of open findings."""
    return select(Finding.node_id, Finding.issue, Finding.is_emergency).where(
        within(Finding.node_id), Finding.closed_at.is_(None)
    )


def select_findings_at(nodes: ColumnElement[bool]) -> Select[UUID, str, str, Issue]:
    """Open findings at the nodes that a condition names, the newest first."""
    return (
        select(Finding.id, ValueChainNode.external_ref, Finding.title, Finding.issue)
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
        .where(nodes, Finding.status != RiskState.CONTROLLED)
        .order_by(Finding.created_at.desc(), Finding.id)
    )


def select_nodes_with_findings() -> Select[UUID]:
    """The nodes of open findings."""
    return select(Finding.node_id).where(Finding.closed_at.is_(None))


def select_owners() -> Select[UUID, UUID | None]:
    """The node and the owner, of the organisation, of each open finding; the newest come last."""
    return (
        select(Finding.node_id, Finding.owner_id)
        .join(Membership, Membership.user_id == Finding.owner_id)
        .where(Finding.closed_at.is_(None))
        .order_by(Finding.created_at, Finding.id)
    )


def select_disclosed(asked: Period) -> Select[UUID, datetime]:
    """`node_id` and `created_at` of supplier disclosures in the period outside answers."""
    return (
        select(Finding.node_id, Finding.created_at)
        .where(
            Finding.self_disclosed.is_(True),
            Finding.response_id.is_(None),
            Finding.created_at >= asked.begin,
            Finding.created_at < asked.end,
        )
        .order_by(Finding.created_at, Finding.id)
    )


def select_finding_nodes() -> Select[UUID, UUID]:
    """Each finding and its node."""
    return select(Finding.id, Finding.node_id)


# ---- actions ---------------------------------------------------------------------------------


def select_open_actions(within: Within) -> Select[UUID, Issue, date]:
    """`node_id`, `issue` and `due_on` of actions that are not reported done."""
    return (
        select(MitigationAction.node_id, Finding.issue, MitigationAction.due_on)
        .join(Finding, Finding.id == MitigationAction.finding_id)
        .where(within(MitigationAction.node_id), MitigationAction.status.in_(UNDONE_ACTIONS))
    )


def select_open_visits(within: Within) -> Select[UUID]:
    """`node_id` of visits from plans that are not reported done."""
    return (
        select(MitigationAction.node_id)
        .join(VisitPlanStep, VisitPlanStep.action_id == MitigationAction.id)
        .where(
            within(MitigationAction.node_id),
            MitigationAction.status.in_(UNDONE_ACTIONS),
            VisitPlanStep.kind == StepKind.VISIT,
        )
    )


def select_nodes_to_visit() -> Select[UUID]:
    """The nodes with a visit from some plan that is still to be made or verified."""
    return (
        select(MitigationAction.node_id)
        .join(VisitPlanStep, VisitPlanStep.action_id == MitigationAction.id)
        .where(MitigationAction.status.in_(LIVE_ACTIONS))
    )


def state_of_action(action_id: Any) -> ColumnElement[ActionState | None]:
    """The state of the action with the key in a column."""
    return select(MitigationAction.status).where(MitigationAction.id == action_id).scalar_subquery()


def select_supplier_actions(asked: Period) -> Select[*tuple[Any, ...]]:
    """Actions that the suppliers themselves carry out and that ran in the period."""
    return (
        select(
            MitigationAction.node_id,
            MitigationAction.id,
            MitigationAction.title,
            MitigationAction.due_on,
            MitigationAction.reported_at,
            MitigationAction.verified_at,
            MitigationAction.evidence_level,
            Finding.self_disclosed,
        )
        .join(Finding, Finding.id == MitigationAction.finding_id)
        .where(
            MitigationAction.respondent_organisation_id.is_not(None),
            MitigationAction.status != ActionState.DROPPED,
            MitigationAction.created_at < asked.end,
            or_(
                MitigationAction.due_on >= asked.since,
                MitigationAction.created_at >= asked.begin,
                MitigationAction.verified_at >= asked.begin,
            ),
        )
        .order_by(MitigationAction.due_on, MitigationAction.id)
    )


def select_action_nodes() -> Select[UUID, UUID]:
    """Each action and its node."""
    return select(MitigationAction.id, MitigationAction.node_id)
