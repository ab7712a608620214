"""Lists that a form keeps in files beside it, what was sent before, and files of labels."""

import pytest

from questionnaires import Response, plan, read_external
from questionnaires.form.search_lists import arguments_of
from tests.forms import NOW, form, respond, table

VILLAGES = "name,label,district\nv1,Kibera,north\nv2,Mathare,south\nv3,Kangemi,north\n"
XML = """<?xml version="1.0"?>
<root>
  <item><name>v1</name><label>Kibera</label><district>north</district></item>
  <item><name>v2</name><label>Mathare</label><district>south</district></item>
</root>"""


def filled(folder, survey, *more, **answers):
    """A response to a form whose files lie in a folder."""
    read = form(survey, *more)
    rows, missing = read_external(read, folder)
    assert missing == []
    response = Response(plan(read, rows), now=NOW)
    for name, text in answers.items():
        response.set(f"/data/{name}", text)
    return response


def offered(response, path):
    return [choice.name for choice in response.state(path).choices]


def from_file(file, **columns):
    return table(
        "survey",
        "type | name | label | choice_filter | calculation",
        "text | d | District | | ",
        f"select_one_from_file {file} | v | Village | {columns.get('filter', '')} | ",
        "calculate | words | | | jr:choice-name(${v}, '${v}')",
    )


def test_choices_come_from_an_xml_file_and_are_filtered(tmp_path):
    (tmp_path / "villages.xml").write_text(XML)

    response = filled(tmp_path, from_file("villages.xml", filter="district = ${d}"), d="south")
    response.set("/data/v", "v2")

    assert offered(response, "/data/v") == ["v2"]
    assert response.state("/data/v").choices[0].label == "Mathare"
    assert response.state("/data/words").value == "Mathare"


def test_attributes_of_an_xml_file_can_be_asked(tmp_path):
    (tmp_path / "tree.xml").write_text('<root><a x="1">one</a><a x="2">two</a></root>')
    survey = table(
        "survey",
        "type | name | label | calculation",
        "xml-external | tree | | ",
        "text | t | T | ",
        "calculate | c | | instance('tree')/root/a[@x = '2']",
    )

    assert filled(tmp_path, survey).state("/data/c").value == "two"


@pytest.mark.parametrize("content", [b"<root><item>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_an_xml_file_that_cannot_be_read_is_named_as_missing(tmp_path, content):
    (tmp_path / "villages.xml").write_bytes(content)

    rows, missing = read_external(form(from_file("villages.xml")), tmp_path)

    assert (rows, missing) == ({"villages": []}, ["villages.xml"])


def test_an_xml_file_with_elements_far_in_one_another_is_named_as_missing(tmp_path):
    (tmp_path / "villages.xml").write_text("<a>" * 60 + "</a>" * 60)

    assert read_external(form(from_file("villages.xml")), tmp_path)[1] == ["villages.xml"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name,label\na,Ñandú\n", "utf-8-sig"),
        ("name,label\na,Ñandú\n", "utf-16"),
        ("name,label\na,Ñandú\n", "cp1252"),
        ("name;label\r\na;Ñandú\r\n", "utf-8"),
        ("name\tlabel\n\na\tÑandú\n", "utf-8"),
        ('name,label,,"more\nlines"\na,Ñandú,,"x\ny",beyond\n', "utf-8"),
    ],
)
def test_a_csv_file_is_read_in_the_encodings_and_separators_that_occur(tmp_path, text, encoding):
    (tmp_path / "villages.csv").write_bytes(text.encode(encoding))

    response = filled(tmp_path, from_file("villages.csv"))

    (choice,) = response.state("/data/v").choices
    assert (choice.name, choice.label) == ("a", "Ñandú")


def test_a_csv_file_whose_cells_are_too_long_is_named_as_missing(tmp_path):
    (tmp_path / "villages.csv").write_text("name,label\na," + "x" * 200_000)

    assert read_external(form(from_file("villages.csv")), tmp_path)[1] == ["villages.csv"]


def test_a_column_called_list_name_of_ones_own_file_filters_nothing(tmp_path):
    (tmp_path / "villages.csv").write_text("name,label,list_name\na,A,other\n")

    assert offered(filled(tmp_path, from_file("villages.csv")), "/data/v") == ["a"]


def test_lines_and_shapes_of_a_geojson_file_are_written_as_places(tmp_path):
    (tmp_path / "lines.geojson").write_text(
        '{"features": ['
        '{"id": "a", "properties": {"title": "A"},'
        ' "geometry": {"type": "LineString", "coordinates": [[1.0, 2], [3, 4]]}},'
        '{"properties": {"id": "b", "title": "B"},'
        ' "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}},'
        '{"id": "c", "properties": null, "geometry": {"type": "MultiPoint", "coordinates": []}}]}'
    )

    rows, _ = read_external(form(from_file("lines.geojson")), tmp_path)

    assert [row["geometry"] for row in rows["lines"]] == [
        "2 1 0 0; 4 3 0 0",
        "0 0 0 0; 0 1 0 0; 0 0 0 0",
        "",
    ]
    assert [row["id"] for row in rows["lines"]] == ["a", "b", "c"]


# -- search(), xlsform.org, "Dynamic selects from pre-loaded data" -------------------------------


def searching(search):
    return (
        table(
            "survey",
            "type | name | label | appearance",
            "text | d | District | ",
            f"select_one villages | v | Village | minimal {search}",
        ),
        table(
            "choices",
            "list_name | name | label",
            "villages | name | label",
            "villages | 99 | Another one",
        ),
    )


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("search('villages')", ["99", "v1", "v2", "v3"]),
        ("search('villages.csv', 'matches', 'district', ${d})", ["99", "v2"]),
        ("search('villages', 'contains', 'name, label', 'athar')", ["99", "v2"]),
        ("search('villages', 'startswith', 'label', 'K', 'district', 'north')", ["99", "v1", "v3"]),
        ("search('villages', 'endswith', 'label', 'i')", ["99", "v3"]),
        ("search('villages', 'sounds like', 'label', 'i')", ["99", "v1", "v2", "v3"]),
    ],
)
def test_search_offers_the_rows_of_a_file_behind_the_numbers_of_the_sheet(tmp_path, search, names):
    (tmp_path / "villages.csv").write_text(VILLAGES)

    response = filled(tmp_path, *searching(search), d="south")

    assert offered(response, "/data/v") == names
    labels = {choice.name: choice.label for choice in response.state("/data/v").choices}
    assert (labels["99"], labels.get("v2", "Mathare")) == ("Another one", "Mathare")


