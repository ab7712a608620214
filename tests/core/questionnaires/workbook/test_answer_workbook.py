"""The answer workbook: what stands in it, and what comes back when people changed it."""

import io
import zipfile
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.drawing.image import Image as Picture
from PIL import Image

from questionnaires import Response
from questionnaires.evaluation.recalculation import MOST_INSTANCES
from questionnaires.workbook import reading as answer_book_reading
from questionnaires.workbook.alone import read_alone
from questionnaires.workbook.changes import Change, judge, put
from questionnaires.workbook.child import MAX_CELLS, look_over, transcribe
from questionnaires.workbook.formulas import Conditions
from questionnaires.workbook.layout import BASE, FIRST_ENTRY, lay_out
from questionnaires.workbook.reading import (
    MAX_BYTES,
    BookRefused,
    RawBook,
    RawCell,
    RawSheet,
    _book,
    pack_book,
    read_book,
    read_books,
    unpack_book,
)
from questionnaires.workbook.returns import Returned, check_meta, read_meta, read_returned
from questionnaires.workbook.words import BookWords
from questionnaires.workbook.workbook import BookFacts, write_answer_workbook
from tests.answer_books import answer_cell, changed, opened, repeat_cell, saved
from tests.forms import NOW, respond, table
from tests.sampling import examples

FACTS = BookFacts("a", "r", 1, "Check", "Maison Cacao", "SCOOP", "20 December", "now")
SURVEY = table(
    "survey",
    "type|name|label|hint|required|relevant|appearance|calculation",
    "note|hello|Hello.||||",
    "begin_group|work|Work: 'hours' and more than thirty letters|||||",
    "integer|people|How many people?|All.|yes||",
    "decimal|share|Which share?||||",
    "text|why|Why?|||${people} > 3 and not(${share} = 1)|",
    "select_one yn|open|Is it open?||yes||",
    "select_multiple risk|risks|Which risks?|||${open} = 'y'|",
    "text|more|More?|||selected(${risks}, 'fire') or 2 <= ${people}|",
    "rank risk|order|Which first?||||",
    "acknowledge|sure|Are you sure?||||",
    "date|day|Which day?||||",
    "time|hour|Which hour?||||",
    "dateTime|moment|When?||||",
    "geopoint|place|Where?||||",
    "file|paper|A paper?||||",
    "calculate|twice||||||${people} * 2",
    "text|hard|Hard?|||string-length(${why}) > 2|",
    "begin_group|inner|Inner part||||",
    "text|deep|Deep?|||${open} != 'y'|",
    "end_group|||||",
    "end_group|||||",
    "begin_repeat|site|Sites|||||",
    "text|name|Its name?||||",
    "select_multiple risk|dangers|Its dangers?||||",
    "text|tell|Tell|||${name} = 'x' or selected(${dangers}, 'fire')|",
    "begin_repeat|house|Houses|||||",
    "integer|rooms|Rooms?||||",
    "end_repeat|||||",
    "end_repeat|||||",
    "text|last|Last?|||${name} = 'x'|",
    "text|many|Many?|||${name} != 'x'|",
)
CHOICES = table(
    "choices",
    "list_name|name|label",
    "yn|y|Yes it is",
    "yn|n|No",
    "risk|fire|Fire",
    "risk|dust|Dust",
    "risk|dust2|Dust",
)
WORK = "/data/work"


def begun(**answers: str) -> Response:
    response = respond(SURVEY, CHOICES)
    for name, text in answers.items():
        response.set(f"{WORK}/{name}", text)
    return response


def written(response: Response, **more: object) -> bytes:
    return write_answer_workbook(response, FACTS, BookWords(), **more)  # type: ignore[arg-type]


def raw(book: bytes) -> RawBook:
    found = _book(transcribe(book))
    assert isinstance(found, RawBook), found
    return found


def returned(response: Response, book: Workbook | bytes) -> Returned:
    content = book if isinstance(book, bytes) else saved(book)
    return read_returned(raw(content), response)


def texts(found: Returned) -> dict[str, str]:
    return {change.path: change.text for change in found.changes}


