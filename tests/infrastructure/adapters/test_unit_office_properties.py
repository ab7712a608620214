"""Properties of workbooks are emptied before they are kept; everything else is byte for byte."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.packaging.custom import StringProperty
from python_calamine import CalamineWorkbook

from ddplatform.infrastructure.file_checks.office_properties import without_properties

BOOKS = sorted((Path(__file__).resolve().parents[2] / "data").rglob("*.xlsx"))


def openpyxl_book() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Supplier", "Zuñiga & Søn", 14])
    book.properties.creator = "Ama Mensah"
    book.properties.lastModifiedBy = "ama@company.example"
    book.properties.created = datetime(2025, 3, 4)  # noqa: DTZ001
    book.custom_doc_props.append(StringProperty(name="Client", value="Mensah Foods"))
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def xlsxwriter_book() -> bytes:
    output = BytesIO()
    with xlsxwriter.Workbook(output) as book:
        book.set_properties({"author": "Ama Mensah", "company": "Mensah Foods"})
        book.add_worksheet().write_row(0, 0, ["Supplier", "Zuñiga & Søn", 14])
    return output.getvalue()


@pytest.mark.parametrize("book", [openpyxl_book, xlsxwriter_book])
def test_author_company_and_times_are_gone_and_the_rest_stays_as_it_was_packed(book):
    before = book()
    after = without_properties(before)

    with ZipFile(BytesIO(before)) as old, ZipFile(BytesIO(after)) as new:
        assert new.testzip() is None and old.namelist() == new.namelist()
        for name in old.namelist():
            if not name.startswith("docProps/"):
                assert new.read(name) == old.read(name), name
        texts = b"".join(new.read(name) for name in new.namelist())
    assert b"Mensah" in before or b"Mensah" in ZipFile(BytesIO(before)).read("docProps/core.xml")
    assert b"Mensah" not in texts and b"ama@" not in texts
    read = openpyxl.load_workbook(BytesIO(after))
    assert [cell.value for cell in read.active[1]] == ["Supplier", "Zuñiga & Søn", 14]
    assert read.properties.lastModifiedBy is None
    assert CalamineWorkbook.from_filelike(BytesIO(after)).get_sheet_by_index(0).to_python() == [
        ["Supplier", "Zuñiga & Søn", 14.0]
    ]
    assert without_properties(after) == after, "the same file comes to the same digest"


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.name)
def test_every_workbook_of_the_tests_reads_the_same_afterwards(path: Path):
    before, after = path.read_bytes(), without_properties(path.read_bytes())

    old, new = (CalamineWorkbook.from_filelike(BytesIO(one)) for one in (before, after))
    assert old.sheet_names == new.sheet_names
    for name in old.sheet_names:
        assert old.get_sheet_by_name(name).to_python() == new.get_sheet_by_name(name).to_python()


def test_what_is_no_office_file_stays_as_it_is():
    plain = BytesIO()
    with ZipFile(plain, "w", ZIP_STORED) as archive:
        archive.writestr("docProps/core.xml", "one")
    for content in (b"", b"name,country\n", b"PK\x03\x04 broken", plain.getvalue()):
        assert without_properties(content) == content


@pytest.mark.parametrize("cut", [100, 2_000, -30, -1])
def test_broken_workbook_is_left_to_who_reads_it(cut: int):
    content = openpyxl_book()[:cut]

    assert isinstance(without_properties(content), bytes)
