"""How figures, dates and codes read on a page."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.web.countries import country_name, outline_key
from ddplatform.infrastructure.web.filters import (
    FILTERS,
    age,
    ago,
    band_class,
    band_word,
    day,
    days_late,
    figure,
    file_size,
    initials,
    moment,
    number,
    percent,
    plural,
    register,
    severity_word,
)
from supply_chain.vocabulary import RiskBand, SeverityBand

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "filter_name",
    ["number", "figure", "percent", "date", "datetime", "ago", "file_size", "country_name"],
)
def test_a_missing_value_is_said_in_words_and_never_as_zero(filter_name: str) -> None:
    assert FILTERS[filter_name](None) == "not known"


@pytest.mark.parametrize(
    ("value", "text"),
    [(930958, "930,958"), (2530.85, "2,531"), (40.872, "40.9"), (0.534, "0.53"), (-0.313, "-0.31"),
     (3, "3"), (0, "0")],
)  # fmt: skip
def test_a_measured_figure_is_read_to_about_three_digits(value: float, text: str) -> None:
    assert figure(value) == text


def test_a_figure_has_thousands_separators() -> None:
    assert number(6902) == "6,902"
    assert number(0.836, 2) == "0.84"


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0%"), (0.004, "under 1%"), (0.71, "71%"), (0.997, "over 99%"), (1, "100%")],
)
def test_a_share_that_is_not_nothing_or_all_never_reads_so(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_share_can_carry_decimals() -> None:
    assert percent(0.1234, 1) == "12.3%"


@given(st.floats(min_value=1e-9, max_value=1 - 1e-9, exclude_max=True))
def test_any_share_strictly_between_reads_neither_none_nor_all(share: float) -> None:
    assert percent(share) not in {"0%", "100%"}


def test_a_day_reads_long_or_short() -> None:
    assert day(date(2026, 11, 5)) == "5 November 2026"
    assert day(date(2026, 11, 5), short=True) == "5 Nov 2026"


def test_a_moment_reads_in_utc_whatever_its_zone() -> None:
    lome_plus_two = datetime(2026, 11, 25, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert moment(lome_plus_two) == "24 Nov 2026, 23:30 UTC"


def test_a_moment_without_a_zone_is_read_as_utc() -> None:
    assert moment(datetime(2026, 11, 25, 14, 2)) == "25 Nov 2026, 14:02 UTC"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NOON - timedelta(seconds=20), "just now"),
        (NOON - timedelta(minutes=1), "1 minute ago"),
        (NOON - timedelta(hours=5), "5 hours ago"),
        (NOON - timedelta(days=41), "41 days ago"),
        (NOON + timedelta(days=2), "in 2 days"),
        (date(2026, 11, 25), "today"),
        (date(2026, 11, 24), "yesterday"),
        (date(2026, 11, 26), "tomorrow"),
        (date(2026, 11, 20), "5 days ago"),
        (date(2026, 12, 1), "in 6 days"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_fitting_unit(
    value: date | datetime, words: str
) -> None:
    assert ago(value, NOON) == words


def test_how_long_ago_counts_from_now_when_no_moment_is_given() -> None:
    assert ago(datetime.now(UTC)) == "just now"


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 byte"), (900, "900 bytes"), (215_040, "210 KB"), (4_089_446, "3.9 MB")],
)
def test_a_file_size_reads_in_the_unit_people_expect(size: int, words: str) -> None:
    assert file_size(size) == words


def test_a_count_takes_its_noun_in_the_right_number() -> None:
    assert plural(1, "site", "sites") == "1 site"
    assert plural(0, "site", "sites") == "0 sites"
    assert plural(6902, "site", "sites") == "6,902 sites"


def test_every_risk_band_has_its_own_word_and_colour() -> None:
    assert [band_word(band) for band in RiskBand] == ["Low", "Medium", "High", "Critical"]
    assert [band_class(band) for band in RiskBand] == ["low", "medium", "high", "critical"]


def test_every_severity_band_has_its_own_word_and_colour() -> None:
    words = [severity_word(band) for band in SeverityBand]
    assert words == ["Minor", "Moderate", "Severe", "Very severe"]
    assert [band_class(band) for band in SeverityBand] == ["low", "medium", "high", "critical"]


def test_what_is_not_assessed_is_named_so_and_takes_no_band_colour() -> None:
    assert band_word(None) == "Not assessed"
    assert severity_word(None) == "Not assessed"
    assert band_class(None) == "none"


def test_a_country_is_named_by_its_code_of_two_or_three_letters() -> None:
    assert country_name("CI") == country_name("civ") == "Côte d’Ivoire"


def test_an_unknown_country_code_is_shown_as_it_is() -> None:
    assert country_name("QX") == "QX"
    assert outline_key("QX") is None


def test_a_country_without_a_number_is_found_on_the_map_by_its_name() -> None:
    assert outline_key("CIV") == "384"
    assert outline_key("XK") == "Kosovo"


def test_initials_are_the_first_letters_of_the_first_two_words() -> None:
    assert initials("Maison Cacao") == "MC"
    assert initials("inès maria laurent") == "IM"
    assert initials("") == ""


def test_registering_gives_the_templates_the_filters_and_the_list_of_built_files(
    tmp_path: object,
) -> None:
    app = Flask(__name__, static_folder=str(tmp_path))
    register(app)
    assert app.jinja_env.from_string("{{ 1200|number }}").render() == "1,200"
    assert app.jinja_env.globals["vendor"] == frozenset()


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 11, 1), "24 days late"),
        (date(2026, 11, 24), "1 day late"),
        (date(2026, 11, 25), "due today"),
        (date(2026, 11, 26), "due tomorrow"),
        (date(2026, 12, 1), "due in 6 days"),
        (None, "not known"),
    ],
)
def test_how_late_something_is_counts_from_its_day(due: date | None, words: str) -> None:
    assert days_late(due, NOON) == words


@pytest.mark.parametrize(
    ("months", "words"),
    [(0, "0 months"), (1, "1 month"), (23.4, "23 months"), (24, "2 years"), (311, "25 years")],
)
def test_the_age_of_a_figure_is_told_in_months_and_then_in_years(months: float, words: str) -> None:
    assert age(months) == words
