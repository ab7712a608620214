"""The map of a report: nodes and links with scores, and parts without a known origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import list_refs
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.graph.queries.snapshots import load_past_snapshot
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Answerer
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.unknown_origins import with_unknown_origins
from supply_chain.reference.release import load_reference
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.vocabulary import RiskBand


@dataclass(frozen=True)
class Scored:
    """Of one node: highest band and index over all issues."""

    band: RiskBand
    index: float


@dataclass(frozen=True)
class WholeMap:
    """The map with its unknown origins; names, regions and keys have an entry a known node."""

    known: Graph
    whole: Graph
    keys: Sequence[UUID]
    names: Sequence[str]
    regions: Sequence[str | None]
    scores: Mapping[str, Scored]
    asked: Mapping[UUID, str]

    def tier(self, row: int) -> int | None:
        """The tier of a node; None: no path to the own business."""
        tier = int(self.whole.tiers[row])
        return None if tier < 0 else tier

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries of its nodes."""
        return tuple(sorted({code for code in self.known.nodes.country if code}))


def load_map(scope: Scope) -> WholeMap:
    """The map of a scope, in five statements whatever its size."""
    graph, keys, names, regions = _map(scope)
    primary = frozenset(
        ref for ref, sector in load_reference().sectors.items() if sector.is_primary_production
    )
    return WholeMap(
        known=graph,
        whole=with_unknown_origins(graph, primary_sectors=primary),
        keys=keys,
        names=names,
        regions=regions,
        scores=_scores(scope),
        asked=_questionnaires(scope),
    )


def _map(scope: Scope) -> tuple[Graph, Sequence[UUID], Sequence[str], Sequence[str | None]]:
    """The map of the day: graph, keys, names and regions, in the order of external ids."""
    if scope.past is not None:
        found = load_past_snapshot(scope.chain, scope.past)
        return found.graph, found.keys, found.names, found.regions
    graph, keys = load_with_keys(scope.chain.id)
    rows = db.session.execute(
        select(ValueChainNode.name, ValueChainNode.region)
        .where(ValueChainNode.chain_id == scope.chain.id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    return graph, keys, [row.name for row in rows], [row.region for row in rows]


def _scores(scope: Scope) -> dict[str, Scored]:
    """Node ref -> its residual bands in the run; every issue of a node is scored."""
    if scope.run is None:
        return {}
    register = load_register(scope.run.id)
    scores = zip(
        register.highest_bands().tolist(),
        register.highest_index.tolist(),
        strict=True,
    )
    return {
        ref: Scored(RISK_BANDS[band], index)
        for ref, (band, index) in zip(list_refs(scope.run.id), scores, strict=True)
        if band >= 0
    }


def _questionnaires(scope: Scope) -> dict[UUID, str]:
    """Node -> state of the questionnaire that was sent to it last; on a past day its outlines."""
    rows = db.session.execute(
        select(
            Assignment.node_id,
            Assignment.status,
            Assignment.submitted_at,
            Assignment.decided_at,
        )
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(
            ValueChainNode.chain_id == scope.chain.id,
            Assignment.sent_at < scope.end,
            Assignment.organisation_id == current_organisation(),
            Assignment.status != QuestionnaireState.WITHDRAWN,
            Assignment.answered_by == Answerer.SUPPLIER,
        )
        .order_by(Assignment.sent_at, Assignment.id)
    ).all()
    return {row.node_id: _state(row, scope).value for row in rows}


def _state(row: Any, scope: Scope) -> QuestionnaireState:
    """The state that a questionnaire had reached; intermediate states are not stored."""
    status: QuestionnaireState = row.status
    if not scope.is_past:
        return status
    if row.decided_at is not None and row.decided_at < scope.end:
        return status
    came = row.submitted_at is not None and row.submitted_at < scope.end
    return QuestionnaireState.SUBMITTED if came else QuestionnaireState.SENT
