"""A map that goes through any sequence of changes, one verb after another, day after day."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import PlatformError
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.approvals.services.steps import decide, end
from ddplatform.value_chain.approvals.models import Approval, ApprovalState
from ddplatform.value_chain.bulk_changes.models import BulkVerb
from ddplatform.value_chain.bulk_changes.queries import list_changes, plan_change
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.map_files.services.intake import plan_intake, take_in
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import find_chain, get_chain, get_link, get_node
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.matching.models import NodeMerge
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge
from supply_chain.intake.drafts import LinkDraft, Mapping, NamedBytes, NodeDraft
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind
from tests.approved import wish
from tests.factories import Tenant

COUNTRIES = (None, "CI", "GH", "FR")
START = (datetime.now(UTC) - timedelta(days=300)).replace(hour=8, minute=0, second=0, microsecond=0)
Stood = tuple[str, tuple[NodeDraft, ...], tuple[LinkDraft, ...]]


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    with unit_of_work(), acting_in(tenant.id):
        yield


@dataclass
class MapWalk:
    """A map, the moment it has come to, and how it stood at the end of each day so far."""

    tenant: Tenant
    name: str = field(default_factory=lambda: f"Map {uuid4().hex[:8]}")
    at: datetime = START
    stood: dict[date, Stood] = field(default_factory=dict)
    chain_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        with acting(self.tenant):
            made = value_chain.create_chain(
                self.name,
                own_business="Us",
                country="FR",
                act=Act(self.tenant.manager, self.at),
            )
            self.chain_id = made.id
        self.keep()

    def go(self, verb: str, seed: int) -> bool:
        """One verb at a later moment, often on a later day; False where the map refused it."""
        draw = random.Random(seed)
        self.at += draw.choice([timedelta(hours=1), timedelta(days=1), timedelta(days=3)])
        try:
            with acting(self.tenant):
                VERBS[verb](self, draw)
            done = True
        except (PlatformError, IndexError):
            done = False
        self.keep()
        return done

    def keep(self) -> None:
        """Note how the map stands, as the last word on this day."""
        with acting(self.tenant):
            self.stood[self.at.date()] = self.now()

    def now(self) -> Stood:
        drafts = load_drafts(self.chain_id)
        return get_chain(self.chain_id).name, drafts.nodes, drafts.links

    def nodes(self, *, archived: bool = False) -> Sequence[UUID]:
        gone = ValueChainNode.archived_at
        return db.session.scalars(
            select(ValueChainNode.id)
            .where(ValueChainNode.chain_id == self.chain_id)
            .where(gone.is_not(None) if archived else gone.is_(None))
            .order_by(ValueChainNode.external_ref)
        ).all()

    def links(self, *, archived: bool = False) -> Sequence[UUID]:
        gone = SupplyLink.archived_at
        return db.session.scalars(
            select(SupplyLink.id)
            .where(SupplyLink.chain_id == self.chain_id)
            .where(gone.is_not(None) if archived else gone.is_(None))
            .order_by(SupplyLink.id)
        ).all()

    def fields(self, draw: random.Random) -> NodeFields:
        place = draw.choice([(None, None), (5.1, -3.9)])
        return NodeFields(
            name=draw.choice(["Mill", "Farm", "Trader"]) + f" {draw.randint(1, 9)}",
            kind=draw.choice([NodeKind.SITE, NodeKind.BUSINESS_ENTITY]),
            country=draw.choice(COUNTRIES),
            address=draw.choice([None, "1 Road", "2 Road"]),
            latitude=place[0],
            longitude=place[1],
            commodity_refs=tuple(draw.sample(["cocoa", "cotton"], draw.randint(0, 2))),
            is_origin=draw.choice([None, True, False]),
            tags=tuple(draw.sample(["own brand", "new"], draw.randint(0, 2))),
            group_name=draw.choice([None, "East"]),
        )

    def link_fields(self, draw: random.Random) -> LinkFields:
        return LinkFields(
            kind=draw.choice([LinkKind.SUPPLIES, LinkKind.PROCESSES_FOR]),
            share=draw.choice([None, 0.1, 0.25]),
            flow_evidence=draw.choice([FlowEvidence.CONFIRMED, FlowEvidence.UNMAPPED]),
            valid_from=draw.choice([None, date(2024, 1, 1)]),
        )


def _two(walk: MapWalk, draw: random.Random) -> Sequence[UUID]:
    nodes = list(walk.nodes())
    draw.shuffle(nodes)
    return nodes[0], nodes[1]


def _some(walk: MapWalk, draw: random.Random) -> Sequence[UUID]:
    """One standing node and perhaps others.

    Raises:
        IndexError: no node stands.
    """
    nodes = list(walk.nodes())
    first = draw.choice(nodes)
    return [first, *(node for node in nodes if node != first and draw.random() < 0.5)]


def _rename(walk: MapWalk, draw: random.Random) -> None:
    name = f"{walk.name} {draw.randint(1, 3)}"
    value_chain.change_chain(
        walk.chain_id,
        name=name,
        description="",
        act=Act(walk.tenant.manager, walk.at),
    )


def _add(walk: MapWalk, draw: random.Random) -> None:
    value_chain.add_node(
        walk.chain_id,
        walk.fields(draw),
        wish=wish(walk.at),
        act=Act(walk.tenant.analyst, walk.at),
    )


def _change(walk: MapWalk, draw: random.Random) -> None:
    node = get_node(draw.choice(walk.nodes()))
    value_chain.change_node(
        node.id,
        walk.fields(draw),
        row_version=node.row_version,
        wish=wish(walk.at),
        act=Act(walk.tenant.analyst, walk.at),
    )


def _archive(walk: MapWalk, draw: random.Random) -> None:
    value_chain.archive_node(draw.choice(walk.nodes()), act=Act(walk.tenant.manager, walk.at))


def _restore(walk: MapWalk, draw: random.Random) -> None:
    node = draw.choice(walk.nodes(archived=True))
    value_chain.restore_node(node, act=Act(walk.tenant.manager, walk.at))


def _link(walk: MapWalk, draw: random.Random) -> None:
    supplier, buyer = _two(walk, draw)
    supply_links.add_link(
        supplier,
        buyer,
        walk.link_fields(draw),
        wish=wish(walk.at),
        act=Act(walk.tenant.analyst, walk.at),
    )


def _relink(walk: MapWalk, draw: random.Random) -> None:
    link = get_link(draw.choice(walk.links()))
    supply_links.change_link(
        link.id,
        walk.link_fields(draw),
        row_version=link.row_version,
        wish=wish(walk.at),
        act=Act(walk.tenant.analyst, walk.at),
    )


def _unlink(walk: MapWalk, draw: random.Random) -> None:
    supply_links.archive_link(draw.choice(walk.links()), act=Act(walk.tenant.manager, walk.at))


def _link_again(walk: MapWalk, draw: random.Random) -> None:
    link = draw.choice(walk.links(archived=True))
    supply_links.restore_link(link, act=Act(walk.tenant.manager, walk.at))


def _approve(walk: MapWalk, draw: random.Random) -> None:
    """A second person decides on one of the requests that wait."""
    waiting = select(Approval.request_id).where(Approval.state == ApprovalState.WAITING)
    request_id = draw.choice(db.session.scalars(waiting.order_by(Approval.id)).all())
    approve = draw.random() < 0.8
    decide(request_id, approve=approve, note="Seen.", act=Act(walk.tenant.manager, walk.at))


def _end_approval(walk: MapWalk, draw: random.Random) -> None:
    in_force = select(Approval.request_id).where(Approval.state == ApprovalState.IN_FORCE)
    request_id = draw.choice(db.session.scalars(in_force.order_by(Approval.id)).all())
    end(request_id, reason="The contract ended.", act=Act(walk.tenant.manager, walk.at))


def _import(walk: MapWalk, draw: random.Random) -> None:
    numbers = draw.sample(range(1, 6), 3)
    nodes = "".join(
        f"n{n},Listed {draw.randint(1, 4)},{draw.choice(['CI', 'GH'])},{draw.randint(1, 3)},L{n}\n"
        for n in numbers
    )
    links = "".join(
        f"n{n},n{m},0.{draw.randint(1, 4)},{draw.choice(['confirmed', ''])}\n"
        for n, m in pairwise(numbers)
    )
    files = (
        NamedBytes("nodes.csv", f"id,name,country,workers,duns\n{nodes}".encode()),
        NamedBytes("links.csv", f"supplier,buyer,share,flow_evidence\n{links}".encode()),
    )
    name = get_chain(walk.chain_id).name
    plan = plan_intake(name, files, Mapping())
    reading = map_import.read_files(plan)
    done = take_in(name, plan, reading, skip_faulty=True, act=Act(walk.tenant.analyst, walk.at))
    assert done.answer["applied"], done.answer
    found = find_chain(name)
    assert found is not None and found.id == walk.chain_id


def _undo(walk: MapWalk, draw: random.Random) -> None:
    rows = db.session.scalars(
        select(MapImport.id)
        .where(MapImport.chain_id == walk.chain_id)
        .order_by(MapImport.created_at.desc())
    ).all()
    map_undo.undo_import(rows[0], act=Act(walk.tenant.manager, walk.at))


def _bulk(walk: MapWalk, draw: random.Random) -> None:
    verb = draw.choice(list(BulkVerb))
    values = {
        BulkVerb.OWNER: ["", str(walk.tenant.manager.user_id)],
        BulkVerb.GROUP: ["", "East", "West"],
        BulkVerb.ARCHIVE: [""],
    }
    wish = bulk_changes.read_wish(verb, draw.choice(values.get(verb, ["new", "own brand"])))
    keys = _some(walk, draw)
    seen = bulk_changes.mark_of(list(plan_change(walk.chain_id, wish, keys).before))
    bulk_changes.request_change(
        walk.chain_id,
        wish,
        keys,
        seen=seen,
        act=Act(walk.tenant.manager, walk.at),
    )


def _bulk_undo(walk: MapWalk, draw: random.Random) -> None:
    standing = [row.id for row in list_changes(walk.chain_id) if row.undone_at is None]
    bulk_changes.undo(draw.choice(standing), act=Act(walk.tenant.manager, walk.at))


def _merge(walk: MapWalk, draw: random.Random) -> None:
    survivor, absorbed = _two(walk, draw)
    merge_nodes(survivor, absorbed, act=Act(walk.tenant.manager, walk.at))


def _split(walk: MapWalk, draw: random.Random) -> None:
    merges = db.session.scalars(
        select(NodeMerge.id)
        .where(NodeMerge.chain_id == walk.chain_id, NodeMerge.split_at.is_(None))
        .order_by(NodeMerge.number)
    ).all()
    split_merge(draw.choice(merges), act=Act(walk.tenant.manager, walk.at))


VERBS: dict[str, Callable[[MapWalk, random.Random], None]] = {
    "rename": _rename,
    "add": _add,
    "change": _change,
    "archive": _archive,
    "restore": _restore,
    "link": _link,
    "relink": _relink,
    "unlink": _unlink,
    "link again": _link_again,
    "approve": _approve,
    "end approval": _end_approval,
    "import": _import,
    "undo": _undo,
    "bulk": _bulk,
    "bulk undo": _bulk_undo,
    "merge": _merge,
    "split": _split,
}
