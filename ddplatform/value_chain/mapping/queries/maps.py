"""Maps, their nodes and links, one or some at a time; whole maps are read by `graph.queries`."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question, ask_together
from ddplatform.value_chain.approvals.models import Approval, ApprovalState
from ddplatform.value_chain.mapping.models import (
    NodeSummary,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)
from supply_chain.vocabulary import FlowEvidence, LinkKind, RiskBand

LINKS_SHOWN = 200
CHUNK = 500
NodeOrLink = TypeVar("NodeOrLink", bound=ValueChainNode | SupplyLink)


@dataclass(frozen=True)
class ChainRow:
    """A map as the list of maps shows it."""

    id: UUID
    name: str
    description: str
    version: int
    nodes: int
    links: int


@dataclass(frozen=True)
class LinkRow:
    """A link as seen from one of its ends; `node_*` is the other end."""

    id: UUID
    node_id: UUID
    node_name: str
    node_country: str | None
    node_band: RiskBand | None
    kind: LinkKind
    commodity_ref: str | None
    share: float | None
    flow_evidence: FlowEvidence
    is_waiting: bool = False
    """Whether a second person has to approve it as confirmed."""


@dataclass(frozen=True)
class NodeLinks:
    """The links of a node up and down, the heaviest first, and how many there are in all."""

    suppliers: Sequence[LinkRow]
    buyers: Sequence[LinkRow]
    suppliers_total: int
    buyers_total: int


def list_chains() -> Sequence[ChainRow]:
    """All maps of the acting organisation with their sizes, by name."""
    nodes = (
        select(ValueChainNode.chain_id, func.count().label("n"))
        .where(ValueChainNode.archived_at.is_(None))
        .group_by(ValueChainNode.chain_id)
    )
    links = (
        select(SupplyLink.chain_id, func.count().label("n"))
        .where(SupplyLink.archived_at.is_(None))
        .group_by(SupplyLink.chain_id)
    )
    node_counts = {chain: count for chain, count in db.session.execute(nodes).all()}
    link_counts = {chain: count for chain, count in db.session.execute(links).all()}
    rows = db.session.execute(
        select(ValueChain.id, ValueChain.name, ValueChain.description, ValueChain.version).order_by(
            ValueChain.name, ValueChain.id
        )
    ).all()
    return [
        ChainRow(*row, nodes=node_counts.get(row.id, 0), links=link_counts.get(row.id, 0))
        for row in rows
    ]


def list_chain_ids() -> Sequence[UUID]:
    """All maps of the acting organisation, by key."""
    return db.session.scalars(select(ValueChain.id).order_by(ValueChain.id)).all()


def get_chain(chain_id: UUID) -> ValueChain:
    """A map, or NotFound."""
    return get_one(select(ValueChain).where(ValueChain.id == chain_id))


def get_chain_for_change(chain_id: UUID) -> ValueChain:
    """The same, held until the end of the unit of work, so that changes come one by one."""
    return get_one(select(ValueChain).where(ValueChain.id == chain_id), for_change=True)


def find_chain(name: str) -> ValueChain | None:
    """A map by its name or by the word in its address."""
    return db.session.scalar(
        select(ValueChain)
        .where(or_(ValueChain.name == name, ValueChain.slug == name))
        .order_by(ValueChain.id)
        .limit(1)
    )


def get_chain_called(name: str) -> ValueChain:
    """The same for commands, whose words operators read; NotFound where there is none."""
    found = find_chain(name)
    if found is None:
        raise NotFound(f"There is no map called “{name}”.", "Check the name.")
    return found


def slug_of(text: str) -> str:
    """A text as permitted in an address."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "map"


def free_slug(name: str) -> str:
    """The slug of a new map: that of its name, with a number where it is taken."""
    slug = slug_of(name)
    number = 2
    while is_slug_taken(slug):
        slug = f"{slug_of(name)}-{number}"
        number += 1
    return slug


