"""Registrations of reassessments with earlier packages."""

from collections.abc import Mapping
from typing import Any

from ddplatform.core.due_diligence.reassessment import triggers
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.together import Question
from ddplatform.risk.reassessment.models import ReviewCause, ReviewTask
from ddplatform.risk.reassessment.queries.tasks import select_tasks_of, tasks_from
from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)
from ddplatform.value_chain.node_page.views import CARDS, CardPart, NodeCard, Place, ShownNode


def register() -> None:
    """Open tasks on the page of a node; which columns name one, with one open task of each kind."""
    once = Once((ReviewTask.trigger,), among=ReviewTask.closed_at.is_(None))
    register_references(
        NodeReference(ReviewTask.node_id, once=once),
        NodeReference(ReviewCause.node_id, stays="shown with the task itself"),
    )
    CARDS.add("tasks", NodeCard(Permission.RISK_READ, _ask, _show))


def _ask(of: ShownNode) -> Mapping[str, Question[Any]]:
    return select_tasks_of(of.node.id)


def _show(of: ShownNode, answers: Mapping[str, Any]) -> list[CardPart]:
    rows = tasks_from(answers["tasks"], answers["reasons"])
    shown = {"rows": rows, "titles": triggers()}
    return [CardPart(Place.MAIN, "risk/reassessment/_node.html", shown)]
