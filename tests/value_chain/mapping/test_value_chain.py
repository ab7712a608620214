"""Maps, nodes and links: made, changed, archived, restored; each change is one step of the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.queries import is_waiting
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.value_chain.graph.queries.graph import load_value_chain, load_with_keys
from ddplatform.value_chain.graph.services import tiers
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain
from ddplatform.value_chain.mapping.queries import maps as queries
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.changes import ChangeEffect
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.graph.labels import MOST_TAGS
from supply_chain.vocabulary import FlowEvidence, NodeKind
from tests.approved import add_origin
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import assess
from tests.stored_worlds import stored_world

LATER = NOW + timedelta(minutes=1)


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    with unit_of_work(), acting_in(tenant.id):
        yield


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        made = value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            country="FR",
            act=Act(tenant.analyst, NOW),
        )
        return made.id


def _add(tenant: Tenant, chain_id: UUID, name: str, **more: object) -> UUID:
    fields = NodeFields(name=name, **more)  # type: ignore[arg-type]
    return value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW)).id


def _link(tenant: Tenant, supplier: UUID, buyer: UUID, share: float | None = None) -> UUID:
    return supply_links.add_link(
        supplier,
        buyer,
        LinkFields(share=share),
        act=Act(tenant.analyst, NOW),
    ).id


def _own(chain_id: UUID) -> UUID:
    own = queries.find_own_business(chain_id)
    assert own is not None
    return own.id


def _actions() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)))


def _tiers(chain_id: UUID) -> dict[str, int | None]:
    rows = db.session.scalars(select(NodeSummary).where(NodeSummary.chain_id == chain_id))
    return {queries.get_node(row.node_id).name: row.tier for row in rows}


def test_new_map_begins_with_the_own_business_at_tier_zero(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        chain = queries.get_chain(chain_id)
        own = queries.find_own_business(chain_id)

        assert own is not None
        assert (chain.slug, own.name, own.country) == ("cocoa", "Maison Cacao", "FR")
        assert _tiers(chain_id) == {"Maison Cacao": 0}


def test_second_map_of_the_same_name_is_refused_and_like_names_get_addresses_of_their_own(
    tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        with pytest.raises(Conflict, match="Cocoa"):
            value_chain.create_chain("Cocoa", own_business=None, act=Act(tenant.analyst, NOW))
        other = value_chain.create_chain("cocoa!", own_business=None, act=Act(tenant.analyst, NOW))

        assert other.slug == "cocoa-2"


def test_each_change_raises_the_version_once_and_leaves_one_event_and_one_reassessment(
    tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        node = _add(tenant, chain_id, "Golfe Négoce", country="CI")
    with acting(tenant):
        _link(tenant, node, _own(chain_id), 0.4)

    with acting(tenant):
        assert queries.get_chain(chain_id).version == 3
        assert _actions()[-3:] == ["value_chain:create", "node:add", "link:add"]
        jobs = db.session.scalars(select(Job).where(Job.name == "risk:assess")).all()
        assert [job.payload["chain_id"] for job in jobs] == [str(chain_id)]


def test_link_gives_its_supplier_the_tier_behind_the_buyer(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        trader = _add(tenant, chain_id, "Trader")
        farm = _add(tenant, chain_id, "Farm")
        _link(tenant, farm, trader)
        assert _tiers(chain_id)["Farm"] is None

        link = _link(tenant, trader, _own(chain_id))
        assert _tiers(chain_id) == {"Maison Cacao": 0, "Trader": 1, "Farm": 2}

        supply_links.archive_link(link, act=Act(tenant.analyst, LATER))
        assert _tiers(chain_id)["Farm"] is None


def _is_counted_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every map counts as large; the tiers of a whole map are never asked for."""

    def refuse(chain_id: UUID) -> None:
        raise AssertionError("the whole map was read for a change by hand")

    monkeypatch.setattr(tiers, "WHOLE_MAP", 0)
    monkeypatch.setattr(tiers, "load_tiers", refuse)


