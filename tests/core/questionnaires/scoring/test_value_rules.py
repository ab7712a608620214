"""Numbers and dates become risk values by the rule of their question."""

from datetime import date

import pytest

from questionnaires.scoring.value_rules import parse_rule

TODAY = date(2026, 8, 31)


def judged(rule: str, answer: str) -> float | None:
    band = parse_rule(rule).judge(answer, today=TODAY)
    return None if band is None else band.r


@pytest.mark.parametrize(
    ("answer", "r"), [("0", 0), ("1", 0.3), ("20", 0.3), ("21", 0.6), ("50", 0.6), ("51", 1)]
)
def test_a_share_of_brokered_workers_falls_into_its_band(answer, r):
    assert judged("0:0;20:.3;50:.6;inf:1", answer) == r


@pytest.mark.parametrize(("answer", "r"), [("0", 0), ("25", 0.5), ("50", 1), ("80", 1), ("-5", 0)])
def test_a_straight_line_stops_at_its_ends(answer, r):
    assert judged("linear 50", answer) == r


def test_an_inverse_line_gives_full_coverage_no_risk():
    assert (judged("inverse 100", "100"), judged("inverse 100", "30")) == (0, 0.7)


@pytest.mark.parametrize(
    ("answer", "r"),
    [("2026-08-31", 0), ("2024-08-31", 0), ("2024-08-30", 0.5), ("1999-01-01", 0.5), ("never", 1)],
)
def test_the_age_of_a_date_counts_in_calendar_months(answer, r):
    assert judged("months 24:0;inf:.5;never:1", answer) == r


def test_a_month_without_that_day_ends_on_its_last_day():
    assert judged("months 6:0;inf:1", "2026-02-28") == 0
    assert judged("months 6:0;inf:1", "2026-02-27") == 1


@pytest.mark.parametrize("answer", ["", "many", "nan"])
def test_what_is_no_number_is_no_answer(answer):
    assert judged("linear 100", answer) is None


def test_what_is_no_date_is_no_answer():
    assert judged("months 24:0;inf:.5", "soon") is None
    assert judged("months 24:0;inf:.5", "never") is None


def test_a_band_can_fire_a_red_flag():
    rule = parse_rule("0:0;inf:1!RF-01")

    assert rule.judge("0", today=TODAY).red_flag == ""
    assert rule.judge("3", today=TODAY).red_flag == "RF-01"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0:0;20:.3", "end with 'inf'"),
        ("20:.3;0:0;inf:1", "must rise"),
        ("0:0;inf:2", "not between 0 and 1"),
        ("0=0;inf=1", "not written as"),
        ("0:0;inf:1!RF-1", "not written as"),
        ("linear 0", "not a number above 0"),
        ("linear x", "could not convert"),
        ("months never:1", "end with 'inf'"),
        ("months 24:0;inf:.5;never:2", "not between 0 and 1"),
    ],
)
def test_a_faulty_rule_is_refused_with_its_problem(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse_rule(text)
