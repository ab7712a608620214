"""A consented answer fits by id and by meaning: other words are shown, and looked at first."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.errors import Invalid
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    get_request,
    list_answers,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.responses.services.drafts import open_draft
from ddplatform.supplier_engagement.sharing import services as sharing
from ddplatform.supplier_engagement.sharing.queries.sharing import list_sources, list_who_sees
from tests.answering import (
    DUE,
    EMAIL,
    Asked,
    Supplier,
    acting,
    add_node,
    come_in,
    make_chain,
    receive_now,
    send,
    typed,
)
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, make_tenant, signed_in_client
from tests.forms import table
from tests.stored_worlds import stored_world

CHECKS = "Do you check ages?"
WORK = "Do children work for you?"
Q1, Q2 = "/data/A/Q_1", "/data/A/Q_2"


def words_of(first: str = CHECKS, form_id: str = "ages") -> bytes:
    """A form of one section with two questions."""
    namespaces = 'dd="urn:child-rights-due-diligence:xforms"'
    return (
        table(
            "survey",
            "type | name | label | required | bind::dd:id",
            "begin group | A | Ages | | ",
            f"select_one yn | Q_1 | {first} | yes | Q-1",
            "integer | Q_2 | How many workers? | yes | Q-2",
            "end group | | | | ",
        )
        + table("choices", "list_name | name | label", "yn | yes | Yes", "yn | no | No")
        + table("settings", "form_title | form_id | namespaces", f"Ages | {form_id} | {namespaces}")
    ).encode()


def ask_own(tenant: Tenant, content: bytes) -> Asked:
    """A form of the buyer's own, published and sent to one place."""
    chain_id = make_chain(tenant)
    node_id = add_node(tenant, chain_id)
    with acting(tenant.id):
        form = own_forms.bring_in("ages.csv", content, act=Act(tenant.analyst, NOW)).form
        assert form is not None
        version = own_forms.publish(form.id, number=1, act=Act(tenant.analyst, NOW))
        sending = questionnaires.Sending(version_id=version.id, due_on=DUE)
        (sent,) = questionnaires.assign(sending, {node_id: EMAIL}, act=Act(tenant.manager, NOW))
        return Asked(tenant, chain_id, node_id, sent.id)


@stored_world
def first(context: Flask, tenant: Tenant) -> Supplier:
    supplier = come_in(ask_own(tenant, words_of()))
    _answer(supplier, {Q1: "yes", Q2: "12"})
    receive_now(supplier)
    return supplier


@stored_world
def reworded(first: Supplier, other_tenant: Tenant) -> Supplier:
    """The same supplier, asked the same ids in other words."""
    return come_in(ask_own(other_tenant, words_of(WORK, "ours")))


def _answer(supplier: Supplier, values: dict[str, str]) -> None:
    one = supplier.asked.assignment_id
    with acting(supplier.id):
        responses.save_section(one, "A", typed(values, seen=99), act=Act(supplier.identity, NOW))


def _share(first: Supplier, second: Supplier) -> UUID:
    with acting(second.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        one, by = second.asked.assignment_id, second.identity
        return sharing.share_section(one, row.id, "A", months=3, act=Act(by, NOW)).id


def _texts(supplier: Supplier) -> dict[str, str]:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id) if answer.raw}


def _sections_done(supplier: Supplier) -> int:
    with acting(supplier.id):
        return get_request(supplier.asked.assignment_id).assignment.sections_done


def test_an_answer_to_other_words_is_filled_and_does_not_count_as_done(
    first: Supplier, reworded: Supplier
):
    _share(first, reworded)

    assert _texts(reworded) == {Q1: "yes", Q2: "12"}
    assert _sections_done(reworded) == 0


def test_the_same_words_count_as_done(first: Supplier, other_tenant: Tenant):
    second = come_in(ask_own(other_tenant, words_of()))

    _share(first, second)

    assert _sections_done(second) == 1


