"""What keeps a list from being undone, and that nothing does once it is taken back exactly."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.value_chain.bulk_changes.models import BulkVerb
from ddplatform.value_chain.bulk_changes.queries import Wish
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.graph.queries.drafts import MapDrafts, load_drafts
from ddplatform.value_chain.import_gone import services as import_gone
from ddplatform.value_chain.import_steps.queries.dependents import list_dependents
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.imports.models import GoneAnswer
from ddplatform.value_chain.imports.queries import get_import, list_gone
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.merging.queries.references import Leads
from ddplatform.value_chain.merging.services.merge import merge_nodes, split_merge
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world
from tests.value_chain.imports.test_map_import import _apply, _csv, _import, _stage, _work, acting

pytestmark = pytest.mark.both_databases

SITES = "id,name,country,address\nm,Mill,CI,1 Road\nf,Farm,,\n"
FLOWS = "supplier,buyer,share\nf,m,0.5\n"
MINUTES = [NOW + timedelta(minutes=n) for n in range(1, 12)]
BY_HAND = ("site changed by hand", 1, Leads.NODE)


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        made = value_chain.create_chain("Cocoa", own_business="Us", act=Act(tenant.analyst, NOW))
        fields = value_chain.NodeFields(name="Known before", country="GH")
        value_chain.add_node(made.id, fields, act=Act(tenant.analyst, NOW), external_ref="known")
        return made.id


@stored_world
def before(chain_id: UUID, tenant: Tenant) -> MapDrafts:
    with acting(tenant):
        return load_drafts(chain_id)


@stored_world
def staged(before: MapDrafts, chain_id: UUID, tenant: Tenant) -> UUID:
    return _import(tenant, chain_id, _csv(SITES), _csv(FLOWS, "links.csv"))


def _node(ref: str) -> ValueChainNode:
    return db.session.scalars(
        select(ValueChainNode).where(ValueChainNode.external_ref == ref)
    ).one()


def _link() -> SupplyLink:
    return db.session.scalars(select(SupplyLink).where(SupplyLink.share == 0.5)).one()


def _dependents(tenant: Tenant, import_id: UUID) -> list[tuple[str, int, Leads]]:
    with acting(tenant):
        return [(one.one, one.count, one.leads) for one in list_dependents(get_import(import_id))]


def _undone(tenant: Tenant, import_id: UUID) -> MapDrafts:
    with acting(tenant):
        map_undo.undo_import(import_id, act=Act(tenant.analyst, MINUTES[-1]))
    with acting(tenant):
        return load_drafts(get_import(import_id).chain_id)


def _same(one: MapDrafts, other: MapDrafts) -> bool:
    return (one.nodes, one.links) == (other.nodes, other.links)


@pytest.mark.parametrize(("stays", "goes"), [("known", "m"), ("m", "known"), ("m", "f")])
def test_a_merge_since_is_named_and_its_split_opens_the_way_back(
    tenant: Tenant, staged: UUID, before: MapDrafts, stays: str, goes: str
):
    with acting(tenant):
        survivor, absorbed = _node(stays), _node(goes)
        name = survivor.name
        merge_id = merge_nodes(survivor.id, absorbed.id, act=Act(tenant.manager, MINUTES[1])).id

    assert ("site that was merged since", 1, Leads.NODE) in _dependents(tenant, staged)
    with acting(tenant):
        assert name in [
            label for one in list_dependents(get_import(staged)) for _, label in one.items
        ]
    with acting(tenant), pytest.raises(Conflict, match="merged since"):
        map_undo.undo_import(staged, act=Act(tenant.analyst, MINUTES[2]))
    with acting(tenant):
        split_merge(merge_id, act=Act(tenant.manager, MINUTES[3]))
    assert _dependents(tenant, staged) == []
    assert _same(_undone(tenant, staged), before)


def test_a_merge_of_two_others_that_moved_a_link_of_the_list_keeps_it_too(
    tenant: Tenant, staged: UUID, chain_id: UUID
):
    with acting(tenant):
        fields = value_chain.NodeFields(name="Also known", country="GH")
        other = value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, MINUTES[0])).id
    text = "supplier,buyer,share\nknown,own-business,0.3\n"
    second = _import(tenant, chain_id, _csv(text, "links.csv"))
    assert _dependents(tenant, second) == []
    with acting(tenant):
        merge_nodes(other, _node("known").id, act=Act(tenant.manager, MINUTES[1]))

    assert ("site that was merged since", 1, Leads.NODE) in _dependents(tenant, second)


def test_a_name_that_is_changed_back_keeps_no_list(tenant: Tenant, staged: UUID, before: MapDrafts):
    for minute, name in enumerate(("Grand Mill", "Mill")):
        with acting(tenant):
            mill = _node("m")
            fields = value_chain.NodeFields(
                name=name, country="CI", address="1 Road", kind=mill.kind
            )
            value_chain.change_node(
                mill.id,
                fields,
                row_version=mill.row_version,
                act=Act(tenant.analyst, MINUTES[minute]),
            )
        assert _dependents(tenant, staged) == ([BY_HAND] if name != "Mill" else [])
    assert _same(_undone(tenant, staged), before)


def test_a_site_that_was_archived_and_restored_keeps_no_list(
    tenant: Tenant, staged: UUID, before: MapDrafts
):
    with acting(tenant):
        value_chain.archive_node(_node("f").id, act=Act(tenant.analyst, MINUTES[1]))
    assert BY_HAND in _dependents(tenant, staged)
    with acting(tenant):
        value_chain.restore_node(_node("f").id, act=Act(tenant.analyst, MINUTES[2]))
    assert _dependents(tenant, staged) == []
    assert _same(_undone(tenant, staged), before)


def test_a_link_that_people_put_at_a_new_site_keeps_the_list_while_it_stands(
    tenant: Tenant, staged: UUID, before: MapDrafts
):
    with acting(tenant):
        link_id = supply_links.add_link(
            _node("m").id,
            _node("known").id,
            LinkFields(),
            act=Act(tenant.analyst, MINUTES[1]),
        ).id
    assert _dependents(tenant, staged) == [("site with links changed by hand", 2, Leads.NODE)]
    with acting(tenant):
        supply_links.archive_link(link_id, act=Act(tenant.analyst, MINUTES[2]))
    assert _dependents(tenant, staged) == []
    assert _same(_undone(tenant, staged), before)


def test_a_share_that_is_changed_keeps_the_list_until_it_is_what_the_list_said(
    tenant: Tenant, staged: UUID, before: MapDrafts
):
    with acting(tenant):
        link_id = _link().id
    for minute, share in enumerate((0.7, 0.5)):
        with acting(tenant):
            link = db.session.get_one(SupplyLink, link_id)
            supply_links.change_link(
                link_id,
                LinkFields(share=share),
                row_version=link.row_version,
                act=Act(tenant.analyst, MINUTES[minute]),
            )
        assert bool(_dependents(tenant, staged)) is (share == 0.7)
    assert _same(_undone(tenant, staged), before)


def test_an_owner_given_to_a_new_site_keeps_the_list_until_it_is_taken_away(
    tenant: Tenant, staged: UUID, chain_id: UUID
):
    with acting(tenant):
        keys = [_node("m").id]
        change = bulk_changes.request_change(
            chain_id,
            Wish(BulkVerb.OWNER, str(tenant.manager.user_id)),
            keys,
            seen=bulk_changes.mark_of(keys),
            act=Act(tenant.analyst, MINUTES[1]),
        )
    assert _dependents(tenant, staged) == [BY_HAND]
    with acting(tenant):
        bulk_changes.undo(change.id, act=Act(tenant.analyst, MINUTES[2]))
    assert _dependents(tenant, staged) == []


def test_a_site_that_the_list_archived_and_a_person_restored_keeps_the_list(
    tenant: Tenant, staged: UUID, chain_id: UUID
):
    again = _next_year(tenant, chain_id)
    with acting(tenant):
        archive = {_gone(again): GoneAnswer.ARCHIVE}
        import_gone.answer_gone(again, archive, act=Act(tenant.analyst, MINUTES[1]))
    assert _dependents(tenant, again) == []
    with acting(tenant):
        value_chain.restore_node(_node("f").id, act=Act(tenant.analyst, MINUTES[2]))
    assert BY_HAND in _dependents(tenant, again)


def test_what_was_archived_by_an_answer_after_the_list_came_in_comes_back_with_its_undo(
    tenant: Tenant, staged: UUID, chain_id: UUID
):
    with acting(tenant):
        known = load_drafts(chain_id)
    again = _next_year(tenant, chain_id)
    with acting(tenant):
        version = get_import(again).chain_version
        archive = {_gone(again): GoneAnswer.ARCHIVE}
        import_gone.answer_gone(again, archive, act=Act(tenant.analyst, MINUTES[1]))
    with acting(tenant):
        assert (len(load_drafts(chain_id).nodes), version) == (len(known.nodes) - 1, version)
    assert _same(_undone(tenant, again), known)


def _next_year(tenant: Tenant, chain_id: UUID) -> UUID:
    """The same list a year later, without the farm; nothing else changes."""
    again = _stage(tenant, chain_id, _csv("id,name,country,address\nm,Mill,CI,1 Road\n"))
    _work()
    _apply(tenant, again)
    return again


def _gone(import_id: UUID) -> UUID:
    return next(one.id for one in list_gone(import_id, number=1) if one.name == "Farm")
