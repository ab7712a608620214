"""Raw texts of form fields become typed answers, or problems that say how to write them."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import Answer, AnswerProblem, Choice, Kind, Question, read_answer


def question(kind: Kind, **more: object) -> Question:
    return Question("/data/q", "q", kind, **more)


CHOICES = (Choice("a"), Choice("b"))
SCALE = {"start": "0", "end": "1", "step": "0.1"}


@pytest.mark.parametrize(
    ("kind", "raw", "text", "value"),
    [
        (Kind.TEXT, " kept as it is ", " kept as it is ", " kept as it is "),
        (Kind.TEXT, "   ", "", None),
        (Kind.INTEGER, " 12 ", "12", 12),
        (Kind.INTEGER, "3.0", "3", 3),
        (Kind.INTEGER, "1\N{NO-BREAK SPACE}000", "1000", 1000),
        (Kind.INTEGER, "٣", "3", 3),
        (Kind.INTEGER, "१२", "12", 12),
        (Kind.DECIMAL, "2.50", "2.5", 2.5),
        (Kind.DECIMAL, "-1e2", "-100", -100.0),
        (Kind.DATE, "2026-6-5", "2026-06-05", date(2026, 6, 5)),
        (Kind.DATE, "2026-06-15T10:00", "2026-06-15", date(2026, 6, 15)),
        (
            Kind.DATETIME,
            "2026-06-15 10:00",
            "2026-06-15T10:00",
            datetime(2026, 6, 15, 10, tzinfo=UTC),
        ),
        (Kind.TIME, "13:05", "13:05", time(13, 5)),
        (Kind.TIME, "9:05", "9:05", time(9, 5)),
        (Kind.TIME, "13:05:00.000Z", "13:05:00.000Z", time(13, 5, tzinfo=UTC)),
        (Kind.GEOPOINT, "5.6  -0.2", "5.6 -0.2", (5.6, -0.2)),
        (Kind.GEOPOINT, "5.6 -0.2 10 3", "5.6 -0.2 10 3", (5.6, -0.2, 10.0, 3.0)),
        (Kind.FILE, "policy.pdf", "policy.pdf", "policy.pdf"),
        (Kind.ACKNOWLEDGE, "OK", "OK", "OK"),
        (Kind.SELECT_ONE, "a", "a", "a"),
        (Kind.SELECT_MULTIPLE, " b  a b ", "b a", ("b", "a")),
        (Kind.RANK, "b a", "b a", ("b", "a")),
        (Kind.RANGE, "0.3", "0.3", 0.3),
        (Kind.INTEGER, "", "", None),
    ],
)
def test_a_text_of_the_right_kind_is_typed(kind, raw, text, value):
    asked = question(kind, choices=CHOICES, parameters=SCALE)

    assert read_answer(asked, raw) == Answer(text, value)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (Kind.INTEGER, "twelve", "not-an-integer"),
        (Kind.INTEGER, "1.5", "not-an-integer"),
        (Kind.INTEGER, "25²", "not-an-integer"),
        (Kind.INTEGER, "2147483648", "out-of-range"),
        (Kind.DECIMAL, "3,5", "not-a-number"),
        (Kind.DATE, "15/06/2026", "not-a-date"),
        (Kind.DATE, "2026-02-30", "not-a-date"),
        (Kind.DATETIME, "2026-06-15", "not-a-date-time"),
        (Kind.TIME, "noon", "not-a-time"),
        (Kind.TIME, "29:99", "not-a-time"),
        (Kind.GEOPOINT, "95 0", "not-a-place"),
        (Kind.GEOPOINT, "5.6", "not-a-place"),
        (Kind.GEOPOINT, "here there", "not-a-place"),
        (Kind.FILE, "../secret", "not-a-file-name"),
        (Kind.IMAGE, "..", "not-a-file-name"),
        (Kind.SELECT_ONE, "c", "not-on-offer"),
        (Kind.SELECT_MULTIPLE, "a c", "not-on-offer"),
        (Kind.RANGE, "0.35", "off-scale"),
        (Kind.RANGE, "2", "off-scale"),
        (Kind.RANGE, "x", "not-a-number"),
        (Kind.TEXT, "x" * 20_001, "too-long"),
    ],
)
def test_a_text_of_another_kind_is_a_problem_with_a_way_out(kind, raw, code):
    problem = read_answer(question(kind, choices=CHOICES, parameters=SCALE), raw)

    assert isinstance(problem, AnswerProblem)
    assert problem.code == code
    assert problem.message
    assert problem.advice


@pytest.mark.parametrize(
    "raw", ["\u202a1200\u202c", "1200\u200f", "\ufeff1200", "1\u202f200", "\u061c١٢٠٠"]
)
def test_signs_that_nobody_sees_do_not_stand_against_a_number(raw):
    answer = read_answer(question(Kind.INTEGER), raw)

    assert isinstance(answer, Answer)
    assert answer.value == 1200


def test_only_what_is_on_offer_now_can_be_chosen():
    asked = question(Kind.SELECT_ONE, choices=CHOICES)

    assert isinstance(read_answer(asked, "a", on_offer=["b"]), AnswerProblem)


@given(st.integers(-(2**31), 2**31 - 1))
def test_every_integer_in_range_comes_back_as_itself(number):
    assert read_answer(question(Kind.INTEGER), str(number)) == Answer(str(number), number)


@given(st.sampled_from(list(Kind)), st.text(max_size=40))
def test_any_text_is_an_answer_or_a_problem_and_an_answer_reads_back_the_same(kind, raw):
    asked = question(kind, choices=CHOICES)
    first = read_answer(asked, raw)

    if isinstance(first, Answer):
        assert read_answer(asked, first.text) == first
