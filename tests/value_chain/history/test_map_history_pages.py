"""Pages of a past day, of two dates side by side, and of all changes of a node."""

import io
import zipfile
from collections.abc import Sized
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.web.filters import day
from ddplatform.value_chain.changes.queries.days import How, What, compare_days
from ddplatform.value_chain.graph.queries.snapshots import load_past_snapshot, load_snapshot
from ddplatform.value_chain.history.queries.past import load_past
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.map_files.services.intake import plan_intake, take_in
from ddplatform.value_chain.mapping.queries.maps import (
    find_own_business,
    get_chain,
    get_link,
    get_node,
    get_node_by_ref,
)
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.merging.services.merge import merge_nodes
from ddplatform.value_chain.past_map.queries.node import load_past_node
from supply_chain.intake.drafts import Mapping, NamedBytes
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.map_walks import MapWalk, acting
from tests.stored_worlds import stored_world

FIRST = (datetime.now(UTC) - timedelta(days=40)).replace(hour=9, minute=0, second=0, microsecond=0)
LIST = "id,name,country,workers\nmill,River Mill,CI,40\nfarm,Old Farm,GH,7\ntwin,River Mil,CI,\n"


@dataclass(frozen=True)
class Told:
    """A map with a known past: made, listed, changed, linked, merged and left, a day each."""

    tenant: Tenant
    chain: UUID
    mill: UUID
    farm: UUID
    twin: UUID
    link: UUID

    def day(self, number: int) -> date:
        return (FIRST + timedelta(days=number)).date()


@stored_world
def told(context: Flask, tenant: Tenant) -> Told:
    by = tenant.manager

    def at(number: int) -> datetime:
        return FIRST + timedelta(days=number)

    with acting(tenant):
        chain = value_chain.create_chain("Cocoa", own_business="Us", act=Act(by, at(0))).id
    with acting(tenant):
        plan = plan_intake("Cocoa", [NamedBytes("mills.csv", LIST.encode())], Mapping())
        reading = map_import.read_files(plan)
        take_in("Cocoa", plan, reading, skip_faulty=False, act=Act(by, at(1)))
    with acting(tenant):
        mill, farm, twin = (get_node_by_ref(chain, ref).id for ref in ("mill", "farm", "twin"))
        link = supply_links.add_link(farm, mill, LinkFields(share=0.5), act=Act(by, at(2))).id
        own = find_own_business(chain)
        supply_links.add_link(mill, own.id, LinkFields(), act=Act(by, at(2)))
    with acting(tenant):
        value_chain.change_node(
            mill,
            NodeFields(name="Great River Mill", country="GH", commodity_refs=("cocoa",)),
            row_version=get_node(mill).row_version,
            act=Act(by, at(3)),
        )
        wanted = LinkFields(share=0.25)
        version = get_link(link).row_version
        supply_links.change_link(link, wanted, row_version=version, act=Act(by, at(3)))
        value_chain.change_chain(chain, name="Cocoa 2", description="", act=Act(by, at(3)))
    with acting(tenant):
        merge_nodes(mill, twin, act=Act(by, at(4)))
    with acting(tenant):
        value_chain.archive_node(farm, act=Act(by, at(5)))
    return Told(tenant, chain, mill, farm, twin, link)


@pytest.fixture
def browser(app: Flask, told: Told) -> FlaskClient:
    return signed_in_client(app, told.tenant, RoleId.SUSTAINABILITY_MANAGER)


def base(told: Told) -> str:
    return f"/o/{told.tenant.slug}/value-chain"


def differences(told: Told, first: int, second: int) -> set[tuple[object, ...]]:
    with acting(told.tenant):
        found = compare_days(get_chain(told.chain), told.day(first), told.day(second))
        return {
            (one.what, one.how, one.name, one.field, one.before, one.after)
            for one in found.differences
            if one.field != "commodity_refs"
        }


def test_two_days_tell_what_is_new_gone_and_changed_with_both_values(told: Told):
    came = differences(told, 0, 1)
    changed = differences(told, 2, 3)
    left = differences(told, 3, 5)

    assert {(what, how, name) for what, how, name, *_ in came} == {
        (What.NODE, How.NEW, name) for name in ("River Mill", "Old Farm", "River Mil")
    }
    assert {
        (What.MAP, How.CHANGED, "Cocoa 2", "name", "Cocoa", "Cocoa 2"),
        (What.NODE, How.CHANGED, "Great River Mill", "name", "River Mill", "Great River Mill"),
        (What.NODE, How.CHANGED, "Great River Mill", "country", "CI", "GH"),
        (What.LINK, How.CHANGED, "Old Farm → Great River Mill", "share", 0.5, 0.25),
    } <= changed
    assert {(what, how, name) for what, how, name, *_ in left if how is How.GONE} == {
        (What.NODE, How.GONE, "Old Farm"),
        (What.NODE, How.GONE, "River Mil"),
        (What.LINK, How.GONE, "Old Farm → Great River Mill"),
    }