def test_book_has_a_sheet_for_each_section_and_repeat_and_hides_the_rest():
    book = opened(written(begun()))

    assert book.sheetnames[0] == "Read me"
    assert [s.title for s in book if s.sheet_state == "veryHidden"] == [
        "_choices",
        "_base",
        "_meta",
    ]
    assert {"Sites", "Houses"} <= {s.title for s in book}
    assert all(s.protection.sheet for s in book)
    cell = answer_cell(book, f"{WORK}/open")
    assert not cell.protection.locked
    assert cell.parent.cell(cell.row, 2).protection.locked


def test_answers_stand_as_people_read_them_and_nothing_changes_by_itself():
    response = begun(
        people="012",
        share="3.50",
        why="=1+1",
        open="y",
        risks="dust fire",
        order="dust fire",
        sure="OK",
        day="2026-06-15",
        hour="13:05",
        moment="2026-06-15T13:05",
        place="5.6 -0.2",
    )
    book = opened(written(response))

    assert answer_cell(book, f"{WORK}/open").value == "Yes it is"
    assert answer_cell(book, f"{WORK}/people").value == 12
    assert answer_cell(book, f"{WORK}/risks#dust").value == "Yes"
    assert answer_cell(book, f"{WORK}/order#fire").value == 2
    found = returned(response, book)
    assert (found.changes, found.faults) == ((), ())


@examples(25)
@given(
    people=st.integers(0, 10**9),
    why=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40),
    risks=st.sets(st.sampled_from(["fire", "dust", "dust2"])),
    day=st.dates(),
)
def test_any_answers_come_back_as_they_are(people, why, risks, day):
    response = begun(people=str(people), why=why, risks=" ".join(risks), day=day.isoformat())

    found = returned(response, written(response))

    assert (found.changes, found.faults) == ((), ())


def test_every_kind_of_cell_comes_back_as_the_text_of_the_form():
    response = begun()
    book = opened(written(response))
    for key, value in {
        "people": 12.0,
        "share": 0.5,
        "why": "two\nlines",
        "open": "  NO ",
        "risks#fire": "x",
        "risks#dust": "No",
        "order#dust": 1,
        "order#fire": 2,
        "sure": True,
        "day": "2026-06-15",
        "hour": "13:05",
        "moment": "2026-06-15 13:05",
    }.items():
        answer_cell(book, f"{WORK}/{key}").value = value

    assert texts(returned(response, book)) == {
        f"{WORK}/people": "12",
        f"{WORK}/share": "0.5",
        f"{WORK}/why": "two\nlines",
        f"{WORK}/open": "n",
        f"{WORK}/risks": "fire",
        f"{WORK}/order": "dust fire",
        f"{WORK}/sure": "OK",
        f"{WORK}/day": "2026-06-15",
        f"{WORK}/hour": "13:05",
        f"{WORK}/moment": "2026-06-15 13:05",
    }


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("open", "perhaps", "“perhaps” is not one of the answers on offer"),
        ("risks#fire", "perhaps", "“perhaps” is neither Yes nor No"),
        ("order#fire", "first", "“first” is no number"),
        ("sure", "perhaps", "“perhaps” is not Yes"),
        ("people", "=3+4", "holds a formula"),
        ("people", "#REF!", "holds the error #REF!"),
    ],
)
def test_cell_that_is_no_answer_is_named_and_the_others_are_read(key, value, says):
    response = begun()
    book = opened(written(response))
    cell = answer_cell(book, f"{WORK}/{key}")
    cell.value = value
    answer_cell(book, f"{WORK}/share").value = 0.5
    found = returned(response, book)

    assert texts(found) == {f"{WORK}/share": "0.5"}
    assert [fault.place for fault in found.faults] == [f"{cell.parent.title}, {cell.coordinate}"]
    assert says in found.faults[0].message


def test_label_that_stands_twice_tells_its_name_and_a_name_stands_for_itself():
    response = begun()
    assert lay_out(response).labels[f"{WORK}/risks"]["dust2"] == "Dust (dust2)"
    book = opened(written(response))
    answer_cell(book, f"{WORK}/open").value = "y"

    assert texts(returned(response, book)) == {f"{WORK}/open": "y"}