def test_change_in_a_large_map_gives_the_touched_nodes_their_tier_without_reading_the_map(
    tenant: Tenant, chain_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    _is_counted_near(monkeypatch)
    with acting(tenant):
        trader = _add(tenant, chain_id, "Trader")
        farm = _add(tenant, chain_id, "Farm")
        plant = _add(tenant, chain_id, "Plant", own_operation=True)
        assert _tiers(chain_id) == {"Maison Cacao": 0, "Trader": None, "Farm": None, "Plant": 0}

        link = _link(tenant, trader, _own(chain_id))
        _link(tenant, farm, trader)
        _link(tenant, farm, plant)
        assert (_tiers(chain_id)["Trader"], _tiers(chain_id)["Farm"]) == (1, 1)

        value_chain.archive_node(plant, act=Act(tenant.analyst, LATER))
        assert _tiers(chain_id)["Farm"] == 2

        value_chain.restore_node(plant, act=Act(tenant.analyst, LATER))
        supply_links.archive_link(link, act=Act(tenant.analyst, LATER))
        assert (_tiers(chain_id)["Trader"], _tiers(chain_id)["Farm"]) == (None, 1)


def test_change_in_a_large_map_leaves_the_nodes_behind_to_the_assessment_it_asks_for(
    tenant: Tenant, chain_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    with acting(tenant):
        trader = _add(tenant, chain_id, "Trader")
        _link(tenant, _add(tenant, chain_id, "Farm"), trader)
    with monkeypatch.context() as patch, acting(tenant):
        _is_counted_near(patch)
        _link(tenant, trader, _own(chain_id))
    with acting(tenant):
        assert _tiers(chain_id) == {"Maison Cacao": 0, "Trader": 1, "Farm": None}

    assess(tenant, chain_id)

    with acting(tenant):
        assert _tiers(chain_id) == {"Maison Cacao": 0, "Trader": 1, "Farm": 2}


def test_stale_edit_is_a_conflict_that_shows_both_versions(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        node = _add(tenant, chain_id, "Trader", country="CI")
    with acting(tenant):
        seen = queries.get_node(node).row_version
        value_chain.change_node(
            node,
            NodeFields(name="Trader", country="GH"),
            row_version=seen,
            act=Act(tenant.manager, NOW),
        )
    with acting(tenant), pytest.raises(Conflict) as caught:
        value_chain.change_node(
            node,
            NodeFields(name="Trader SA", country="CI"),
            row_version=seen,
            act=Act(tenant.analyst, NOW),
        )

    assert caught.value.theirs == {"Name": "Trader", "Country": "Ghana"}
    assert caught.value.mine == {"Name": "Trader SA", "Country": "Côte d’Ivoire"}


def test_saving_without_a_change_raises_no_version_and_leaves_no_event(
    tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        own = queries.get_node(_own(chain_id))
        value_chain.change_node(
            own.id,
            NodeFields(name="Maison Cacao", country="FR", own_operation=True),
            row_version=own.row_version,
            act=Act(tenant.analyst, NOW),
        )

        assert queries.get_chain(chain_id).version == 1
        assert _actions()[-1] == "value_chain:create"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "A", "country": "XX"}, "country"),
        ({"name": "A", "latitude": 91.0, "longitude": 0.0}, "latitude"),
        ({"name": "A", "latitude": 1.0, "longitude": 181.0}, "longitude"),
        ({"name": "A", "latitude": 1.0}, "longitude"),
    ],
)
def test_field_that_breaks_a_rule_is_named(
    tenant: Tenant, chain_id: UUID, fields: dict[str, object], named: str
):
    with acting(tenant), pytest.raises(Invalid) as caught:
        value_chain.add_node(chain_id, NodeFields(**fields), act=Act(tenant.analyst, NOW))  # type: ignore[arg-type]

    assert named in caught.value.fields


