"""What depends on an import, so that it cannot be undone: named, with where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from ddplatform.due_diligence.findings.models import Finding
from ddplatform.evidence.uploads.models import EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import ControlRecord, RiskFact, SeverityJudgement
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.filters.queries.filters import among
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

NAMED = 5


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
    node, new = ValueChainNode, is_new(row, ValueChainNode)
    documents = (
        select(node.id, node.name)
        .join(SupplyLink, SupplyLink.supplier_id == node.id)
        .join(EvidenceLink, EvidenceLink.target_id == SupplyLink.id)
        .where(EvidenceLink.target_type == SupplyLink.__tablename__, is_new(row, SupplyLink))
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


def _merges(row: MapImport, undo: Mapping[str, Any]) -> Dependents:
    merges = select_merges_since(row, undo)
    return _named(merges, "site that was merged since", "sites that were merged since", Leads.NODE)


def _by_hand(row: MapImport, undo: Mapping[str, Any]) -> list[Dependents]:
    """Nodes and links it brought or changed that a person changed since, and links put at them."""
    node, link = ValueChainNode, SupplyLink
    nodes, links = find_changed(row, undo)
    # Who looks after a node, and whom one may write to, come from people and never with a list.
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
