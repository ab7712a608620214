"""What depends on an import, so that it cannot be undone: named, with where it stands."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from ddplatform.db import db
from ddplatform.models.audit import AuditEvent
from ddplatform.models.bulk_changes import BulkChange, BulkPart
from ddplatform.models.evidence import EvidenceLink
from ddplatform.models.findings import Finding
from ddplatform.models.questionnaires import Assignment
from ddplatform.models.responses import RiskSignal
from ddplatform.models.risk import ControlRecord, RiskFact, SeverityJudgement
from ddplatform.models.value_chain import ImportStatus, MapImport, SupplyLink, ValueChainNode
from ddplatform.queries.node_filters import among

NAMED = 5
EVENTS_READ = 1_000


class Leads(StrEnum):
    """Which page an item leads to."""

    IMPORT = "import"
    FINDING = "finding"
    ASSIGNMENT = "assignment"
    NODE = "node"


@dataclass(frozen=True)
class Dependents:
    """One kind of what depends on an import: how many, and the first few by name."""

    one: str
    many: str
    leads: Leads
    count: int
    items: tuple[tuple[UUID, str], ...]


def list_dependents(row: MapImport) -> list[Dependents]:
    """All that depends on an applied import: later imports, and what stands on what it brought."""
    found = [_later_imports(row), *_standing_on(row), *_by_hand(row)]
    return [one for one in found if one.count]


def is_new_node(row: MapImport) -> ColumnElement[bool]:
    """Whether a node came with an import."""
    return (ValueChainNode.chain_id == row.chain_id) & (ValueChainNode.created_at == row.applied_at)


def is_new_link(row: MapImport) -> ColumnElement[bool]:
    """Whether a link came with an import."""
    return (SupplyLink.chain_id == row.chain_id) & (SupplyLink.created_at == row.applied_at)


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
    node, new = ValueChainNode, is_new_node(row)
    documents = (
        select(node.id, node.name)
        .join(SupplyLink, SupplyLink.supplier_id == node.id)
        .join(EvidenceLink, EvidenceLink.target_id == SupplyLink.id)
        .where(EvidenceLink.target_type == SupplyLink.__tablename__, is_new_link(row))
    )
    findings = select(Finding.id, Finding.title).join(node, node.id == Finding.node_id).where(new)
    sent = (
        select(Assignment.id, Assignment.node_name)
        .join(node, node.id == Assignment.node_id)
        .where(new)
    )
    kept: tuple[tuple[Any, str, str], ...] = (
        (RiskSignal, "site with answers", "sites with answers"),
        (SeverityJudgement, "site with a severity judgement", "sites with severity judgements"),
        (RiskFact, "site with facts on risk", "sites with facts on risk"),
        (ControlRecord, "site with controls", "sites with controls"),
    )
    return [
        _named(findings, "finding", "findings", Leads.FINDING),
        _named(sent, "questionnaire sent", "questionnaires sent", Leads.ASSIGNMENT),
        _named(documents, "site with evidence", "sites with evidence", Leads.NODE),
        *(
            _named(
                select(node.id, node.name).join(model, model.node_id == node.id).where(new),
                one,
                many,
                Leads.NODE,
            )
            for model, one, many in kept
        ),
    ]


def _named(statement: Select[UUID, str], one: str, many: str, leads: Leads) -> Dependents:
    rows = statement.distinct().subquery()
    count = db.session.scalar(select(func.count()).select_from(rows)) or 0
    items: tuple[tuple[UUID, str], ...] = ()
    if count:
        first = select(rows.c[0], rows.c[1]).order_by(rows.c[1], rows.c[0]).limit(NAMED)
        items = tuple((key, name) for key, name in db.session.execute(first))
    return Dependents(one, many, leads, count, items)


def _by_hand(row: MapImport) -> list[Dependents]:
    """Nodes and links it brought or changed that a person changed since, and links put at them."""
    node, new = ValueChainNode, is_new_node(row)
    touched = {"value_chain_node": set[UUID](), "supply_link": set[UUID]()}
    for kind, key in db.session.execute(_events_since(row)):
        touched[str(kind)].add(UUID(key))
    changed_ids = {UUID(key) for key in _changed(row)}
    by_node = touched["value_chain_node"] | _changed_with_many(row)
    changed = select(node.id, node.name).where(
        among(node.id, list(by_node)), new | among(node.id, list(changed_ids & by_node))
    )
    link = SupplyLink
    ends = (node.id == link.supplier_id) | (node.id == link.buyer_id)
    by_link = touched["supply_link"]
    linked = (
        select(node.id, node.name)
        .join(link, ends)
        .where(
            among(link.id, list(by_link)),
            new | is_new_link(row) | among(link.id, list(changed_ids & by_link)),
        )
    )
    return [
        _named(changed, "site changed by hand", "sites changed by hand", Leads.NODE),
        _named(
            linked,
            "site with links changed by hand",
            "sites with links changed by hand",
            Leads.NODE,
        ),
    ]


def _events_since(row: MapImport) -> Select[str | None, str | None]:
    applied = (
        select(func.max(AuditEvent.sequence))
        .where(AuditEvent.target_id == str(row.id), AuditEvent.action == "map_import:apply")
        .scalar_subquery()
    )
    return (
        select(AuditEvent.target_type, AuditEvent.target_id)
        .where(
            AuditEvent.sequence > applied,
            AuditEvent.target_type.in_(("value_chain_node", "supply_link")),
        )
        .distinct()
        .limit(EVENTS_READ)
    )


def _changed_with_many(row: MapImport) -> set[UUID]:
    """Nodes that a change of many sites changed since, and that its undo did not put back."""
    parts = db.session.execute(
        select(BulkPart.before, BulkPart.kept_ids, BulkPart.undone_at)
        .join(BulkChange, BulkChange.id == BulkPart.change_id)
        .where(BulkChange.chain_id == row.chain_id, BulkPart.done_at >= row.applied_at)
    )
    return {
        UUID(key)
        for before, kept, undone_at in parts
        for key in (before if undone_at is None else kept)
    }


def _changed(row: MapImport) -> set[str]:
    """Keys of what stood in the map and was changed, archived or brought back by the import."""
    undo = db.session.scalar(select(MapImport.undo).where(MapImport.id == row.id)) or {}
    names = ("nodes_revived", "nodes_changed", "nodes_gone", "links_changed", "links_gone")
    return {key for name in names for key in undo.get(name, ())}
