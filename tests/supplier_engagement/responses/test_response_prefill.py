"""A year later the same supplier finds what was answered, to be checked and sent again."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from ddplatform.infrastructure.access.identity import Act
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    find_response,
    get_request,
    list_answers,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services import prefill as response_prefill
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.review.queries.comparisons import compare_answers
from ddplatform.supplier_engagement.review.services.review import accept_all
from questionnaires import Response
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    come_in,
    fill,
    receive_now,
    saq_version,
    typed,
)
from tests.conftest import NOW
from tests.factories import Tenant

YEAR_LATER = NOW + timedelta(days=365)
WISH = "We need higher prices in the harvest months."


def _ask_again(tenant: Tenant, first: Asked) -> Supplier:
    with acting(tenant.id):
        if get_assignment(first.assignment_id).status.value == "submitted":
            accept_all(first.assignment_id, act=Act(tenant.manager, NOW))
    return _ask_at(tenant, first, first.node_id)


def _ask_at(tenant: Tenant, first: Asked, node_id: UUID) -> Supplier:
    """The same supplier is asked once more, for this place in the value chain."""
    with acting(tenant.id):
        sending = questionnaires.Sending(
            version_id=saq_version(), due_on=YEAR_LATER.date(), light_mode=False
        )
        sent = questionnaires.assign(sending, {node_id: EMAIL}, act=Act(tenant.manager, YEAR_LATER))
        again = Asked(tenant, first.chain_id, node_id, sent[0].id)
    return come_in(again, at=YEAR_LATER)


def _texts(supplier: Supplier) -> dict[str, str]:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id) if answer.raw}


def test_answers_of_last_year_stand_there_but_nothing_counts_as_done(
    context: Flask, tenant: Tenant
):
    supplier, path = come_in(ask(tenant)), "/data/A/SAQ_A06_evidence"
    site = "/data/B/SAQ_B01"
    with acting(supplier.id):
        one = supplier.asked.assignment_id
        responses.add_entry(one, site, act=Act(supplier.identity, NOW))
        second = {"SAQ_B02": "Second field", "SAQ_B03": "no", "SAQ_B04": "none",
                  "SAQ_B05": "under_3km"}  # fmt: skip
        values = {f"{site}[2]/{name}": text for name, text in second.items()}
        responses.save_draft(one, typed(values, seen=99), act=Act(supplier.identity, NOW))
        responses.attach(
            one,
            path,
            filename="policy.txt",
            content=b"old",
            act=Act(supplier.identity, NOW),
        )
    fill(supplier)
    receive_now(supplier)

    again = _ask_again(tenant, supplier.asked)

    assert again.id == supplier.id
    texts = _texts(again)
    assert texts["/data/C/SAQ_C01"] == "10"
    assert texts[f"{site}[2]/SAQ_B02"] == "Second field"
    assert path not in texts
    assert "/data/O/SAQ_O05" not in texts
    with acting(again.id):
        request = get_request(again.asked.assignment_id)
        assert request.assignment.sections_done == 0
        row = find_response(again.asked.assignment_id)
        assert row is not None
        filled = load_filled(request.assignment, row, now=YEAR_LATER)
        open_ones = [state.node.name for page in filled.pages for state in page.problems()]
        assert open_ones == ["SAQ_O05"]


def test_answers_that_were_never_sent_are_not_carried_over(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    fill(supplier)
    with acting(tenant.id):
        questionnaires.withdraw(
            get_assignment(supplier.asked.assignment_id),
            reason="anew",
            act=Act(tenant.manager, NOW),
        )
    assert "/data/C/SAQ_C01" not in _texts(_ask_again(tenant, supplier.asked))


def test_answer_whose_place_the_form_does_not_have_is_left_out(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    with acting(supplier.id):
        form = Response(get_request(supplier.asked.assignment_id).plan, now=NOW)

        assert not response_prefill._put(form, "/data/gone[2]/name", "x", set())


def test_answers_to_another_buyer_stay_with_that_buyer(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    supplier = come_in(ask(tenant))
    fill(supplier)
    receive_now(supplier)
    assert "/data/C/SAQ_C01" not in _texts(come_in(ask(other_tenant)))


def _filled(supplier: Supplier) -> Filled:
    request = get_request(supplier.asked.assignment_id)
    row = find_response(supplier.asked.assignment_id)
    assert row is not None
    return load_filled(request.assignment, row, now=YEAR_LATER)


def _fill_with_wish(supplier: Supplier) -> None:
    fill(supplier)
    with acting(supplier.id):
        one, wish = supplier.asked.assignment_id, typed({"/data/O/SAQ_O04": WISH}, seen=99)
        responses.save_draft(one, wish, act=Act(supplier.identity, NOW))


def test_same_words_at_two_sites_are_asked_about_beside_the_answers_of_this_buyer_only(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    first = come_in(ask(tenant))
    _fill_with_wish(first)
    receive_now(first)
    elsewhere = come_in(ask(other_tenant))
    _fill_with_wish(elsewhere)
    mill = add_node(tenant, first.asked.chain_id, "Mill South")
    second = _ask_at(tenant, first.asked, mill)
    _fill_with_wish(second)

    with acting(second.id):
        (check,) = compare_answers(_filled(second), note=None)
        assert check.check == "CHK-4"
        assert "here and at SCOOP Espoir." in check.message
        assert compare_answers(_filled(elsewhere), note=None) == ()


def test_what_moved_far_since_last_year_is_asked_about_unless_a_note_explains_it(
    context: Flask, tenant: Tenant
):
    first = come_in(ask(tenant))
    fill(first)
    receive_now(first)
    again = _ask_again(tenant, first.asked)
    fill(again, SAQ_H03="many_not")

    with acting(again.id):
        (check,) = compare_answers(_filled(again), note=None)
        assert (check.check, check.questions) == ("CHK-7", ("SAQ-H03",))
        assert compare_answers(_filled(again), note="The school was closed.") == ()
    receive_now(again, at=YEAR_LATER)
    with acting(first.id):
        # Read again, the first answers are not compared with what came after them.
        assert compare_answers(_filled(first), note=None) == ()
