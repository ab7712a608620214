"""Files that attack or are broken are refused with a code, words and a way out."""

import io
import resource
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from supply_chain.errors import FileRefused
from supply_chain.intake import workbook, workbook_child
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.maps import read_map, read_tables

LIST = "Name,Country\nAlpha,VN\n"
ROWS = [["Name", "Country"], ["Alpha", "VN"]]


def _workbook(rows=ROWS, sheet="Sites") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def _repacked(change: dict[str, bytes | None], content: bytes | None = None) -> bytes:
    """The workbook with members replaced, added, or (None) left out."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content or _workbook())) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member not in change:
                new.writestr(member, old.read(member))
        for member, body in change.items():
            if body is not None:
                new.writestr(member, body)
    return stream.getvalue()


def _sheet(cells: str, dimension: str = "A1:B2") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><dimension ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>'
    ).encode()


def _refused(name: str, content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_tables([NamedBytes(name, content)])
    assert name in caught.value.message
    assert caught.value.advice
    return caught.value


SHEET = "xl/worksheets/sheet1.xml"


def test_sound_workbook_is_read_and_the_parent_keeps_its_own_limits():
    before = resource.getrlimit(resource.RLIMIT_AS)

    (table,) = read_tables([NamedBytes("list.xlsx", _workbook())])

    assert table.rows == (("Name", "Country"), ("Alpha", "VN"))
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_zip_bomb_is_refused_before_anything_is_unpacked():
    bomb = _repacked({SHEET: _sheet(" " * 6_000_000)})

    assert _refused("bomb.xlsx", bomb).code == "too_large"


def test_workbook_larger_than_it_says_is_refused():
    honest = _repacked({"xl/extra.bin": b"\0" * 5000})
    size = (5000).to_bytes(4, "little")
    lying = honest.replace(size, (50).to_bytes(4, "little"))

    assert lying != honest
    assert _refused("liar.xlsx", lying).code == "broken_workbook"


def test_cell_at_the_far_end_of_the_sheet_does_not_exhaust_memory():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

    assert _refused("huge.xlsx", _repacked({SHEET: _sheet(cells)})).code == "too_large"


def test_false_dimension_of_a_sheet_is_not_believed():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
    small = _repacked({SHEET: _sheet(cells, "A1:XFD1048576")})

    (table,) = read_tables([NamedBytes("small.xlsx", small)])

    assert table.rows == (("Name",),)


def test_sheet_that_claims_whole_rows_is_read():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
    claiming = _repacked({SHEET: _sheet(cells, "1:63")})

    (table,) = read_tables([NamedBytes("rows.xlsx", claiming)])

    assert table.rows == (("Name",),)


def test_workbook_of_the_old_format_is_read():
    content = (Path(__file__).parents[3] / "data/workbooks/old_format.xls").read_bytes()

    survey, choices = read_tables([NamedBytes("old.xls", content)])

    assert (survey.sheet, choices.sheet) == ("survey", "choices")
    assert survey.rows[0][:2] == ("type", "name")


def test_more_columns_than_allowed_are_refused():
    wide = _workbook([["Name"] * 201])

    assert _refused("wide.xlsx", wide).code == "too_large"


def test_more_rows_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)

    assert _refused("long.xlsx", _workbook([["Name"]] * 4)).code == "too_large"


def test_reading_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(workbook, "CHILD_CLOCK_SECONDS", 0.001)

    assert _refused("slow.xlsx", _workbook()).code == "too_large"


def test_macro_workbook_is_refused():
    macro = _repacked({"xl/vbaProject.bin": b"x"})

    assert _refused("list.xlsx", macro).code == "macros"
    assert _refused("list.xlsm", _workbook()).code == "macros"


def test_workbook_with_external_links_is_refused():
    linked = _repacked({"xl/externalLinks/externalLink1.xml": b"<x/>"})

    assert _refused("list.xlsx", linked).code == "external_links"


def test_document_type_declaration_is_refused():
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'

    assert _refused("entity.xlsx", _repacked({SHEET: entity})).code == "unsafe_archive"


@pytest.mark.parametrize("member", ["../evil.xml", "/etc/passwd", "xl/..\\..\\evil.xml"])
def test_member_that_climbs_out_of_the_archive_is_refused(member):
    assert _refused("climb.xlsx", _repacked({member: b"x"})).code == "unsafe_archive"


def test_member_whose_packing_knows_no_limit_is_refused():
    stream = io.BytesIO(_workbook())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/more.xml", b"<more/>")

    assert _refused("odd.xlsx", stream.getvalue()).code == "unsafe_archive"


def test_too_many_members_are_refused():
    many = _repacked({f"xl/part{number}.xml": b"x" for number in range(2_001)})

    assert _refused("many.xlsx", many).code == "too_large"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_member_that_stands_twice_is_refused():
    stream = io.BytesIO(_workbook())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(SHEET, b"<other/>")

    assert _refused("twice.xlsx", stream.getvalue()).code == "unsafe_archive"


def test_encrypted_member_is_refused():
    content = bytearray(_workbook())
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1
        start += 4

    assert _refused("secret.xlsx", bytes(content)).code == "encrypted"


def test_encrypted_workbook_is_refused():
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")

    assert _refused("secret.xlsx", compound).code == "encrypted"


def test_old_workbook_with_macros_is_refused():
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le")

    assert _refused("old.xls", compound).code == "macros"


def test_old_workbook_that_is_also_an_archive_is_refused():
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + _workbook()

    assert _refused("both.xls", compound).code == "two_types"


def test_broken_old_workbook_is_refused():
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000

    assert _refused("old.xls", compound).code == "broken_workbook"


@pytest.mark.parametrize("tail", [b"trailing", b"%PDF-1.7 ..."])
def test_archive_with_something_behind_its_end_is_refused(tail):
    assert _refused("two.xlsx", _workbook() + tail).code in ("two_types", "broken_workbook")


def test_archive_that_is_also_a_pdf_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", b"%PDF-1.7 1 0 obj")
        with zipfile.ZipFile(io.BytesIO(_workbook())) as sound:
            for member in sound.namelist():
                archive.writestr(member, sound.read(member))

    assert _refused("pdf.xlsx", stream.getvalue()).code == "two_types"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_truncated_workbook_is_refused(keep):
    whole = _workbook()

    assert _refused("cut.xlsx", whole[: int(len(whole) * keep)]).code == "broken_workbook"


def test_workbook_with_damaged_content_is_refused():
    damaged = bytearray(_workbook())
    place = damaged.find(b"xl/worksheets/sheet1.xml") + 60
    damaged[place : place + 20] = b"\xff" * 20

    assert _refused("damaged.xlsx", bytes(damaged)).code == "broken_workbook"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.xlsx", LIST.encode()),
        ("list.xls", LIST.encode()),
        ("list.xls", _workbook()),
        ("list.csv", _workbook()),
        ("list.csv", b"%PDF-1.7\n"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_content_that_does_not_fit_the_ending_is_refused(name, content):
    assert _refused(name, content).code == "type_mismatch"


def test_archive_that_is_no_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", b"<x/>")

    assert _refused("word.xlsx", stream.getvalue()).code == "type_mismatch"


@pytest.mark.parametrize("name", ["list.pdf", "list", "list.docx"])
def test_file_of_unknown_type_is_refused(name):
    assert _refused(name, b"x").code == "unknown_type"


def test_empty_file_is_refused():
    assert _refused("list.csv", b" \n").code == "empty"


def test_nul_byte_is_refused():
    assert _refused("list.csv", b"Name,Country\nAl\0pha,VN\n").code == "nul_byte"


def test_text_in_an_undeclared_foreign_encoding_is_refused_rather_than_misread():
    chinese = "Name,Country\n深圳市服装有限公司,CN\n".encode("gb18030")

    assert _refused("list.csv", chinese).code == "encoding"


def test_text_in_a_declared_encoding_is_read():
    content = "Name,Country\n深圳市服装有限公司,CN\n".encode("gb18030")

    (table,) = read_tables([NamedBytes("list.csv", content, "gb18030")])

    assert table.rows[1][0] == "深圳市服装有限公司"


@pytest.mark.parametrize("encoding", ["utf-8", "no-such-encoding"])
def test_wrongly_declared_encoding_is_refused(encoding):
    with pytest.raises(FileRefused) as caught:
        read_tables([NamedBytes("list.csv", b"Name\nCaf\xe9\n", encoding)])

    assert caught.value.code == "encoding"


def test_quotation_mark_never_closed_is_refused():
    assert _refused("cut.csv", b'Name,Country\n"Alpha,VN\nBeta,IN\n').code == "broken_csv"


def test_cell_of_more_than_32767_characters_is_refused():
    assert _refused("long.csv", b"Name\n" + b"x" * 40_000).code == "broken_csv"


def test_text_with_more_columns_than_allowed_is_refused():
    assert _refused("wide.csv", b"Name" + b"," * 200 + b"\n").code == "too_large"


def test_formula_cell_is_text_and_never_a_command():
    content = b"Name,Country\n\"=cmd|' /C calc'!A0\",VN\n"

    (node,) = read_map([NamedBytes("list.csv", content)]).nodes

    assert node.name == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "broken_json"),
        (b"[" * 100_000, "broken_json"),
        (b'{"format": "value-chain/1", "nodes": [{"name": NaN}]}', "broken_json"),
        (b"[]", "unknown_format"),
        (b'{"format": "value-chain/2"}', "unknown_format"),
        (b'{"format": "value-chain/1", "nodes": {}}', "unknown_format"),
        (b'{"format": "value-chain/1", "nodes": [{"name": "\0"}]}', "nul_byte"),
    ],
)
def test_json_that_cannot_be_used_is_refused(content, code):
    with pytest.raises(FileRefused) as caught:
        read_map([NamedBytes("map.json", content)])

    assert caught.value.code == code


# The child's work without its walls: what it writes, and the code it ends with


def _transcribed(content: bytes, **limits: int) -> tuple[int, str]:
    output = io.StringIO(newline="")
    room = {"max_rows": 10, "max_columns": 10, "unpacked": 1_000_000, **limits}
    code = workbook_child.transcribe(content, output, **room)
    return code, output.getvalue()


def test_child_writes_cells_as_a_person_would_type_them():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page, hidden = book.add_worksheet("Sites"), book.add_worksheet("Old")
    hidden.hide()
    hidden.write(0, 0, "hidden")
    cells = [120, 7.5, True, False, "=x"]
    for place, cell in enumerate(cells):
        page.write(1, place, cell) if cell != "=x" else page.write_string(1, place, cell)
    for place, (value, shown) in enumerate(
        [
            (datetime.fromisoformat("2024-03-01"), "yyyy-mm-dd"),
            (datetime.fromisoformat("2024-03-01T12:30"), "yyyy-mm-dd hh:mm"),
            (time(8, 15), "hh:mm"),
        ]
    ):
        page.write_datetime(3, place, value, book.add_format({"num_format": shown}))
    book.close()

    code, text = _transcribed(stream.getvalue())

    assert code == 0
    assert text.split("\r\n") == [
        "S,Sites",
        "R,2,120,7.5,true,false,=x",
        "R,4,2024-03-01,2024-03-01T12:30:00,08:15:00",
        "",
    ]


def test_child_shows_dates_and_unknown_cells_as_text():
    assert workbook_child._text(date(2024, 3, 1)) == "2024-03-01"
    assert workbook_child._text(None) == "None"


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (_workbook(), {"max_rows": 1}, workbook_child.TOO_LARGE),
        (_workbook(), {"max_columns": 1}, workbook_child.TOO_WIDE),
        (_workbook(), {"unpacked": 100}, workbook_child.TOO_LARGE),
        (_repacked({SHEET: b"<!DOCTYPE x>"}), {}, workbook_child.FORBIDDEN),
        (_repacked({SHEET: b"<worksheet"}), {}, workbook_child.BROKEN),
        (b"PK\x03\x04", {}, workbook_child.BROKEN),
        (b"nothing", {}, workbook_child.BROKEN),
    ],
)
def test_child_ends_with_the_code_of_its_reason(content, limits, code):
    assert _transcribed(content, **limits)[0] == code


def test_child_drops_a_claim_of_whole_rows():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'

    code, text = _transcribed(_repacked({SHEET: _sheet(cells, "1:63")}))

    assert (code, text) == (0, "S,Sites\r\nR,1,Name\r\n")


def test_child_shuts_itself_in_before_it_reads(monkeypatch, capsys):
    limits = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: limits.update({kind: pair[1]}))
    monkeypatch.setattr("sys.argv", ["child", "1000", "20", "300", "10", "10", "1000000"])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(_workbook())))

    assert workbook_child.main() == 0
    assert "Alpha" in capsys.readouterr().out
    assert limits == {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: 1000,
        resource.RLIMIT_CPU: 20,
        resource.RLIMIT_FSIZE: 300,
    }


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (workbook_child.PasswordError("locked"), workbook_child.ENCRYPTED),
        (MemoryError(), workbook_child.TOO_LARGE),
    ],
)
def test_child_tells_a_password_from_exhausted_memory(monkeypatch, fault, code):
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(workbook_child, "_write_sheets", fail)

    assert _transcribed(_workbook())[0] == code


def test_quotation_mark_that_swallows_the_rest_of_a_long_file_is_refused():
    content = b'Name,Note\n"Al"pha,x\n"' + b"y" * 200_000

    assert _refused("long.csv", content).code == "broken_csv"
