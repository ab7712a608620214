"""Every column that names a node, and what a merge does with it: the one owner of that list.

A new table with a reference to a node gets a line here; a test fails until it has one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.risk.context_events.models import ContextEventNode
from ddplatform.risk.follow_up.models import RiskFollowUp
from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.risk.reassessment.models import ReviewCause, ReviewTask
from ddplatform.risk.runs.models import (
    ControlRecord,
    FreshEvidence,
    RiskAssessment,
    RiskFact,
    SalienceNote,
    ScoreChange,
    SeverityJudgement,
)
from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.supplier_engagement.campaigns.models import CampaignTarget
from ddplatform.supplier_engagement.cascade.models import ChainProposal
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import RedFlag, Response, RiskSignal
from ddplatform.value_chain.approvals.models import Approval
from ddplatform.value_chain.history.models import MapChange
from ddplatform.value_chain.imports.models import ImportGone
from ddplatform.value_chain.mapping.models import MapImport, NodeSummary, SupplyLink, ValueChainNode
from ddplatform.value_chain.matching.models import DuplicatePair, NodeMerge
from ddplatform.value_chain.screening.models import ScreeningMatch

Column = InstrumentedAttribute[Any]

MOVES: tuple[Column, ...] = (
    Finding.node_id,
    MitigationAction.node_id,
    Assignment.node_id,
    RiskSignal.node_id,
    RedFlag.node_id,
    SeverityJudgement.node_id,
    RiskFact.node_id,
    ControlRecord.node_id,
    ScoreChange.node_id,
    SalienceNote.node_id,
    RiskFollowUp.node_id,
    ValueChainNode.operated_by_id,
    MapImport.link_to_id,
    ContextEventNode.node_id,
    PlaceObservation.node_id,
    ReviewTask.node_id,
    ScreeningMatch.node_id,
    CampaignTarget.node_id,
    FigureQuestion.node_id,
    Approval.node_id,
)
"""Their rows belong to the supplier, so they go to the one that stays and come back by a split.

Responses, answers, documents and cases hang on these and so move with them.
"""

ONCE: Mapping[Column, tuple[tuple[Column, ...], ColumnElement[bool]]] = {
    ContextEventNode.node_id: ((ContextEventNode.event_id,), true()),
    ReviewTask.node_id: ((ReviewTask.trigger,), ReviewTask.closed_at.is_(None)),
    ScreeningMatch.node_id: ((ScreeningMatch.listed_id,), true()),
    CampaignTarget.node_id: ((CampaignTarget.campaign_id, CampaignTarget.version_id), true()),
}
"""Of these a node has one row for each value of the columns, among the rows of the condition: a
row stays behind where the other node has its like."""

LINK_ENDS: tuple[Column, ...] = (SupplyLink.supplier_id, SupplyLink.buyer_id)
"""They move too, where no link of the other node says the same (supply_chain.matching.merging)."""

STAYS: Mapping[Column, str] = {
    RiskAssessment.node_id: "a run tells what was known on its day; the next run scores one node",
    FreshEvidence.node_id: "a merge changes the map, which is then assessed as a whole",
    NodeSummary.node_id: "one row for each node, made anew from the rows that moved",
    SupplierFigures.node_id: "one row for each node, made anew with the next assessment",
    ReviewCause.node_id: "the reasons of a task are told through the task",
    MapChange.node_id: "what one record said before; a past day needs it where it was",
    ImportGone.node_id: "a question of one list about one of its records",
    DuplicatePair.left_id: "pairs that are still open are pointed to the one that stays",
    DuplicatePair.right_id: "pairs that are still open are pointed to the one that stays",
    ChainProposal.own_supplier_id: "a line of the respondent's own list, which is no node",
    NodeMerge.survivor_id: "the record of a merge itself",
    NodeMerge.absorbed_id: "the record of a merge itself",
}
"""Column -> why a merge leaves it."""


@dataclass(frozen=True)
class Follow:
    """Rows that came after a merge follow what they hang on when it is split."""

    column: Column
    parent: Column
    parents_of: Select[UUID]


def name_of(column: Column) -> str:
    """`finding.node_id`: how a column is named in the record of a merge."""
    return f"{column.class_.__tablename__}.{column.key}"


def follows(node_id: UUID) -> Sequence[Follow]:
    """What hangs on rows of this node, each after what it hangs on."""
    responses = select(Response.id).where(
        Response.assignment_id.in_(select(Assignment.id).where(Assignment.node_id == node_id))
    )
    findings = select(Finding.id).where(Finding.node_id == node_id)
    actions = select(MitigationAction.id).where(MitigationAction.node_id == node_id)
    flags = select(RedFlag.id).where(RedFlag.node_id == node_id)
    supplied = select(SupplyLink.id).where(SupplyLink.supplier_id == node_id)
    return (
        Follow(Finding.node_id, Finding.response_id, responses),
        Follow(RiskSignal.node_id, RiskSignal.response_id, responses),
        Follow(RedFlag.node_id, RedFlag.response_id, responses),
        Follow(MitigationAction.node_id, MitigationAction.finding_id, findings),
        Follow(RiskFact.node_id, RiskFact.cause_id, findings),
        Follow(RiskFact.node_id, RiskFact.cause_id, flags),
        Follow(ControlRecord.node_id, ControlRecord.cause_id, actions),
        Follow(Approval.node_id, Approval.link_id, supplied),
    )
