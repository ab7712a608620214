"""A consent that is over shows nothing from that moment, whether its jobs ran or not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.receiving import score_again
from ddplatform.supplier_engagement.responses.models import RedFlag, RiskSignal
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    list_answers,
    list_red_flags,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.responses.services.drafts import open_draft
from ddplatform.supplier_engagement.results.queries.results import load_respondents
from ddplatform.supplier_engagement.results.queries.rows import list_evidence
from ddplatform.supplier_engagement.sharing import services as sharing
from ddplatform.supplier_engagement.sharing.models import SectionShare
from ddplatform.supplier_engagement.sharing.queries.sharing import find_withheld
from tests.answering import EMAIL, Supplier, acting, ask, come_in, fill, good_values, receive_now
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world

C01, C06, D01 = "/data/C/SAQ_C01", "/data/C/SAQ_C06", "/data/D/SAQ_D01"
POLICY = "/data/A/SAQ_A06_evidence"
ENDED = NOW + timedelta(days=3)


@stored_world
def first(context: Flask, tenant: Tenant) -> Supplier:
    """A supplier who told the first buyer of a child at work, with a document."""
    supplier = come_in(ask(tenant))
    one, by = supplier.asked.assignment_id, supplier.identity
    with acting(supplier.id):
        responses.attach(one, POLICY, filename="policy.txt", content=b"None.", act=Act(by, NOW))
    fill(supplier, SAQ_C06="yes")
    receive_now(supplier)
    return supplier


@stored_world
def shown(first: Supplier, other_tenant: Tenant) -> Supplier:
    """The same answers, sent to another buyer with two sections under a consent of a month."""
    second = come_in(ask(other_tenant))
    one, by = second.asked.assignment_id, second.identity
    with acting(second.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        for section in ("A", "C"):
            sharing.share_section(one, row.id, section, months=1, act=Act(by, NOW))
    _fill_the_rest(second)
    receive_now(second)
    return second


def _fill_the_rest(supplier: Supplier) -> None:
    """Type what no consent filled; what stands is left as it is."""
    one, by = supplier.asked.assignment_id, supplier.identity
    with acting(supplier.id):
        row = find_response(one)
        assert row is not None
        there = {answer.path for answer in list_answers(row.id) if answer.raw}
        names = [page.name for page in open_draft(one, at=NOW).pages]
    values = {path: text for path, text in good_values().items() if path not in there}
    for name in names:
        mine = {path: text for path, text in values.items() if path.split("/")[2] == name}
        with acting(supplier.id):
            responses.save_section(one, name, responses.Typed(mine, 99, name), act=Act(by, NOW))


def _counted(supplier: Supplier, at: datetime) -> set[str]:
    with acting(supplier.asked.tenant.id):
        version_id = get_assignment(supplier.asked.assignment_id).version_id
        (one,) = load_respondents(version_id, today=at.date())
        return set(one.counted)


def _documents(supplier: Supplier, at: datetime) -> list[str]:
    with acting(supplier.asked.tenant.id):
        version_id = get_assignment(supplier.asked.assignment_id).version_id
        found = load_respondents(version_id, today=at.date())
        return [row.filename for row in list_evidence(found, today=at.date())]


def _end(supplier: Supplier, section: str) -> UUID:
    with acting(supplier.id):
        share_id = db.session.scalars(
            select(SectionShare.id).where(SectionShare.section == section)
        ).one()
        return sharing.end_share(share_id, act=Act(supplier.identity, ENDED)).id


def _last_day(supplier: Supplier) -> datetime:
    with acting(supplier.id):
        day = db.session.scalars(select(SectionShare.expires_on)).first()
    assert day is not None
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_results_leave_out_what_was_taken_back_before_any_job_ran(shown: Supplier):
    assert C01 in _counted(shown, ENDED)

    _end(shown, "C")

    left = _counted(shown, ENDED)
    assert not [path for path in left if path.startswith("/data/C/")]
    assert D01 in left


def test_results_leave_out_what_ran_out_before_any_job_ran(shown: Supplier):
    last = _last_day(shown)

    assert C01 in _counted(shown, last)
    assert C01 not in _counted(shown, last + timedelta(days=1))
    assert D01 in _counted(shown, last + timedelta(days=1))


def test_an_answer_of_its_own_stays_in_the_results_beside_a_consent_that_is_over(
    first: Supplier, other_tenant: Tenant
):
    second = come_in(ask(other_tenant))
    one, by = second.asked.assignment_id, second.identity
    with acting(second.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        sharing.share_section(one, row.id, "C", months=1, act=Act(by, NOW))
        responses.save_section(one, "C", responses.Typed({C01: "77"}, 99, "c"), act=Act(by, NOW))
    _fill_the_rest(second)
    receive_now(second)

    left = _counted(second, _last_day(second) + timedelta(days=1))

    assert [path for path in left if path.startswith("/data/C/")] == [C01]


def test_documents_of_a_consent_that_ran_out_leave_the_bundle_at_once(shown: Supplier):
    last = _last_day(shown)

    assert _documents(shown, last) == ["policy.txt"]
    assert _documents(shown, last + timedelta(days=1)) == []


def test_the_buyer_reads_no_answer_after_the_last_day_though_no_job_ran(shown: Supplier):
    after = _last_day(shown) + timedelta(days=1)

    def read(organisation_id: UUID) -> set[str]:
        one = Assignment.id == shown.asked.assignment_id
        with acting(organisation_id):
            row = find_response(shown.asked.assignment_id)
            assignment = db.session.scalars(select(Assignment).where(one)).one()
            assert row is not None
            return set(load_filled(assignment, row, now=after).form.answers())

    buyer = read(shown.asked.tenant.id)
    assert (C01 in buyer, D01 in buyer) == (False, True)
    assert C01 in read(shown.id)


def test_a_red_flag_stays_and_what_was_answered_leaves_with_the_consent(shown: Supplier):
    buyer, one = shown.asked.tenant, shown.asked.assignment_id

    def flags() -> list[tuple[str, str]]:
        with acting(buyer.id):
            row = find_response(one)
            assert row is not None
            return [(flag.path, flag.answer) for flag in list_red_flags(row.id)]

    assert flags() == [(C06, "yes")]
    _end(shown, "A")
    assert flags() == [(C06, "yes")]
    _end(shown, "C")
    assert flags() == [(C06, "")]


def test_a_withheld_answer_is_no_silence_to_the_reviewer_nor_to_the_scores(
    app: Flask, shown: Supplier, other_tenant: Tenant
):
    _end(shown, "C")
    with acting(other_tenant.id):
        row = find_response(shown.asked.assignment_id)
        assert row is not None
        assignment = get_assignment(shown.asked.assignment_id)
        filled = load_filled(assignment, row, now=ENDED)
        assert C01 in find_withheld(filled, today=ENDED.date())
        assert D01 not in find_withheld(filled, today=ENDED.date())
        score_again(filled, act=Act(other_tenant.manager, ENDED))
        causes = [
            cause["question"]
            for signal in db.session.scalars(
                select(RiskSignal).where(RiskSignal.observed_at == ENDED)
            )
            for cause in signal.causes
        ]
    assert causes
    assert not [one for one in causes if one.startswith("SAQ-C")]

    desk = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    one = shown.asked.assignment_id
    page = desk.get(f"/o/other/questionnaires/assignments/{one}/review").text

    assert "No longer shown: the consent has ended" in page


def test_the_flag_of_the_first_buyer_keeps_its_answer(first: Supplier, shown: Supplier):
    _end(shown, "C")

    with acting(first.asked.tenant.id):
        assert db.session.scalars(select(RedFlag.answer)).all() == ["yes"]


def test_a_consent_that_ran_out_ends_by_sending_also_where_nothing_is_sent(
    app: Flask, first: Supplier, other_tenant: Tenant
):
    second = come_in(ask(other_tenant))
    one, by = second.asked.assignment_id, second.identity
    with acting(second.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        share_id = sharing.share_section(one, row.id, "C", months=1, act=Act(by, NOW)).id
        share = db.session.scalars(select(SectionShare).where(SectionShare.id == share_id)).one()
        share.expires_on = datetime(2020, 1, 1, tzinfo=UTC).date()
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    page = f"/o/{second.slug}/responses/{one}/check"

    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})

    assert answer.status_code == 422
    with acting(second.id):
        ended = select(SectionShare.ended_at).where(SectionShare.id == share_id)
        assert db.session.scalar(ended) is not None
        draft = find_response(one)
        assert draft is not None
        assert C01 not in {answer.path for answer in list_answers(draft.id) if answer.raw}