def test_every_change_says_who_when_and_why(told: Told):
    with acting(told.tenant):
        found = compare_days(get_chain(told.chain), told.day(0), told.day(5))
        steps = {one.part_id: one.step for one in found.differences}
        name = told.tenant.manager.name

    assert all(step is not None and step.by == name for step in steps.values())
    assert (steps[told.mill].action, steps[told.mill].files) == ("map_import:apply", ("mills.csv",))


def statements_of(client: FlaskClient, address: str) -> int:
    """How many statements a page takes, the second time it is opened."""
    assert client.get(address).status_code == 200
    found: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(found)


def most_values_of_a_statement(tenant: Tenant, suppliers: int) -> int:
    """How many values go over at most when a hub of a past day is read that was merged since."""
    by = tenant.manager
    with acting(tenant):
        chain = value_chain.create_chain(
            f"Hub {suppliers}", own_business="Us", act=Act(by, FIRST)
        ).id
        keys = [
            value_chain.add_node(chain, NodeFields(name=f"Mill {n}"), act=Act(by, FIRST)).id
            for n in range(suppliers + 2)
        ]
        for key in keys[2:]:
            supply_links.add_link(key, keys[0], LinkFields(), act=Act(by, FIRST))
    with acting(tenant):
        merge_nodes(keys[1], keys[0], act=Act(by, FIRST + timedelta(days=1)))
    sent: list[int] = []

    def count(_c: object, _cursor: object, _statement: str, values: Sized, *_more: object) -> None:
        sent.append(len(values))

    with acting(tenant):
        past = load_past(get_chain(chain), FIRST.date())
        hub = get_node(keys[0])
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            found = load_past_node(hub, past)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    assert found.suppliers_total == suppliers
    return max(sent)


def test_a_hub_of_a_past_day_is_read_with_as_many_values_however_many_links_it_had(
    context: Flask, tenant: Tenant
):
    assert most_values_of_a_statement(tenant, 30) == most_values_of_a_statement(tenant, 2)


def test_pages_of_history_take_as_many_statements_whatever_changed(
    told: Told, browser: FlaskClient
):
    chain, node = f"{base(told)}/{told.chain}", f"{base(told)}/nodes"
    last = told.day(5)
    pairs = [
        (f"{chain}/changes?first={last}&second={last}", f"{chain}/changes"),
        (f"{chain}/past?day={told.day(0)}", f"{chain}/past?day={told.day(3)}"),
        (f"{chain}/past/table?day={told.day(0)}", f"{chain}/past/table?day={told.day(3)}"),
        (f"{node}/{told.farm}/history", f"{node}/{told.mill}/history"),
    ]

    for few, many in pairs:
        assert statements_of(browser, many) <= statements_of(browser, few) + 2, many


def test_a_past_day_is_shown_in_its_own_words_and_offers_no_change(
    told: Told, browser: FlaskClient
):
    chain, mill = f"{base(told)}/{told.chain}", f"{base(told)}/nodes/{told.mill}"
    for address in (f"{chain}/past", f"{chain}/past/table", f"{mill}/past"):
        then = browser.get(f"{address}?day={told.day(2)}").text
        now = browser.get(f"{address}?day={told.day(4)}").text
        main = then.split("<main", 1)[1].split("</main>")[0].split("</nav>", 1)[1]

        assert "As it stood at the end of" in main, address
        assert "River Mill" in main and "Great River Mill" not in main
        assert "Great River Mill" in now, address
        assert 'method="post"' not in main, address
        assert "Côte" in main, address


def test_the_link_of_a_past_day_has_the_share_of_then(told: Told, browser: FlaskClient):
    address = f"{base(told)}/nodes/{told.mill}/past"

    assert "50%" in browser.get(f"{address}?day={told.day(2)}").text
    assert "25%" in browser.get(f"{address}?day={told.day(3)}").text


def test_tags_and_group_of_a_past_day_are_shown_and_named_none_where_there_were_none(
    told: Told, browser: FlaskClient
):
    by, page = told.tenant.manager, f"{base(told)}/nodes/{told.mill}"
    with acting(told.tenant):
        node = get_node(told.mill)
        wanted = NodeFields(name=node.name, country="GH", tags=("wet",), group_name="Mills East")
        value_chain.change_node(
            told.mill,
            wanted,
            row_version=node.row_version,
            act=Act(by, FIRST + timedelta(days=6)),
        )

    assert "Mills East" not in browser.get(f"{page}/past?day={told.day(5)}").text
    then = browser.get(f"{page}/past?day={told.day(6)}").text
    assert "Mills East" in then and "wet" in then
    address = f"{base(told)}/{told.chain}/changes?first={told.day(5)}&second={told.day(6)}"
    changes = browser.get(address).text
    assert changes.count("<bdi>none</bdi>") == 2
    assert f"Risk on {day(told.day(5), short=True)}" in changes
    assert f"Risk on {day(told.day(6), short=True)}" in changes


