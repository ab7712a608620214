"""Scores of a finding: its own grade, the newest assessment, assessments over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.due_diligence.findings.models import Finding
from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import RiskAssessment, SalienceNote
from ddplatform.risk.runs.queries.rows import newest_row
from ddplatform.risk.runs.queries.scores import list_history, risk_of
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.risk.method import METHOD
from supply_chain.risk.scoring import (
    SEVERITY_BANDS,
    Judgement,
    severity_band,
    severity_before_floor,
)
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

HISTORY_SHOWN = 200


def with_newest_scores(
    statement: Select[*tuple[Any, ...]], node_id: InstrumentedAttribute[UUID]
) -> Select[*tuple[Any, ...]]:
    """Joined with the node, its map, and the node's scores in the newest assessment, if any."""
    return (
        statement.join(ValueChainNode, ValueChainNode.id == node_id)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .outerjoin(RiskAssessment, RiskAssessment.id == newest_row())
    )


def severity_of(issue: Issue, scale: int, scope: int, undo: int, *, vulnerable: bool) -> float:
    """S, 1 to 5, of traits judged 1 to 5 (RM-1.0 7.2).

    Args:
        vulnerable: children under 12, unaccompanied, with disabilities, or living at the work
            place; adds 1 to the scale.
    """
    worst = min(5, scale + 1) if vulnerable else scale
    traits = [np.array([[float(value)]]) for value in (worst, scope, undo)]
    floor = float(METHOD.floor[list(Issue).index(issue)])
    return max(floor, float(severity_before_floor(Judgement(*traits))[0, 0]))


def severity_band_of(value: float | None) -> SeverityBand | None:
    """The band of an S; None while nobody has judged it."""
    return None if value is None else SEVERITY_BANDS[int(severity_band(np.array(value)))]


def severity_of_finding(finding: Finding) -> float | None:
    """S by the grade of a finding; None until it is graded."""
    if finding.scale is None or finding.scope is None or finding.irremediability is None:
        return None
    return severity_of(
        finding.issue,
        finding.scale,
        finding.scope,
        finding.irremediability,
        vulnerable=bool(finding.step_data.get("grade", {}).get("vulnerable")),
    )


@dataclass(frozen=True)
class Scores:
    """Scores of a finding's (node, issue) in the newest assessment of a map."""

    likelihood: float
    known_share: float  # how much is known, 0-1
    grade: str | None  # of evidence, under RM-2.0
    severity: float
    severity_band: SeverityBand
    index: float
    band: RiskBand
    residual_index: float
    residual_band: RiskBand
    salience_rank: int


def scores_of(row: RiskAssessment | None, issue: Issue, run_id: UUID | None) -> Scores | None:
    """The scores of an issue in the row of its node as of a run; None while it is not scored."""
    risk = risk_of(row, issue, run_id) if row is not None and run_id is not None else None
    if risk is None:
        return None
    return Scores(**{name: getattr(risk, name) for name in Scores.__dataclass_fields__})


@dataclass(frozen=True)
class ScorePoint:
    """The residual risk of one (node, issue) in one assessment."""

    at: datetime
    residual_index: float
    residual_band: RiskBand


def list_score_history(node_id: UUID, issue: Issue) -> Sequence[ScorePoint]:
    """The residual risk of a (node, issue) over its newest assessments, oldest first."""
    newest = list_history(node_id, issue, limit=HISTORY_SHOWN)
    return [
        ScorePoint(run.created_at, risk.residual_index, risk.residual_band)
        for run, risk in reversed(newest)
    ]


def find_salience_note(node_id: UUID, issue: Issue) -> SalienceNote | None:
    """The latest note on a (node, issue) for the salience order."""
    return db.session.scalar(
        select(SalienceNote)
        .where(SalienceNote.node_id == node_id, SalienceNote.issue == issue)
        .order_by(SalienceNote.created_at.desc(), SalienceNote.id)
        .limit(1)
    )


@dataclass(frozen=True)
class Effect:
    """The residual risk before an action was verified, and in the newest assessment after."""

    before: ScorePoint | None
    after: ScorePoint | None


def effect_of(verified_at: datetime | None, history: Sequence[ScorePoint]) -> Effect:
    """The assessments before and after a verification; None where there is none."""
    if verified_at is None:
        return Effect(history[-1] if history else None, None)
    before = [point for point in history if point.at <= verified_at]
    after = [point for point in history if point.at > verified_at]
    return Effect(before[-1] if before else None, after[-1] if after else None)
