"""Free text of a case is searched for what would give a person away."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence.free_text import Trace, look_for_traces

MANY = 600_000  # signs


def seen(text: str) -> list[tuple[str, str]]:
    return [(sighting.trace.value, sighting.seen) for sighting in look_for_traces(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to a.mensah+1@example.org today", [("email", "a.mensah+1@example.org")]),
        ("on chat as @kofi_77", [("handle", "@kofi_77")]),
        ("see https://example.org/u/77 for more", [("handle", "https://example.org/u/77")]),
        ("found at 5.55342, -0.19672 near the pit", [("coordinates", "5.55342, -0.19672")]),
        ("found at 5.55342 -0.19672 near", [("coordinates", "5.55342 -0.19672")]),
        ("found at 5.55342 ; 0.19672 near", [("coordinates", "5.55342 ; 0.19672")]),
        ("found at 5°33'12\"N 0°11'48\"W", [("coordinates", "5°33'12\"N 0°11'48\"W")]),
        ("Lat: 5.5", [("coordinates", "Lat: 5.5")]),
        ("since 2012-03-14 here", [("date", "2012-03-14")]),
        ("since 14/03/2012 here", [("date", "14/03/2012")]),
        ("since 14 March 2012 here", [("date", "14 March 2012")]),
        ("since the 3rd of May here", [("date", "3rd of May")]),
        ("since March 14, 2012 here", [("date", "March 14, 2012")]),
        ("born in 2012", [("date", "born in 2012")]),
        ("call +233 24 412 3456 first", [("phone", "+233 24 412 3456")]),
        ("call (024) 412-3456 first", [("phone", "(024) 412-3456")]),
        ("call ٠٢٤٤١٢٣٤٥٦ first", [("phone", "٠٢٤٤١٢٣٤٥٦")]),
        ("passport G1234567 was kept", [("id_number", "G1234567")]),
        ("card GHA-712345678-9 was kept", [("id_number", "GHA-712345678-9")]),
        ("number 123456 was kept", [("id_number", "123456")]),
        ("the boy Kofi was at the pit", [("name", "Kofi")]),
        ("a girl called Amina Yusuf left", [("name", "Amina Yusuf")]),
        ("Mr Okoro hired them", [("name", "Okoro")]),
        ("told by Élodie Ñáñez twice", [("name", "Élodie Ñáñez")]),
        ("told by Ayşe O'Brien-Şahin", [("name", "Ayşe O'Brien-Şahin")]),
        ("the initials are K. A. on the list", [("name", "K. A.")]),
    ],
)
def test_trace_of_a_person_is_seen_where_it_stands(text, expected):
    found = look_for_traces(text)

    assert [(one.trace.value, one.seen) for one in found] == expected
    assert all(text[one.start : one.end] == one.seen for one in found)


@pytest.mark.parametrize("text", ["1.234" + MANY * " ", MANY * "a", MANY // 2 * "A-", MANY * "9"])
def test_a_long_text_of_one_kind_of_sign_is_looked_through_to_its_end(text):
    """A quadratic search would exceed the time limit of the run."""
    found = look_for_traces(f"{text} kofi@farm.example")

    assert "kofi@farm.example" in {one.seen for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Child is safe and back in school since March; stipend paid for 3 months.",
        "The Ministry of Labour was told; reference kept. REM-05 done, CLO-2 open.",
        "Labour Inspectorate and Social Welfare visited. Best Interests Assessment is due.",
        "Age band 12-14. Worked 6 days a week, 10 hours a day, for 14 weeks.",
        "Stipend of 1,200 paid; school is 80 % attended. Next visit in 2026.",
        "Moved to safe tasks. Caregiver agrees. ILO and UNICEF list used.",
        "Supplier repaid 450.50 per family.",
    ],
)
def test_text_without_a_person_raises_no_warning(text):
    assert seen(text) == []


def test_all_traces_are_listed_in_the_order_of_the_text():
    text = "Amina Yusuf, born 2012, phone 0244 123 456, a@example.org"

    assert [trace for trace, _ in seen(text)] == ["name", "date", "phone", "email"]


def test_text_of_280_characters_passes_and_one_more_is_too_long():
    assert seen("a" * 280) == []
    assert seen("a" * 281) == [("too_long", "a")]


@given(st.text(max_size=300))
def test_sightings_are_true_to_the_text_and_name_no_place_twice(text):
    found = look_for_traces(text)

    assert all(text[one.start : one.end] == one.seen for one in found)
    places = [one for one in found if one.trace is not Trace.TOO_LONG]
    assert all(a.end <= b.start for a, b in pairwise(places))


def test_a_school_year_or_a_harvest_is_no_number_of_a_person_and_other_years_may_be():
    assert seen("attendance in the school year 2024-2025 and the season 2025/2026") == []
    assert seen("call 2024-2031 first") == [("phone", "2024-2031")]


@given(st.from_regex(r"\+?[1-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{4}", fullmatch=True))
def test_any_phone_number_is_seen(number):
    assert [trace for trace, _ in seen(f"call {number} now")] == ["phone"]


def test_long_hostile_text_is_searched_in_no_time():
    for part in ("A1-", "9", "A", "Aa ", "1 ", "1.1234, ", "a@", "born ", "5° "):
        assert "too_long" in {trace for trace, _ in seen(part * 1000)}
