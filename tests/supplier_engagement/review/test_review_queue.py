"""The queue of reviews: order, same answers elsewhere, samples, two reviewers at once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.pages import count_statements
from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.entries import pattern_of
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_red_flags
from ddplatform.supplier_engagement.review.models import ReviewEntry, ReviewSample
from ddplatform.supplier_engagement.review.queries.queue import find_entry, list_alike, list_queue
from ddplatform.supplier_engagement.review.queries.reviews import list_decisions
from ddplatform.supplier_engagement.review.services import sampling
from ddplatform.supplier_engagement.review.services.review import (
    accept_answer,
    accept_section,
    ask_back,
    get_reviewed,
    handle_flag,
)
from questionnaires import red_flags
from tests.answering import (
    Supplier,
    acting,
    add_node,
    ask_again,
    come_in,
    fill,
    make_chain,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world

pytestmark = [pytest.mark.both_databases(one_in=4), pytest.mark.usefixtures("context")]
ROOT = "/o/acme/questionnaires"
A06, D03 = "/data/A/SAQ_A06", "/data/D/SAQ_D03"


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def answered(tenant: Tenant, chain_id: UUID, name: str, **changes: str) -> Supplier:
    node_id = add_node(tenant, chain_id, name)
    email = f"{name.lower().replace(' ', '')}@coop.example"
    supplier = come_in(ask_again(tenant, chain_id, node_id, ref="SAQ", email=email))
    fill(supplier, **changes)
    receive_now(supplier)
    return supplier


@stored_world
def farm(tenant: Tenant) -> Supplier:
    """A supplier who answered."""
    return answered(tenant, make_chain(tenant), "Farm")


@stored_world
def flagged(tenant: Tenant) -> Supplier:
    """A supplier whose answers raised a red flag."""
    return answered(tenant, make_chain(tenant), "Farm", SAQ_C06="yes")


def entry_of(supplier: Supplier) -> ReviewEntry:
    row = find_response(supplier.asked.assignment_id)
    assert row is not None
    found = find_entry(row.id)
    assert found is not None
    return found


def test_answers_that_tell_most_stand_on_top_of_the_queue(tenant: Tenant):
    chain_id = make_chain(tenant)
    calm = answered(tenant, chain_id, "Calm farm")
    grave = answered(tenant, chain_id, "Grave farm", SAQ_C06="yes", SAQ_D06="none")

    with acting(tenant.id):
        rows = list_queue().rows

    assert [row.assignment_id for row in rows] == [
        grave.asked.assignment_id,
        calm.asked.assignment_id,
    ]
    assert rows[0].flags == 1
    assert rows[0].weight > rows[1].weight


def test_queue_goes_on_where_the_page_before_ended(tenant: Tenant):
    chain_id = make_chain(tenant)
    for name in ("One", "Two"):
        answered(tenant, chain_id, name)

    with acting(tenant.id):
        first = list_queue(limit=1)
        second = list_queue(limit=1, after=first.after)

    names = {page.rows[0].node_name for page in (first, second)}
    assert (names, second.after, first.total) == ({"One", "Two"}, None, 2)


def test_two_sites_with_the_same_choices_are_marked_and_lead_to_each_other(tenant: Tenant):
    chain_id = make_chain(tenant)
    first = answered(tenant, chain_id, "First", SAQ_A01="manufacturer")
    twin = answered(tenant, chain_id, "Twin", SAQ_A01="manufacturer")
    other = answered(tenant, chain_id, "Other", SAQ_A01="manufacturer", SAQ_A04="431")

    with acting(tenant.id):
        alike = list_queue().alike
        entry = entry_of(first)
        assert alike == {entry.pattern: 2}
        assert list_alike(entry, first.asked.node_id) == [(twin.asked.assignment_id, "Twin")]
        assert entry_of(other).pattern != entry.pattern


def test_few_choices_make_no_pattern():
    assert pattern_of({"/data/a": "yes", "/data/b": None}) == ""
    many = {f"/data/{n}": "yes" for n in range(9)}
    assert pattern_of(many) == pattern_of(dict(reversed(many.items()))) != ""


def test_review_shows_what_to_look_at_first_and_asks_a_check_with_one_press(
    tenant: Tenant, manager: FlaskClient
):
    chain_id = make_chain(tenant)
    supplier = answered(tenant, chain_id, "Farm", SAQ_L03="0", SAQ_A04="400")
    review = f"{ROOT}/assignments/{supplier.asked.assignment_id}/review"
    page = unescape(manager.get(review).text)
    assert page.index("Review first") < page.index("1. About your organisation")

    form = page.split("Inconsistent answers")[1].split("</form>")[0]
    fields = {
        name: form.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("path", "seen", "text")
    }
    answer = manager.post(
        f"{review}/answer", data={"csrf_token": csrf_token(manager, review), "do": "ask", **fields}
    )

    assert answer.status_code == 302
    assert fields["text"].startswith("No complaint in 12 months")
    for place, words in (("data-L-SAQ_L03", "0"), ("data-A-SAQ_A04", "400")):
        link = form.split(f'href="#{place}"')[1].split("</li>")[0]
        assert link.endswith(f": <bdi>{words}</bdi>")
    assert "Clarification requested" in manager.get(review).text


def test_answers_are_gone_through_one_by_one_without_scripts(
    tenant: Tenant, manager: FlaskClient, farm: Supplier
):
    review = f"{ROOT}/assignments/{farm.asked.assignment_id}/review"
    page = manager.get(f"{review}?at=0").text
    assert 'data-key="a"' in page and 'data-key="b"' in page and 'data-key="j"' in page
    path = page.split('id="one"')[1].split('name="path" value="')[1].split('"')[0]

    token = csrf_token(manager, review)
    data = {"csrf_token": token, "path": path, "seen": "", "at": "0", "do": "accept"}
    answer = manager.post(f"{review}/answer", data=data)

    assert answer.location.endswith("review?at=1#one")
    assert 'data-key="k"' in manager.get(f"{review}?at=1").text
    assert 'id="one"' not in manager.get(f"{review}?at=999").text


def test_section_is_accepted_but_for_what_was_decided_and_for_open_red_flags(
    tenant: Tenant, manager: FlaskClient, flagged: Supplier
):
    key = flagged.asked.assignment_id
    with acting(tenant.id):
        row = find_response(key)
        assert row is not None
        ask_back(key, A06, "Since when?", act=Act(tenant.manager, NOW))
        many = accept_section(key, "A", act=Act(tenant.manager, NOW))
        assert many == accept_section(key, "A", act=Act(tenant.manager, NOW)) + many
        accept_section(key, "C", act=Act(tenant.manager, NOW))
        decided = list_decisions(row.id)
        with pytest.raises(NotFound):
            accept_section(key, "ZZ", act=Act(tenant.manager, NOW))
    assert decided[A06].decision.value == "asked_back"
    assert "/data/C/SAQ_C06" not in decided
    review = f"{ROOT}/assignments/{key}/review"
    token = {"csrf_token": csrf_token(manager, review)}
    answer = manager.post(f"{review}/section", data={**token, "section": "E"})
    assert answer.status_code == 302


def test_slower_of_two_reviewers_sees_both_decisions_before_one_stands(
    tenant: Tenant, manager: FlaskClient, farm: Supplier
):
    key = farm.asked.assignment_id
    other = tenant[RoleId.ADMIN]
    with acting(tenant.id):
        ask_back(key, A06, "Which policy is it?", act=Act(other, NOW))
        with pytest.raises(Conflict) as refused:
            accept_answer(key, A06, seen="", act=Act(tenant.manager, NOW))
        assert refused.value.theirs == {other.name: "Clarification requested: Which policy is it?"}
        assert refused.value.mine == {other.name: "Accepted"}

    review = f"{ROOT}/assignments/{key}/review"
    data = {"csrf_token": csrf_token(manager, review), "path": A06, "seen": "", "do": "ask"}
    answer = manager.post(f"{review}/answer", data={**data, "text": "Send it, please."})
    assert answer.status_code == 409
    assert "Which policy is it?" in answer.text and "Send it, please." in answer.text

    with acting(tenant.id):
        row = find_response(key)
        assert row is not None
        newest = str(list_decisions(row.id)[A06].id)
        later = NOW + timedelta(minutes=1)
        accept_answer(key, A06, seen=newest, act=Act(tenant.manager, later))
        accept_answer(key, A06, seen="", act=Act(tenant.manager, later))  # one's own is no other's
        assert list_decisions(row.id)[A06].decision.value == "accepted"


def test_slower_reviewer_of_a_red_flag_reads_both_and_may_say_more(
    tenant: Tenant, manager: FlaskClient, flagged: Supplier
):
    key, other = flagged.asked.assignment_id, tenant[RoleId.ADMIN]
    review = f"{ROOT}/assignments/{key}/review"
    token = {"csrf_token": csrf_token(manager, review)}
    with acting(tenant.id):
        flag_id = list_red_flags(get_reviewed(key).id)[0].id
        handle_flag(
            key,
            flag_id,
            note="Case opened",
            refuted=False,
            act=Act(other, NOW - timedelta(minutes=5)),
        )

    said = {**token, "seen": "", "note": "Called them"}
    answer = manager.post(f"{review}/flags/{flag_id}", data=said)

    assert answer.status_code == 409
    assert "Reviewed: Case opened" in answer.text and "Reviewed: Called them" in answer.text
    newest = answer.text.split(f"flags/{flag_id}")[1].split('name="seen" value="')[1].split('"')[0]
    manager.post(f"{review}/flags/{flag_id}", data={**said, "seen": newest})
    assert "<bdi>Called them</bdi>" in manager.get(review).text
    answer = manager.post(f"{review}/flags/{uuid4()}", data={**said})
    assert answer.status_code == 404


def test_accepting_all_over_a_question_stays_on_the_page_with_the_way_out(
    tenant: Tenant, manager: FlaskClient, farm: Supplier
):
    key, other = farm.asked.assignment_id, tenant[RoleId.ADMIN]
    review = f"{ROOT}/assignments/{key}/review"
    token = {"csrf_token": csrf_token(manager, review)}
    with acting(tenant.id):
        ask_back(key, A06, "Since when?", act=Act(other, NOW))

    answer = manager.post(f"{review}/accept", data=token)

    assert answer.status_code == 409
    assert f"{other.name} requested clarification on 1 of these answers" in answer.text
    assert "Since when?" in answer.text


def test_accepting_all_is_offered_once_nothing_stands_in_its_way(
    tenant: Tenant, manager: FlaskClient, flagged: Supplier
):
    key = flagged.asked.assignment_id
    review = f"{ROOT}/assignments/{key}/review"
    with acting(tenant.id):
        flag_id = list_red_flags(get_reviewed(key).id)[0].id
        ask_back(key, A06, "Since when?", act=Act(tenant.manager, NOW))
    blocked = unescape(manager.get(review).text)

    with acting(tenant.id):
        act = Act(tenant.manager, NOW + timedelta(minutes=1))
        handle_flag(key, flag_id, note="Case opened", refuted=False, act=act)
        accept_answer(key, A06, act=act)
    free = manager.get(review).text

    assert "Accept all and finish" not in blocked
    ways = blocked.split("Before these answers can be accepted")[1].split("</ul>")[0]
    assert f'href="#flag-{flag_id}"' in ways and "Clarification requested: " in ways
    assert blocked.index("Before these answers can be accepted") < blocked.index("Red flags")
    assert "Before these answers can be accepted" not in free
    assert "Accept all and finish" in free


def test_finding_made_from_a_red_flag_begins_with_what_was_answered(
    tenant: Tenant, manager: FlaskClient, flagged: Supplier
):
    review = f"{ROOT}/assignments/{flagged.asked.assignment_id}/review"
    page = unescape(manager.get(review).text)
    record = re.search(r'href="([^"]+/findings/record[^"]+)"', page.split("Red flags")[1])
    assert record is not None

    form = unescape(manager.get(record[1]).text)

    about = red_flags()["RF-01"]
    for chosen in (about.issues[0], "questionnaire"):
        assert re.search(f'<option[^>]* selected[^>]* value="{chosen}"|"{chosen}" selected', form)
    assert f'value="{about.title}"' in form
    typed = form.split("<textarea")[1].split("</textarea>")[0]
    assert (
        about.title in typed
        and "Question: 3.6 Do children help" in typed
        and "Answer: Yes." in typed
    )
    assert f'href="{review}#data-C-SAQ_C06"' in form


def test_finding_made_from_free_text_does_not_copy_it(tenant: Tenant, manager: FlaskClient):
    supplier = answered(tenant, make_chain(tenant), "Farm", SAQ_O04="Ask Awa Traoré at the gate")
    with acting(tenant.id):
        response_id = get_reviewed(supplier.asked.assignment_id).id
    place = f"node={supplier.asked.node_id}&response={response_id}&path=/data/O/SAQ_O04"

    form = unescape(manager.get(f"/o/acme/findings/record?{place}").text)

    assert "Awa" not in form
    assert "It was answered in free text, which is not copied here." in form


def test_conflict_that_is_no_second_decision_is_told_as_itself(
    tenant: Tenant, manager: FlaskClient
):
    supplier = come_in(
        ask_again(
            tenant,
            chain := make_chain(tenant),
            add_node(tenant, chain, "Silent"),
            ref="SAQ",
            email="s@coop.example",
        )
    )
    fill(supplier)
    receive_now(supplier)
    key = supplier.asked.assignment_id
    review = f"{ROOT}/assignments/{key}/review"
    token = {"csrf_token": csrf_token(manager, review)}
    manager.post(f"{review}/return", data={**token, "reason": "Once more."})
    answer = manager.post(f"{review}/answer", data={**token, "path": A06, "do": "accept"})
    assert answer.status_code == 409


@stored_world
def calm(tenant: Tenant) -> list[Supplier]:
    """Five responses in which nothing is remarkable."""
    chain_id = make_chain(tenant)
    found = [
        answered(tenant, chain_id, f"Farm {number}", SAQ_A04=str(300 + number))
        for number in range(5)
    ]
    with acting(tenant.id):
        for supplier in found:
            entry = entry_of(supplier)
            entry.weight, entry.checks = 0, []
    return found


def accept(tenant: Tenant, keys: list[str]) -> None:
    with acting(tenant.id):
        for key in keys:
            assignment, row = get_assignment(UUID(key)), find_response(UUID(key))
            assert row is not None
            assignment.status = State.ACCEPTED


def test_rest_is_accepted_once_all_of_a_drawn_sample_are(
    tenant: Tenant, manager: FlaskClient, calm: list[Supplier]
):
    page = f"{ROOT}/review"
    token = {"csrf_token": csrf_token(manager, page)}
    assert "5 responses" in manager.get(page).text
    assert manager.post(f"{page}/sample", data={**token, "size": "1"}).status_code == 422
    assert manager.post(f"{page}/sample", data={**token, "size": "5"}).status_code == 422
    assert manager.post(f"{page}/sample", data={**token, "size": "3"}).status_code == 302
    with acting(tenant.id):
        sample = db.session.scalars(select(ReviewSample)).one()
        with pytest.raises(Conflict, match="Not all of the sample"):
            sampling.ask_to_accept_rest(sample.id, act=Act(tenant.manager, NOW))
    assert (len(sample.drawn), len(sample.rest)) == (3, 2)

    accept(tenant, sample.drawn)
    assert "Accept the other 2 responses" in manager.get(page).text
    assert manager.post(f"{page}/sample/{sample.id}/accept", data=token).status_code == 302
    assert done(tenant, sample.id) == {"accepted": 2, "left": 0}

    assert "Nothing to review" in manager.get(page).text
    with acting(tenant.id):
        assert db.session.scalars(select(Job).where(Job.name == sampling.ACCEPT_REST)).one()
        events = db.session.scalars(select(AuditEvent.action)).all()
        assert events.count("review_sample:accept_rest") == 1
        assert events.count("response:accept") == 2
        with pytest.raises(Conflict, match="accepted already"):
            sampling.ask_to_accept_rest(sample.id, act=Act(tenant.manager, NOW))


def done(tenant: Tenant, sample_id: UUID) -> dict[str, int]:
    @contextmanager
    def unit() -> Iterator[None]:
        with acting(tenant.id):
            yield

    return sampling.accept_rest(
        sample_id,
        unit=unit,
        progress=lambda _done, _all: None,
        act=Act(tenant.manager, NOW),
    )


def test_what_became_remarkable_since_the_draw_is_left_to_a_person(
    tenant: Tenant, calm: list[Supplier]
):
    with acting(tenant.id):
        sample = sampling.draw_sample(3, act=Act(tenant.manager, NOW))
        late = next(one for one in calm if str(one.asked.assignment_id) == sample.rest[0])
        entry_of(late).weight = 5

    assert done(tenant, sample.id) == {"accepted": 1, "left": 1}


def test_answers_that_were_sent_anew_since_the_draw_are_left_to_a_person(
    tenant: Tenant, calm: list[Supplier]
):
    with acting(tenant.id):
        sample = sampling.draw_sample(3, act=Act(tenant.manager, NOW))
        row = find_response(UUID(sample.rest[0]))
        assert row is not None
        row.submitted_at = NOW + timedelta(hours=1)

    assert done(tenant, sample.id) == {"accepted": 1, "left": 1}


def test_sample_of_a_campaign_that_is_not_ours_is_not_found(tenant: Tenant):
    with acting(tenant.id):
        with pytest.raises(NotFound):
            sampling.draw_sample(3, campaign_id=uuid4(), act=Act(tenant.manager, NOW))
        with pytest.raises(Invalid):
            sampling.draw_sample(3, act=Act(tenant.manager, NOW))


def test_queue_asks_the_database_the_same_however_long_it_is(
    manager: FlaskClient, calm: list[Supplier]
):
    assert calm
    gate = 3  # session, account, standing
    assert count_statements(manager, f"{ROOT}/review") - gate <= 8
