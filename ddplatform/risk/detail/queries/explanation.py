"""Explanation of a risk score: its parts, recomputed by the method that made the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import and_, or_, select

from ddplatform.infrastructure.db import db
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.runs.models import RiskAssessment
from ddplatform.risk.runs.queries.rows import of_run, settled
from ddplatform.risk.runs.queries.runs import RunHead
from ddplatform.risk.runs.queries.scores import RiskScore, list_residuals
from ddplatform.value_chain.graph.queries.graph import load_value_chain
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.unknown_origins import with_unknown_origins
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import Assessment, assess, chain_plan, ranked_origins
from supply_chain.risk.context import primary_sectors
from supply_chain.risk.explanation import Explanation, explain
from supply_chain.risk.method import METHOD
from supply_chain.risk.propagation import origin_contributions
from supply_chain.vocabulary import Issue

ORIGINS_AT_ONCE = 20_000  # nodes; larger maps take seconds, so there one asks for them


@dataclass(frozen=True)
class ExplainedRisk:
    """The parts of a score, and whether more is known by now than when it was made."""

    explanation: Explanation
    assessment: Assessment
    row: int
    column: int
    is_outdated: bool


def explain_risk(head: RunHead, risk: RiskScore, node: ValueChainNode) -> ExplainedRisk:
    """The parts of the score of one node, as of the day of its run.

    Only the node and its peers are read: whoever shares its country and sector lifts what is
    assumed of missing factors (RM-1.0 3.4); nobody else touches likelihood or severity.
    """
    peers = _with_peers(node)
    keys = tuple(row.id for row in peers)
    nodes = NodeColumns.build(
        [row.external_ref for row in peers],
        kind=[row.kind for row in peers],
        country=[row.country for row in peers],
        sector=[row.sector_ref for row in peers],
        commodities=[row.commodity_refs for row in peers],
        # Marked as origins, so that none gets a supplier of unknown origin: links play no part.
        origin=[True] * len(peers),
    )
    alone = Graph.build(nodes=nodes, links=LinkColumns.build(nodes, buyer=[], supplier=[]))
    evidence = load_evidence(head.chain_id, keys, head.as_of)
    assessment = assess(alone, evidence, reference=load_reference(), as_of=head.as_of)
    row, column = keys.index(node.id), list(Issue).index(risk.issue)
    scores, decimals = assessment.scores, METHOD.policy.decimals
    now = (scores.likelihood, scores.severity, scores.residual_likelihood)
    then = (risk.likelihood, risk.severity, risk.residual_likelihood)
    changed = any(
        round(float(values[row, column]), decimals) != round(kept, decimals)
        for values, kept in zip(now, then, strict=True)
    )
    return ExplainedRisk(
        explanation=explain(assessment, node.external_ref, risk.issue),
        assessment=assessment,
        row=row,
        column=column,
        is_outdated=changed,
    )


def list_origins(head: RunHead, node_ref: str, issue: Issue) -> list[tuple[str, float]]:
    """The sources of the exposure of a node: (node ref, part), highest first (RM-1.0 11.1)."""
    reference = load_reference()
    graph = with_unknown_origins(
        load_value_chain(head.chain_id), primary_sectors=primary_sectors(reference)
    )
    if node_ref not in graph.rows:
        return []
    kept = list_residuals(head.id, issue)
    residual = np.array([kept.get(ref, 0.0) for ref in graph.nodes.ids])
    parts = origin_contributions(chain_plan(graph), residual, graph.rows[node_ref])
    return ranked_origins(graph.nodes.ids, parts)


def list_names_of(run_id: UUID, refs: Sequence[str]) -> dict[str, tuple[str, UUID | None]]:
    """Node ref -> (name, id) as a run kept them."""
    row = RiskAssessment
    rows = db.session.execute(
        select(row.node_ref, row.step, row.node_name, row.node_id).where(
            of_run(run_id), row.node_ref.in_(refs)
        )
    ).all()
    newest = settled(rows, "node_ref")
    return {ref: (row.node_name, row.node_id) for ref, row in newest.items()}


def _with_peers(node: ValueChainNode) -> list[ValueChainNode]:
    same = and_(
        ValueChainNode.country == node.country,
        ValueChainNode.sector_ref == node.sector_ref,
        ValueChainNode.archived_at.is_(None),
    )
    has_peers = node.country is not None and node.sector_ref is not None
    return list(
        db.session.scalars(
            select(ValueChainNode)
            .where(
                ValueChainNode.chain_id == node.chain_id,
                or_(ValueChainNode.id == node.id, same)
                if has_peers
                else ValueChainNode.id == node.id,
            )
            .order_by(ValueChainNode.external_ref)
        )
    )
