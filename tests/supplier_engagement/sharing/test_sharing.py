"""Answers given once are shown to one more buyer: by consent, until a day, never whose they were."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.supplier_engagement.cascade.services import cascade
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    find_response,
    list_answers,
    list_files,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.responses.services.drafts import open_draft
from ddplatform.supplier_engagement.results.queries.results import load_respondents
from ddplatform.supplier_engagement.review.services.review import ask_back, return_answers
from ddplatform.supplier_engagement.sharing import services as sharing
from ddplatform.supplier_engagement.sharing.models import SectionShare
from ddplatform.supplier_engagement.sharing.queries.sharing import (
    has_sources,
    list_shares,
    list_sources,
)
from tests.answering import (
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    ask_again,
    come_in,
    fill,
    fill_in,
    good_values,
    receive_now,
    typed,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.saq_responses import GOOD_SUPPLIER
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases(one_in=4)

C01, POLICY = "/data/C/SAQ_C01", "/data/A/SAQ_A06_evidence"
LATER = NOW + timedelta(days=30)


@stored_world
def first(context: Flask, tenant: Tenant) -> Supplier:
    """A supplier who answered the first buyer, with a document."""
    supplier = come_in(ask(tenant))
    with acting(supplier.id):
        responses.attach(
            supplier.asked.assignment_id,
            POLICY,
            filename="policy.txt",
            content=b"No child works here.",
            act=Act(supplier.identity, NOW),
        )
    fill(supplier)
    receive_now(supplier)
    return supplier


@stored_world
def second(first: Supplier, other_tenant: Tenant) -> Supplier:
    """The same supplier, asked by another buyer a month later."""
    found = come_in(ask(other_tenant, name="Espoir, Soubré"), at=LATER)
    assert found.id == first.id
    return found


def _source_of(first: Supplier) -> UUID:
    with acting(first.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        return row.id


def _share(first: Supplier, second: Supplier, section: str = "C", months: int = 12) -> UUID:
    response_id = _source_of(first)
    with acting(second.id):
        return sharing.share_section(
            second.asked.assignment_id,
            response_id,
            section,
            months=months,
            act=Act(second.identity, LATER),
        ).id


def _texts(supplier: Supplier) -> dict[str, Answer]:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer for answer in list_answers(row.id) if answer.raw}


def _seen_by_buyer(supplier: Supplier) -> dict[str, str]:
    with acting(supplier.asked.tenant.id):
        row = find_response(supplier.asked.assignment_id)
        return {a.path: a.raw for a in list_answers(row.id)} if row else {}


def _fill_the_rest(supplier: Supplier) -> None:
    kept = _texts(supplier)
    values = {path: text for path, text in good_values().items() if path not in kept}
    with acting(supplier.id):
        names = [page.name for page in open_draft(supplier.asked.assignment_id, at=LATER).pages]
        for name in names:
            mine = {p: v for p, v in values.items() if p.startswith(f"/data/{name}/")}
            responses.save_section(
                supplier.asked.assignment_id,
                name,
                typed(mine, seen=99),
                act=Act(supplier.identity, LATER),
            )


def test_a_shared_section_is_filled_with_its_day_and_counts_as_done(
    first: Supplier, second: Supplier
):
    assert C01 not in _texts(second)

    _share(first, second)

    answers = _texts(second)
    assert answers[C01].raw == _texts(first)[C01].raw
    assert answers[C01].given_at == NOW
    assert "/data/D/SAQ_D01" not in answers
    with acting(second.id):
        assert "C" in find_response(second.asked.assignment_id).visited_sections  # type: ignore[union-attr]


def test_nothing_reaches_the_second_buyer_before_the_answers_are_sent(
    first: Supplier, second: Supplier
):
    _share(first, second)
    with acting(second.asked.tenant.id):
        assert list_shares(second.asked.assignment_id) == []
    assert _seen_by_buyer(second) == {}

    _fill_the_rest(second)
    receive_now(second, at=LATER)

    with acting(second.asked.tenant.id):
        (share,) = list_shares(second.asked.assignment_id)
        assert (share.section, share.given_at) == ("C", NOW)
    assert C01 in _seen_by_buyer(second)


def test_no_row_of_the_second_buyer_names_the_first(first: Supplier, second: Supplier):
    _share(first, second, section="A")
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    hidden = {str(first.asked.tenant.id), first.asked.tenant.id.hex, str(_source_of(first))}

    with acting(second.asked.tenant.id):
        rows = [*db.session.scalars(select(SectionShare)), *db.session.scalars(select(Answer))]
        rows += [*db.session.scalars(select(Evidence))]
        said = " ".join(str(v) for row in rows for v in vars(row).values())
        assert [one for one in hidden if one in said] == []
        events = db.session.scalars(select(AuditEvent.action)).all()
        assert "sharing:grant" not in events
    with acting(first.id):
        assert "sharing:grant" in db.session.scalars(select(AuditEvent.action)).all()


def test_documents_go_with_their_section_and_are_withheld_with_it(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second, section="A")
    _fill_the_rest(second)
    response_id = receive_now(second, at=LATER)
    with acting(second.asked.tenant.id):
        assert [file.filename for file in list_files(response_id)[POLICY]] == ["policy.txt"]

    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))

    with acting(second.asked.tenant.id):
        assert POLICY not in list_files(response_id)
    with acting(first.asked.tenant.id):
        assert POLICY in list_files(_source_of(first))


def test_a_shared_document_is_withheld_though_another_one_was_added_beside_it(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second, section="A")
    with acting(second.id):
        responses.attach(
            second.asked.assignment_id,
            POLICY,
            filename="own.txt",
            content=b"Ours alone.",
            act=Act(second.identity, LATER + timedelta(minutes=1)),
        )
    _fill_the_rest(second)
    response_id = receive_now(second, at=LATER)
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))

    with acting(second.asked.tenant.id):
        assert [file.filename for file in list_files(response_id)[POLICY]] == ["own.txt"]


def test_a_document_of_ones_own_stays_where_a_consent_ends_before_sending(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second, section="A")
    with acting(second.id):
        responses.attach(
            second.asked.assignment_id,
            POLICY,
            filename="own.txt",
            content=b"Ours alone.",
            act=Act(second.identity, LATER + timedelta(minutes=1)),
        )
        sharing.end_share(share_id, act=Act(second.identity, LATER))

    assert _texts(second)[POLICY].raw == "own.txt"


def test_a_document_whose_consent_was_taken_back_before_sending_never_reaches_the_buyer(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second, section="A")
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))

    _fill_the_rest(second)
    receive_now(second, at=LATER)

    with acting(second.asked.tenant.id):
        assert db.session.scalars(select(Evidence.filename)).all() == []


def test_a_consent_taken_back_hides_the_answers_and_the_log_of_the_buyer_tells_it(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second)
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))

    assert C01 not in _seen_by_buyer(second)
    assert "/data/D/SAQ_D01" in _seen_by_buyer(second)
    with acting(second.asked.tenant.id):
        job = db.session.scalars(select(Job).where(Job.name == sharing.TELL)).one()
        sharing.tell_ended(
            UUID(job.payload["share_id"]), act=Act(second.asked.tenant.manager, LATER)
        )
        assert "sharing:was_ended" in db.session.scalars(select(AuditEvent.action)).all()
        (share,) = list_shares(second.asked.assignment_id)
        assert share.ended_at == LATER
    with acting(second.id), pytest.raises(Conflict):
        sharing.end_share(share_id, act=Act(second.identity, LATER))


def test_results_and_exports_forget_answers_whose_consent_ended(first: Supplier, second: Supplier):
    share_id = _share(first, second)
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    buyer, version_id = second.asked.tenant, _version_of(second)
    with acting(buyer.id):
        (before,) = load_respondents(version_id, today=LATER.date())
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))
    with acting(buyer.id):
        sharing.tell_ended(share_id, act=Act(system_identity(buyer.id), LATER))
        (after,) = load_respondents(version_id, today=LATER.date())

    gone = set(before.counted) - set(after.counted)
    assert C01 in gone
    assert {path.split("/")[2] for path in gone} == {"C"}
    assert not [path for path in after.counted if path.startswith("/data/C/")]


def _version_of(supplier: Supplier) -> UUID:
    with acting(supplier.asked.tenant.id):
        return get_assignment(supplier.asked.assignment_id).version_id


def test_a_consent_taken_back_before_sending_leaves_the_questions_open(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second)
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))
        assert db.session.scalars(select(Job).where(Job.name == sharing.TELL)).all() == []
    assert C01 not in _texts(second)


def test_an_answer_that_is_changed_stands_by_itself_and_outlives_the_consent(
    first: Supplier, second: Supplier
):
    share_id = _share(first, second)
    with acting(second.id):
        responses.save_section(
            second.asked.assignment_id,
            "C",
            typed({C01: "77"}, seen=99),
            act=Act(second.identity, LATER),
        )
        sharing.end_share(share_id, act=Act(second.identity, LATER))
    assert _texts(second)[C01].raw == "77"


def test_a_consent_runs_out_after_its_last_day(first: Supplier, second: Supplier):
    _share(first, second, months=1)
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    with acting(second.id):
        (share,) = list_shares(second.asked.assignment_id)
        last = LATER + (share.expires_on - LATER.date())
        assert sharing.expire_shares(act=Act(second.identity, last)) == 0
        assert sharing.expire_shares(act=Act(second.identity, last + timedelta(days=1))) == 1
        assert sharing.expire_shares(act=Act(second.identity, last + timedelta(days=2))) == 0
    assert C01 not in _seen_by_buyer(second)


def test_the_worker_ends_what_ran_out_and_tells_the_buyer(first: Supplier, second: Supplier):
    share_id = _share(first, second, months=1)
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    after = LATER + timedelta(days=40)
    with acting(second.id):
        end = JobContext({}, Act(system_identity(second.id), after), lambda _done, _all: None)
        assert HANDLERS.get(sharing.EXPIRE).run(end) == {"ended": 1}
    buyer = second.asked.tenant
    with acting(buyer.id):
        payload = {"share_id": str(share_id)}
        tell = JobContext(payload, Act(system_identity(buyer.id), after), lambda _done, _all: None)
        assert HANDLERS.get(sharing.TELL).run(tell) is None
        assert "sharing:was_ended" in db.session.scalars(select(AuditEvent.action)).all()
    with acting(second.id):
        refresh = JobContext({}, Act(system_identity(second.id), after), lambda _done, _all: None)
        assert HANDLERS.get(cascade.REFRESH).run(refresh) == {"changed": 0}
    assert HANDLERS.get(sharing.EXPIRE).every_s == 3600
    assert HANDLERS.get(cascade.REFRESH).every_s == 3600


def test_a_second_round_keeps_the_consent_and_gives_nothing_without_it(
    first: Supplier, second: Supplier
):
    kept, ended = _share(first, second, "C"), _share(first, second, "D")
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    buyer, one = second.asked.tenant, second.asked.assignment_id
    with acting(buyer.id):
        ask_back(one, "/data/E/SAQ_E01", "How do you know?", act=Act(buyer.manager, LATER))
        return_answers(one, reason="one question", act=Act(buyer.manager, LATER))
    with acting(second.id):
        sharing.end_share(ended, act=Act(second.identity, LATER))
        responses.start(one, act=Act(second.identity, LATER))
    answers = _texts(second)
    assert (answers[C01].share_id, answers[C01].given_at) == (kept, NOW)
    assert "/data/D/SAQ_D01" not in answers


def test_answers_under_a_consent_are_not_given_again_with_a_newer_day(
    first: Supplier, second: Supplier
):
    _share(first, second)
    _fill_the_rest(second)
    receive_now(second, at=LATER)
    much_later = NOW + timedelta(days=380)
    third, next_year = _ask_once_more(first.asked), _ask_once_more(second.asked)
    come_in(third, at=LATER)
    again = come_in(next_year, at=much_later)

    with acting(second.id):
        (source,) = list_sources(_begun(third, second), at=much_later)
    assert source.sent_at == LATER
    assert C01 not in source.texts
    assert "/data/D/SAQ_D01" in source.texts
    assert C01 not in _texts(again)
    assert "/data/D/SAQ_D01" in _texts(again)


def _ask_once_more(asked: Asked) -> Asked:
    with acting(asked.tenant.id):
        get_assignment(asked.assignment_id).status = State.ACCEPTED
    return ask_again(asked.tenant, asked.chain_id, asked.node_id, ref="SAQ")


def _begun(asked: Asked, supplier: Supplier) -> Filled:
    responses.start(asked.assignment_id, act=Act(supplier.identity, LATER))
    return open_draft(asked.assignment_id, at=LATER)


def test_entries_that_move_up_stay_under_their_consent(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    first, name = come_in(ask(tenant)), "SAQ_N02"
    more = {f"/data/N/SAQ_N01[2]/{field}": text for field, text in GOOD_SUPPLIER.items()}
    with acting(first.id):
        one = first.asked.assignment_id
        responses.start(one, act=Act(first.identity, NOW))
        responses.add_entry(one, "/data/N/SAQ_N01", act=Act(first.identity, NOW))
    fill_in(first, good_values() | more | {f"/data/N/SAQ_N01[2]/{name}": "Ferme du Soleil"})
    receive_now(first)
    second = come_in(ask(other_tenant, name="Espoir, Soubré"), at=LATER)
    share_id = _share(first, second, section="N")

    with acting(second.id):
        one = second.asked.assignment_id
        responses.remove_entry(one, "/data/N/SAQ_N01[1]", act=Act(second.identity, LATER))

    answer = _texts(second)[f"/data/N/SAQ_N01[1]/{name}"]
    assert (answer.raw, answer.share_id, answer.given_at) == ("Ferme du Soleil", share_id, NOW)
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))
    assert not [path for path in _texts(second) if path.startswith("/data/N/SAQ_N01[")]


def test_a_consent_that_ended_before_sending_is_never_told(first: Supplier, second: Supplier):
    share_id = _share(first, second)
    with acting(second.id):
        sharing.end_share(share_id, act=Act(second.identity, LATER))
    _fill_the_rest(second)
    receive_now(second, at=LATER)

    with acting(second.asked.tenant.id):
        assert list_shares(second.asked.assignment_id) == []


def test_what_is_typed_already_is_never_replaced(first: Supplier, second: Supplier):
    with acting(second.id):
        responses.save_draft(
            second.asked.assignment_id,
            typed({C01: "3"}),
            act=Act(second.identity, LATER),
        )
    _share(first, second)
    assert _texts(second)[C01].raw == "3"
    with pytest.raises(Invalid):
        _share(first, second)


@pytest.mark.parametrize("months", [0, 13])
def test_nobody_sees_answers_by_consent_longer_than_a_year(
    first: Supplier, second: Supplier, months: int
):
    with pytest.raises(Invalid):
        _share(first, second, months=months)


def test_answers_of_others_and_old_ones_are_not_offered(
    first: Supplier, second: Supplier, other_tenant: Tenant
):
    with acting(second.id):
        filled = open_draft(second.asked.assignment_id, at=LATER)
        assert [source.buyer for source in list_sources(filled, at=LATER)] == ["Acme"]
        assert has_sources(filled.assignment, at=LATER)
        year_later = NOW + timedelta(days=366)
        assert list_sources(filled, at=year_later) == []
        assert not has_sources(filled.assignment, at=year_later)
        with pytest.raises(NotFound):
            sharing.share_section(
                second.asked.assignment_id,
                second.asked.assignment_id,
                "C",
                months=3,
                act=Act(second.identity, LATER),
            )


def test_no_other_supplier_ends_a_consent(first: Supplier, second: Supplier, tenant: Tenant):
    share_id = _share(first, second)
    stranger = come_in(ask_another(tenant, first))
    with acting(stranger.id), pytest.raises(NotFound):
        sharing.end_share(share_id, act=Act(stranger.identity, LATER))
    with acting(second.asked.tenant.id), pytest.raises(NotFound):
        sharing.end_share(share_id, act=Act(second.asked.tenant.manager, LATER))


def ask_another(tenant: Tenant, first: Supplier) -> Asked:
    node_id = add_node(tenant, first.asked.chain_id, "Another")
    return ask_again(tenant, first.asked.chain_id, node_id, ref="SAQ", email="x@other.example")


def test_an_assignment_of_the_buyer_stays_as_it_was(first: Supplier, second: Supplier):
    _share(first, second)
    with acting(second.asked.tenant.id):
        assert get_assignment(second.asked.assignment_id).sections_done == 1
