"""Severity in words, involvement, leverage, and the remediation protocol."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from ddplatform.core.due_diligence.errors import InvolvementUndecided
from ddplatform.core.due_diligence.impacts import (
    AgeBand,
    Involvement,
    InvolvementAnswer,
    WorkClass,
    decide_involvement,
    decide_leverage,
    impact_words,
    missing_for_exit,
)
from ddplatform.core.due_diligence.remedy_protocol import remedy_due, remedy_steps
from ddplatform.core.due_diligence.step_facts import CLOSURE_CRITERIA

TRAITS = ("scale", "scope", "irremediability")
ALERTED = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
WORDS = impact_words()


def yes(reason: str = "price below cost") -> InvolvementAnswer:
    return InvolvementAnswer(True, reason)


def no(reason: str = "checked orders") -> InvolvementAnswer:
    return InvolvementAnswer(False, reason)


@pytest.mark.parametrize(
    ("words", "enum"),
    [
        (WORDS.responses, Involvement),
        (WORDS.age_bands, AgeBand),
        (WORDS.work_classes, WorkClass),
    ],
)
def test_every_value_has_words_and_no_words_are_left_over(words, enum):
    assert list(words) == [value.value for value in enum]


def test_each_trait_of_severity_is_described_from_one_to_five():
    assert list(WORDS.severity) == list(WORDS.severity_titles) == [*TRAITS]
    assert all(list(levels) == [1, 2, 3, 4, 5] for levels in WORDS.severity.values())
    assert WORDS.severity["irremediability"][5] == "Cannot be undone"


def test_support_items_and_closure_criteria_are_complete():
    assert list(WORDS.support_items) == [f"SUP-{number}" for number in range(1, 11)]
    assert set(WORDS.closure_criteria) == CLOSURE_CRITERIA
    assert len(WORDS.leverage_types) == 12


@pytest.mark.parametrize("involvement", list(Involvement))
def test_each_involvement_says_what_to_do_in_every_respect(involvement):
    response = WORDS.responses[involvement]

    assert set(response) == {"title", "stop", "mitigate", "remedy", "leverage", "record"}
    assert all(response.values())


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"INV-1": yes()}, Involvement.CAUSE),
        ({"INV-1": no(), "INV-2": yes()}, Involvement.CONTRIBUTE),
        ({"INV-1": no(), "INV-2": no(), "INV-3": yes()}, Involvement.DIRECTLY_LINKED),
        ({"INV-1": no(), "INV-2": no(), "INV-3": no()}, Involvement.NOT_INVOLVED),
        ({"INV-1": yes(), "INV-2": yes(), "INV-3": yes()}, Involvement.CAUSE),
    ],
)
def test_first_question_answered_with_yes_decides(answers, expected):
    assert decide_involvement(answers) is expected


def test_involvement_without_answers_names_each_question():
    with pytest.raises(InvolvementUndecided) as undecided:
        decide_involvement({})

    assert [problem.split(" ")[1] for problem in undecided.value.problems] == [
        "INV-1",
        "INV-2",
        "INV-3",
    ]


def test_involvement_answered_without_a_reason_is_not_decided():
    with pytest.raises(InvolvementUndecided, match="reason for your answer to INV-2"):
        decide_involvement({"INV-1": no(), "INV-2": yes("  ")})


def test_skipped_question_before_the_first_yes_is_not_taken_as_no():
    with pytest.raises(InvolvementUndecided, match="Answer INV-1"):
        decide_involvement({"INV-2": yes()})


def test_unknown_question_is_named():
    with pytest.raises(InvolvementUndecided, match="no question INV-9"):
        decide_involvement({"INV-1": yes(), "INV-9": yes()})


@pytest.mark.parametrize(
    ("has", "raise_", "crucial", "expected"),
    [
        (True, True, True, "LD-1"),
        (True, False, False, "LD-1"),
        (False, True, True, "LD-2"),
        (False, True, False, "LD-2"),
        (False, False, False, "LD-3"),
        (False, False, True, "LD-4"),
    ],
)
def test_leverage_decides_as_the_commentary_says(has, raise_, crucial, expected):
    found = decide_leverage(
        has_leverage=has, can_be_raised=raise_, is_crucial=crucial, is_grave_danger=False
    )

    assert found == expected
    assert found in WORDS.leverage_decisions


def test_grave_danger_always_suspends():
    for has, raise_, crucial in product([True, False], repeat=3):
        assert (
            decide_leverage(
                has_leverage=has, can_be_raised=raise_, is_crucial=crucial, is_grave_danger=True
            )
            == "LD-5"
        )
    assert WORDS.leverage_decisions["LD-5"]["code"] == "suspend_or_exit"


def test_relationship_ends_only_when_the_whole_gate_is_met():
    refs = set(WORDS.exit_gate)

    assert refs == {f"RDG-{number}" for number in range(1, 11)}
    assert missing_for_exit(refs) == ()
    assert missing_for_exit(refs - {"RDG-3"}) == (WORDS.exit_gate["RDG-3"],)
    assert len(missing_for_exit(set())) == 10


def test_exit_gate_refuses_a_ref_it_does_not_know():
    with pytest.raises(ValueError, match="no RDG-11"):
        missing_for_exit({"RDG-11"})


def test_protocol_has_twelve_steps_in_order():
    assert list(remedy_steps()) == [f"REM-{number:02}" for number in range(1, 13)]
    assert all(step.who and step.title for step in remedy_steps().values())


@pytest.mark.parametrize(
    ("ref", "danger", "wait"),
    [
        ("REM-01", False, timedelta(hours=24)),
        ("REM-01", True, timedelta(hours=4)),
        ("REM-01", None, timedelta(hours=4)),
        ("REM-05", None, timedelta(hours=72)),
        ("REM-09", False, timedelta(days=60)),
    ],
)
def test_step_of_the_protocol_is_due_in_time_and_unknown_danger_counts(ref, danger, wait):
    assert remedy_due(ref, ALERTED, danger=danger) == (ALERTED + wait,)


def test_follow_up_visits_have_a_date_each():
    visits = remedy_due("REM-11", ALERTED)

    assert [visit.date().isoformat() for visit in visits] == [
        "2026-04-14",
        "2026-04-30",
        "2026-06-30",
        "2026-09-30",
        "2027-03-31",
        "2028-03-31",
    ]


def test_closure_has_no_date_of_its_own():
    assert remedy_due("REM-12", ALERTED) == ()


def test_unknown_step_of_the_protocol_is_refused():
    with pytest.raises(KeyError, match="REM-99"):
        remedy_due("REM-99", ALERTED)