def is_slug_taken(slug: str) -> bool:
    """Whether a map of the acting organisation has this word in its address."""
    return db.session.scalar(select(ValueChain.id).where(ValueChain.slug == slug)) is not None


def is_name_taken(name: str) -> bool:
    """Whether a map of the acting organisation has this name."""
    return db.session.scalar(select(ValueChain.id).where(ValueChain.name == name)) is not None


def list_rows(model: type[NodeOrLink], *which: ColumnElement[bool]) -> Sequence[NodeOrLink]:
    """Nodes or links that meet some conditions, by key."""
    return db.session.scalars(select(model).where(*which).order_by(model.id)).all()


def list_rows_by_key(model: type[NodeOrLink], keys: Iterable[UUID]) -> list[NodeOrLink]:
    """Nodes or links with these keys, however many; a statement for each 500."""
    wanted = list(keys)
    parts = (wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK))
    return [row for part in parts for row in list_rows(model, model.id.in_(part))]


def list_rows_anew(model: type[NodeOrLink], which: ColumnElement[bool]) -> Sequence[NodeOrLink]:
    """Nodes or links as the database holds them now, whatever this unit of work read before."""
    return db.session.scalars(
        select(model).where(which).execution_options(populate_existing=True)
    ).all()


def get_node(node_id: UUID) -> ValueChainNode:
    """A node, archived ones too, or NotFound."""
    return get_one(select(ValueChainNode).where(ValueChainNode.id == node_id))


def get_node_by_ref(chain_id: UUID, external_ref: str) -> ValueChainNode | None:
    """A node of a map by its stable external id, archived ones too."""
    return db.session.scalar(
        select(ValueChainNode).where(
            ValueChainNode.chain_id == chain_id, ValueChainNode.external_ref == external_ref
        )
    )


def find_own_business(chain_id: UUID) -> ValueChainNode | None:
    """The organisation's own business in a map; of several the first by external id."""
    return db.session.scalar(
        select(ValueChainNode)
        .where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.own_operation.is_(True),
            ValueChainNode.archived_at.is_(None),
        )
        .order_by(ValueChainNode.external_ref)
        .limit(1)
    )


def get_summary(node_id: UUID) -> NodeSummary | None:
    """The summary of a node from the last run and other columns; None before the first refresh."""
    return db.session.scalar(select(NodeSummary).where(NodeSummary.node_id == node_id))


def select_summary(node_id: UUID) -> Question[Any]:
    """Asks for the same, as a row with what a page of the node shows."""
    shown = (
        *(NodeSummary.tier, NodeSummary.band, NodeSummary.severity_band, NodeSummary.grade),
        *(NodeSummary.residual_index, NodeSummary.confidence, NodeSummary.open_findings),
        *(NodeSummary.overdue_actions, NodeSummary.questionnaire_status),
    )
    return Question(
        (select(*shown).where(NodeSummary.node_id == node_id),),
        lambda rows: rows[0] if rows else None,
    )


def get_link(link_id: UUID) -> SupplyLink:
    """A link, archived ones too, or NotFound."""
    return get_one(select(SupplyLink).where(SupplyLink.id == link_id))


def is_linked(
    supplier: ValueChainNode,
    buyer: ValueChainNode,
    *,
    kind: LinkKind,
    commodity_ref: str | None,
    valid_from: date | None,
) -> bool:
    """Whether a standing link from a supplier to a buyer says the same already."""
    twin = select(SupplyLink.id).where(
        SupplyLink.chain_id == buyer.chain_id,
        SupplyLink.supplier_id == supplier.id,
        SupplyLink.buyer_id == buyer.id,
        SupplyLink.kind == kind,
        SupplyLink.commodity_ref == commodity_ref,
        SupplyLink.valid_from == valid_from,
        SupplyLink.archived_at.is_(None),
    )
    return db.session.scalar(twin) is not None


