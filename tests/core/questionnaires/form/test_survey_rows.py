"""Types of rows of a survey sheet: which are known, and which a person sees."""

import pytest

from questionnaires.form.survey_rows import known_types, unasked_types


@pytest.fixture(autouse=True)
def read_anew() -> None:
    """Nothing is kept from what was read before."""
    known_types.cache_clear()
    unasked_types.cache_clear()


@pytest.mark.parametrize("kind", ["calculate", "hidden", "start", "deviceid", "csv-external"])
def test_a_row_that_nobody_sees_is_known_and_not_asked(kind: str):
    assert kind in known_types()
    assert kind in unasked_types()


@pytest.mark.parametrize("kind", ["text", "integer", "note", "select one", "date", "image"])
def test_a_question_is_known_and_asked(kind: str):
    assert kind in known_types()
    assert kind not in unasked_types()


def test_what_is_no_type_of_a_row_is_not_known():
    assert known_types().isdisjoint({"question", "begin group of two", ""})
