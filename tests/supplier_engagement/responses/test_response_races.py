"""Answers in two hands in the same moment: what the first kept stands, and the second is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import nobody
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.responses.services.responses import Clash, Typed
from ddplatform.supplier_engagement.review.models import ReviewEntry
from ddplatform.supplier_engagement.review.services import sampling
from ddplatform.supplier_engagement.review.services.review import accept_answer
from tests.answering import (
    Supplier,
    acting,
    add_node,
    ask,
    ask_again,
    come_in,
    fill,
    make_chain,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases

A06, C01 = "/data/A/SAQ_A06", "/data/C/SAQ_C01"


def both(app: Flask, *doing: Callable[[], None]) -> None:
    """Do these at the same time; each has a connection of its own."""

    def alone(one: Callable[[], None]) -> None:
        with app.app_context(), nobody():
            try:
                one()
            finally:
                db.session.remove()

    threads = [Thread(target=alone, args=[one]) for one in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_page_that_read_answers_before_another_saved_is_shown_both(
    context: Flask, tenant: Tenant
):
    supplier = come_in(ask(tenant))
    one, by = supplier.asked.assignment_id, supplier.identity
    read, saved = Event(), Event()
    clashes: list[Clash] = []

    def save(text: str) -> None:
        typed = Typed({C01: text}, 0, f"page {text}")
        clashes.extend(responses.save_section(one, "C", typed, act=Act(by, NOW)).clashes)

    def slower() -> None:
        with acting(supplier.id):
            row = find_response(one)
            assert row is not None
            list_answers(row.id)
            read.set()
            saved.wait(timeout=1)  # where the database lets both go on
            save("5")

    def faster() -> None:
        read.wait()
        with acting(supplier.id):
            save("7")
        saved.set()

    both(context, slower, faster)

    with acting(supplier.id):
        row = find_response(one)
        assert row is not None
        kept = {answer.path: answer.raw for answer in list_answers(row.id)}[C01]
    assert [(clash.theirs, clash.mine) for clash in clashes] in ([("7", "5")], [("5", "7")])
    assert kept == clashes[0].theirs


@stored_world
def calm(context: Flask, tenant: Tenant) -> list[Supplier]:
    """Five responses in which nothing is remarkable."""
    chain_id, found = make_chain(tenant), []
    for number in range(5):
        node_id = add_node(tenant, chain_id, f"Farm {number}")
        email = f"farm{number}@coop.example"
        supplier = come_in(ask_again(tenant, chain_id, node_id, ref="SAQ", email=email))
        fill(supplier, SAQ_A04=str(300 + number))
        receive_now(supplier)
        found.append(supplier)
    with acting(tenant.id):
        for entry in db.session.scalars(select(ReviewEntry)):
            entry.weight, entry.checks = 0, []
    return found


@pytest.mark.usefixtures("calm")
def test_a_review_that_was_begun_is_left_out_of_what_a_sample_accepts(
    context: Flask, tenant: Tenant
):
    begun, accepted = Event(), dict[str, int]()
    with acting(tenant.id):
        sample = sampling.draw_sample(3, act=Act(tenant.manager, NOW))
        late, sample_id = UUID(sample.rest[0]), sample.id

    def review() -> None:
        with acting(tenant.id):
            accept_answer(late, A06, act=Act(tenant.manager, NOW))
            begun.set()
            Event().wait(timeout=0.5)  # the other one comes while this is not kept yet

    def accept() -> None:
        begun.wait()
        accepted.update(_accept_rest(tenant, sample_id))

    both(context, review, accept)

    assert accepted == {"accepted": 1, "left": 1}
    with acting(tenant.id):
        assert get_assignment(late).status is State.UNDER_REVIEW


def _accept_rest(tenant: Tenant, sample_id: UUID) -> dict[str, int]:
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
