"""Progress of a campaign: in total, by country, by tier, by questionnaire."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.campaigns.queries.campaigns import ANSWERED
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode


class Stage(StrEnum):
    """Stages of a campaign questionnaire, counted cumulatively."""

    SENT = "sent"
    REFUSED = "refused"
    OPENED = "opened"
    STARTED = "started"
    ANSWERED = "answered"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    OVER = "over"


@dataclass(frozen=True)
class ProgressRow:
    """One group and how many of its questionnaires came how far."""

    key: str | int | None
    counts: Mapping[Stage, int]

    def __getitem__(self, stage: Stage) -> int:
        return self.counts[stage]


@dataclass(frozen=True)
class Progress:
    """Progress of a campaign."""

    total: ProgressRow
    countries: Sequence[ProgressRow]
    tiers: Sequence[ProgressRow]
    modules: Sequence[ProgressRow]


def load_progress(campaign_id: UUID) -> Progress:
    """One statement, whose rows are few however many were asked."""
    refused, opened = (
        Assignment.mail_refusal.is_not(None),
        Assignment.link_opened_at.is_not(None),
    )
    group: tuple[Any, ...] = (
        ValueChainNode.country,
        NodeSummary.tier,
        Questionnaire.title,
        Assignment.status,
        refused,
        opened,
    )
    rows = db.session.execute(
        select(
            ValueChainNode.country.label("country"),
            NodeSummary.tier.label("tier"),
            Questionnaire.title.label("title"),
            Assignment.status,
            refused.label("refused"),
            opened.label("opened"),
            func.count().label("many"),
        )
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .join(NodeSummary, NodeSummary.node_id == Assignment.node_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Assignment.campaign_id == campaign_id)
        .group_by(*group)
    ).all()
    return Progress(
        total=_row(None, rows),
        countries=_by(rows, lambda row: row.country),
        tiers=_by(rows, lambda row: row.tier),
        modules=_by(rows, lambda row: row.title),
    )


def _by(rows: Sequence[Any], key: Callable[[Any], Any]) -> Sequence[ProgressRow]:
    """Groups by size, tiers by their number; unknown values last."""
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    found = [_row(value, of_it) for value, of_it in groups.items()]
    return sorted(found, key=lambda row: (row.key is None, *_order(row)))


def _order(row: ProgressRow) -> tuple[Any, ...]:
    if isinstance(row.key, int):
        return (row.key,)
    return (-row[Stage.SENT], row.key or "")


def _row(key: str | int | None, rows: Sequence[Any]) -> ProgressRow:
    return ProgressRow(
        key, {stage: sum(row.many for row in rows if is_at(row)) for stage, is_at in _AT.items()}
    )


_AT: Mapping[Stage, Callable[[Any], bool]] = {
    Stage.SENT: lambda row: True,
    Stage.REFUSED: lambda row: bool(row.refused),
    Stage.OPENED: lambda row: bool(row.opened) or _has_begun(row),
    Stage.STARTED: lambda row: _has_begun(row),
    Stage.ANSWERED: lambda row: row.status in ANSWERED,
    Stage.RETURNED: lambda row: row.status is State.RETURNED,
    Stage.ACCEPTED: lambda row: row.status is State.ACCEPTED,
    Stage.OVER: lambda row: row.status in (State.EXPIRED, State.WITHDRAWN),
}


def _has_begun(row: Any) -> bool:
    return row.status is State.OPENED or row.status in ANSWERED
