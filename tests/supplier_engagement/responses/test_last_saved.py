"""`${last-saved#name}`: what the same supplier sent to the same questionnaire before."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from ddplatform.infrastructure.access.identity import Act
from ddplatform.supplier_engagement.library.queries import list_library
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    get_request,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services.responses import save_section, start
from ddplatform.supplier_engagement.review.services.review import (
    accept_all,
    ask_back,
    return_answers,
)
from questionnaires import Response
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    come_in,
    receive_now,
    typed,
)
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, make_tenant
from tests.forms import table
from tests.stored_worlds import stored_world

YEAR = timedelta(days=365)
FORM = (
    table(
        "survey",
        "type | name | label | default | relevant | calculation",
        "text | street | Street | ${last-saved#street} | |",
        "integer | workers | Workers now | | |",
        "integer | before | Workers last time | ${last-saved#workers} | |",
        "text | why | Why more? | | ${workers} > 10 |",
        "calculate | why_before | | | | ${last-saved#why}",
        "begin repeat | child | Child | | |",
        "integer | age | Age | | |",
        "end repeat | | | | |",
        "calculate | times | | | | coalesce(${last-saved#times}, 0) + 1",
        "calculate | ages | | | | join(' ', ${last-saved#age})",
    )
    + table("settings", "form_title | form_id", "Yearly | yearly")
).encode()
FIRST = {
    "/data/street": "High Street",
    "/data/workers": "12",
    "/data/why": "Harvest",
    "/data/child[1]/age": "7",
}


def publish(tenant: Tenant) -> str:
    """The reference of the form, published for its buyer."""
    with acting(tenant.id):
        form = own_forms.bring_in("yearly.csv", FORM, act=Act(tenant.analyst, NOW)).form
        assert form is not None
        version = own_forms.publish(form.id, number=1, act=Act(tenant.analyst, NOW))
        return next(row.ref for row in list_library() if row.version_id == version.id)


def write(supplier: Supplier, values: dict[str, str], *, at=NOW) -> None:
    with acting(supplier.id):
        for name in ("street", "child"):
            save_section(
                supplier.asked.assignment_id,
                name,
                typed(values, seen=99),
                act=Act(supplier.identity, at),
            )


@stored_world
def first(context: Flask, tenant: Tenant) -> Supplier:
    """A supplier who sent the form once."""
    supplier = come_in(ask(tenant, ref=publish(tenant)))
    write(supplier, FIRST)
    receive_now(supplier)
    return supplier


def ask_later(first: Supplier, node_id: UUID | None = None, email: str = EMAIL) -> Supplier:
    """The same form again, a year later."""
    tenant = first.asked.tenant
    with acting(tenant.id):
        version_id = next(row.version_id for row in list_library() if row.title == "Yearly")
        if node_id is None:
            accept_all(first.asked.assignment_id, act=Act(tenant.manager, NOW))
        node_id = node_id or first.asked.node_id
        sending = questionnaires.Sending(version_id=version_id, due_on=(NOW + 2 * YEAR).date())
        sent = questionnaires.assign(sending, {node_id: email}, act=Act(tenant.manager, NOW + YEAR))
        again = Asked(tenant, first.asked.chain_id, node_id, sent[0].id)
    return come_in(again, at=NOW + YEAR)


def form_of(supplier: Supplier, *, reader: UUID | None = None) -> Response:
    with acting(supplier.id):
        assignment = get_request(supplier.asked.assignment_id).assignment
    with acting(reader or supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return load_filled(assignment, row, now=NOW + YEAR).form


def values_of(form: Response, *names: str) -> list[str]:
    return [form.state(f"/data/{name}").value for name in names]


def test_a_form_sent_for_the_first_time_has_nothing_of_before(first: Supplier):
    assert values_of(form_of(first), "before", "times", "ages") == ["", "1", ""]


def test_a_year_later_the_form_says_what_was_sent_before(first: Supplier):
    again = ask_later(first)

    names = ("street", "before", "why_before", "times", "ages")
    assert values_of(form_of(again), *names) == ["High Street", "12", "Harvest", "2", "7"]


def test_what_was_not_asked_when_it_was_sent_is_blank(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant, ref=publish(tenant)))
    write(supplier, FIRST)
    write(supplier, {"/data/workers": "9"})
    receive_now(supplier)

    assert values_of(form_of(ask_later(supplier)), "before", "why_before") == ["9", ""]


def test_the_requester_reads_the_same_values_and_they_stay_when_more_is_sent(first: Supplier):
    again = ask_later(first)
    write(again, {"/data/workers": "40"}, at=NOW + YEAR)
    receive_now(again, at=NOW + YEAR)

    assert values_of(form_of(again, reader=first.asked.tenant.id), "before", "times") == ["12", "2"]
    assert values_of(form_of(first), "before", "times") == ["", "1"]


def test_in_one_more_round_the_last_is_the_round_before(first: Supplier):
    one, tenant = first.asked.assignment_id, first.asked.tenant
    with acting(tenant.id):
        ask_back(one, "/data/workers", "Really?", act=Act(tenant.manager, NOW))
        return_answers(one, reason="", act=Act(tenant.manager, NOW))
    with acting(first.id):
        start(one, act=Act(first.identity, NOW + YEAR))

    assert values_of(form_of(first), "workers", "times") == ["12", "2"]


def test_another_place_of_the_supplier_reads_nothing(first: Supplier):
    other = add_node(first.asked.tenant, first.asked.chain_id, "Another farm")

    assert values_of(form_of(ask_later(first, other)), "before", "times") == ["", "1"]


def test_another_supplier_at_the_same_place_reads_nothing(first: Supplier):
    again = ask_later(first, email="kofi@other.example")

    assert again.id != first.id
    assert values_of(form_of(again), "before", "times") == ["", "1"]


def test_another_buyer_with_the_same_form_tells_nothing(first: Supplier):
    other = make_tenant("other", at=NOW)
    asked = come_in(ask(other, ref=publish(other)))

    assert asked.id == first.id
    assert values_of(form_of(asked), "before", "times") == ["", "1"]


def test_the_page_and_the_workbook_of_the_supplier_show_it(app: Flask, first: Supplier):
    again = ask_later(first)
    with acting(again.id):
        assert write_book(again.asked.assignment_id, at=NOW + YEAR)[1].startswith(b"PK")
    phone = app.test_client()
    token = csrf_token(phone, "/sign-in")
    phone.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    page = phone.get(f"/o/{again.slug}/responses/{again.asked.assignment_id}/street").text

    assert 'name="/data/before" inputmode="numeric" autocomplete="off" value="12"' in page
