"""Dependents of an import that prevent its undo: their names and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from ddplatform.evidence.uploads.models import EvidenceLink
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.import_steps.queries.since import (
    find_changed,
    is_new,
    load_undo,
    select_merges_since,
)
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    SupplyLink,
    ValueChainNode,
)
from ddplatform.value_chain.merging.queries.references import (
    REFERENCES,
    Dependence,
    Leads,
    NodeReference,
)

NAMED = 5
EVIDENCE = Dependence("site with evidence", "sites with evidence")


@dataclass(frozen=True)
class Dependents:
    """One kind of what depends on an import: how many, and the first few by name."""

    one: str
    many: str
    leads: Leads
    count: int
    items: tuple[tuple[UUID, str], ...]


def list_dependents(row: MapImport) -> list[Dependents]:
    """Everything that depends on an applied import: later imports, and records on its parts."""
    undo = load_undo(row)
    found = [_later_imports(row), *_standing_on(row), _merges(row, undo), *_by_hand(row, undo)]
    return [one for one in found if one.count]


def _later_imports(row: MapImport) -> Dependents:
    later = db.session.execute(
        select(MapImport.id, MapImport.files)
        .where(
            MapImport.chain_id == row.chain_id,
            MapImport.status == ImportStatus.APPLIED,
            MapImport.applied_at > row.applied_at,
        )
        .order_by(MapImport.applied_at, MapImport.id)
    ).all()
    names = [(one.id, ", ".join(file["name"] for file in one.files)) for one in later]
    return Dependents(
        "later import", "later imports", Leads.IMPORT, len(later), tuple(names[:NAMED])
    )


def _standing_on(row: MapImport) -> list[Dependents]:
    """Documents of links, and what features registered that stands on nodes."""
    asked = [(EVIDENCE, _documents(row))] + [
        (one.dependence, _rows_at(one, one.dependence, row)) for one in REFERENCES if one.dependence
    ]
    order = list(Leads)
    return [
        _named(rows, words.one, words.many, words.leads)
        for words, rows in sorted(asked, key=lambda one: order.index(one[0].leads))
    ]


def _documents(row: MapImport) -> Select[UUID, str]:
    node = ValueChainNode
    return (
        select(node.id, node.name)
        .join(SupplyLink, SupplyLink.supplier_id == node.id)
        .join(EvidenceLink, EvidenceLink.target_id == SupplyLink.id)
        .where(EvidenceLink.target_type == SupplyLink.__tablename__, is_new(row, SupplyLink))
    )


def _rows_at(reference: NodeReference, words: Dependence, row: MapImport) -> Select[UUID, str]:
    """Key and name of the rows at nodes that came with an import, or of these nodes."""
    node = ValueChainNode
    key, name = words.item or (node.id, node.name)
    return (
        select(key, name)
        .select_from(reference.column.class_)
        .join(node, node.id == reference.column)
        .where(is_new(row, node))
    )


def _named(statement: Select[UUID, str], one: str, many: str, leads: Leads) -> Dependents:
    rows = statement.distinct().subquery()
    count = db.session.scalar(select(func.count()).select_from(rows)) or 0
    items: tuple[tuple[UUID, str], ...] = ()
    if count:
        first = select(rows.c[0], rows.c[1]).order_by(rows.c[1], rows.c[0]).limit(NAMED)
        items = tuple((key, name) for key, name in db.session.execute(first))
    return Dependents(one, many, leads, count, items)


def _merges(row: MapImport, undo: Mapping[str, Any]) -> Dependents:
    merges = select_merges_since(row, undo)
    return _named(merges, "site that was merged since", "sites that were merged since", Leads.NODE)


def _by_hand(row: MapImport, undo: Mapping[str, Any]) -> list[Dependents]:
    """Its nodes and links that a person changed since, and links added to them."""
    node, link = ValueChainNode, SupplyLink
    nodes, links = find_changed(row, undo)
    # The owner of a node and its contact are entered by people and never come with a list.
    ours = node.owner_id.is_not(None) | node.contact_email.is_not(None)
    changed = select(node.id, node.name).where(
        among(node.id, list(nodes)) | (is_new(row, node) & ours)
    )
    ends = (node.id == link.supplier_id) | (node.id == link.buyer_id)
    linked = select(node.id, node.name).join(link, ends).where(among(link.id, list(links)))
    return [
        _named(changed, "site changed by hand", "sites changed by hand", Leads.NODE),
        _named(
            linked,
            "site with links changed by hand",
            "sites with links changed by hand",
            Leads.NODE,
        ),
    ]
