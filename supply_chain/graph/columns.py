"""Columns of the nodes and links of a value chain, as given by the database layer and files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from supply_chain.errors import ChainRefused
from supply_chain.graph.stored_columns import PutColumn
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

NODE_KINDS = tuple(NodeKind)
LINK_KINDS = tuple(LinkKind)
FLOWS = tuple(FlowEvidence)
ORIGIN_UNKNOWN = -1
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class NodeColumns:
    """One entry a node in every column."""

    ids: Sequence[str]  # stable external ids, none empty, all different
    kind: NDArray[np.int8]  # position in NODE_KINDS
    country: Sequence[str | None]  # ISO 3166-1 alpha-2
    sector: Sequence[str | None]  # sector ref
    commodities: Sequence[tuple[str, ...]]  # commodity refs
    own_operation: NDArray[np.bool_]
    origin: NDArray[np.int8]  # 1 the chain begins here, 0 it does not, -1 by kind and activity
    closed: NDArray[np.bool_]  # confirmed closed, no activity (RM-1.0 section 8)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[np.int64]) -> "NodeColumns":
        """The columns of some nodes, in this order."""
        at = rows.tolist()
        return NodeColumns(
            ids=tuple(self.ids[row] for row in at),
            kind=self.kind[rows],
            country=tuple(self.country[row] for row in at),
            sector=tuple(self.sector[row] for row in at),
            commodities=tuple(self.commodities[row] for row in at),
            own_operation=self.own_operation[rows],
            origin=self.origin[rows],
            closed=self.closed[rows],
        )

    def put(self, rows: NDArray[np.int64], others: "NodeColumns") -> "NodeColumns":
        """The columns with other facts of some nodes; ids and own operation stay theirs.

        Args:
            others: one entry for each of `rows`.
        """

        def column(name: str) -> PutColumn[Any]:
            entries = dict(zip(rows.tolist(), getattr(others, name), strict=True))
            return PutColumn(getattr(self, name), entries)

        kind, origin = self.kind.copy(), self.origin.copy()
        kind[rows], origin[rows] = others.kind, others.origin
        return replace(
            self,
            kind=kind,
            country=column("country"),
            sector=column("sector"),
            commodities=column("commodities"),
            origin=origin,
        )

    @classmethod
    def build(
        cls,
        ids: Sequence[str],
        *,
        kind: Sequence[NodeKind] | None = None,
        country: Sequence[str | None] | None = None,
        sector: Sequence[str | None] | None = None,
        commodities: Sequence[Sequence[str]] | None = None,
        own_operation: Sequence[bool] | None = None,
        origin: Sequence[bool | None] | None = None,
        closed: Sequence[bool] | None = None,
    ) -> "NodeColumns":
        """Columns from plain sequences; what is left out is unknown, false or `business_entity`."""
        count = len(ids)
        kinds = kind if kind is not None else [NodeKind.BUSINESS_ENTITY] * count
        marks = origin if origin is not None else [None] * count
        return cls(
            ids=tuple(ids),
            kind=_frozen(np.array([NODE_KINDS.index(k) for k in kinds], dtype=np.int8)),
            country=tuple(country) if country is not None else (None,) * count,
            sector=tuple(sector) if sector is not None else (None,) * count,
            commodities=tuple(map(tuple, commodities))
            if commodities is not None
            else ((),) * count,
            own_operation=_flags(own_operation, count),
            origin=_frozen(
                np.array([ORIGIN_UNKNOWN if m is None else int(m) for m in marks], np.int8)
            ),
            closed=_flags(closed, count),
        )


@dataclass(frozen=True)
class LinkColumns:
    """One entry a link in every column; `buyer` and `supplier` are rows of the nodes."""

    buyer: NDArray[np.int64]
    supplier: NDArray[np.int64]
    share: NDArray[np.float64]  # part of the buyer's input, 0-1; NaN unknown
    flow: NDArray[np.int8]  # position in FLOWS; unknown counts as unmapped (RM-1.0 11.8)
    kind: NDArray[np.int8]  # position in LINK_KINDS
    commodity: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.buyer)

    @classmethod
    def build(
        cls,
        nodes: NodeColumns,
        *,
        buyer: Sequence[str],
        supplier: Sequence[str],
        share: Sequence[float | None] | None = None,
        flow: Sequence[FlowEvidence | None] | None = None,
        kind: Sequence[LinkKind] | None = None,
        commodity: Sequence[str | None] | None = None,
    ) -> "LinkColumns":
        """Columns from plain sequences of node ids.

        Raises:
            ChainRefused: an end of a link is no id of `nodes`.
        """
        row = {ref: at for at, ref in enumerate(nodes.ids)}
        count = len(buyer)
        missing = sorted({ref for ref in (*buyer, *supplier) if ref not in row})
        if missing:
            raise ChainRefused([f"A link names {ref!r}, which is no node." for ref in missing])
        shares = share if share is not None else [None] * count
        flows = flow if flow is not None else [None] * count
        kinds = kind if kind is not None else [LinkKind.SUPPLIES] * count
        unmapped = FLOWS.index(FlowEvidence.UNMAPPED)
        return cls(
            buyer=_frozen(np.array([row[ref] for ref in buyer], np.int64)),
            supplier=_frozen(np.array([row[ref] for ref in supplier], np.int64)),
            share=_frozen(np.array([np.nan if s is None else s for s in shares], np.float64)),
            flow=_frozen(
                np.array([unmapped if f is None else FLOWS.index(f) for f in flows], np.int8)
            ),
            kind=_frozen(np.array([LINK_KINDS.index(k) for k in kinds], np.int8)),
            commodity=tuple(commodity) if commodity is not None else (None,) * count,
        )


def _frozen(values: NDArray[Scalar]) -> NDArray[Scalar]:
    values.setflags(write=False)
    return values


def _flags(values: Sequence[bool] | None, count: int) -> NDArray[np.bool_]:
    return _frozen(np.zeros(count, np.bool_) if values is None else np.array(values, np.bool_))
