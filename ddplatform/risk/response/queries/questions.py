"""Questionnaire items behind the factors of a score."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ddplatform.risk.response.queries.period import Period
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.models import RiskSignal
from questionnaires import Answerer


@dataclass(frozen=True)
class Questions:
    """The questions whose answers stand behind one factor, heaviest first."""

    version_id: UUID
    ids: tuple[str, ...]


def load_questions(node_ids: Collection[UUID], as_of: date) -> Mapping[UUID, dict[str, Questions]]:
    """Factor -> the items of the latest response of each node that inform it."""
    asked = Period(frozenset(node_ids), as_of)
    rows = asked.rows(
        select(RiskSignal.node_id, RiskSignal.factor, RiskSignal.causes, Assignment.version_id)
        .join(ResponseRow, ResponseRow.id == RiskSignal.response_id)
        .join(Assignment, Assignment.id == ResponseRow.assignment_id)
        .where(
            Assignment.answered_by == Answerer.SUPPLIER,
            Assignment.node_id == RiskSignal.node_id,
            RiskSignal.is_control.is_(False),
            RiskSignal.observed_at < asked.end,
        )
        .order_by(RiskSignal.observed_at, RiskSignal.id),
        RiskSignal.node_id,
    )
    found: defaultdict[UUID, dict[str, Questions]] = defaultdict(dict)
    for row in rows:
        heaviest = sorted(row.causes, key=lambda cause: -cause["w"] * cause["r"])
        ids = tuple(dict.fromkeys(cause["question"] for cause in heaviest))
        if ids:
            found[row.node_id][row.factor] = Questions(row.version_id, ids)
    return found
