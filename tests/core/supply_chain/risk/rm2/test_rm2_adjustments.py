"""Scores that people raised or lowered (RM-2.0 section 8)."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import STATES, Evidence, State, States
from supply_chain.risk.rm2.adjustments import Adjustments, Bounds, bounds_of
from supply_chain.risk.rm2.explanation import explain
from supply_chain.risk.rm2.map_assessment import Assessment, assess
from supply_chain.risk.rm2.map_scores import LINES
from supply_chain.risk.rm2.possible_changes import changes_of
from supply_chain.risk.rm2.subject import subject_of
from supply_chain.vocabulary import Issue

CL = list(Issue).index(Issue.CL)
NODES = NodeColumns.build(["own"], country=["CI"], own_operation=[True], origin=[True])
REFERENCE = load_reference()


def adjustments(*rows: tuple[float, bool]) -> Adjustments:
    return Adjustments(
        node=np.zeros(len(rows), dtype=np.int64),
        issue=np.full(len(rows), CL),
        points=np.array([row[0] for row in rows]),
        raises=np.array([row[1] for row in rows], dtype=np.bool_),
    )


def assessed(changes: Adjustments, states: States | None = None) -> Assessment:
    chain = ValueChain.build(nodes=NODES, links=LinkColumns.build(NODES, buyer=[], supplier=[]))
    evidence = Evidence(adjustments=changes, states=states or States())
    return assess(chain, evidence, reference=REFERENCE, as_of=date(2026, 11, 25))


def of(found: Assessment, column: str) -> float:
    return float(found.scores.of_nodes(column)[0, CL])


def test_a_raise_lifts_the_points_of_its_issue_alone() -> None:
    plain, raised = assessed(Adjustments()), assessed(adjustments((97, True)))
    assert of(raised, "points") == 97
    others = [c for c in range(16) if c != CL]
    points = [found.scores.of_nodes("points")[0, others] for found in (plain, raised)]
    assert (points[0] == points[1]).all()


def test_what_people_change_is_a_line_of_its_own_and_all_lines_add_up() -> None:
    plain, raised = assessed(Adjustments()), assessed(adjustments((97, True)))
    assert of(raised, "judged") == pytest.approx(97 - of(plain, "points"))
    assert sum(of(raised, line) for line in LINES) == pytest.approx(97)
    known = Evidence(adjustments=adjustments((97, True)))
    told = explain(subject_of(NODES, known, 0, Issue.CL, reference=REFERENCE), reference=REFERENCE)
    assert told.judged == pytest.approx(of(raised, "judged"))
    assert told.total == pytest.approx(told.figures.residual_index)


def test_an_opinion_moves_no_end_of_the_range_unless_the_score_lies_beyond_it() -> None:
    plain = assessed(Adjustments())
    raised, lowered = assessed(adjustments((97, True))), assessed(adjustments((50, False)))
    low, high = of(plain, "points_low"), of(plain, "points_high")
    assert low < 50 < of(plain, "points") < high < 97
    assert (of(raised, "points_low"), of(raised, "points_high")) == (low, 97)
    assert (of(lowered, "points_low"), of(lowered, "points_high")) == (low, high)


def test_a_lowering_brings_the_points_down_to_what_was_asked_for() -> None:
    assert of(assessed(adjustments((30, False))), "points") == 30


def test_a_lowering_never_goes_below_what_an_allegation_sets() -> None:
    credible = States(
        node=np.array([0]),
        issue=np.array([CL]),
        state=np.array([STATES.index(State.CREDIBLE)]),
        found_by=np.array([-1]),
        months=np.array([np.nan]),
    )
    assert of(assessed(adjustments((10, False)), credible), "points") == 70


def test_a_raise_wins_over_a_lowering_of_the_same_pair() -> None:
    assert of(assessed(adjustments((20, False), (90, True))), "points") == 90


def test_of_several_lowerings_the_least_far_one_counts() -> None:
    bounds = bounds_of(adjustments((20, False), (50, False)), 1)
    assert bounds.upper[0, CL] == 50


def test_a_lowering_to_zero_is_a_lowering() -> None:
    assert bounds_of(adjustments((0, False)), 1).upper[0, CL] == 0


def test_steps_that_tell_more_keep_a_raised_score() -> None:
    known = Evidence(adjustments=adjustments((97, True)))
    subject = subject_of(NODES, known, 0, Issue.CL, reference=REFERENCE)
    steps = changes_of(subject).steps
    assert steps
    # No datum can lower it: a person said so, whatever the estimate is.
    assert all(step.after.points == 97 for step in steps)


@given(
    modelled=st.floats(0, 100),
    rows=st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=6),
)
def test_a_changed_score_stays_in_its_range_and_raises_never_lower(
    modelled: float, rows: list[tuple[float, bool]]
) -> None:
    bounds = bounds_of(adjustments(*rows), 1)
    held = bounds.hold(np.full((1, 16), modelled))[0, CL]
    raises = [value for value, up in rows if up]
    lowerings = [value for value, up in rows if not up]
    assert 0 <= held <= 100
    assert held >= max(raises, default=0)
    if not lowerings:
        assert held >= modelled
    if not raises:
        assert held <= modelled


def test_bounds_are_cut_and_repeated_row_by_row() -> None:
    bounds = Bounds(np.arange(3.0).reshape(3, 1), np.full((3, 1), 100.0))
    assert bounds.rows(1, 2).lower.tolist() == [[1.0]]
    assert bounds.rows(1, 2).repeated(2).lower.tolist() == [[1.0], [1.0]]
