"""What a search of a file found, as a value that is kept and read back."""

import json

import pytest

from ddplatform.core.due_diligence.upload_traces import (
    Area,
    Gap,
    UploadTraces,
    is_to_be_looked_at,
    read_traces,
)

SEEN = UploadTraces(
    words=("Kofi Mensah", "0544 123 456"),
    faces=(Area(0, 0.1, 0.2, 0.3, 0.4), Area(2, 0, 0, 1, 1)),
    gaps=frozenset({Gap.PARTS, Gap.WORDS_IN_PICTURES}),
)


def test_traces_come_back_from_json_as_they_were():
    assert UploadTraces.from_json(json.loads(json.dumps(SEEN.as_json()))) == SEEN


def test_a_file_that_could_not_be_searched_is_not_one_in_which_nothing_was_found():
    failed, empty = UploadTraces(gaps=frozenset({Gap.FAILED})), UploadTraces()

    assert not failed.is_searched and empty.is_searched
    assert not failed.is_found and not empty.is_found
    assert SEEN.is_searched and SEEN.is_found
    assert is_to_be_looked_at(failed) and is_to_be_looked_at(SEEN)
    assert not is_to_be_looked_at(empty)


def test_a_file_that_was_not_searched_yet_is_to_be_looked_at():
    assert read_traces(None) is None and is_to_be_looked_at(None)
    assert read_traces(SEEN.as_json()) == SEEN


@pytest.mark.parametrize(
    "area", [(-1, 0, 0, 1, 1), (0, 0.5, 0, 0.5, 1), (0, 0, 0, 1.2, 1), (0, 0, 0.9, 1, 0.1)]
)
def test_an_area_that_lies_on_no_page_is_an_error(area):
    with pytest.raises(ValueError, match="No area of a page"):
        Area(*area)
