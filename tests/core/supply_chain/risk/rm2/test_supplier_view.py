"""What a supplier reads of the score of its place: lines that add up, nothing confided."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import Asked, Evidence, Judgements, States, observations_from
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.response import (
    Action,
    Answer,
    AnswerState,
    Conduct,
    Effect,
    OwnCheck,
    measure_response,
)
from supply_chain.risk.rm2.response_steps import NextStep, best_step
from supply_chain.risk.rm2.supplier_view import SupplierLines, lines_for_supplier, read_lines

AS_OF = date(2026, 11, 25)
PLACE = NodeColumns.build(["f"], kind=["site"], country=["CI"], sector=[None], commodities=[()])
OPEN_SOURCES = ("supplier_answer", "supplier_evidence", "admission", "site_work", "media_ngo")
FACTORS = ("WRK-01", "WRK-03", "WRK-09", "WRK-13", "COM-01")
rows = st.lists(
    st.tuples(
        st.just(0),
        st.sampled_from(FACTORS),
        st.floats(0, 1),
        st.sampled_from(OPEN_SOURCES),
        st.floats(0, 30),
        st.none(),
        st.none(),
    ),
    max_size=8,
)


def lines(evidence: Evidence) -> tuple[SupplierLines, ...]:
    return lines_for_supplier(PLACE, evidence, 0, AS_OF, reference=load_reference())


def total(one: SupplierLines) -> float:
    start = one.base + one.country + one.activity + one.listing
    taken = sum(points for _, points, _, _ in one.controls)
    return start + one.place + taken + one.severity + one.limits


@given(rows)
def test_the_lines_add_up_to_the_figure_and_come_back_from_plain_values(seen) -> None:
    for one in lines(Evidence(observations=observations_from(seen))):
        assert total(one) == pytest.approx(one.index, abs=1e-6)
        assert one.low <= one.index <= one.high
        assert read_lines({**one.as_json(), "questions": {}}) == one


confided = st.lists(
    st.one_of(
        st.tuples(
            st.just(0),
            st.sampled_from(FACTORS),
            st.floats(0, 1),
            st.just("worker_voice"),
            st.floats(0, 30),
            st.none(),
            st.none(),
        ),
        st.tuples(
            st.just(0),
            st.just("WRK-22"),
            st.floats(0, 1),
            st.sampled_from(["audit", "admission"]),
            st.just(0.0),
            st.none(),
            st.none(),
        ),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.long
@given(rows, confided, st.integers(0, 3))
def test_what_was_confided_changes_no_line(seen, told, state) -> None:
    at = np.zeros(1, dtype=np.int64)
    known = Evidence(
        observations=observations_from([*seen, *told]),
        states=States(at, at, np.array([state]), at - 1, np.array([3.0])),
        judgements=Judgements(
            at, at, np.array([5.0]), np.array([5.0]), np.array([5.0]), np.array([True])
        ),
    )

    assert lines(known) == lines(Evidence(observations=observations_from(seen)))


def test_what_is_left_open_stands_as_a_line_of_its_own() -> None:
    at = np.zeros(1, dtype=np.int64)
    blank = Asked(at, at + METHOD.factor_index["WRK-01"])

    first = lines(Evidence(blank=blank))[0]
    assert [(one.factor, one.source_type) for one in first.own] == [("WRK-01", "")]
    assert first.own[0].points > 0


# ---- the next step --------------------------------------------------------------------------


def answers(*states: AnswerState) -> list[Answer]:
    return [Answer(state, evidence_asked=True) for state in states]


BLANK, ANSWERED = AnswerState.BLANK, AnswerState.ANSWERED


@pytest.mark.parametrize(
    ("conduct", "step"),
    [
        (Conduct(answers(ANSWERED, BLANK, BLANK)), NextStep.ANSWER),
        (Conduct(answers(ANSWERED, ANSWERED)), NextStep.SHOW),
        (Conduct([Answer(ANSWERED)]), NextStep.CHECK),
        (
            Conduct(
                [Answer(ANSWERED, evidence_asked=True, evidence=True)],
                frozenset(OwnCheck),
                [Action(effect=Effect.OPEN), Action(effect=Effect.NONE)],
            ),
            NextStep.ACT,
        ),
    ],
)
def test_the_next_step_is_the_one_that_raises_the_measure_most(
    conduct: Conduct, step: NextStep
) -> None:
    found = best_step(conduct)

    assert found is not None and found.step is step
    now = measure_response(conduct)
    assert now is not None and 0 < found.by <= 100 - now.value


def test_a_measure_that_nothing_would_raise_has_no_next_step() -> None:
    done = Conduct(
        [Answer(ANSWERED, evidence_asked=True, evidence=True)],
        frozenset(OwnCheck),
        [Action(effect=Effect.VERIFIED)],
    )

    assert best_step(done) is None
    assert best_step(Conduct([])) is None
    assert best_step(replace(done, actions=())) is None