def test_label_that_is_the_name_of_another_choice_is_read_as_a_label():
    survey = table(
        "survey",
        "type|name|label",
        "begin_group|work|Work",
        "select_one marks|mark|Which mark?",
        "end_group||",
    )
    choices = table("choices", "list_name|name|label", "marks|1|5", "marks|5|1", "marks|3|3")
    response = respond(survey, choices)
    response.set(f"{WORK}/mark", "1")

    assert texts(returned(response, written(response))) == {}


def test_moved_rows_are_found_by_their_id():
    response = begun()
    book = opened(written(response))
    cell = answer_cell(book, f"{WORK}/people")
    cell.value = 7
    cell.parent.insert_rows(4, 3)

    found = returned(response, book)

    assert texts(found) == {f"{WORK}/people": "7"}
    assert found.faults == ()


def test_answer_in_an_inserted_row_is_named():
    response = begun()
    book = opened(written(response))
    sheet = answer_cell(book, f"{WORK}/people").parent
    sheet.insert_rows(4)
    sheet["D4"].value = "mine"

    found = returned(response, book)

    assert found.changes == ()
    assert found.faults[0].text == "mine"
    assert "row was added" in found.faults[0].message


def test_deleted_rows_are_named_and_take_nothing_away():
    response = begun(people="3")
    book = opened(written(response))
    cell = answer_cell(book, f"{WORK}/people")
    cell.parent.delete_rows(cell.row)

    found = returned(response, book)

    assert found.changes == ()
    assert [fault.message for fault in found.faults] == ["The row of “How many people?” is gone."]


def test_many_deleted_rows_are_counted():
    response = respond(
        table("survey", "type|name|label", *(f"text|q{n}|Question {n}" for n in range(40)))
    )
    book = opened(written(response))
    book.remove(book.worksheets[1])

    found = returned(response, book)

    assert len(found.faults) == 31
    assert found.faults[-1].message == "10 more rows are gone."


def test_question_moved_away_from_its_id_is_not_guessed():
    response = begun()
    book = opened(written(response))
    cell = answer_cell(book, f"{WORK}/people")
    cell.parent.cell(cell.row, 2).value = "Which share?"
    cell.value = 7

    found = returned(response, book)

    assert found.changes == ()
    assert "cells were moved" in found.faults[0].message


def test_merged_cells_unknown_ids_and_copied_rows_are_named():
    response = begun()
    book = opened(written(response))
    sheet = answer_cell(book, f"{WORK}/people").parent
    sheet.merge_cells("D4:D5")
    end = sheet.max_row + 1
    for column, value in ((1, f"{WORK}/nothing"), (4, "x")):
        sheet.cell(end, column).value = value
    for column, value in ((1, f"{WORK}/open"), (2, "Is it open?"), (4, "No")):
        sheet.cell(end + 1, column).value = value

    messages = " ".join(fault.message for fault in returned(response, book).faults)

    assert "merged with others" in messages
    assert "“/data/work/nothing” is not part of these questions" in messages
    assert "stands twice" in messages


def test_pasted_pictures_are_named():
    response = begun()
    book = opened(written(response))
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    picture.seek(0)
    book.worksheets[1].add_image(Picture(picture), "F9")

    assert "1 pasted pictures" in returned(response, book).faults[0].message


def test_entries_and_entries_within_them_are_added_where_their_number_says():
    response = begun()
    book = opened(written(response))
    repeat_cell(book, "/name", 1).value = "First"
    repeat_cell(book, "/name", 5).value = "Second"
    repeat_cell(book, "/dangers#fire", 5).value = "Yes"
    for row, above, rooms in ((1, None, 2), (3, 1, 3), (4, "9", 4)):
        cell = repeat_cell(book, "/rooms", row)
        cell.value = rooms
        if above is not None:
            cell.parent.cell(cell.row, 3).value = above

    found = returned(response, book)
    put(response, found.changes)

    kept = response.answers()
    assert kept["/data/site[2]/name"] == "Second"
    assert kept["/data/site[2]/dangers"] == "fire"
    assert kept["/data/site[1]/house[1]/rooms"] == "2"
    assert kept["/data/site[1]/house[2]/rooms"] == "3"
    assert [f.message for f in found.faults] == [
        "“9” is the number of no entry in the sheet “Sites”."
    ]
    again = returned(response, written(response))
    assert (again.changes, again.faults) == ((), ())


