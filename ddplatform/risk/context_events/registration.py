"""Registrations of context events with earlier packages."""

from collections.abc import Mapping
from typing import Any

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.together import Question
from ddplatform.risk.context_events.models import ContextEventNode
from ddplatform.risk.context_events.queries.events import list_titles, select_going_on
from ddplatform.risk.context_events.queries.nodes import is_inside, select_inside, select_marks
from ddplatform.risk.context_events.views import kinds
from ddplatform.value_chain.filters.queries.events import EVENTS, SURROUNDINGS, EventReader
from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)
from ddplatform.value_chain.node_page.views import CARDS, CardPart, NodeCard, Place, ShownNode


def register() -> None:
    """Events in the filters of maps and on pages of nodes, and that an event names a node once."""
    once = Once((ContextEventNode.event_id,))
    register_references(NodeReference(ContextEventNode.node_id, once=once))
    CARDS.add("events", NodeCard(Permission.RISK_READ, _ask, _show))
    EVENTS.add(
        SURROUNDINGS,
        EventReader(
            is_inside=is_inside,
            select_inside=select_inside,
            select_going_on=select_going_on,
            list_titles=list_titles,
        ),
    )


def _ask(of: ShownNode) -> Mapping[str, Question[Any]]:
    return {"marks": select_marks([of.node.id])}


def _show(of: ShownNode, answers: Mapping[str, Any]) -> list[CardPart]:
    marks = answers["marks"].get(of.node.id, ())
    shown = {"marks": marks, "kinds": kinds()}
    return [CardPart(Place.NOTICE, "risk/context_events/_node.html", shown)] if marks else []