def get_active_links(node: ValueChainNode) -> list[SupplyLink]:
    """All links of a node that are part of its map."""
    return _links_of(node, SupplyLink.archived_at.is_(None))


def get_links_archived_with(node: ValueChainNode, moment: datetime) -> list[SupplyLink]:
    """The links of a node that were archived at a moment and whose other end is in the map."""
    links = _links_of(node, SupplyLink.archived_at == moment)
    ends = {end for link in links for end in (link.supplier_id, link.buyer_id)} - {node.id}
    standing = set(
        db.session.scalars(
            select(ValueChainNode.id).where(
                ValueChainNode.id.in_(ends), ValueChainNode.archived_at.is_(None)
            )
        )
    ) | {node.id}
    return [link for link in links if {link.supplier_id, link.buyer_id} <= standing]


def _links_of(node: ValueChainNode, condition: ColumnElement[bool]) -> list[SupplyLink]:
    """A statement for each end: an index serves one of them, and begins with the map."""
    found = {
        link.id: link
        for end in (SupplyLink.supplier_id, SupplyLink.buyer_id)
        for link in db.session.scalars(
            select(SupplyLink).where(
                SupplyLink.chain_id == node.chain_id, end == node.id, condition
            )
        )
    }
    return list(found.values())


def list_links_of(node_id: UUID) -> NodeLinks:
    """Suppliers and buyers of a node, at most 200 each way, heaviest first."""
    return links_from(ask_together(select_links(node_id)))


def select_links(node_id: UUID) -> dict[str, Question[Any]]:
    """Asks for the same; `links_from` puts the answers together."""
    up, down = _ends(node_id, up=True), _ends(node_id, up=False)
    return {
        "suppliers": _select_side(up, SupplyLink.supplier_id),
        "suppliers_total": _count_side(up),
        "buyers": _select_side(down, SupplyLink.buyer_id),
        "buyers_total": _count_side(down),
    }


def links_from(told: Mapping[str, Any]) -> NodeLinks:
    """The answers to `select_links`, among others."""
    return NodeLinks(**{one.name: told[one.name] for one in fields(NodeLinks)})


def _ends(node_id: UUID, *, up: bool) -> tuple[ColumnElement[bool], ...]:
    here = SupplyLink.buyer_id if up else SupplyLink.supplier_id
    # The indexes of links begin with the map.
    map_of_node = select(ValueChainNode.chain_id).where(ValueChainNode.id == node_id)
    return (
        SupplyLink.chain_id == map_of_node.scalar_subquery(),
        here == node_id,
        SupplyLink.archived_at.is_(None),
    )


def _count_side(wanted: tuple[ColumnElement[bool], ...]) -> Question[int]:
    counted = select(func.count().label("links")).select_from(SupplyLink).where(*wanted)
    return Question((counted,), lambda rows: rows[0].links)


def _select_side(wanted: tuple[ColumnElement[bool], ...], there: Any) -> Question[Any]:
    other, summary = aliased(ValueChainNode), aliased(NodeSummary)
    waits = select(Approval.id).where(
        Approval.link_id == SupplyLink.id, Approval.state == ApprovalState.WAITING
    )
    statement = (
        select(
            SupplyLink.id,
            other.id.label("node_id"),
            other.name.label("node_name"),
            other.country.label("node_country"),
            summary.band.label("node_band"),
            SupplyLink.kind,
            SupplyLink.commodity_ref,
            SupplyLink.share,
            SupplyLink.flow_evidence,
            waits.exists().label("is_waiting"),
        )
        .join(other, other.id == there)
        .outerjoin(summary, summary.node_id == other.id)
        .where(*wanted)
    )
    return Question(
        (statement,),
        lambda rows: [LinkRow(**row._mapping) for row in rows],
        (func.coalesce(SupplyLink.share, -1).desc(), other.name, SupplyLink.id),
        LINKS_SHOWN,
    )
