"""Many sites changed in one step: what is left out, the way back, and work that ends early."""

import random
import re
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update

from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.services import people
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import get_job, is_waiting
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.risk.reassessment.queries.tasks import find_owners
from ddplatform.value_chain.bulk_changes.models import BulkChange, BulkVerb
from ddplatform.value_chain.bulk_changes.queries import (
    LeftOut,
    Wish,
    count_links_at,
    get_change,
    list_left_unchanged,
    plan_change,
)
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.bulk_changes.services.changes import (
    carry_out,
    mark_of,
    read_wish,
    request_change,
)
from ddplatform.value_chain.filters.queries.filters import list_meant
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.search.node_filter import NOT_KNOWN, NodeFilter
from supply_chain.vocabulary import NodeKind
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting

pytestmark = pytest.mark.both_databases

LATER = NOW + timedelta(hours=1)


def add_mills(tenant: Tenant, chain_id: UUID, buyer_id: UUID, count: int) -> list[UUID]:
    """Mills in two groups with tags, each with a link to one buyer."""
    keys = [uuid4() for _ in range(count)]
    draw = random.Random(count)
    with acting(tenant):
        insert_rows(
            ValueChainNode,
            [
                {
                    "id": key,
                    "chain_id": chain_id,
                    "external_ref": f"mill-{number}",
                    "kind": NodeKind.SITE,
                    "name": f"Mill {number}",
                    "tags": draw.choice([[], ["cotton"], ["cotton", "old"]]),
                    "group_name": draw.choice(["East", "West", None]),
                    "created_at": NOW,
                }
                for number, key in enumerate(keys)
            ],
        )
        insert_rows(
            SupplyLink,
            [
                {
                    "id": uuid4(),
                    "chain_id": chain_id,
                    "supplier_id": key,
                    "buyer_id": buyer_id,
                    "created_at": NOW,
                }
                for key in keys
            ],
        )
        refresh_tiers(get_chain(chain_id))
    return keys


def state(tenant: Tenant, chain_id: UUID) -> dict[Any, Any]:
    """All that a bulk change may touch of nodes and links."""
    node, link = ValueChainNode, SupplyLink
    with acting(tenant):
        nodes = db.session.execute(
            select(
                *(node.id, node.owner_id, node.group_name, node.tags),
                *(node.archived_at, node.archived_by_id),
            ).where(node.chain_id == chain_id)
        ).all()
        links = db.session.execute(
            select(link.id, link.archived_at, link.archived_by_id).where(link.chain_id == chain_id)
        ).all()
    return {row[0]: tuple(row[1:]) for row in (*nodes, *links)}


def ask(tenant: Tenant, chain_id: UUID, verb: BulkVerb, value: str, keys: list[UUID]) -> BulkChange:
    with acting(tenant):
        wish = read_wish(verb, value)
        seen = mark_of(list(plan_change(chain_id, wish, keys).before))
        return request_change(chain_id, wish, keys, seen=seen, act=Act(tenant.analyst, LATER))


def work(tenant: Tenant, change_id: UUID, *, unit: Any = None) -> list[tuple[int, int]]:
    """The worker on the job of a change."""
    steps: list[tuple[int, int]] = []
    carry_out(
        change_id,
        unit=unit or (lambda: acting(tenant)),
        progress=lambda done, total: steps.append((done, total)),
        act=Act(tenant.analyst, LATER + timedelta(minutes=1)),
    )
    return steps


def undo(tenant: Tenant, change_id: UUID) -> BulkChange:
    with acting(tenant):
        return bulk_changes.undo(change_id, act=Act(tenant.analyst, LATER + timedelta(hours=1)))


def test_three_sites_are_changed_at_once_and_one_event_says_it(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    change = ask(tenant, cocoa.chain, BulkVerb.OWNER, str(tenant.manager.user_id), mills)

    assert (change.changed, change.finished_at, change.job_id) == (3, LATER, None)
    with acting(tenant):
        owners = find_owners()
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("bulk_change"))
        ).all()
    assert {owners[key] for key in mills} == {tenant.manager.user_id}
    assert events == ["bulk_change:make"]


