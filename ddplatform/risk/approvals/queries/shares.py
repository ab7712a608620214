"""Buyers whose confirmed shares of input add up to more than all of it (RM-2.0 section 11.1)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.vocabulary import FlowEvidence

PAGE = 20
LINKS_SHOWN = 10


@dataclass(frozen=True)
class ConfirmedLink:
    """One confirmed link of such a buyer."""

    id: UUID
    supplier_id: UUID
    supplier_name: str
    share: float  # of the buyer's input, 0..1


@dataclass(frozen=True)
class OverConfirmed:
    """A buyer with the sum of its confirmed shares and its largest links."""

    buyer_id: UUID
    buyer_name: str
    chain_name: str
    total: float  # above 1
    links: int
    largest: Sequence[ConfirmedLink]


@dataclass(frozen=True)
class OverConfirmedPage:
    """One page of them, the largest sum first."""

    rows: Sequence[OverConfirmed]
    number: int
    total: int


def count_over_confirmed() -> int:
    """The number of such buyers on all maps."""
    found = select(func.count()).select_from(_sums().subquery())
    return db.session.scalar(found) or 0


def load_over_confirmed(number: int) -> OverConfirmedPage:
    """A page of buyers whose confirmed shares pass 1, with their links: two statements."""
    sums = _sums().subquery()
    rows = db.session.execute(
        select(
            sums.c.buyer_id,
            ValueChainNode.name.label("buyer_name"),
            ValueChain.name.label("chain_name"),
            sums.c.total,
            sums.c.links,
            func.count().over().label("buyers"),
        )
        .join(ValueChainNode, ValueChainNode.id == sums.c.buyer_id)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .order_by(sums.c.total.desc(), ValueChainNode.name, sums.c.buyer_id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    largest = _largest([row.buyer_id for row in rows])
    names = ("buyer_id", "buyer_name", "chain_name", "total", "links")
    found = [
        OverConfirmed(**{name: getattr(row, name) for name in names}, largest=largest[row.buyer_id])
        for row in rows
    ]
    return OverConfirmedPage(found, number, rows[0].buyers if rows else 0)


def _confirmed() -> tuple[ColumnElement[bool], ...]:
    link = SupplyLink
    return (
        link.archived_at.is_(None),
        link.flow_evidence == FlowEvidence.CONFIRMED,
        link.share.is_not(None),
        link.supplier_id != link.buyer_id,
    )


def _sums() -> Select[*tuple[Any, ...]]:
    """Each such buyer with its sum; compared as the method compares (section 3.10)."""
    link, total = SupplyLink, func.sum(SupplyLink.share)
    return (
        select(link.buyer_id, total.label("total"), func.count().label("links"))
        .where(*_confirmed())
        .group_by(link.buyer_id)
        .having(total >= 1 + 0.5 * 10**-CHAIN.decimals)
    )


def _largest(buyers: Sequence[UUID]) -> defaultdict[UUID, list[ConfirmedLink]]:
    link = SupplyLink
    place = func.row_number().over(
        partition_by=link.buyer_id, order_by=(link.share.desc(), link.id)
    )
    ranked = (
        select(link.id, link.buyer_id, link.supplier_id, link.share, place.label("place"))
        .where(*_confirmed(), link.buyer_id.in_(buyers))
        .subquery()
    )
    rows = db.session.execute(
        select(
            ranked.c.buyer_id,
            ranked.c.id,
            ranked.c.supplier_id,
            ValueChainNode.name.label("supplier_name"),
            ranked.c.share,
        )
        .join(ValueChainNode, ValueChainNode.id == ranked.c.supplier_id)
        .where(ranked.c.place <= LINKS_SHOWN)
        .order_by(ranked.c.buyer_id, ranked.c.place)
    )
    found: defaultdict[UUID, list[ConfirmedLink]] = defaultdict(list)
    for buyer_id, *values in rows:
        found[buyer_id].append(ConfirmedLink(*values))
    return found