def two_sites() -> Response:
    response = begun()
    response.set("/data/site[1]/name", "First")
    response.add_repeat("/data/site")
    response.set("/data/site[2]/name", "Second")
    return response


def many_sites(count: int) -> RawBook:
    """A book with so many new rows, written into its cells as they are read."""
    book = raw(written(begun()))
    cells = dict(book.sheets["Sites"].cells)
    for row in range(FIRST_ENTRY + 1, FIRST_ENTRY + 1 + count):
        cells[row, 0] = RawCell(row, 0, "s", "/data/site[+]")
        cells[row, 3] = RawCell(row, 3, "s", f"Site {row}")
    return RawBook({**book.sheets, "Sites": RawSheet("Sites", cells)})


def with_base(path: str, text: str) -> RawBook:
    """A book whose hidden sheet says that this was given out."""
    book = raw(written(begun()))
    cells = dict(book.sheets[BASE].cells)
    row = 1 + max(row for row, _ in cells)
    cells |= {(row, 0): RawCell(row, 0, "s", path), (row, 1): RawCell(row, 1, "s", text)}
    return RawBook({**book.sheets, BASE: RawSheet(BASE, cells)})


@pytest.mark.parametrize(
    ("path", "text"),
    [("/data/site", "9" * 5_000), (f"/data/site[{'9' * 5_000}]/name", "Given")],
)
def test_number_of_thousands_of_digits_in_the_hidden_sheet_is_none(path: str, text: str):
    read = read_alone(with_base(path, text), begun().plan, assignment="a", now=NOW)

    assert read.changed == 0


def test_answer_in_an_entry_of_thousands_of_digits_is_a_fault_and_no_error():
    response = begun()
    path = f"/data/site[{'9' * 5_000}]/name"

    faults = put(response, [Change(path, "Far off", "", "Name", "Sites, D4")])

    assert [fault.place for fault in faults] == ["Sites, D4"]


def test_merged_area_of_one_cell_is_a_merged_cell():
    book = changed(written(begun()), lambda found: found.worksheets[2].merge_cells("D3:D3"))
    name = opened(book).sheetnames[2]

    assert read_book(book).sheets[name].merged == {(2, 3)}


def test_workbook_that_nobody_foresaw_is_refused_and_logged_without_its_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(_answer: object) -> RawBook:
        raise ValueError("what stands in a cell")

    monkeypatch.setattr(answer_book_reading, "_book", fail)
    with pytest.raises(BookRefused, match="cannot be opened"):
        read_book(written(begun()))

    assert "ValueError at test_answer_workbook.py" in caplog.text
    assert "what stands in a cell" not in caplog.text


def test_new_rows_beyond_what_a_repeat_holds_are_told_in_one_fault():
    found = read_returned(many_sites(MOST_INSTANCES + 40), begun())

    assert len(found.changes) == MOST_INSTANCES
    assert [fault.message for fault in found.faults] == [
        "More than 2000 new rows stand here; this row and those below it are left out."
    ]
    assert read_returned(many_sites(MOST_INSTANCES), begun()).faults == ()


def test_new_entry_takes_the_place_of_one_that_was_removed_since_and_is_not_changed_in_the_book():
    response = two_sites()
    book = opened(written(response))
    repeat_cell(book, "/name", 3).value = "Third"
    response.remove_repeat("/data/site[2]")

    found = returned(response, book)
    put(response, found.changes)

    assert response.answers()["/data/site[2]/name"] == "Third"
    assert "/data/site[3]/name" not in response.answers()


def test_new_entry_and_one_that_was_removed_since_and_changed_in_the_book_are_both_kept():
    response = two_sites()
    book = opened(written(response))
    repeat_cell(book, "/name", 2).value = "Second, renamed"
    repeat_cell(book, "/name", 3).value = "Third"
    response.remove_repeat("/data/site[2]")

    found = returned(response, book)

    assert texts(found) == {
        "/data/site[2]/name": "Second, renamed",
        "/data/site[3]/name": "Third",
    }


def test_cells_that_are_kept_are_the_cells_that_were_read():
    book = opened(written(two_sites()))
    sheet = book.worksheets[1]
    sheet.merge_cells("D4:D5")
    sheet["F9"].value = "\u0639 \U0001f331"
    found = raw(saved(book))

    assert unpack_book(pack_book(found)) == found


