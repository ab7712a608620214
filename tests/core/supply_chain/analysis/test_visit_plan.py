"""Which nodes next for a budget: greedy against every plan there is, and the usual orders."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.analysis.visit_plan import Field, Learning, StepKind, follow, plan_steps
from supply_chain.analysis.visit_plan_field import (
    QUESTIONNAIRE,
    VISIT,
    Aim,
    Spread,
    field_of,
    stakes_of,
    step_kinds,
)
from supply_chain.risk.evidence import STATES, Evidence, State, States
from supply_chain.risk.rm2.map_assessment import assess
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.vocabulary import Issue
from tests.core.supply_chain.analysis.test_what_if import AS_OF, MAP, REFERENCE, make
from tests.sampling import examples

E_BOUND = 1 - 1 / np.e
ASK, GO = StepKind("questionnaire", 0.3), StepKind("visit", 0.8)


def field(values, regions=None, half=np.inf, kinds=1):
    count = len(values)
    region = np.array(regions if regions is not None else range(count))
    return Field(np.array(values, float), region, np.ones((count, kinds), dtype=bool), half)


def worth(of, kinds, items):
    state = Learning(of, kinds)
    for node, kind in items:
        state.take(node, kind)
    return state.total


def best_plan(of, kinds, amount=None):
    """The most any plan in the budget is worth: all of them are tried."""
    items = [tuple(item) for item in np.argwhere(of.open).tolist()]
    plans = chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))
    return max(worth(of, kinds, plan) for plan in plans if fits(kinds, plan, amount))


def fits(kinds, plan, amount):
    counts = [sum(1 for _, k in plan if k == place) for place in range(len(kinds))]
    limits = all(k.limit is None or n <= k.limit for k, n in zip(kinds, counts, strict=True))
    spent = sum(k.cost * n for k, n in zip(kinds, counts, strict=True))
    return limits and (amount is None or spent <= amount + 1e-9)


@st.composite
def fields(draw, most=6, kinds=1):
    count = draw(st.integers(1, most))
    values = draw(st.lists(st.floats(0, 5), min_size=count, max_size=count))
    regions = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    half = draw(st.sampled_from([np.inf, 0.5, 3.0]))
    of = field(values, regions, half, kinds)
    closed = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, kinds - 1)),
                          max_size=2))  # fmt: skip
    for node, kind in closed:
        of.open[node, kind] = False
    return of


@examples(60)
@given(fields(most=7), st.integers(0, 4))
def test_visits_counted_reach_one_less_one_over_e_of_the_best_of_all_plans(of, limit):
    kinds = [StepKind("visit", 0.8, limit)]
    found, best = plan_steps(of, kinds), best_plan(of, kinds)
    assert found.total >= E_BOUND * best - 1e-9
    assert best <= found.best_possible + 1e-9
    assert found.at_least <= (found.total / best if best else 1.0) + 1e-9


@examples(40)
@given(fields(most=4, kinds=2), st.integers(0, 3), st.integers(0, 3))
def test_two_kinds_counted_reach_half_of_the_best_of_all_plans(of, asked, visited):
    kinds = [StepKind("ask", 0.3, asked), StepKind("visit", 0.8, visited)]
    found, best = plan_steps(of, kinds), best_plan(of, kinds)
    assert found.total >= 0.5 * best - 1e-9
    assert best <= found.best_possible + 1e-9


@examples(40)
@given(fields(most=4, kinds=2), st.floats(0, 12), st.floats(0.5, 3), st.floats(0.5, 6))
def test_an_amount_reaches_its_guarantee_and_is_never_overspent(of, amount, ask, visit):
    kinds = [StepKind("ask", 0.3, None, ask), StepKind("visit", 0.8, None, visit)]
    found, best = plan_steps(of, kinds, amount=amount), best_plan(of, kinds, amount)
    assert found.total >= E_BOUND / 2 * best - 1e-9
    assert best <= found.best_possible + 1e-9
    assert fits(kinds, [(step.node, step.kind) for step in found.steps], amount)


@examples(60)
@given(fields(most=5, kinds=2), st.data())
def test_what_a_step_adds_never_grows_when_more_is_known(of, data):
    items = [tuple(item) for item in np.argwhere(of.open).tolist()]
    few = data.draw(st.sets(st.sampled_from(items))) if items else set()
    more = few | (data.draw(st.sets(st.sampled_from(items))) if items else set())
    kinds = [ASK, GO]
    for item in set(items) - more:
        small = worth(of, kinds, [*sorted(few), item]) - worth(of, kinds, sorted(few))
        large = worth(of, kinds, [*sorted(more), item]) - worth(of, kinds, sorted(more))
        assert 0 <= large <= small + 1e-9


@examples(40)
@given(fields(most=6, kinds=2))
def test_no_step_stands_twice_and_none_that_is_not_possible(of):
    found = plan_steps(of, [StepKind("ask", 0.3, 3), StepKind("visit", 0.8, 3)])
    taken = [(step.node, step.kind) for step in found.steps]
    assert len(set(taken)) == len(taken)
    assert all(of.open[item] for item in taken)
    assert [s.total for s in found.steps] == pytest.approx(np.cumsum([s.gain for s in found.steps]))


def test_spread_over_regions_leads_away_from_the_weightiest_region():
    values, regions = [5, 4.9, 4.8, 3, 2.9], [0, 0, 0, 1, 1]
    visits = [StepKind("visit", 0.8, 3)]
    close = plan_steps(field(values, regions), visits)
    wide = plan_steps(field(values, regions, half=2.0), visits)
    assert [step.node for step in close.steps] == [0, 1, 2]
    assert [step.node for step in wide.steps] == [0, 3, 1]
    assert [step.nth_in_region for step in wide.steps] == [1, 1, 2]


def test_without_spread_one_kind_is_the_best_plan_and_says_so():
    found = plan_steps(field([1, 4, 2]), [StepKind("visit", 0.8, 2)])
    assert [step.node for step in found.steps] == [1, 2]
    assert found.total == pytest.approx(4.8)
    assert found.at_least == 1.0


def test_nothing_to_learn_makes_an_empty_plan_that_misses_nothing():
    found = plan_steps(field([0, 0]), [StepKind("visit", 0.8, 2)])
    assert (found.steps, found.total, found.at_least) == ((), 0.0, 1.0)


def test_one_dear_step_wins_over_cheap_ones_that_leave_no_money_for_it():
    of = Field(np.array([1.0, 100.0]), np.array([0, 1]), np.array([[True, False], [False, True]]),
               np.inf)  # fmt: skip
    kinds = [StepKind("ask", 0.3, None, 0.1), StepKind("visit", 0.8, None, 60.0)]
    found = plan_steps(of, kinds, amount=60.0)
    assert [(step.node, step.kind) for step in found.steps] == [(1, 1)]


def test_a_kind_without_a_number_needs_an_amount_and_a_cost():
    with pytest.raises(ValueError, match="Say how many"):
        plan_steps(field([1]), [GO])
    with pytest.raises(ValueError, match="Say how many"):
        plan_steps(field([1]), [GO], amount=5)


def test_what_costs_nothing_is_counted_by_its_number_beside_an_amount():
    kinds = [StepKind("ask", 0.3, 1), StepKind("visit", 0.8, None, 10.0)]
    found = plan_steps(field([2, 1], kinds=2), kinds, amount=10.0)
    assert [(step.node, step.kind) for step in found.steps] == [(0, 1), (1, 0)]
    assert found.total <= found.best_possible


def test_a_fixed_order_takes_the_same_kinds_one_after_the_other():
    of = field([1, 2, 3], kinds=2)
    of.open[2, 1] = False
    steps = follow(of, [ASK, GO], np.array([2, 0, 1]), [1, 1, 0, 1])
    assert [(step.node, step.kind) for step in steps] == [(0, 1), (1, 1), (2, 0)]
    assert steps[-1].total == pytest.approx(0.8 + 1.6 + 0.9)


# ---- stakes ----------------------------------------------------------------------------------


ASSESSED = assess(MAP, Evidence(), reference=REFERENCE, as_of=AS_OF)


def test_volume_is_the_part_of_the_input_that_passes_a_node():
    stakes = stakes_of(ASSESSED, len(MAP), Aim.LEARN)
    flow = dict(zip(MAP.nodes.ids, stakes.flow.tolist(), strict=True))
    assert flow == pytest.approx({"B": 1.0, "E": 0.7, "T": 0.3, "F": 0.42})
    order = [MAP.nodes.ids[row] for row in stakes.largest_volume_first()]
    assert order == ["B", "E", "F", "T"]
    assert MAP.nodes.ids[stakes.highest_country_risk_first()[0]] == "E"


def test_flow_that_circles_is_never_more_than_all_of_it():
    circle = make([("B", "E", 1.0), ("E", "F", 1.0), ("F", "E", 1.0)])
    stakes = stakes_of(assess(circle, Evidence(), reference=REFERENCE, as_of=AS_OF), 3, Aim.LEARN)
    assert stakes.flow.max() <= 1.0


def column(name, row):
    return ASSESSED.scores.of_nodes(name)[row]


def test_to_learn_the_weight_is_severity_squared_and_the_width_of_the_range():
    stakes, row = stakes_of(ASSESSED, len(MAP), Aim.LEARN), MAP.rows["F"]
    likelihoods = [1 / (1 + 2 ** ((65 - column(end, row)) / 5))
                   for end in ("points_low", "points_high")]  # fmt: skip
    terms = (column("severity", row) / 5) ** 2 * (likelihoods[1] - likelihoods[0])
    assert stakes.value[row] == pytest.approx((1 + 0.42) / 2 * terms.sum())
    reason, at = stakes.reason(row), int(terms.argmax())
    assert reason.issue is list(Issue)[at]
    assert reason.flow == pytest.approx(0.42)
    assert (reason.severity, reason.index) == (
        column("severity", row)[at], column("residual_index", row)[at],
    )  # fmt: skip
    assert (reason.low, reason.high) == (
        column("residual_low", row)[at], column("residual_high", row)[at],
    )  # fmt: skip
    assert reason.grade == GRADES[column("grade", row)[at]]


def test_what_is_confirmed_has_nothing_left_to_learn():
    state = STATES.index(State.CONFIRMED)
    found = States(
        node=np.array([MAP.rows["F"]]),
        issue=np.array([0]),
        state=np.array([state]),
        found_by=np.array([-1]),
        months=np.array([np.nan]),
    )
    known = assess(MAP, Evidence(states=found), reference=REFERENCE, as_of=AS_OF)
    terms = stakes_of(known, len(MAP), Aim.LEARN).terms[MAP.rows["F"]]
    assert terms[0] == 0 < terms[1]


def test_to_find_harm_only_severe_issues_count_and_the_range_does_not():
    stakes = stakes_of(ASSESSED, len(MAP), Aim.FIND)
    moderate = ASSESSED.severity_band[: len(MAP)] < 2
    assert (stakes.terms[moderate] == 0).all()
    severe = ~moderate
    likelihood = ASSESSED.scores.of_nodes("residual_likelihood")[: len(MAP)]
    wanted = (stakes.severity / 5) ** 2 * likelihood
    assert np.array_equal(stakes.terms[severe], wanted[severe])
    assert np.array_equal(stakes.value, stakes.terms.sum(axis=1))


def test_all_of_the_input_doubles_the_weight_that_a_node_without_input_has():
    small = make([("B", "E", 0.99), ("B", "T", 0.01)], origins=("E", "T"))
    stakes = stakes_of(assess(small, Evidence(), reference=REFERENCE, as_of=AS_OF), 3, Aim.LEARN)
    row, own = small.rows["T"], small.rows["B"]
    assert stakes.value[row] == pytest.approx(0.505 * stakes.terms[row].sum())
    assert stakes.value[own] == pytest.approx(stakes.terms[own].sum())


def test_kinds_teach_what_the_method_says_of_their_source():
    ask, visit = step_kinds(questionnaires=2, visits=1)
    assert (ask.teaches, visit.teaches) == (0.3, 0.8)
    assert (QUESTIONNAIRE, VISIT) == (0, 1)


def test_regions_of_one_name_are_one_and_spread_sets_when_a_step_counts_half():
    stakes = stakes_of(ASSESSED, len(MAP), Aim.LEARN)
    open_ = np.ones((4, 2), dtype=bool)
    near = field_of(stakes, ["FR", "CI", "CI", "GH"], open_, Spread.WIDE)
    assert near.region[1] == near.region[2] != near.region[0]
    assert near.half == pytest.approx(2 * stakes.value.max() * 0.8)
    assert np.isinf(field_of(stakes, ["FR"] * 4, open_, Spread.NONE).half)
    nothing = stakes_of(ASSESSED, 0, Aim.LEARN)
    assert np.isinf(field_of(nothing, [], np.ones((0, 2), dtype=bool), Spread.WIDE).half)