def test_two_thousand_sites_are_changed_in_the_background_and_back(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 2_000)
    before = state(tenant, cocoa.chain)
    change = ask(tenant, cocoa.chain, BulkVerb.ARCHIVE, "", mills)
    assert change.job_id is not None
    assert state(tenant, cocoa.chain) == before

    assert work(tenant, change.id) == [(500, 2000), (1000, 2000), (1500, 2000), (2000, 2000)]
    with acting(tenant):
        assert list_meant(cocoa.chain, NodeFilter(q="Mill"), limit=10) == []
    undo(tenant, change.id)
    work(tenant, change.id)
    assert state(tenant, cocoa.chain) == before


@pytest.mark.parametrize("seed", range(3))
def test_taking_changes_back_in_turn_gives_what_stood_before(
    cocoa: CocoaMap, tenant: Tenant, seed: int
):
    mills, draw = add_mills(tenant, cocoa.chain, cocoa.own, 12), random.Random(seed)
    values = {
        BulkVerb.OWNER: ["", str(tenant.analyst.user_id)],
        BulkVerb.GROUP: ["", "East", "New one"],
        BulkVerb.ADD_TAG: ["cotton", "high volume"],
        BulkVerb.REMOVE_TAG: ["cotton", "old"],
        BulkVerb.ARCHIVE: [""],
    }
    stack = []
    for _ in range(5):
        before, verb = state(tenant, cocoa.chain), draw.choice(list(BulkVerb))
        chosen = draw.sample(mills, draw.randint(1, 8))
        try:
            change = ask(tenant, cocoa.chain, verb, draw.choice(values[verb]), chosen)
        except Invalid:
            continue  # nothing of these would change
        stack.append((change.id, before))
    assert stack
    for change_id, before in reversed(stack):
        assert undo(tenant, change_id).kept == 0
        assert state(tenant, cocoa.chain) == before


