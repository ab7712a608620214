"""Ending, declared type and content of answer files agree, or the file is not read."""

from itertools import product

import pytest

from questionnaires.submissions.files import DIFFERS, read_submission_file
from questionnaires.submissions.kinds import ENDINGS, fits
from questionnaires.workbook.reading import BookRefused
from tests.core.questionnaires.submissions.test_submissions import FORM
from tests.phone_submissions import as_book, as_json, instance_xml, zipped

CONTENTS = {
    ".xlsx": as_book({"Visit": [["_uuid"], ["1"]]}),
    ".zip": zipped({"a.xml": b"<a/>"}),
    ".xml": b"\xef\xbb\xbf <?xml version='1.0'?><a/>",
    ".json": as_json([{"_uuid": "1"}]),
    ".csv": b"_uuid,n\n1,2\n",
}


def test_each_ending_takes_its_own_content_and_no_other():
    same = {".txt": ".csv", ".tsv": ".csv"}
    for ending, (other, content) in product(ENDINGS, CONTENTS.items()):
        name = f"Answers{ending.upper()}"

        assert fits(name, content) is (same.get(ending, ending) == other), (ending, other)
        if not fits(name, content):
            with pytest.raises(BookRefused) as refused:
                read_submission_file(name, content, FORM)
            assert refused.value.code == DIFFERS
            assert name in refused.value.message and "right ending" in refused.value.advice


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b""])
def test_pictures_and_documents_are_no_table_whatever_they_are_called(content: bytes):
    assert fits("a.csv", content) is (content == b"")
    assert not fits("a.xml", content)
    assert not fits("a.pdf", content)


@pytest.mark.parametrize(
    ("declared", "taken"),
    [
        ("", set(CONTENTS)),
        ("application/octet-stream", set(CONTENTS)),
        ("application/vnd.ms-excel", {".xlsx", ".csv"}),
        ("application/zip", {".xlsx", ".zip"}),
        ("text/xml; charset=utf-8", {".xml"}),
        ("TEXT/PLAIN", {".xml", ".json", ".csv"}),
        ("image/png", set()),
        ("text/html", set()),
        ("application/pdf", set()),
    ],
)
def test_declared_type_counts_where_it_names_another_kind(declared: str, taken: set[str]):
    found = {end for end, content in CONTENTS.items() if fits(f"a{end}", content, declared)}

    assert found == taken


def test_file_in_an_archive_that_is_not_what_its_name_says_is_refused_by_its_name():
    for name, content in (("one.xml", b"a,b\n1,2\n"), ("one.csv", b"%PDF-1.7")):
        with pytest.raises(BookRefused) as refused:
            read_submission_file("a.zip", zipped({"a.xml": instance_xml({}), name: content}), FORM)
        assert (refused.value.code, name in refused.value.message) == (DIFFERS, True)
