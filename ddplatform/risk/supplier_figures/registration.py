"""What the figures that suppliers see tell earlier packages of themselves."""

from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Which columns name a node."""
    why = "one row for each node, made anew with the next assessment"
    register_references(
        NodeReference(FigureQuestion.node_id),
        NodeReference(SupplierFigures.node_id, stays=why),
    )