def test_entry_without_its_id_is_named():
    response = begun()
    book = opened(written(response))
    cell = repeat_cell(book, "/name", 2)
    cell.value = "Lost"
    cell.parent.cell(cell.row, 1).value = None

    found = returned(response, book)

    assert found.changes == ()
    assert found.faults[0].text == "Lost"


def test_states_are_formulas_where_answers_of_the_book_tell_them():
    response = begun()
    layout = lay_out(response)
    conditions = Conditions(response.plan, layout, "Yes")

    def says(path: str) -> str | None:
        return conditions.of(path)

    assert says(f"{WORK}/people") == ""
    assert "ISNUMBER" in (says(f"{WORK}/why") or "")
    assert '"Yes it is"' in (says(f"{WORK}/risks") or "")
    assert "OR(" in (says(f"{WORK}/more") or "")
    assert "<>" in (says(f"{WORK}/inner/deep") or "")
    assert "COUNTIF(" in (says("/data/last") or "")
    assert says(f"{WORK}/hard") is None
    assert says("/data/many") is None
    tell = conditions.of("/data/site/tell", entry=layout.repeats["/data/site"])
    assert tell is not None and "$" in tell and "!" not in tell


def test_both_languages_stand_side_by_side():
    rows = table(
        "survey",
        "type|name|label::English (en)|label::French (fr)",
        "text|who|Who?|Qui ?",
        "begin_repeat|site|Site|Site",
        "text|name|Name?|Nom ?",
        "end_repeat|||",
    )
    response = respond(rows, language="French (fr)")
    source = Response(response.plan, None, now=NOW, language="English (en)")
    content = written(response, source=source, language="French (fr)")
    book = opened(content)

    row = answer_cell(book, "/data/who").row
    assert [book.worksheets[1].cell(row, column).value for column in (2, 3)] == ["Qui ?", "Who?"]
    assert returned(response, content).faults == ()


def test_light_mode_leaves_out_what_it_does_not_ask():
    rows = table("survey", "type|name|label|bind::dd:light", "text|a|A?|yes", "text|b|B?|")
    response = respond(rows)

    (section,) = lay_out(response, light=True).sections
    assert {line.key for line in section.lines if line.key} == {"/data/a"}


def test_book_of_another_assignment_or_version_is_refused():
    response = begun()
    meta = read_meta(raw(written(response)))
    check_meta(meta, assignment="a", response=response)

    with pytest.raises(BookRefused, match="belongs to other questions: Check, for SCOOP"):
        check_meta(meta, assignment="b", response=response)
    other = respond(SURVEY.replace("Hello.", "Hi."), CHOICES)
    with pytest.raises(BookRefused, match="was made for version"):
        check_meta(meta, assignment="a", response=other)


def test_book_without_its_hidden_sheets_is_refused():
    with pytest.raises(BookRefused, match="not a workbook that was downloaded here"):
        read_meta(raw(saved(Workbook())))


def zip_of(way: int = zipfile.ZIP_DEFLATED, **parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", way) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"hello", "not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_xlsx"),
        (b"PK\x03\x04", "broken"),
        (zip_of(a=b""), "not_xlsx"),
        (zip_of(xl__vbaProject=b"", xl__workbook_xml=b""), "macros"),
        (zip_of(xl__workbook_xml=b"<!DOCTYPE a>"), "broken"),
        (zip_of(xl__workbook_xml=b"<a/>"), "broken"),
        (zip_of(xl__workbook_xml=b" " * 5_000_000), "too_large"),
        (zip_of(zipfile.ZIP_BZIP2, xl__workbook_xml=b"<a/>", xl__vbaProject=b""), "broken"),
    ],
)
def test_file_that_is_no_plain_workbook_is_refused_by_its_code(content, code):
    assert transcribe(content) == {"code": code}


def test_limits_hold_whatever_the_archive_claims(monkeypatch):
    content = written(begun())
    monkeypatch.setattr("questionnaires.workbook.child.MAX_CELLS", 10)
    assert transcribe(content) == {"code": "too_large"}
    monkeypatch.setattr("questionnaires.workbook.child.MAX_CELLS", MAX_CELLS)
    assert look_over(content) == 0