def test_archived_node_takes_its_links_along_and_brings_them_back(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        trader = _add(tenant, chain_id, "Trader")
        farm = _add(tenant, chain_id, "Farm")
        _link(tenant, trader, _own(chain_id), 0.6)
        _link(tenant, farm, trader)
    with acting(tenant):
        value_chain.archive_node(trader, act=Act(tenant.analyst, LATER))

        assert len(load_value_chain(chain_id)) == 2
        assert len(load_value_chain(chain_id).links) == 0
        with pytest.raises(Conflict, match="archived already"):
            value_chain.archive_node(trader, act=Act(tenant.analyst, LATER))
    with acting(tenant):
        value_chain.restore_node(trader, act=Act(tenant.analyst, LATER))

        assert _tiers(chain_id) == {"Maison Cacao": 0, "Trader": 1, "Farm": 2}
        with pytest.raises(Conflict, match="not archived"):
            value_chain.restore_node(trader, act=Act(tenant.analyst, LATER))
        assert _actions()[-2:] == ["node:archive", "node:restore"]


def test_restored_node_leaves_out_the_link_to_an_end_that_is_archived(
    tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        trader, farm = _add(tenant, chain_id, "Trader"), _add(tenant, chain_id, "Farm")
        link = _link(tenant, farm, trader)
        value_chain.archive_node(trader, act=Act(tenant.analyst, LATER))
        value_chain.archive_node(farm, act=Act(tenant.analyst, LATER))
        value_chain.restore_node(trader, act=Act(tenant.analyst, LATER))

        assert queries.get_link(link).archived_at is not None
        with pytest.raises(Conflict, match="Farm"):
            supply_links.restore_link(link, act=Act(tenant.analyst, LATER))


def test_link_is_checked_for_its_ends_its_share_its_days_and_its_twin(
    tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        trader, own = _add(tenant, chain_id, "Trader"), _own(chain_id)
        other = value_chain.create_chain("Tea", own_business="Us", act=Act(tenant.analyst, NOW))
        stranger = _own(other.id)
        for supplier, buyer, fields, named in (
            (trader, trader, LinkFields(), "other"),
            (stranger, own, LinkFields(), "other"),
            (trader, own, LinkFields(share=1.2), "share"),
            (
                trader,
                own,
                LinkFields(valid_from=NOW.date(), valid_to=NOW.date() - timedelta(days=1)),
                "valid_to",
            ),
        ):
            with pytest.raises(Invalid) as caught:
                supply_links.add_link(supplier, buyer, fields, act=Act(tenant.analyst, NOW))
            assert named in caught.value.fields
        _link(tenant, trader, own)
        with pytest.raises(Conflict, match="already"):
            _link(tenant, trader, own)


def test_link_is_changed_archived_and_restored_with_one_event_each(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        link = _link(tenant, _add(tenant, chain_id, "Trader"), _own(chain_id), 0.4)
    with acting(tenant):
        seen = queries.get_link(link).row_version
        wanted = LinkFields(share=0.5, flow_evidence=FlowEvidence.PROBABLE)
        for _ in range(2):
            supply_links.change_link(link, wanted, row_version=seen, act=Act(tenant.analyst, NOW))
    with acting(tenant):
        with pytest.raises(Conflict) as caught:
            supply_links.change_link(
                link,
                LinkFields(),
                row_version=seen,
                act=Act(tenant.analyst, NOW),
            )
        assert caught.value.theirs["Share of the buyer's input"] == "50 %"
        supply_links.archive_link(link, act=Act(tenant.analyst, LATER))
        with pytest.raises(Conflict):
            supply_links.archive_link(link, act=Act(tenant.analyst, LATER))
        supply_links.restore_link(link, act=Act(tenant.analyst, LATER))
        with pytest.raises(Conflict):
            supply_links.restore_link(link, act=Act(tenant.analyst, LATER))
        assert _actions()[-3:] == ["link:change", "link:archive", "link:restore"]


def test_map_of_another_organisation_is_not_found(
    tenant: Tenant, other_tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        own = _own(chain_id)
    with acting(other_tenant):
        for get, key in (
            (queries.get_chain, chain_id),
            (queries.get_node, own),
            (queries.get_chain_for_change, chain_id),
            (queries.get_link, uuid4()),
        ):
            with pytest.raises(NotFound):
                get(key)
        assert queries.list_chains() == []


def test_links_of_a_node_come_heaviest_first_with_the_other_end(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        own = _own(chain_id)
        for name, share in (("B", None), ("A", 0.2), ("C", 0.5)):
            _link(tenant, _add(tenant, chain_id, name, country="GH"), own, share)

        links = queries.list_links_of(own)

        assert [row.node_name for row in links.suppliers] == ["C", "A", "B"]
        assert (links.suppliers_total, links.buyers_total) == (3, 0)


def test_links_beyond_the_first_are_counted(
    tenant: Tenant, chain_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queries, "LINKS_SHOWN", 2)
    with acting(tenant):
        own = _own(chain_id)
        for name, share in (("B", None), ("A", 0.2), ("C", 0.5)):
            _link(tenant, _add(tenant, chain_id, name), own, share)

        links = queries.list_links_of(own)

        assert [row.node_name for row in links.suppliers] == ["C", "A"]
        assert links.suppliers_total == 3


def test_loaded_map_holds_nodes_links_and_marks_in_the_order_of_ids(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        fields = NodeFields(name="Mine", kind=NodeKind.SITE)
        mine = add_origin(chain_id, fields, act=Act(tenant.analyst, NOW)).id
        _link(tenant, mine, _own(chain_id), 0.3)

        graph, keys = load_with_keys(chain_id)

        assert graph.nodes.ids == ("mine", "own-business")
        assert keys[0] == mine
        assert graph.nodes.origin.tolist() == [1, -1]
        assert graph.links.share.tolist() == [0.3]
        assert graph.tiers.tolist() == [1, 0]


def test_empty_map_loads(tenant: Tenant, context: Flask):
    with acting(tenant):
        empty = value_chain.create_chain("Empty", own_business=None, act=Act(tenant.analyst, NOW))

        assert len(load_value_chain(empty.id)) == 0


def test_map_is_renamed_and_found_by_name_and_by_address(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        value_chain.change_chain(
            chain_id,
            name="Cocoa 2026",
            description="All",
            act=Act(tenant.analyst, NOW),
        )
        db.session.flush()

        assert queries.find_chain("cocoa") is queries.find_chain("Cocoa 2026")
        with pytest.raises(Invalid):
            value_chain.change_chain(
                chain_id, name=" ", description="", act=Act(tenant.analyst, NOW)
            )
        with pytest.raises(Invalid):
            value_chain.create_chain(" ", own_business=None, act=Act(tenant.analyst, NOW))


def test_another_name_of_a_map_asks_for_scores_of_its_new_version(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        assert not is_waiting(REASSESS)
        value_chain.change_chain(
            chain_id,
            name="Cocoa 2026",
            description="",
            act=Act(tenant.analyst, NOW),
        )
        assert is_waiting(REASSESS)


def test_every_change_by_hand_is_told_to_all_that_follow_changes(
    tenant: Tenant, chain_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    told: list[tuple[str, UUID, str]] = []
    follows: Registry[ChangeEffect] = Registry("followers")
    for name in ("first", "second"):
        follows.add(name, lambda chain, cause, *, act, name=name: told.append((name, chain, cause)))
    monkeypatch.setattr("ddplatform.value_chain.mapping.services.changes.AFTER_CHANGE", follows)

    with acting(tenant):
        mill = value_chain.add_node(chain_id, NodeFields(name="Mill"), act=Act(tenant.analyst, NOW))
        value_chain.archive_node(mill.id, act=Act(tenant.analyst, NOW))
        value_chain.restore_node(mill.id, act=Act(tenant.analyst, NOW))

    both = [("first", chain_id, "facts"), ("second", chain_id, "facts")]
    assert told == both * 3


def test_too_many_tags_and_an_owner_from_elsewhere_are_refused_at_their_fields(
    tenant: Tenant, chain_id: UUID
):
    wanted = NodeFields(
        name="Mill", tags=tuple(f"t{n}" for n in range(MOST_TAGS + 1)), owner_id=uuid4()
    )
    with acting(tenant), pytest.raises(Invalid) as refusal:
        value_chain.add_node(chain_id, wanted, act=Act(tenant.analyst, NOW))

    assert set(refusal.value.fields) == {"tags", "owner_id"}


def test_external_id_stands_once_in_a_map(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        fields = NodeFields(name="Trader")
        value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW), external_ref="T1")
        with pytest.raises(Conflict, match="T1"):
            value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW), external_ref="T1")
        first = value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW))
        second = value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW))

        assert first.external_ref == "trader"
        assert second.external_ref.startswith("trader-")
        assert db.session.scalar(select(ValueChain.version)) == 4


def test_conflict_tells_every_kind_of_value_in_words(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        node = _add(tenant, chain_id, "Trader", commodity_refs=("cocoa", "coffee"))
    with acting(tenant):
        with pytest.raises(Conflict) as caught:
            value_chain.change_node(
                node,
                NodeFields(name="Trader", own_operation=True, kind=NodeKind.SITE, region="Nawa"),
                row_version=99,
                act=Act(tenant.analyst, NOW),
            )
        assert caught.value.theirs == {
            "Kind": "business entity",
            "Region": "not known",
            "Commodities": "Cocoa, Coffee",
            "Own operation": "no",
        }
        assert caught.value.mine["Commodities"] == "not known"
        with pytest.raises(Invalid) as refused:
            value_chain.change_node(
                node,
                NodeFields(name="Trader", operated_by_id=node),
                row_version=1,
                act=Act(tenant.analyst, NOW),
            )
        assert "operated_by_id" in refused.value.fields


def test_conflict_names_the_operator_the_sector_and_the_share_of_a_link(
    tenant: Tenant, chain_id: UUID
):
    with acting(tenant):
        operator = _add(tenant, chain_id, "Coop")
        farm = _add(tenant, chain_id, "Farm", sector_ref="crop_farming")
        link = _link(tenant, farm, operator)
    with acting(tenant), pytest.raises(Conflict) as of_node:
        value_chain.change_node(
            farm,
            NodeFields(name="Farm", operated_by_id=operator),
            row_version=99,
            act=Act(tenant.analyst, NOW),
        )
    with acting(tenant), pytest.raises(Conflict) as of_link:
        supply_links.change_link(
            link,
            LinkFields(share=0.125),
            row_version=99,
            act=Act(tenant.analyst, NOW),
        )

    assert of_node.value.mine == {"Sector": "not known", "Operated by": "Coop"}
    assert of_node.value.theirs == {"Sector": "Crop farming", "Operated by": "not known"}
    assert of_link.value.theirs == {"Share of the buyer's input": "not known"}
    assert of_link.value.mine == {"Share of the buyer's input": "12.5 %"}
