"""Open records that a person of the acting organisation answers for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from ddplatform.core.due_diligence.vocabulary import RiskState
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import LIVE_ACTIONS
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.follow_up.models import FollowUpKind, RiskFollowUp
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.vocabulary import Issue


@dataclass(frozen=True)
class OwnedRisk:
    """A risk that a person owns, or whose deferral the person reviews."""

    node_id: UUID
    node_name: str
    issue: Issue
    is_owner: bool
    deferral: RiskFollowUp | None  # in force, to be reviewed by the person


def list_site_titles(user_id: UUID) -> Sequence[str]:
    """The names of the sites on the maps, in alphabetical order."""
    return db.session.scalars(
        select(ValueChainNode.name).where(*_sites(user_id)).order_by(ValueChainNode.name)
    ).all()


def list_maps_with_sites(user_id: UUID) -> Sequence[UUID]:
    """The maps that these sites are on, by key, so that maps are always held in one order."""
    return db.session.scalars(
        select(ValueChainNode.chain_id)
        .where(*_sites(user_id))
        .distinct()
        .order_by(ValueChainNode.chain_id)
    ).all()


def list_sites_of_map(user_id: UUID, chain_id: UUID) -> Sequence[UUID]:
    """The sites of one map that the person answers for."""
    return db.session.scalars(
        select(ValueChainNode.id)
        .where(*_sites(user_id), ValueChainNode.chain_id == chain_id)
        .order_by(ValueChainNode.id)
    ).all()


def list_owned_risks(user_id: UUID) -> Sequence[OwnedRisk]:
    """Risks with an owner of their own, and deferrals: of each the newest row counts."""
    said = RiskFollowUp
    named = select(said.node_id, said.issue).where(said.owner_id == user_id)
    rows = db.session.execute(
        select(said, ValueChainNode.name)
        .join(ValueChainNode, ValueChainNode.id == said.node_id)
        .where(tuple_(said.node_id, said.issue).in_(named), ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.name, said.node_id, said.issue, said.created_at, said.id)
    )
    of_risk: dict[tuple[UUID, Issue, str], list[RiskFollowUp]] = defaultdict(list)
    for row, name in rows:
        of_risk[row.node_id, row.issue, name].append(row)
    found = (_owned(user_id, *risk, rows) for risk, rows in of_risk.items())
    return [risk for risk in found if risk.is_owner or risk.deferral is not None]


def _owned(
    user_id: UUID, node_id: UUID, issue: Issue, name: str, rows: Sequence[RiskFollowUp]
) -> OwnedRisk:
    owners = [row for row in rows if row.kind is FollowUpKind.OWNER]
    put_off = [row for row in rows if row.kind is not FollowUpKind.OWNER][-1:]
    return OwnedRisk(
        node_id,
        name,
        issue,
        is_owner=bool(owners) and owners[-1].owner_id == user_id,
        deferral=next(
            (
                row
                for row in put_off
                if row.kind is FollowUpKind.DEFERRAL and row.owner_id == user_id
            ),
            None,
        ),
    )


def list_risk_titles(user_id: UUID) -> Sequence[str]:
    """The sites of these risks, with the code of the issue."""
    return [f"{risk.node_name} ({risk.issue.value})" for risk in list_owned_risks(user_id)]


def list_open_tasks(user_id: UUID) -> Sequence[ReviewTask]:
    """Reassessments that are not done, held for a change."""
    return db.session.scalars(
        held(select(ReviewTask).where(*_tasks(user_id)).order_by(ReviewTask.id))
    ).all()


def list_task_titles(user_id: UUID) -> Sequence[str]:
    """The sites that are to be reassessed."""
    return db.session.scalars(
        select(ValueChainNode.name)
        .join(ReviewTask, ReviewTask.node_id == ValueChainNode.id)
        .where(*_tasks(user_id))
        .order_by(ReviewTask.due_on, ReviewTask.id)
    ).all()


def list_open_findings(user_id: UUID) -> Sequence[Finding]:
    """Findings that are not closed, held for a change."""
    return db.session.scalars(
        held(select(Finding).where(*_findings(user_id)).order_by(Finding.id))
    ).all()


def list_finding_titles(user_id: UUID) -> Sequence[str]:
    """Their titles, the oldest first."""
    return db.session.scalars(
        select(Finding.title).where(*_findings(user_id)).order_by(Finding.created_at, Finding.id)
    ).all()


def list_live_actions(user_id: UUID) -> Sequence[MitigationAction]:
    """Actions that are not verified or dropped, held for a change."""
    return db.session.scalars(
        held(select(MitigationAction).where(*_actions(user_id)).order_by(MitigationAction.id))
    ).all()


def list_action_titles(user_id: UUID) -> Sequence[str]:
    """Their titles, the first due first."""
    return db.session.scalars(
        select(MitigationAction.title)
        .where(*_actions(user_id))
        .order_by(MitigationAction.due_on, MitigationAction.id)
    ).all()


def _sites(user_id: UUID) -> tuple[Any, ...]:
    return ValueChainNode.owner_id == user_id, ValueChainNode.archived_at.is_(None)


def _tasks(user_id: UUID) -> tuple[Any, ...]:
    return ReviewTask.owner_id == user_id, ReviewTask.closed_at.is_(None)


def _findings(user_id: UUID) -> tuple[Any, ...]:
    return Finding.owner_id == user_id, Finding.status != RiskState.CONTROLLED


def _actions(user_id: UUID) -> tuple[Any, ...]:
    return (
        MitigationAction.organisation_id == current_organisation(),  # not those that buyers shared
        MitigationAction.owner_id == user_id,
        MitigationAction.status.in_(LIVE_ACTIONS),
    )
