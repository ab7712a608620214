"""The conduct of suppliers: how they answer, show and put right, by day (RM-2.0 section 13)."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.response.queries.conduct import ConductRecord, load_conduct
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.receiving import score_again
from ddplatform.supplier_engagement.responses.models import AnswerReview as Review
from ddplatform.supplier_engagement.responses.models import RedFlag, ReviewDecision
from ddplatform.supplier_engagement.responses.queries.responses import get_response, load_filled
from ddplatform.supplier_engagement.review.models import ReviewEntry
from supply_chain.risk.rm2.response import (
    AnswerState,
    ConductFlag,
    Effect,
    Label,
    OwnCheck,
    measure_response,
)
from supply_chain.vocabulary import Issue
from tests.answering import (
    DUE,
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    come_in,
    fill,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.sampling import examples
from tests.stored_worlds import stored_world

DAY = timedelta(days=1)
AFTER = DUE + DAY
TODAY = NOW.date()


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@stored_world
def asked(context: Flask, tenant: Tenant) -> Asked:
    return ask(tenant)


@stored_world
def answered(asked: Asked) -> Supplier:
    supplier = come_in(asked)
    fill(supplier)
    receive_now(supplier)
    return supplier


def record(asked: Asked, on: date = TODAY) -> ConductRecord:
    with acting(asked.tenant.id):
        return load_conduct([asked.node_id], on)[asked.node_id]


def states(found: ConductRecord) -> set[AnswerState]:
    return {answer.state for form in found.forms for answer in form.answers}


def test_a_place_that_was_never_asked_has_no_measure(asked: Asked):
    other = add_node(asked.tenant, asked.chain_id, "Never asked")
    with acting(asked.tenant.id):
        found = load_conduct([other], AFTER)[other]

    assert found == ConductRecord() and measure_response(found.conduct) is None


def test_what_is_not_due_yet_does_not_count_and_past_its_day_all_of_it_is_blank(asked: Asked):
    assert record(asked, DUE).forms == ()

    found = record(asked, AFTER)
    assert states(found) == {AnswerState.BLANK}
    measured = measure_response(found.conduct)
    assert measured is not None
    assert (measured.value, measured.label) == (0.0, Label.UNRESPONSIVE)


def test_an_invitation_that_never_arrived_asks_nothing(asked: Asked):
    with acting(asked.tenant.id):
        get_assignment(asked.assignment_id).mail_refusal = "550 no such person"

    assert record(asked, AFTER).forms == ()


def test_answers_on_time_count_whole_and_late_ones_less(asked: Asked, answered: Supplier):
    found = record(asked)

    assert AnswerState.ANSWERED in states(found) and AnswerState.LATE not in states(found)
    with acting(asked.tenant.id):
        get_assignment(asked.assignment_id).due_on = TODAY - DAY
    late = record(asked)
    assert AnswerState.LATE in states(late) and AnswerState.ANSWERED not in states(late)
    on_time, less = measure_response(found.conduct), measure_response(late.conduct)
    assert on_time is not None and less is not None and less.value < on_time.value


def test_a_new_request_that_is_not_due_leaves_the_earlier_answers_in_force(
    asked: Asked, answered: Supplier
):
    before = record(asked)
    with acting(asked.tenant.id):
        sent = get_assignment(asked.assignment_id)
        said = {"node_name": sent.node_name, "invited_email": sent.invited_email, "due_on": DUE}
        db.session.add(
            Assignment(node_id=sent.node_id, version_id=sent.version_id, sent_at=NOW, **said)
        )

    assert record(asked) == before


def test_the_days_before_the_answers_stay_as_they_were(asked: Asked):
    supplier = come_in(asked)
    fill(supplier, at=at_noon(AFTER + 3 * DAY))
    receive_now(supplier, at=at_noon(AFTER + 3 * DAY))

    assert states(record(asked, AFTER + 2 * DAY)) == {AnswerState.BLANK}
    assert AnswerState.LATE in states(record(asked, AFTER + 3 * DAY))


def accept(answered: Supplier, path: str, on: date) -> None:
    """The buyer accepts the evidence of an answer, and the answers are read again."""
    tenant, at = answered.asked.tenant, at_noon(on)
    with acting(tenant.id):
        entry = db.session.scalars(select(ReviewEntry)).one()
        row = get_response(entry.response_id)
        db.session.add(
            Review(
                response_id=row.id,
                path=path,
                decision=ReviewDecision.ACCEPTED,
                evidence_accepted=True,
                created_at=at,
                created_by_id=tenant.manager.user_id,
            )
        )
        db.session.flush()
        filled = load_filled(get_assignment(answered.asked.assignment_id), row, now=at)
        score_again(filled, act=Act(tenant.manager, at))


def test_evidence_counts_from_the_day_it_is_accepted(asked: Asked, answered: Supplier):
    before = record(asked, TODAY)
    accept(answered, "/data/O/SAQ_O02", TODAY + 2 * DAY)

    after = record(asked, TODAY + 2 * DAY)
    assert OwnCheck.UNANNOUNCED_ACCESS in after.checks - before.checks
    assert record(asked, TODAY + DAY).conduct == before.conduct
    now, then = measure_response(after.conduct), measure_response(before.conduct)
    assert now is not None and then is not None and now.value > then.value


def finding(asked: Asked, **more: object) -> UUID:
    row = Finding(
        id=uuid4(),
        node_id=asked.node_id,
        issue=Issue.HZ,
        title="Loads",
        description="Seen.",
        is_actual=True,
        source=FindingSource.OWN_CHECK,
        created_at=NOW,
        created_by_id=asked.tenant.analyst.user_id,
        **more,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def action(answered: Supplier, finding_id: UUID, *, theirs: bool = True, **more: object) -> None:
    asked = answered.asked
    values = {
        "status": ActionState.DOING,
        "due_on": TODAY + DAY,
        "first_due_on": TODAY + DAY,
        "created_at": NOW,
        "respondent_organisation_id": answered.id if theirs else None,
        "owner_id": None if theirs else asked.tenant.analyst.user_id,
        **more,
    }
    db.session.add(
        MitigationAction(
            id=uuid4(),
            finding_id=finding_id,
            node_id=asked.node_id,
            node_name="SCOOP Espoir",
            title="Carts",
            description="Buy carts.",
            success_measure="No child carries loads",
            **values,
        )
    )


@pytest.mark.parametrize(
    ("more", "late", "effect"),
    [
        ({}, False, Effect.OPEN),
        ({"due_on": TODAY - DAY}, True, Effect.OPEN),
        ({"reported_at": NOW}, False, Effect.NOT_VERIFIED),
        ({"reported_at": NOW, "due_on": TODAY - DAY}, True, Effect.NOT_VERIFIED),
        ({"reported_at": NOW, "verified_at": NOW, "evidence_level": 0.5}, False, Effect.VERIFIED),
        ({"reported_at": NOW, "verified_at": NOW, "evidence_level": 0.0}, False, Effect.NONE),
    ],
)
def test_an_action_counts_by_its_day_and_its_verified_effect(
    asked: Asked, answered: Supplier, more: dict[str, object], late: bool, effect: Effect
):
    by = {"verified_by_id": asked.tenant.manager.user_id} if "verified_at" in more else {}
    with acting(asked.tenant.id):
        action(answered, finding(asked), **more, **by)
        action(answered, finding(asked), theirs=False, due_on=TODAY - 9 * DAY)
        action(answered, finding(asked), status=ActionState.DROPPED)

    (found,) = record(asked).actions
    assert (found.counted.late, found.counted.effect) == (late, effect)


def test_a_problem_told_of_beside_the_answers_is_a_disclosure_and_one_found_by_others_is_none(
    asked: Asked, answered: Supplier
):
    with acting(asked.tenant.id):
        finding(asked, self_disclosed=True)
        finding(asked)

    assert record(asked).disclosed_on == (TODAY,)
    before = measure_response(record(asked, TODAY - DAY).conduct)
    now = measure_response(record(asked).conduct)
    assert before is None and now is not None


def flag(asked: Asked, code: str, **more: object) -> None:
    with acting(asked.tenant.id):
        entry = db.session.scalars(select(ReviewEntry)).one()
        found = RedFlag(
            response_id=entry.response_id,
            node_id=asked.node_id,
            code=code,
            path="/data/x",
            answer="x",
            fired_at=NOW,
            is_released=True,
        )
        for key, value in more.items():
            setattr(found, key, value)
        db.session.add(found)


def test_what_the_site_itself_tells_of_falsified_papers_limits_nothing(
    asked: Asked, answered: Supplier
):
    flag(asked, "RF-13")

    assert record(asked).flags == ()


def test_flags_of_an_outsider_limit_and_that_of_retaliation_until_it_is_handled(
    asked: Asked, answered: Supplier
):
    for code in ("RF-11", "RF-12"):
        flag(asked, code)
    with acting(asked.tenant.id):
        get_assignment(asked.assignment_id).answered_by = "assessor"  # type: ignore[assignment]

    assert {one for one, _ in record(asked).flags} == {
        ConductFlag.RETALIATION,
        ConductFlag.ACCESS_REFUSED,
    }
    with acting(asked.tenant.id):
        for row in db.session.scalars(select(RedFlag)):
            row.handled_at, row.handled_by_id = NOW + DAY, asked.tenant.manager.user_id
    assert {one for one, _ in record(asked, TODAY + 2 * DAY).flags} == {ConductFlag.ACCESS_REFUSED}
    assert len(record(asked).flags) == 2
    assert record(asked, date(TODAY.year + 2, TODAY.month, TODAY.day) + DAY).flags == ()


def statements(app: Flask, asked: Asked, nodes: list[UUID]) -> int:
    seen: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    with acting(asked.tenant.id):
        event.listen(db.engine, "before_cursor_execute", hear)
        load_conduct(nodes, AFTER)
        event.remove(db.engine, "before_cursor_execute", hear)
    return len(seen)


def test_a_thousand_places_ask_the_database_as_often_as_ten(
    app: Flask, asked: Asked, answered: Supplier
):
    ten = [asked.node_id, *(uuid4() for _ in range(9))]
    load = statements(app, asked, ten)

    assert load <= 6
    assert statements(app, asked, [*ten, *(uuid4() for _ in range(990))]) == load


NAMES = ("answered", "dont_know", "blank")


@st.composite
def conducts(draw: st.DrawFn) -> list[dict[str, object]]:
    """How each required question was answered, as an entry keeps it; one is blank at least."""
    given_ = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "state": st.sampled_from(NAMES),
                    "weight": st.sampled_from([1.0, 2.0, 3.0]),
                    "evidence_asked": st.booleans(),
                    "evidence": st.booleans(),
                    "admission": st.booleans(),
                }
            ),
            min_size=1,
            max_size=12,
        )
    )
    given_[draw(st.integers(0, len(given_) - 1))]["state"] = "blank"
    return [{"question": f"SAQ-X{at}", **one} for at, one in enumerate(given_)]


@examples(40, one_world=True)
@given(entry=conducts(), to=st.sampled_from(["answered", "dont_know"]), admits=st.booleans())
def test_answering_a_blank_by_an_admission_too_never_lowers_the_measure(
    asked: Asked,
    answered: Supplier,
    entry: list[dict[str, object]],
    to: str,
    admits: bool,
):
    def measured(conduct: list[dict[str, object]]) -> float:
        with acting(asked.tenant.id):
            db.session.scalars(select(ReviewEntry)).one().conduct = conduct
        found = measure_response(record(asked).conduct)
        assert found is not None
        return found.value

    before = measured(entry)
    blank = next(at for at, one in enumerate(entry) if one["state"] == "blank")
    spoken = {**entry[blank], "state": to, "evidence": False, "admission": admits}
    after = measured([*entry[:blank], spoken, *entry[blank + 1 :]])

    assert after >= before - 1e-9
