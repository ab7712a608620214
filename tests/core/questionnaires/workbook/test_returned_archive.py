"""Uploads of many workbooks are taken apart: archives, files beside them, what systems leave."""

import io
import zipfile

import pytest

from questionnaires.workbook import returned_archive
from questionnaires.workbook.reading import BookRefused
from questionnaires.workbook.returned_archive import Part, take_apart
from tests.phone_submissions import claiming, with_a_link, zipped

BOOK = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def test_archives_and_single_workbooks_come_in_their_order():
    archive = zipped({"north/a.xlsx": BOOK, "south/": b"", "south/b.xlsx": BOOK})

    found = take_apart([("all.zip", archive), ("c.xlsx", BOOK), ("notes.pdf", b"%PDF-1.7")])

    assert [part.name for part in found] == [
        "all.zip/north/a.xlsx",
        "all.zip/south/b.xlsx",
        "c.xlsx",
        "notes.pdf",
    ]
    assert found[0].content == BOOK


def test_what_systems_leave_in_archives_is_nobodys_workbook():
    archive = zipped({"__MACOSX/a.xlsx": b"x", ".DS_Store": b"x", "in/~$a.xlsx": b"x"})

    assert take_apart([("all.zip", archive)]) == []


def test_archive_that_is_cut_off_is_refused_and_a_workbook_that_is_comes_as_it_is():
    cut = zipped({"a.xlsx": BOOK})[:-20]

    assert take_apart([("a.xlsx", cut)]) == [Part("a.xlsx", cut)]
    with pytest.raises(BookRefused, match="may be cut off"):
        take_apart([("all.zip", cut)])


def test_link_to_another_file_in_an_archive_is_refused():
    with pytest.raises(BookRefused) as refused:
        take_apart([("all.zip", with_a_link("a.xlsx", to="b.xlsx"))])

    assert refused.value.code == "packed_otherwise"


def test_file_that_cannot_be_unpacked_stands_for_itself_and_stops_no_other():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.xlsx", b"first book")
        archive.writestr("b.xlsx", b"second book")
    broken = target.getvalue().replace(b"first book", b"other book")

    assert [(part.name, part.content) for part in take_apart([("all.zip", broken)])] == [
        ("all.zip/a.xlsx", b""),
        ("all.zip/b.xlsx", b"second book"),
    ]


@pytest.mark.parametrize(("limit", "value"), [("MAX_ENTRIES", 2), ("MAX_UNPACKED", 2_000)])
def test_limits_hold_over_all_files_of_an_upload(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
):
    archive = zipped({f"{number}.xlsx": bytes(900) for number in range(2)})
    monkeypatch.setattr(returned_archive, limit, value)

    assert len(take_apart([("all.zip", archive)])) == 2
    with pytest.raises(BookRefused, match="These are more than"):
        take_apart([("all.zip", archive), ("one.xlsx", bytes(900))])
    with pytest.raises(BookRefused, match="These are more than"):
        take_apart([("all.zip", zipped({str(n): bytes(900) for n in range(3)}))])


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archive_whose_packing_knows_no_limit_is_refused_in_words(way: int):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        archive.writestr("a.xlsx", bytes(5_000_000))
    assert len(target.getvalue()) < 2_000

    with pytest.raises(BookRefused, match="packed in a way that is not read here"):
        take_apart([("all.zip", target.getvalue())])


@pytest.mark.parametrize("checked", [10, 3_000_000])
def test_file_that_holds_more_than_its_directory_says_is_not_unpacked(checked: int):
    archive = claiming(10, bytes(3_000_000), checked=checked)

    assert take_apart([("all.zip", archive)]) == [Part("all.zip/a.xlsx", b"")]
