"""Typed numbers, days and moments: within bounds, or malformed, and never another error."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.typed_values import (
    LARGEST_NUMBER,
    find_number,
    read_day,
    read_finite,
    read_json,
    read_moment,
    read_number,
    read_signed,
)
from ddplatform.infrastructure.web.saved_input import safe_next

READERS: dict[Callable[[str], object], tuple[type, ...]] = {
    read_number: (int,),
    read_signed: (int,),
    read_day: (date,),
    read_moment: (datetime,),
    read_finite: (float,),
    read_json: (dict, list, str, int, float, type(None)),
}
ENDLESS = "9" * 5_000


@pytest.mark.parametrize("text", ["0", "7", " 7 ", "+7", str(LARGEST_NUMBER)])
def test_whole_number_within_32_bits_is_read(text: str):
    assert read_number(text) == int(text)
    assert find_number(text, None) == int(text)


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", "\N{SUPERSCRIPT TWO}", str(LARGEST_NUMBER + 1), str(2**63), ENDLESS]
)
def test_anything_else_is_no_number(text: str):
    with pytest.raises(ValueError, match=r"."):
        read_number(text)
    assert find_number(text, None) is None


def test_signed_number_may_be_below_zero():
    assert read_signed("-12") == -12
    with pytest.raises(ValueError, match="32 bits"):
        read_signed(str(-(2**31)))


@pytest.mark.parametrize("text", ["0000-00-00", "0001-01-01", "9999-12-31", "99999-01-01", "x"])
def test_day_without_days_around_it_is_none(text: str):
    with pytest.raises(ValueError, match=r"."):
        read_day(text)


def test_moment_is_read_in_utc_and_needs_a_time_zone():
    assert read_day("2026-12-01") == date(2026, 12, 1)
    assert read_moment("2026-12-01T02:00:00+02:00") == datetime(2026, 12, 1, tzinfo=UTC)
    for text in ("2026-12-01T02:00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"):
        with pytest.raises(ValueError, match=r"."):
            read_moment(text)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "sNaN", ""])
def test_number_that_is_not_finite_is_none(text: str):
    with pytest.raises(ValueError, match=r"."):
        read_finite(text)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '"\\ud800"', "NaN", '{"a": Infinity}', "1e999", ENDLESS, "{", ""]
)
def test_json_that_cannot_be_kept_is_none(text: str):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_plain_json_is_read():
    assert read_json('{"a": [1, 2.5, "\\u00e9", null]}') == {"a": [1, 2.5, "é", None]}


@given(
    st.text(max_size=60) | st.text("0123456789+-.:T eZ", max_size=30),
    st.sampled_from(list(READERS)),
)
def test_any_text_is_a_value_of_its_kind_or_refused(text: str, read: Callable[[str], object]):
    try:
        found = read(text)
    except Exception as refused:
        assert isinstance(refused, ValueError)
    else:
        assert isinstance(found, READERS[read])


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\t/evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "",
        None,
        "/" + "a" * 9_000,
        "/a\x7fb",
    ],
)
def test_address_that_may_lead_elsewhere_is_not_gone_on_to(target: str | None):
    assert safe_next(target) is None


@pytest.mark.parametrize(
    "target", ["/", "/o/acme/risk/?tier=2&q=a%20b", "/o/acme/a name", "/o/é", "/a//b", "/?x=//b"]
)
def test_own_address_is_gone_on_to(target: str):
    assert safe_next(target) == target