def test_many_books_are_read_by_one_child_after_the_other(monkeypatch):
    monkeypatch.setattr("questionnaires.workbook.reading.BOOKS_OF_A_CHILD", 1)
    good = written(begun())

    found = list(read_books([good, b"no", b"0" * (MAX_BYTES + 1), good]))

    assert [isinstance(one, RawBook) for one in found] == [True, False, False, True]
    with pytest.raises(BookRefused, match="no workbook of the kind"):
        read_book(b"no")


def test_child_that_a_limit_ends_is_told_as_too_large(monkeypatch):
    monkeypatch.setattr("questionnaires.workbook.reading.CHILD_CLOCK_SECONDS", 0.0)

    with pytest.raises(BookRefused, match="too large"):
        read_book(written(begun()))


def test_choice_that_is_not_on_offer_now_is_named_and_nothing_else_is_lost():
    rows = table(
        "survey",
        "type|name|label|choice_filter",
        "select_one town|town|Town?|${land} = region",
        "text|land|Land?|",
    )
    lists = table("choices", "list_name|name|label|region", "town|a|A|x", "town|b|B|y")
    response = respond(rows, lists)
    book = opened(written(response))
    answer_cell(book, "/data/town").value = "A"
    answer_cell(book, "/data/land").value = "x"
    news, faults = judge(response, returned(response, book).changes)
    assert ([one.change.text for one in news], faults) == (["a", "x"], ())

    answer_cell(book, "/data/land").value = "y"
    news, faults = judge(response, returned(response, book).changes)
    assert [one.change.text for one in news] == ["y"]
    assert "“a” is not one of the answers on offer" in faults[0].message


def test_choices_that_are_entries_of_a_repeat_are_offered_by_what_they_say_now():
    rows = table(
        "survey",
        "type|name|label",
        "begin_repeat|site|Site",
        "text|name|Name?",
        "end_repeat||",
        "select_one ${name}|main|Main site?",
        "text|why|Why this one?",
    )
    response = respond(rows)
    response.set("/data/site[1]/name", "Gagnoa")
    book = opened(written(response))
    answer_cell(book, "/data/main").value = "Gagnoa"

    assert texts(returned(response, book)) == {"/data/main": "Gagnoa"}


def test_sheets_of_one_name_are_told_apart_and_files_are_asked_for_on_the_page():
    rows = table(
        "survey",
        "type|name|label|relevant",
        "begin_repeat|a|Sites|",
        "begin_group|g|Part|",
        "text|x|X?|",
        "file|f|F?|",
        "begin_repeat|c|Inner|",
        "text|z|Z?|",
        "end_repeat|||",
        "end_group|||",
        "end_repeat|||",
        "begin_repeat|b|Sites|",
        "integer|y|Y?|",
        "end_repeat|||",
        "integer|n|N?|",
        "note|told|Told.|${n} != 3",
        "text|two|Two?|(${n} > 1) and ${n} != ${n}",
        "text|sum|Sum?|${n} + 1 > 2",
        "text|any|Any?|${y} > 3",
        "text|pick|Pick?|selected(${two}, 'a')",
        "text|gone|Gone?|${nothing_here} = 1".replace("${nothing_here}", "/data/meta/x"),
    )
    response = respond(rows)
    book = opened(written(response))
    conditions = Conditions(response.plan, lay_out(response), "Yes")

    assert {"Sites", "Sites (2)", "Inner"} <= set(book.sheetnames)
    assert (conditions.of("/data/told") or "").startswith("NOT(AND(ISNUMBER(")
    assert [conditions.of(f"/data/{name}") for name in ("two", "sum", "any", "gone")] == [None] * 4
    assert (conditions.of("/data/pick") or "").endswith('="a"')


def test_days_before_the_calendar_and_days_that_are_none_stand_as_text():
    for text in ("1850-01-01", "2026-02-30"):
        response = begun(day=text)
        assert answer_cell(opened(written(response)), f"{WORK}/day").value == text


def test_clock_of_a_spreadsheet_is_a_time():
    response = begun()
    book = opened(written(response))
    for clock, text in ((time(13, 5), "13:05"), (time(13, 5, 7), "13:05:07")):
        cell = answer_cell(book, f"{WORK}/hour")
        cell.number_format, cell.value = "hh:mm:ss", clock
        assert texts(returned(response, book)) == {f"{WORK}/hour": text}


