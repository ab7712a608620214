"""A consent taken back in the moment in which the answers are sent, or taken back again."""

from threading import Event
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.queries.responses import find_response
from ddplatform.supplier_engagement.responses.services.drafts import open_draft
from ddplatform.supplier_engagement.sharing import services as sharing
from ddplatform.supplier_engagement.sharing.queries.sharing import get_share
from ddplatform.supplier_engagement.submission.services import submit
from tests.answering import Supplier, acting, ask, come_in, fill, fill_in, good_values, receive_now
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world
from tests.supplier_engagement.responses.test_response_races import both

pytestmark = pytest.mark.both_databases

C01 = "/data/C/SAQ_C01"


@stored_world
def shown(context: Flask, tenant: Tenant, other_tenant: Tenant) -> tuple[Supplier, UUID]:
    """A questionnaire filled in but not sent, and the consent that one section rests on."""
    first = come_in(ask(tenant))
    fill(first)
    receive_now(first)
    second = come_in(ask(other_tenant))
    one, by = second.asked.assignment_id, second.identity
    with acting(second.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        share_id = sharing.share_section(one, row.id, "C", months=12, act=Act(by, NOW)).id
        kept = {answer.path for answer in open_draft(one, at=NOW).answers.values() if answer.raw}
    fill_in(second, {path: text for path, text in good_values().items() if path not in kept})
    return second, share_id


def test_a_consent_taken_back_while_the_answers_are_sent_hides_what_was_sent(
    context: Flask, shown: tuple[Supplier, UUID]
):
    supplier, share_id = shown
    one, sent = supplier.asked.assignment_id, Event()

    def sending() -> None:
        with acting(supplier.id):
            submit(one, declared=True, act=Act(supplier.identity, NOW))
            sent.set()
            Event().wait(timeout=0.5)  # the other one comes while this is not kept yet

    def taking_back() -> None:
        sent.wait()
        with acting(supplier.id):
            sharing.end_share(share_id, act=Act(supplier.identity, NOW))

    both(context, sending, taking_back)

    with acting(supplier.id):
        assert get_share(share_id).ended_at == NOW
    with acting(supplier.asked.tenant.id):
        seen = db.session.scalars(select(Answer.path)).all()
        assert C01 not in seen
        assert "/data/D/SAQ_D01" in seen


def test_a_consent_taken_back_by_two_in_the_same_moment_ends_once(
    context: Flask, shown: tuple[Supplier, UUID]
):
    supplier, share_id = shown
    read, ended = Event(), Event()
    told: list[Conflict] = []

    def end() -> None:
        try:
            sharing.end_share(share_id, act=Act(supplier.identity, NOW))
        except Conflict as conflict:
            told.append(conflict)

    def slower() -> None:
        with acting(supplier.id):
            seen = get_share(share_id)
            read.set()
            ended.wait(timeout=1)  # where the database lets both go on
            assert seen.ended_at is None
            end()

    def faster() -> None:
        read.wait()
        with acting(supplier.id):
            end()
        ended.set()

    both(context, slower, faster)

    with acting(supplier.id):
        events = select(AuditEvent.id).where(AuditEvent.action == "sharing:end")
        assert len(db.session.scalars(events).all()) == len(told) == 1
