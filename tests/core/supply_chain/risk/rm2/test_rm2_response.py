"""RM-2.0 section 13: the response measure of a supplier."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.response import (
    Action,
    Answer,
    AnswerState,
    Conduct,
    ConductFlag,
    Effect,
    Label,
    OwnCheck,
    label_of,
    measure_response,
)
from tests.sampling import examples

BLANK, LATE = AnswerState.BLANK, AnswerState.LATE


def question(state=AnswerState.ANSWERED, **shown):
    return Answer(state, evidence_asked=True, **shown)


def resp(answers, **more):
    return measure_response(Conduct(answers, **more)).value


SHOWN = (*[question(evidence=True)] * 8, *[question(admission=True)] * 2)
CHECKS = frozenset(list(OwnCheck)[:3])


def test_ex_50_from_silence_to_open_answers_checks_and_verified_remedy():
    actions = (Action(effect=Effect.VERIFIED), Action())

    assert resp([question(BLANK)] * 10) == 0
    assert resp([question()] * 10) == pytest.approx(47.5)
    assert resp(SHOWN) == pytest.approx(67.5)
    assert resp(SHOWN, own_checks=CHECKS, actions=actions) == pytest.approx(94)


def test_ex_51_late_actions_and_red_flags():
    disclosed = [Action(late=True, self_disclosed=True)] * 2
    found = [Action(late=True)] * 2

    assert resp(SHOWN, actions=disclosed) == pytest.approx(67.5)
    assert resp(SHOWN, actions=found) == pytest.approx(57.5)
    assert resp(SHOWN, red_flags=frozenset([ConductFlag.ACCESS_REFUSED])) == 20
    assert resp(SHOWN, red_flags=frozenset([ConductFlag.FALSIFIED])) == 0


@pytest.mark.parametrize(
    ("state", "expected"),
    [("answered", 1), ("late", 0.8), ("dont_know_planned", 1), ("dont_know", 0.5), ("blank", 0)],
)
def test_answers_count_by_how_and_when_they_came(state, expected):
    found = measure_response(Conduct([Answer(AnswerState(state), 3), Answer(AnswerState.ANSWERED)]))

    assert found.parts[0].value == pytest.approx((3 * expected + 1) / 4)


def test_a_supplier_that_was_asked_nothing_has_no_measure():
    assert measure_response(Conduct([])) is None


def test_own_checks_count_nothing_where_nothing_was_answered():
    found = measure_response(Conduct([question(BLANK)], own_checks=CHECKS))

    assert (found.value, found.label) == (0, Label.UNRESPONSIVE)


def test_a_further_disclosed_problem_counts_as_one_more_question_shown():
    answers = [question(evidence=True), question(), question(), question()]
    without_evidence_asked = Answer(AnswerState.ANSWERED, admission=True)

    def openness(*answers, **more):
        return measure_response(Conduct(answers, **more)).parts[1].value

    assert openness(*answers) == pytest.approx(0.25)
    assert openness(*answers, disclosed=1) == pytest.approx(0.5)
    assert openness(*answers, disclosed=9) == pytest.approx(1)
    assert openness(*answers, without_evidence_asked) == pytest.approx(0.5)


def test_without_any_question_about_evidence_openness_is_judged_by_disclosure():
    asked = [Answer(AnswerState.ANSWERED)]

    assert measure_response(Conduct(asked)).parts[1].value == pytest.approx(0.5)
    assert measure_response(Conduct(asked, disclosed=1)).parts[1].value == pytest.approx(1)


def test_evidence_or_an_admission_with_a_blank_means_nothing():
    answers = [question(BLANK, evidence=True, admission=True), question()]

    assert measure_response(Conduct(answers)).parts[1].value == 0


@pytest.mark.parametrize(
    ("actions", "on_time", "effect"),
    [
        ([], 0.4, 0.4),
        ([Action()], 1, 0.4),
        ([Action(late=True), Action()], 0.5, 0.4),
        ([Action(late=True, self_disclosed=True)], 0.5, 0.4),
        ([Action(effect=Effect.NOT_VERIFIED)], 1, 0.5),
        ([Action(effect=Effect.NONE), Action(effect=Effect.VERIFIED)], 1, 0.5),
        ([Action(effect=Effect.NONE, self_disclosed=True)], 1, 0.5),
        ([Action(effect=Effect.NONE)], 1, 0),
    ],
)
def test_remedy_and_effect_are_means_over_what_can_be_judged(actions, on_time, effect):
    parts = measure_response(Conduct([question(LATE)], actions=actions)).parts

    assert [part.value for part in parts[3:]] == pytest.approx([on_time, effect])


@pytest.mark.parametrize(
    ("value", "label"),
    [(100, "strong"), (75, "strong"), (74.9999999, "strong"), (74.9, "working"), (50, "working"),
     (49.9, "weak"), (25, "weak"), (24.9, "unresponsive"), (0, "unresponsive")],
)  # fmt: skip
def test_labels_begin_at_their_values(value, label):
    assert label_of(value) == label


def test_the_strictest_red_flag_limits_and_its_line_is_shown():
    flags = frozenset([ConductFlag.ACCESS_REFUSED, ConductFlag.RETALIATION])
    found = measure_response(Conduct(SHOWN, red_flags=flags))

    assert (found.value, found.limit) == (0, pytest.approx(-67.5))
    assert resp([question(BLANK)] * 9 + [question()], red_flags=flags - {"RF-11"}) < 20


def test_a_question_needs_a_weight_and_disclosures_are_counted():
    with pytest.raises(ValueError, match="weight of a question"):
        Answer(AnswerState.ANSWERED, 0)
    with pytest.raises(ValueError, match="disclosed problems"):
        Conduct([], disclosed=-1)


def test_the_components_weigh_one_hundred_together():
    assert list(CHAIN.response.weights) == ["R1", "R2", "R3", "R4", "R5"]
    assert sum(CHAIN.response.weights.values()) == 100
    assert CHAIN.response.period_months == 24


answers = st.builds(
    Answer,
    state=st.sampled_from(AnswerState),
    weight=st.sampled_from([0.5, 1.0, 3.0]),
    evidence_asked=st.booleans(),
    evidence=st.booleans(),
    admission=st.booleans(),
)
actions = st.builds(
    Action, late=st.booleans(), effect=st.sampled_from(Effect), self_disclosed=st.booleans()
)
conducts = st.builds(
    Conduct,
    answers=st.lists(answers, min_size=1, max_size=6),
    own_checks=st.frozensets(st.sampled_from(OwnCheck)),
    actions=st.lists(actions, max_size=4),
    disclosed=st.integers(0, 3),
    red_flags=st.frozensets(st.sampled_from(ConductFlag), max_size=1),
)


@given(conducts)
@examples(60)
def test_p13_the_lines_sum_to_the_measure_and_it_stays_in_its_range(conduct):
    found = measure_response(conduct)

    assert 0 <= found.value <= 100
    assert sum(part.points for part in found.parts) + found.limit == pytest.approx(found.value)


@given(conducts, st.data())
@examples(60)
def test_p17_answering_a_blank_even_by_an_admission_never_lowers_the_measure(conduct, data):
    at = data.draw(st.integers(0, len(conduct.answers) - 1))
    states = st.sampled_from([state for state in AnswerState if state != BLANK])
    blank = replace(conduct.answers[at], state=BLANK, evidence=False, admission=False)
    disclosed = replace(blank, state=data.draw(states), admission=data.draw(st.booleans()))

    def measured(answer):
        answers = [*conduct.answers[:at], answer, *conduct.answers[at + 1 :]]
        return measure_response(replace(conduct, answers=answers)).value

    assert measured(disclosed) >= measured(blank) - 1e-9


@given(conducts, st.booleans(), st.sampled_from(Effect))
@examples(60)
def test_p17_a_disclosed_problem_and_its_action_never_lower_the_measure(conduct, late, effect):
    action = Action(late, effect, self_disclosed=True)
    disclosed = replace(
        conduct, disclosed=conduct.disclosed + 1, actions=[*conduct.actions, action]
    )

    assert measure_response(disclosed).value >= measure_response(conduct).value - 1e-9


@given(conducts)
@examples(60)
def test_p17_nothing_answered_is_zero(conduct):
    blanks = [replace(answer, state=BLANK) for answer in conduct.answers]

    assert measure_response(replace(conduct, answers=blanks)).value == 0