def test_what_was_changed_since_stays_and_is_named(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    first = ask(tenant, cocoa.chain, BulkVerb.GROUP, "First", mills)
    ask(tenant, cocoa.chain, BulkVerb.GROUP, "Second", mills[:1])

    back = undo(tenant, first.id)

    assert (back.changed, back.kept) == (3, 1)
    with acting(tenant):
        kept = [name for _, name in list_left_unchanged(first.id)]
        groups = dict(
            db.session.execute(select(ValueChainNode.id, ValueChainNode.group_name)).all()
        )
    assert kept == ["Mill 0"]
    assert groups[mills[0]] == "Second"
    with pytest.raises(Conflict, match="undone already"):
        undo(tenant, first.id)


def test_a_worker_that_dies_and_one_that_comes_twice_do_no_harm(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 1_100)
    change = ask(tenant, cocoa.chain, BulkVerb.ADD_TAG, "Seen", mills)
    units = iter(range(2))

    def dying() -> AbstractContextManager[None]:
        if next(units) == 1:
            raise KeyboardInterrupt
        return acting(tenant)

    with pytest.raises(KeyboardInterrupt):
        work(tenant, change.id, unit=dying)
    assert tagged(tenant, "seen") == 500
    assert work(tenant, change.id) == [(1000, 1100), (1100, 1100)]
    assert work(tenant, change.id) == []
    assert tagged(tenant, "seen") == 1_100


def tagged(tenant: Tenant, tag: str) -> int:
    with acting(tenant):
        found = db.session.scalars(select(ValueChainNode.tags)).all()
    return sum(tag in tags for tags in found)


def leave(tenant: Tenant, user_id: UUID) -> None:
    """A person is no longer a member."""
    with acting(tenant):
        found = select(Membership).where(Membership.user_id == user_id)
        people.remove_person(db.session.scalars(found).one(), act=Act(tenant.analyst, LATER))


def test_nobody_answers_again_who_left_before_a_change_was_taken_back(
    cocoa: CocoaMap, tenant: Tenant
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 2)
    former = tenant[RoleId.AUDITOR].user_id
    ask(tenant, cocoa.chain, BulkVerb.OWNER, str(former), mills[:1])
    ask(tenant, cocoa.chain, BulkVerb.OWNER, str(tenant.analyst.user_id), mills[1:])
    last = ask(tenant, cocoa.chain, BulkVerb.OWNER, str(tenant.manager.user_id), mills)
    last_id = last.id
    leave(tenant, former)

    assert undo(tenant, last_id).kept == 0
    owners = {key: said[0] for key, said in state(tenant, cocoa.chain).items() if key in mills}
    assert owners == {mills[0]: None, mills[1]: tenant.analyst.user_id}


def test_who_left_answers_for_no_site_in_lists_filters_and_on_its_page(
    cocoa: CocoaMap, tenant: Tenant, analyst: FlaskClient
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 2)
    former = tenant[RoleId.AUDITOR]
    ask(tenant, cocoa.chain, BulkVerb.OWNER, str(former.user_id), mills[:1])
    ask(tenant, cocoa.chain, BulkVerb.OWNER, str(tenant.manager.user_id), mills[1:])
    leave(tenant, former.user_id)

    base = f"/o/{tenant.slug}/value-chain"
    with acting(tenant):
        nobody = list_meant(cocoa.chain, NodeFilter(q="Mill", owner=NOT_KNOWN), limit=9)
    assert nobody == mills[:1]
    assert former.name not in analyst.get(f"{base}/{cocoa.chain}/table?q=Mill").text
    assert f"{former.name} (no longer a member)" in analyst.get(f"{base}/nodes/{mills[0]}").text
    assert "no longer a member" not in analyst.get(f"{base}/nodes/{mills[1]}").text


def test_a_change_that_is_stopped_can_be_taken_back(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 600)
    before = state(tenant, cocoa.chain)
    change = ask(tenant, cocoa.chain, BulkVerb.GROUP, "Stopped", mills)
    change_id = change.id
    with pytest.raises(Conflict, match="nothing to undo yet"):
        undo(tenant, change_id)
    with acting(tenant):
        bulk_changes.stop(change_id, act=Act(tenant.analyst, LATER))
    assert work(tenant, change_id) == []
    undo(tenant, change_id)
    assert state(tenant, cocoa.chain) == before


def break_down(tenant: Tenant, change_id: UUID, *, parts: int) -> None:
    """The worker does some parts, then fails for good."""
    units = iter(range(parts + 1))

    def failing() -> AbstractContextManager[None]:
        if next(units) == parts:
            raise KeyboardInterrupt
        return acting(tenant)

    with pytest.raises(KeyboardInterrupt):
        work(tenant, change_id, unit=failing)
    with acting(tenant):
        job = get_job(get_change(change_id).job_id or UUID(int=0))
        job.state, job.last_error = JobState.FAILED, "It broke."


def assess_all(tenant: Tenant) -> None:
    """Every assessment that was asked for so far is made."""
    with acting(tenant):
        db.session.execute(update(Job).where(Job.name == REASSESS).values(state=JobState.DONE))


def is_assessment_asked(tenant: Tenant) -> bool:
    with acting(tenant):
        return is_waiting(REASSESS)


def test_a_change_whose_work_failed_is_taken_back_as_far_as_it_came(
    cocoa: CocoaMap, tenant: Tenant
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 1_600)
    before = state(tenant, cocoa.chain)
    change_id = ask(tenant, cocoa.chain, BulkVerb.ARCHIVE, "", mills).id
    break_down(tenant, change_id, parts=2)

    undo(tenant, change_id)
    break_down(tenant, change_id, parts=1)
    with acting(tenant):
        assert get_change(change_id).finished_at is None
    undo(tenant, change_id)
    work(tenant, change_id)

    assert state(tenant, cocoa.chain) == before
    with pytest.raises(Conflict, match="undone already"):
        undo(tenant, change_id)


def test_a_change_whose_work_failed_can_be_left_as_it_is(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 600)
    change_id = ask(tenant, cocoa.chain, BulkVerb.ARCHIVE, "", mills).id
    break_down(tenant, change_id, parts=1)
    assess_all(tenant)

    with acting(tenant):
        ended = bulk_changes.stop(change_id, act=Act(tenant.analyst, LATER))

    assert (ended.finished_at, ended.changed) == (LATER, 500)
    assert is_assessment_asked(tenant)
    with acting(tenant), pytest.raises(Conflict, match="nothing to stop"):
        bulk_changes.stop(change_id, act=Act(tenant.analyst, LATER))


def test_new_scores_are_asked_for_after_any_change_of_many(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 2)
    assess_all(tenant)
    ask(tenant, cocoa.chain, BulkVerb.GROUP, "Here", mills)
    assert is_assessment_asked(tenant)


def test_the_same_button_pressed_twice_makes_one_change(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 600)
    change_id = ask(tenant, cocoa.chain, BulkVerb.GROUP, "Here", mills).id
    with pytest.raises(Conflict, match="Another bulk change of sites is in progress"):
        ask(tenant, cocoa.chain, BulkVerb.GROUP, "Here", mills)
    break_down(tenant, change_id, parts=1)
    assert ask(tenant, cocoa.chain, BulkVerb.GROUP, "There", mills).asked == 600


def test_too_many_sites_are_refused_before_they_are_looked_at(
    cocoa: CocoaMap, tenant: Tenant, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    monkeypatch.setattr(bulk_changes, "MOST", 2)
    wish = Wish(BulkVerb.GROUP, "Here")
    with acting(tenant), pytest.raises(Invalid, match="sites at once"):
        request_change(cocoa.chain, wish, mills, seen="", act=Act(tenant.analyst, LATER))
    base = f"/o/{tenant.slug}/value-chain/{cocoa.chain}"
    page = analyst.get(f"{base}/many?all=1&q=Mill&verb=archive").text
    assert "Too many sites selected" in page
    assert "Preview of changes" not in page


def test_what_is_left_out_is_told_with_its_reason(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    with acting(tenant):
        value_chain.archive_node(mills[0], act=Act(tenant.analyst, LATER))
    with acting(tenant):
        archiving = plan_change(cocoa.chain, Wish(BulkVerb.ARCHIVE), [*mills, cocoa.own, uuid4()])
    assert set(archiving.before) == set(mills[1:])
    assert archiving.left[LeftOut.ARCHIVED] == ["Mill 0"]
    assert archiving.left[LeftOut.OWN] == ["Maison Cacao"]
    assert len(archiving.left[LeftOut.GONE]) == 1
    ask(tenant, cocoa.chain, BulkVerb.GROUP, "Here", mills)
    with acting(tenant):
        again = plan_change(cocoa.chain, Wish(BulkVerb.GROUP, "Here"), mills)
    assert again.left == {LeftOut.ARCHIVED: ["Mill 0"], LeftOut.SAME: ["Mill 1", "Mill 2"]}


def test_what_a_list_brought_can_be_kept_and_taken_off_though_nobody_may_write_it(
    cocoa: CocoaMap, tenant: Tenant
):
    [mill] = add_mills(tenant, cocoa.chain, cocoa.own, 1)
    with acting(tenant):
        get_node(mill).tags, get_node(mill).group_name = ["0244 123 456"], "Of 0244 123 456"
    with acting(tenant):
        node = get_node(mill)
        kept = NodeFields(name="Mill", tags=("0244 123 456", "new"), group_name="Of 0244 123 456")
        changed = value_chain.change_node(
            mill,
            kept,
            row_version=node.row_version,
            act=Act(tenant.analyst, LATER),
        )
        assert changed.tags == ["0244 123 456", "new"]
    with acting(tenant), pytest.raises(Invalid) as refusal:
        other = NodeFields(name="Mill", tags=("0244 123 457",), group_name="Of 0244 123 457")
        value_chain.change_node(
            mill,
            other,
            row_version=get_node(mill).row_version,
            act=Act(tenant.analyst, LATER),
        )
    assert set(refusal.value.fields) == {"tags", "group_name"}
    assert ask(tenant, cocoa.chain, BulkVerb.REMOVE_TAG, "0244 123 456", [mill]).changed == 1


def test_links_that_leave_are_counted_in_their_own_map(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    with acting(tenant):
        assert count_links_at(cocoa.chain, mills) == 3
        assert count_links_at(uuid4(), mills) == 0


@pytest.mark.parametrize(
    ("verb", "value", "said"),
    [
        (BulkVerb.OWNER, str(UUID(int=9)), "Choose a person"),
        (BulkVerb.OWNER, "somebody", "Choose a person"),
        (BulkVerb.ADD_TAG, " | ", "Enter a tag"),
        (BulkVerb.ADD_TAG, "x" * 41, "Shorten a tag"),
        (BulkVerb.GROUP, "call ana@example.org", "leads to a person"),
    ],
)
def test_a_wish_that_breaks_a_rule_is_refused_in_words(
    context: Flask, tenant: Tenant, verb: BulkVerb, value: str, said: str
):
    with acting(tenant), pytest.raises(Invalid) as refusal:
        read_wish(verb, value)
    assert said in str(refusal.value.fields)


def test_other_sites_than_were_shown_are_never_changed(cocoa: CocoaMap, tenant: Tenant):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    wish = Wish(BulkVerb.GROUP, "Here")
    with acting(tenant), pytest.raises(Conflict, match="changed after you opened"):
        request_change(
            cocoa.chain,
            wish,
            mills,
            seen=mark_of(mills[:2]),
            act=Act(tenant.analyst, LATER),
        )


def test_more_sites_cost_no_more_statements(cocoa: CocoaMap, tenant: Tenant):
    counts = []
    for many in (3, 400):
        mills = add_mills(tenant, cocoa.chain, cocoa.own, many)
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)  # noqa: B023

        event.listen(db.engine, "before_cursor_execute", note)
        ask(tenant, cocoa.chain, BulkVerb.OWNER, str(tenant.manager.user_id), mills)
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(seen))
        with acting(tenant):
            value = db.session.scalars(select(func.count(ValueChainNode.id))).one()
            assert value > many
            for node in db.session.scalars(
                select(ValueChainNode).where(ValueChainNode.id.in_(mills))
            ):
                node.external_ref = f"old-{node.id}"
    assert counts[0] == counts[1]


# ---- pages -----------------------------------------------------------------------------------


def test_sites_are_ticked_looked_at_changed_and_changed_back_without_scripts(
    analyst: FlaskClient, cocoa: CocoaMap, tenant: Tenant
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 3)
    base = f"/o/{tenant.slug}/value-chain/{cocoa.chain}"
    table = analyst.get(f"{base}/table?q=Mill").text
    assert table.count('name="node"') == 3
    assert "Continue with all 3 that match" in table
    nodes = "&".join(f"node={key}" for key in mills[:2])
    assert "2 sites selected" in analyst.get(f"{base}/many?{nodes}").text

    look = analyst.get(f"{base}/many?all=1&q=Mill&verb=add_tag&value=High+Volume").text
    assert "tag “high volume” added" in look
    fields = dict(re.findall(r'name="(seen|verb|value|all|q)" value="([^"]*)"', look))
    fields |= {
        "verb": "add_tag",
        "value": "high volume",
        "csrf_token": csrf_token(analyst, f"{base}/many?{nodes}"),
    }
    answer = analyst.post(f"{base}/many", data=fields)
    assert answer.status_code == 302
    assert "3 sites were changed" in analyst.get(answer.location).text
    assert analyst.get(f"{base}/table?tag=high+volume").text.count('name="node"') == 3

    analyst.post(f"{answer.location}/undo", data={"csrf_token": fields["csrf_token"]})
    assert "3 sites are as before" in analyst.get(answer.location).text
    assert tagged(tenant, "high volume") == 0


def test_who_sees_that_the_work_failed_takes_it_back_or_leaves_it(
    analyst: FlaskClient, cocoa: CocoaMap, tenant: Tenant
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 600)
    change = ask(tenant, cocoa.chain, BulkVerb.GROUP, "Here", mills)
    page = f"/o/{tenant.slug}/value-chain/many/{change.id}"
    form = {"csrf_token": csrf_token(analyst, page)}
    break_down(tenant, change.id, parts=1)
    shown = analyst.get(page).text
    assert "500 sites were changed before that" in shown
    assert "Undo all of it" in shown

    analyst.post(f"{page}/stop", data=form)
    assert "500 sites were changed, then it was stopped" in analyst.get(page).text
    analyst.post(f"{page}/undo", data=form)
    assert "500 sites are as before" in analyst.get(page).text


def test_a_site_that_was_changed_with_many_is_not_called_unchanged(
    analyst: FlaskClient, cocoa: CocoaMap, tenant: Tenant
):
    mills = add_mills(tenant, cocoa.chain, cocoa.own, 1)
    ask(tenant, cocoa.chain, BulkVerb.GROUP, "Here", mills)
    page = analyst.get(f"/o/{tenant.slug}/value-chain/nodes/{mills[0]}").text
    assert "nothing was changed" not in page
    assert "at most together with many other sites" in page


def test_who_chose_no_site_is_led_back_to_the_table(
    analyst: FlaskClient, cocoa: CocoaMap, tenant: Tenant
):
    base = f"/o/{tenant.slug}/value-chain/{cocoa.chain}"
    page = analyst.get(f"{base}/many?verb=archive")
    assert page.status_code == 200
    assert "No site is selected" in page.text
    assert f'href="{base}/table' in page.text
    assert "Preview of changes" not in page.text


def test_who_may_only_read_sees_no_boxes_and_is_refused(
    app: Flask, cocoa: CocoaMap, tenant: Tenant
):
    reader = signed_in_client(app, tenant, RoleId.AUDITOR)
    base = f"/o/{tenant.slug}/value-chain/{cocoa.chain}"
    assert reader.get(f"{base}/many?node={cocoa.own}").status_code == 403
    assert reader.post(f"{base}/many").status_code in (400, 403)
