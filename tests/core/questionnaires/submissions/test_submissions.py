"""Submissions of phone apps read into texts by path: XML, JSON, CSV, and what is in none."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import Response
from questionnaires.form.phone_form import REFERENCE, xform_of
from questionnaires.form.xform import form_from_xform
from questionnaires.submissions.files import read_stored, read_submission_file
from questionnaires.submissions.instance import compare, read_submission
from questionnaires.submissions.tables import read_csv, read_json, read_zipped_csv
from questionnaires.workbook.reading import BookRefused
from tests.forms import respond, table
from tests.phone_submissions import as_json, with_a_link, zipped

SURVEY = table(
    "survey",
    "type|name|label|calculation|bind::dd:light",
    "begin_group|g|Group||",
    "integer|n|How many?||yes",
    "text|t|Say||",
    "geopoint|place|Where?||yes",
    "select_multiple s|some|Some||yes",
    "end_group||||",
    "begin_repeat|r|Sites||",
    "text|name|Name||yes",
    "begin_repeat|house|Houses||",
    "integer|rooms|Rooms||yes",
    "end_repeat||||",
    "end_repeat||||",
    "image|photo|Photo||yes",
    "calculate|twice||${n} * 2|",
)
CHOICES = table("choices", "list_name|name|label", "s|a|A", "s|b|B")


def begun() -> Response:
    return respond(SURVEY, CHOICES)


FORM = begun().form


def xml(body: str, *, meta: str = "<meta><instanceID>uuid:1</instanceID></meta>") -> bytes:
    return f'<data id="{FORM.form_id}" version="1">{body}{meta}</data>'.encode()


def test_instance_is_read_with_places_templates_left_out_and_unknown_nodes_aside():
    found = read_submission(
        xml(
            '<g><n> 4 </n><t> as typed </t></g><r xmlns:jr="http://openrosa.org/javarosa"'
            ' jr:template=""><name>no</name></r>'
            "<r><name>One</name><house><rooms>2</rooms></house><house><rooms>3</rooms></house></r>"
            "<r><name>Two</name></r><odd>x</odd><empty/><__version__>v1</__version__>"
        ),
        FORM,
    )

    assert found.texts == {
        "/data/g/n": "4",
        "/data/g/t": " as typed ",
        "/data/r[1]/name": "One",
        "/data/r[1]/house[1]/rooms": "2",
        "/data/r[1]/house[2]/rooms": "3",
        "/data/r[2]/name": "Two",
    }
    assert found.set_aside == {"/data/odd": "x", "/data/__version__": "v1"}
    assert found.instance_id == "uuid:1"


def test_form_without_a_reference_and_with_one():
    definition = (SURVEY + CHOICES).encode()
    plain, named = (xform_of(definition, ".csv", reference=ref) for ref in ("", "abc"))

    assert REFERENCE not in plain
    assert form_from_xform(named).question(f"/data/{REFERENCE}").default == "abc"
    found = read_submission(xml(f"<{REFERENCE}>abc</{REFERENCE}>"), FORM)
    assert (found.reference, found.set_aside) == ("abc", {})


def test_reference_that_looks_like_a_sum_stands_in_the_form_as_it_is():
    reference = "58895231-7742-4549-9123-5680754421"
    named = xform_of((SURVEY + CHOICES).encode(), ".csv", reference=reference)

    assert form_from_xform(named).question(f"/data/{REFERENCE}").default == reference
    assert "setvalue" not in named


def test_what_the_phone_worked_out_otherwise_is_shown():
    response = begun()
    found = read_submission(xml("<g><n>4</n></g><twice>9</twice>"), FORM)

    compared = compare(found, response)

    assert [(change.path, change.text) for change in compared.changes] == [("/data/g/n", "4")]
    assert compared.recalculated == (("twice", "9", "8"),)
    assert response.answers().get("/data/g/n") is None


def test_files_and_what_is_not_asked_stand_aside():
    found = read_submission(xml("<g><t>x</t></g><photo>a.jpg</photo>"), FORM)

    compared = compare(found, begun(), light=True)

    assert compared.changes == ()
    assert compared.files == {"/data/photo": "a.jpg"}
    assert compared.not_asked == (("Say", "x"),)


def test_entry_that_is_not_there_yet_is_named_by_its_question():
    found = read_submission(xml("<r><name>One</name></r><r><name>Two</name></r>"), FORM)

    assert [change.label for change in compare(found, begun()).changes] == ["Name", "Name"]


def test_sum_of_an_entry_that_never_was_has_no_value_here():
    rows = table(
        "survey",
        "type|name|label|calculation",
        "begin_repeat|r|Sites|",
        "calculate|c||1 + 1",
        "text|x|X|",
        "end_repeat|||",
    )
    response = respond(rows)
    found = read_submission(
        b'<data id="data"><r><c>2</c></r><r><c>2</c></r>'
        b"<meta><instanceID>u</instanceID></meta></data>",
        response.form,
    )

    assert compare(found, response).recalculated == (("c", "2", ""),)


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ({"g/n": 4, "g/some": "a b"}, {"/data/g/n": "4", "/data/g/some": "a b"}),
        ({"g-n": "4"}, {"/data/g/n": "4"}),
        ({"n": 4.0}, {"/data/g/n": "4"}),
        ({"g": {"n": 4, "t": None}}, {"/data/g/n": "4"}),
        ({"g": {"t": True, "some": ["a", "b"]}}, {"/data/g/t": "true", "/data/g/some": "a b"}),
        ({"wrap": {"n": 4.5}}, {"/data/g/n": "4.5"}),
        (
            {"g": {"place": {"type": "Point", "coordinates": [-0.2, 5.6, 10]}}},
            {"/data/g/place": "5.6 -0.2 10"},
        ),
        (
            {"r": [{"r/name": "One", "house": [{"rooms": 2}]}, {"name": "Two"}]},
            {
                "/data/r[1]/name": "One",
                "/data/r[1]/house[1]/rooms": "2",
                "/data/r[2]/name": "Two",
            },
        ),
    ],
)
def test_rows_of_an_export_are_read_however_the_server_wrote_them(row, texts):
    found = read_json(as_json([{"meta/instanceID": "u", "_id": 1, **row}]), FORM)[0]

    assert found.texts == texts
    assert found.set_aside == {}


def test_field_inside_a_repeat_is_not_taken_from_outside_of_it():
    found = read_json(as_json({"__id": "u", "rooms": 3, "n": 1}), FORM)[0]

    assert found.set_aside == {"/data/rooms": "3"}


def test_number_of_kobotoolbox_gets_its_prefix():
    found = read_json(as_json([{"_uuid": "12", "n": 1, "formid": FORM.form_id}]), FORM)[0]

    assert (found.instance_id, found.form_id) == ("uuid:12", FORM.form_id)


def test_kept_row_of_an_export_reads_back_the_same():
    main = b"g-n,KEY\n4,uuid:5\n"
    sites = b"name,PARENT_KEY,KEY\nOne,uuid:5,uuid:5/r[1]\n"
    found = read_zipped_csv({"a.csv": main, "a-r.csv": sites}, FORM)[0]

    again = read_stored(found.content, FORM)

    assert again == found
    assert found.texts == {"/data/g/n": "4", "/data/r[1]/name": "One"}


def test_entries_of_houses_are_found_by_their_key():
    parts = {
        "a.csv": b"g-n,KEY\n4,uuid:5\n",
        "a-h.csv": b"rooms,PARENT_KEY,KEY\n2,uuid:5/r[1],uuid:5/r[1]/house[2]\n",
        "a-x.csv": b"odd,PARENT_KEY,KEY\n2,uuid:5,uuid:5/other[1]\n",
        "photo.jpg": b"x",
    }
    brought = read_submission_file("a.zip", zipped(parts), FORM)

    assert brought.submissions[0].texts["/data/r[1]/house[2]/rooms"] == "2"
    assert brought.submissions[0].set_aside == {"/data/other[1]/odd": "2"}
    assert brought.files == {"photo.jpg": b"x"}


def deep(levels: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for _ in range(levels):
        found = {"x": found}
    return found


def packed_badly(way: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        archive.writestr("a.xml", b"x" * 500)
    content = bytearray(buffer.getvalue())
    start = content.find(b"a.xml") + 17
    content[start : start + 12] = b"\x5a" * 12
    return bytes(content)


def test_point_without_numbers_is_no_place():
    found = read_json(as_json([{"_uuid": "1", "n": 4, "place": {"type": "Point"}}]), FORM)[0]
    assert found.texts["/data/g/n"] == "4"

    row = {"_uuid": "1", "n": 4, "place": {"type": "Point", "coordinates": [1]}}
    assert read_json(as_json([row]), FORM)[0].texts["/data/g/n"] == "4"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.json", b"[1]", "no_submissions"),
        ("a.json", b"[" * 100_000, "broken"),
        ("a.json", as_json([{"_uuid": "1", **deep(30)}]), "too_large"),
        ("a.json", as_json([{}] * 5_001), "too_large"),
        ("a.csv", b"\xff\xfe\x00", "broken"),
        ("a.csv", b'a,b\n"open', "broken"),
        ("a.csv", b"a,b\n", "empty"),
        ("a.csv", b"KEY,n\nuuid:1,a\x00\n", "broken"),
        ("a.json", b'{"_uuid": "1", "t": "a\\u0000"}', "broken"),
        ("a.json", b'{"_uuid": "1", "t": "\\ud800"}', "broken"),
        ("a.doc", b"hello", "unknown_kind"),
        ("a.zip", packed_badly(zipfile.ZIP_DEFLATED), "broken"),
        ("a.zip", packed_badly(zipfile.ZIP_LZMA), "broken"),
        ("a.zip", packed_badly(zipfile.ZIP_BZIP2), "packed_otherwise"),
        ("a.zip", with_a_link("a.xml", to="/etc/passwd"), "packed_otherwise"),
        ("a.zip", zipped({"a.csv": b"KEY\n1\n", "b.csv": b"PARENT_KEY\n1\n"}), "broken"),
        ("a.zip", zipped({"a.csv": b"a\n1\n", "b.csv": b"a\n1\n"}), "no_submissions"),
        ("a.xml", b"<a>" * 60_000, "too_large"),
        ("a.xml", b"<a>" + b" " * 6_000_000 + b"</a>", "too_large"),
        ("a.xml", b"<other id='x'><b>1</b></other>", "no_instance"),
        ("a.xml", b"<html><body>Sign in</body></html>", "no_answers"),
        ("a.csv", b"Question,Your answer\nHow many?,4\n", "no_answers"),
        ("a.xml", b"<a b='&lt;'", "broken"),
        ("a.xml", b"<?xml version='1.0'?>", "broken"),
        ("a.xml", b"<?xml version='1.0' encoding='nonsense'?><a/>", "broken"),
    ],
)
def test_file_that_cannot_be_read_is_refused_by_its_code(name, content, code):
    with pytest.raises(BookRefused) as refused:
        read_submission_file(name, content, FORM)

    assert refused.value.code == code
    assert refused.value.advice


def test_tables_and_archives_beyond_every_form_are_refused(monkeypatch):
    for module in ("tables", "csv_tables"):
        monkeypatch.setattr(f"questionnaires.submissions.{module}.MAX_TABLE_BYTES", 10)
    for read in (read_json, read_csv):
        with pytest.raises(BookRefused, match="larger than any"):
            read(b"0" * 11, FORM)
    monkeypatch.setattr("questionnaires.submissions.files.MAX_UNPACKED", 10)
    with pytest.raises(BookRefused, match="larger than any"):
        read_submission_file("a.zip", zipped({"a.xml": b"0" * 11}), FORM)
    monkeypatch.setattr("questionnaires.submissions.files.MAX_ENTRIES", 0)
    with pytest.raises(BookRefused, match="larger than any"):
        read_submission_file("a.zip", zipped({"a.xml": b"0"}), FORM)


@given(st.binary(max_size=300), st.sampled_from(["a.xml", "a.json", "a.csv", "a.zip"]))
def test_any_bytes_are_read_or_refused_in_words(content, name):
    try:
        read_submission_file(name, content, FORM)
    except BookRefused as refused:
        assert refused.message and refused.advice


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["g", "n", "r", "name", "meta", "x"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused_in_words(document):
    try:
        read_submission_file("a.json", json.dumps(document).encode(), FORM)
    except BookRefused as refused:
        assert refused.message and refused.advice
