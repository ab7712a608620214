"""Values of columns of maps, nodes and links: as in the rows, as plain JSON, and back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.history.models import Part
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

_READ: Mapping[str, Callable[[Any], Any]] = {
    "flow_evidence": FlowEvidence,
    "operated_by_id": UUID,
    "archived_by_id": UUID,
    "supplier_id": UUID,
    "buyer_id": UUID,
    "supplier_organisation_id": UUID,
    "valid_from": date.fromisoformat,
    "valid_to": date.fromisoformat,
    "archived_at": datetime.fromisoformat,
}


def list_values(
    model: type[ValueChainNode | SupplyLink], which: ColumnElement[bool], *columns: str
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The key of each of some nodes or links, and what it holds in these columns now."""
    values = (getattr(model, name) for name in columns)
    return db.session.execute(select(model.id, *values).where(which)).all()


def plain(value: Any) -> Any:
    """A value of a column as JSON holds it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    return getattr(value, "value", value)


def typed(model: type[Part], before: Mapping[str, Any]) -> dict[str, Any]:
    """Values that `plain` made, as the columns of the model hold them."""
    return {name: _typed(model, name, value) for name, value in before.items()}


def _typed(model: type[Part], name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "kind":
        return LinkKind(value) if model is SupplyLink else NodeKind(value)
    return _READ[name](value) if name in _READ else value