def test_a_section_gone_through_before_is_looked_at_again(first: Supplier, reworded: Supplier):
    _answer(reworded, {Q2: "12"})
    _share(first, reworded)

    with acting(reworded.id):
        row = find_response(reworded.asked.assignment_id)
        assert row is not None
        assert row.visited_sections == []


def test_answers_to_other_words_are_sent_only_after_a_look(first: Supplier, reworded: Supplier):
    _share(first, reworded)
    with pytest.raises(Invalid) as caught:
        send(reworded)
    assert "Ages" in caught.value.fields["unseen"]

    _answer(reworded, {})

    assert send(reworded)


def test_a_form_with_the_same_id_and_names_takes_no_answers_to_other_questions(
    first: Supplier, other_tenant: Tenant
):
    bare = words_of("Who cheats?").replace(b",Q-1", b",").replace(b",Q-2", b",")
    second = come_in(ask_own(other_tenant, bare))
    with acting(second.id):
        one, by = second.asked.assignment_id, second.identity
        responses.start(one, act=Act(by, NOW))
        assert list_sources(open_draft(one, at=NOW), at=NOW) == []


def test_the_supplier_sees_which_words_it_shares(first: Supplier, reworded: Supplier):
    _share(first, reworded)

    with acting(reworded.id):
        (seen,) = [one for one in list_who_sees("en") if one.shares]
    (share,) = seen.shares
    assert [(one.label, one.answered_as) for one in share.questions] == [
        (WORK, CHECKS),
        ("How many workers?", ""),
    ]


@pytest.fixture
def phone(app: Flask, reworded: Supplier) -> FlaskClient:
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    return client


def test_the_supplier_reads_the_words_that_were_answered_before_it_sends(
    phone: FlaskClient, first: Supplier, reworded: Supplier
):
    _share(first, reworded)
    home, one = f"/o/{reworded.slug}", reworded.asked.assignment_id

    assert CHECKS in phone.get(f"{home}/responses/{one}/A").text
    assert CHECKS in phone.get(f"{home}/sharing/").text
    check = f"{home}/responses/{one}/check"
    assert "to look at" in phone.get(check).text
    token = csrf_token(phone, check)
    refused = phone.post(check, data={"csrf_token": token, "declared": "1"})
    assert refused.status_code == 422
    assert "Look at “Ages” first" in refused.text


def test_the_offer_says_how_many_questions_have_other_words(
    phone: FlaskClient, first: Supplier, reworded: Supplier
):
    page = phone.get(f"/o/{reworded.slug}/sharing/{reworded.asked.assignment_id}/offer").text

    assert "2 answers · 1 question has other words here" in page


def test_the_buyer_reads_the_words_that_were_answered(
    app: Flask, first: Supplier, reworded: Supplier, other_tenant: Tenant
):
    _share(first, reworded)
    _answer(reworded, {})
    receive_now(reworded)

    desk = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    one = reworded.asked.assignment_id
    page = desk.get(f"/o/other/questionnaires/assignments/{one}/review").text

    assert f"to the question “{CHECKS}”" in page
    assert "1 question was worded differently there" in page


def test_ending_one_consent_leaves_that_of_another_buyer_with_the_same_form(
    first: Supplier, other_tenant: Tenant
):
    third_tenant = make_tenant("third", at=NOW)
    second = come_in(ask_own(other_tenant, words_of()))
    third = come_in(ask_own(third_tenant, words_of()))
    ended, _kept = _share(first, second), _share(first, third)
    for supplier in (second, third):
        receive_now(supplier)
    with acting(second.id):
        sharing.end_share(ended, act=Act(second.identity, NOW))
    with acting(other_tenant.id):
        sharing.tell_ended(ended, act=Act(other_tenant.manager, NOW))

    def seen_by(supplier: Supplier) -> set[str]:
        with acting(supplier.asked.tenant.id):
            row = find_response(supplier.asked.assignment_id)
            assert row is not None
            return {answer.path for answer in list_answers(row.id)}

    assert (seen_by(second), seen_by(third)) == (set(), {Q1, Q2})