def test_search_without_its_file_offers_what_the_sheet_holds_and_names_the_file(tmp_path):
    read = form(*searching("search('villages')"))

    _, missing = read_external(read, tmp_path)
    response = Response(plan(read), now=NOW)

    assert missing == ["villages.csv"]
    assert offered(response, "/data/v") == ["name", "99"]


@pytest.mark.parametrize("name", ["99", "two words"])
def test_search_without_a_column_of_the_file_is_a_plain_list(name):
    response = respond(
        table("survey", "type | name | label | appearance", "select_one l | v | V | search('x')"),
        table("choices", "list_name | name | label", f"l | {name} | Label"),
    )

    assert offered(response, "/data/v") == [name]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("search('a', concat('x, y', b[c > 1]))", ["'a'", "concat('x, y', b[c > 1])"]),
        ("minimal", []),
        ("search('a'", []),
        ("research('a')", []),
    ],
)
def test_arguments_of_a_call_are_taken_apart_at_its_own_commas(text, found):
    assert arguments_of(text, "search") == found


# -- last-saved, docs.getodk.org/form-logic, "Values from the last saved record" -----------------

BEFORE = table(
    "survey",
    "type | name | label | default | calculation",
    "text | street | Street | ${last-saved#street} | ",
    "begin repeat | child | Child | | ",
    "integer | age | Age | | ",
    "end repeat | | | | ",
    "calculate | sum | | | sum(${last-saved#age})",
)


def test_what_was_sent_before_is_a_default_and_can_be_asked():
    read = form(BEFORE)
    before = {"/data/street": "High", "/data/child[1]/age": "7", "/data/child[2]/age": "9"}

    response = Response(plan(read), now=NOW, last_saved=before)

    assert response.state("/data/street").value == "High"
    assert response.state("/data/sum").value == "16"
    assert read.external_files == {}


def test_where_nothing_was_sent_before_its_values_are_blank():
    assert respond(BEFORE).state("/data/street").value == ""


# -- media, xlsform.org, "Media" -----------------------------------------------------------------


def test_files_of_labels_are_known_by_kind_and_language():
    read = form(
        table(
            "survey",
            "type | name | label::English (en) | label::French (fr) | media::image::English (en) "
            "| media::audio::French (fr)",
            "select_one yn | q | Question | Question | map.png | parole.mp3",
            "text | t | Text | Texte | | ",
        ),
        table(
            "choices",
            "list_name | name | label::English (en) | label::French (fr) | media::image::French (fr)",
            "yn | y | Yes | Oui | oui.png",
        ),
    )

    (question, plain) = read.questions()

    assert question.media["image"].plain("English (en)") == "map.png"
    assert question.media["audio"].plain("French (fr)") == "parole.mp3"
    assert question.choices[0].media["image"].plain("French (fr)") == "oui.png"
    assert plain.media == {}