def test_book_in_a_language_from_right_to_left_runs_that_way():
    words = BookWords(is_right_to_left=True)
    book = opened(write_answer_workbook(begun(), FACTS, words))

    assert all(sheet.sheet_view.rightToLeft for sheet in book if sheet.sheet_state == "visible")


def test_answer_of_a_counted_repeat_that_has_no_such_entry_is_named():
    rows = table(
        "survey",
        "type|name|label|repeat_count",
        "begin_repeat|kid|Shift|1",
        "text|name|Name?|",
        "end_repeat|||",
    )
    response = respond(rows)
    book = opened(written(response))
    repeat_cell(book, "/name", 1).value = "Early"
    repeat_cell(book, "/name", 2).value = "Late"
    news, faults = judge(response, returned(response, book).changes)

    assert [one.change.text for one in news] == ["Early"]
    assert faults[0].text == "Late"


def test_conditions_that_are_more_than_comparisons_have_no_formula():
    long = "A label of a choice that goes on and on " * 6
    rows = table(
        "survey",
        "type|name|label|relevant",
        "select_multiple risk|risks|Risks?|",
        "select_one long|one|One?|",
        "begin_repeat|site|Site|",
        "integer|size|Size?|",
        "select_multiple risk|dangers|Dangers?|",
        "begin_group|g|Group|",
        "text|up|Up?|${size} > 3",
        "end_group|||",
        "end_repeat|||",
        "text|water|Water?|selected(${risks}, 'water')",
        "text|same|Same?|${risks} = 'fire'",
        "text|long|Long?|${one} = 'a'",
        "text|alone|Alone?|count(${site}) > 1",
        "text|high|High?|../../../x = 1",
        "text|bare|Bare?|${one}",
        "text|some|Some?|selected(${dangers}, 'fire')",
    )
    lists = table("choices", "list_name|name|label", "risk|fire|Fire", f"long|a|{long}", "long|b|B")
    response = respond(rows, lists)
    layout = lay_out(response)
    conditions = Conditions(response.plan, layout, "Yes")
    none = ("water", "same", "long", "alone", "high", "bare")

    assert [conditions.of(f"/data/{name}") for name in none] == [None] * len(none)
    assert "COUNTIF(" in (conditions.of("/data/some") or "")
    up = conditions.of("/data/site/g/up", entry=layout.repeats["/data/site"])
    assert "ISNUMBER($D4)" in (up or "")


def test_hidden_rows_that_somebody_added_are_not_believed():
    response = begun()
    book = opened(written(response))
    sheet = answer_cell(book, f"{WORK}/people").parent
    end = sheet.max_row + 1
    for column, value in ((1, "/data/x"), (2, "X?"), (4, "x")):
        sheet.cell(end, column).value = value
    book["_base"].append(["/data/x", "", "X?"])

    found = returned(response, book)

    assert (found.changes, found.faults) == ((), ())


def test_child_that_ends_before_it_reads_is_told_as_too_large(monkeypatch, tmp_path):
    monkeypatch.setattr("questionnaires.workbook.reading._CHILD", tmp_path / "nothing.py")

    with pytest.raises(BookRefused, match="too large"):
        read_book(b"0" * 5_000_000)
    monkeypatch.undo()
    assert read_book(written(begun())).pictures == 0


def test_book_is_read_alone_beside_the_answers_it_was_given_out_with():
    response = begun(people="3", risks="fire dust")
    given = written(response)
    changed = opened(given)
    answer_cell(changed, f"{WORK}/people").value = "=1+1"
    answer_cell(changed, f"{WORK}/why").value = "More"
    asked = {"assignment": FACTS.assignment, "now": NOW}

    untouched = read_alone(raw(given), response.plan, **asked)  # type: ignore[arg-type]
    found = read_alone(raw(saved(changed)), response.plan, **asked)  # type: ignore[arg-type]

    assert (untouched.changed, untouched.faults) == (0, ())
    assert found.changed == 1
    assert [fault.message for fault in found.faults] == ["The cell holds a formula, not an answer."]
