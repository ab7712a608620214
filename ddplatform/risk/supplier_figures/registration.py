"""Registrations of the figures for suppliers with earlier packages."""

from collections.abc import Mapping
from typing import Any

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.together import Question
from ddplatform.risk.response.views.card import card_of, swarm_of
from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.risk.supplier_figures.queries import load_measures, select_measured
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references
from ddplatform.value_chain.node_page.views import CARDS, CardPart, NodeCard, Place, ShownNode


def register() -> None:
    """The response of a supplier on the page of a node, and which columns name one."""
    why = "one row for each node, made anew with the next assessment"
    register_references(
        NodeReference(FigureQuestion.node_id),
        NodeReference(SupplierFigures.node_id, stays=why),
    )
    CARDS.add("response", NodeCard(Permission.RISK_READ, _ask, _show))


def _ask(of: ShownNode) -> Mapping[str, Question[Any]]:
    return {"measured": select_measured(of.node.id, of.today)}


def _show(of: ShownNode, answers: Mapping[str, Any]) -> list[CardPart]:
    measured = answers["measured"]
    shown: dict[str, Any] = {"measured": measured}
    if measured is None or measured.measure is None:
        return [CardPart(Place.SIDE, "risk/response/_node.html", shown)]
    shown["card"] = card_of(measured.measure, measured.response)
    shown["swarm"] = swarm_of(load_measures(of.today).values, measured.measure)
    return [CardPart(Place.SIDE, "risk/response/_node.html", shown, style="css/risk.css")]
