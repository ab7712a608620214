"""What lists of sites show of findings and actions, kept in their summaries."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from ddplatform.core.due_diligence.vocabulary import RiskState
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import UNDONE_ACTIONS
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import NodeSummary


def refresh(node_id: UUID | None = None, *, today: date) -> int:
    """Count open findings and late actions anew, of one node or of all; returns how many changed.

    Late actions grow late by themselves, so a daily job counts all nodes.
    """
    db.session.flush()  # what was just changed counts
    findings = (
        select(Finding.node_id, func.count())
        .where(Finding.status != RiskState.CONTROLLED)
        .group_by(Finding.node_id)
    )
    late = (
        select(MitigationAction.node_id, func.count())
        .where(MitigationAction.status.in_(UNDONE_ACTIONS), MitigationAction.due_on < today)
        .group_by(MitigationAction.node_id)
    )
    summaries = select(NodeSummary)
    if node_id is not None:
        findings = findings.where(Finding.node_id == node_id)
        late = late.where(MitigationAction.node_id == node_id)
        summaries = summaries.where(NodeSummary.node_id == node_id)
    open_of = {node: count for node, count in db.session.execute(findings).all()}
    late_of = {node: count for node, count in db.session.execute(late).all()}
    if node_id is None:
        known = {*open_of, *late_of}
        shown = or_(NodeSummary.open_findings > 0, NodeSummary.overdue_actions > 0)
        summaries = summaries.where(or_(shown, NodeSummary.node_id.in_(known)))
    changed = 0
    for summary in db.session.scalars(summaries).all():
        wanted = open_of.get(summary.node_id, 0), late_of.get(summary.node_id, 0)
        if (summary.open_findings, summary.overdue_actions) != wanted:
            summary.open_findings, summary.overdue_actions = wanted
            changed += 1
    return changed
