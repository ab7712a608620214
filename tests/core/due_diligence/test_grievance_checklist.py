"""Self-check of a grievance mechanism: criteria, interval, completeness; calendar months."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence.grievance_checklist import grievance_checklist
from ddplatform.core.months import add_months

REFS = [f"GRV-{letter}" for letter in "abcdefgh"]


def test_the_checklist_has_the_eight_criteria_of_ungp_31_each_with_its_letter():
    criteria = grievance_checklist().criteria
    assert list(criteria) == REFS
    for ref, criterion in criteria.items():
        assert "?" in criterion.asks and f"UNGP 31({ref[-1]})" in criterion.source


def test_a_check_is_complete_from_the_day_of_the_criterion_checked_longest_ago():
    days = {ref: date(2026, 3, number) for number, ref in enumerate(REFS, start=1)}
    assert grievance_checklist().complete_since(days) == date(2026, 3, 1)
    for ref in REFS:
        rest = {other: day for other, day in days.items() if other != ref}
        assert grievance_checklist().complete_since(rest) is None


def test_a_check_counts_for_twelve_months_also_from_a_leap_day():
    assert grievance_checklist().good_until(date(2024, 2, 29)) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 31), -24, date(2024, 5, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, wanted: date
):
    assert add_months(day, months) == wanted


def test_a_moment_keeps_its_time_and_zone():
    assert add_months(datetime(2026, 1, 31, 9, 5, tzinfo=UTC), 1) == datetime(
        2026, 2, 28, 9, 5, tzinfo=UTC
    )


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_back_and_forth_lose_at_most_the_days_of_a_shorter_month(day: date, months: int):
    there = add_months(day, months)
    back = add_months(there, -months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert 0 <= (day - back).days <= 3
