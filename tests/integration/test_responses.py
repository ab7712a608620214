"""Answers of a supplier: kept as typed, hidden until sent, sent once."""

from flask import Flask

from ddplatform.queries.responses import find_response, get_request, load_filled
from ddplatform.services.response_submission import submit
from tests.answering import acting, ask, come_in, fill
from tests.conftest import NOW
from tests.factories import Tenant


def test_complete_answers_are_sent(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    fill(supplier)
    with acting(supplier.id):
        request = get_request(supplier.asked.assignment_id)
        row = find_response(request.assignment.id)
        filled = load_filled(request.assignment, row, now=NOW)
        assert [p.name for p in filled.pages if list(p.problems())] == []
        sent = submit(request.assignment.id, declared=True, by=supplier.identity, at=NOW)
        assert sent.receipt_number