def test_a_node_that_was_not_there_says_so(told: Told, browser: FlaskClient):
    address = f"{base(told)}/nodes/{told.farm}/past"

    for number in (0, 5):
        text = browser.get(f"{address}?day={told.day(number)}").text
        assert "The site was not in the map on this day" in text


def test_a_day_that_cannot_be_told_is_refused_at_its_field_with_what_was_typed(
    told: Told, browser: FlaskClient
):
    pages = [f"{base(told)}/{told.chain}/past", f"{base(told)}/nodes/{told.mill}/past"]
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    for page in pages:
        assert browser.get(page).status_code == 200
        for typed, told_why in (
            ("soon", "year-month-day"),
            (tomorrow.isoformat(), "in the future"),
            (told.day(-1).isoformat(), "This map began on"),
        ):
            answer = browser.get(f"{page}?day={typed}")
            assert answer.status_code == 422
            assert told_why in answer.text
            assert f'value="{typed}"' in answer.text


def test_two_dates_are_filtered_by_name_kind_and_way(told: Told, browser: FlaskClient):
    page = f"{base(told)}/{told.chain}/changes?first={told.day(2)}&second={told.day(3)}"
    everything = browser.get(page).text
    names = browser.get(f"{page}&q=great river&what=node").text
    gone = browser.get(f"{page}&how=gone").text
    wrong = browser.get(
        f"{base(told)}/{told.chain}/changes?first={told.day(3)}&second={told.day(1)}"
    )

    assert "Cocoa 2" in everything and "25 %" in everything
    assert "Old Farm" not in names.split("<tbody>")[1] and "Ghana" in names
    assert "No differences" in gone
    assert wrong.status_code == 422 and "not before the first one" in wrong.text


def test_each_change_of_a_node_stands_in_its_history_with_its_reason(
    told: Told, browser: FlaskClient
):
    mill = browser.get(f"{base(told)}/nodes/{told.mill}/history").text
    farm = browser.get(f"{base(told)}/nodes/{told.farm}/history").text

    assert "River Mill" in mill and "Great River Mill" in mill and "List: mills.csv" in mill
    assert told.tenant.manager.name in mill
    assert "50 %" in mill and "25 %" in mill
    assert "Left the map" in farm and "By hand" in farm


def test_two_dates_go_out_as_files_and_the_log_says_so(told: Told, browser: FlaskClient):
    page = f"{base(told)}/{told.chain}/changes"
    days = f"first={told.day(2)}&second={told.day(3)}"
    for form in ("csv", "xlsx"):
        sent = {"form": form, "csrf_token": csrf_token(browser, page)}
        answer = browser.post(f"{page}/export?{days}", data=sent)
        assert answer.status_code == 200
        assert f"{told.day(2)}-to-{told.day(3)}" in answer.headers["Content-Disposition"]
        if form == "csv":
            (name,) = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
            text = zipfile.ZipFile(io.BytesIO(answer.data)).read(name).decode("utf-8-sig")
            assert "Great River Mill,changed,Country,Côte" in text.replace("site,", "")
    with acting(told.tenant):
        logged = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "value_chain:compare-days")
        ).all()
    assert len(logged) == 2


def test_another_organisation_finds_no_past(app: Flask, told: Told, other_tenant: Tenant):
    stranger = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    start = f"/o/{other_tenant.slug}/value-chain"

    for page in (
        f"{told.chain}/changes",
        f"{told.chain}/past?day={told.day(2)}",
        f"nodes/{told.mill}/past?day={told.day(2)}",
        f"nodes/{told.mill}/history",
    ):
        assert stranger.get(f"{start}/{page}").status_code == 404


def test_the_picture_of_a_past_version_is_the_one_that_was_made_then(
    context: Flask, tenant: Tenant
):
    walk = MapWalk(tenant)
    made = {}
    for seed, verb in enumerate(
        ["import", "link", "import", "merge", "change", "split", "archive"]
    ):
        walk.go(verb, seed)
        walk.at += timedelta(days=1)
        with acting(tenant):
            chain = get_chain(walk.chain_id)
            made[walk.at.date() - timedelta(days=1)] = load_snapshot(chain)

    with acting(tenant):
        chain = get_chain(walk.chain_id)
        for day, live in made.items():
            then = load_past_snapshot(chain, load_past(chain, day))
            assert then.version == live.version
            assert list(then.names) == list(live.names)
            for name, array in live.kept.arrays.items():
                assert np.array_equal(array, then.kept.arrays[name]), name
