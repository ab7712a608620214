"""Exports of KoboToolbox and ODK Central, with every setting that changes how they look."""

import pytest

from questionnaires.submissions.files import read_stored, read_submission_file
from questionnaires.submissions.instance import Submission
from questionnaires.workbook.reading import BookRefused
from tests.forms import respond, table
from tests.phone_submissions import as_json, zipped

SURVEY = table(
    "survey",
    "type|name|label::English (en)|label::French (fr)",
    "begin_group|g|Your place|Votre lieu",
    "decimal|share|Share of hired work|Part du travail salarié",
    "select_one yn|policy|Is there a policy?|Y a-t-il une politique ?",
    "select_multiple who|helps|Who helps?|Qui aide ?",
    "geopoint|spot|Where is it?|Où est-ce ?",
    "text|name|Name|Nom",
    "end_group|||",
    "begin_repeat|site|Sites|Sites",
    "text|town|Town|Ville",
    "begin_group|more|More|Plus",
    "begin_repeat|house|Houses|Maisons",
    "integer|rooms|Rooms|Pièces",
    "end_repeat|||",
    "end_group|||",
    "end_repeat|||",
    "begin_group|boss|The manager|Le responsable",
    "text|called|Name|Nom",
    "end_group|||",
)
CHOICES = table(
    "choices",
    "list_name|name|label::English (en)|label::French (fr)",
    "yn|y|Yes|Oui",
    "yn|n|No|Non",
    "who|school|The school|L'école",
    "who|clinic|The school clinic|La clinique",
    "who|both|Same|Pareil",
    "who|twin|Same|Pareil",
)
FORM = respond(SURVEY, CHOICES).form


def read(content: str | bytes, name: str = "export.csv") -> Submission:
    text = content.encode() if isinstance(content, str) else content
    found = read_submission_file(name, text, FORM).submissions[0]
    assert read_stored(found.content, FORM) == found  # what is kept reads back the same
    return found


@pytest.mark.parametrize(
    ("heading", "cell", "path", "text"),
    [
        ("g/share", "4.5", "share", "4.5"),
        ("g.policy", "y", "policy", "y"),
        ("g-policy", "Yes", "policy", "y"),
        ("policy", "oui", "policy", "y"),
        ("Is there a policy?", "No", "policy", "n"),
        ("Your place/Is there a policy?", "No", "policy", "n"),
        ("Votre lieu-Y a-t-il une politique ?", "Non", "policy", "n"),
        ("Your place.Name", "Awa", "name", "Awa"),
        ("g/helps", "clinic school", "helps", "clinic school"),
        ("Who helps?", "The school clinic The school", "helps", "clinic school"),
        ("Who helps?", "The church", "helps", "The church"),
        ("Who helps?", "Same", "helps", "Same"),
        ("g/policy", "perhaps", "policy", "perhaps"),
    ],
)
def test_column_is_found_by_names_or_labels_and_its_value_becomes_a_name(heading, cell, path, text):
    found = read(f"_uuid,{heading}\n1,{cell}\n")

    assert (found.texts, found.set_aside) == ({f"/data/g/{path}": text}, {})


def test_label_that_two_questions_have_is_kept_aside_and_named():
    found = read("_uuid,g/share,Name\n1,2,Awa\n")

    assert found.texts == {"/data/g/share": "2"}
    assert found.set_aside == {"/data/Name": "Awa"}


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("g/helps/school,g/helps/clinic", "1,1"),
        ("g.helps.clinic,g.helps.school", "True,TRUE"),
        ("Who helps?/The school clinic,Who helps?/The school,g/helps/both", "1,1,0"),
        ("helps,helps/school,helps/clinic", "school clinic,1,1"),
    ],
)
def test_answers_of_a_question_split_into_columns_come_together(headings, cells):
    found = read(f"_uuid,{headings}\n1,{cells}\n")

    assert (found.texts, found.set_aside) == ({"/data/g/helps": "school clinic"}, {})


def test_split_column_that_cannot_be_told_is_kept_aside_by_its_heading():
    found = read("_uuid,g/share,g/helps/school,g/helps/clinic\n1,2,often,\n")

    assert found.texts == {"/data/g/share": "2"}
    assert found.set_aside == {"/data/g/helps/school": "often"}


@pytest.mark.parametrize(
    "headings",
    [
        "g-spot-Latitude,g-spot-Longitude,g-spot-Altitude,g-spot-Accuracy",
        "g/_spot_latitude,g/_spot_longitude,g/_spot_altitude,g/_spot_precision",
        "_Where is it?_latitude,_Where is it?_longitude,spot-Altitude,spot-Accuracy",
    ],
)
def test_place_split_into_columns_comes_together(headings):
    assert read(f"KEY,{headings}\nuuid:1,5.6,-0.2,10,3\n").texts == {
        "/data/g/spot": "5.6 -0.2 10 3"
    }


def test_half_a_place_and_a_latitude_of_something_else_are_no_place():
    found = read("KEY,g/share,spot-Latitude,town-Latitude\nuuid:1,1,5.6,7\n")

    assert found.texts == {"/data/g/share": "1"}
    assert found.set_aside == {"/data/town-Latitude": "7"}


def test_table_of_a_french_spreadsheet_has_commas_before_decimals():
    found = read("_uuid;g/share;g/spot;g/name\n1;3,5;5,6 -0,2 0 0;Soubré, 3,5 km\n".encode())

    assert found.texts == {
        "/data/g/share": "3.5",
        "/data/g/spot": "5.6 -0.2 0 0",
        "/data/g/name": "Soubré, 3,5 km",
    }


def test_comma_in_a_table_parted_by_commas_is_not_guessed_at():
    assert read('_uuid,g/share\n1,"1,500"\n').texts == {"/data/g/share": "1,500"}


def test_table_is_read_with_the_marks_that_spreadsheet_programs_set_before_it():
    rows = "_uuid\tg/name\n1\tSoubré\n"

    for content in (rows.encode("utf-8-sig"), rows.encode("utf-16")):
        assert read(content).texts == {"/data/g/name": "Soubré"}


def test_heading_that_stands_twice_loses_nothing():
    found = read("_uuid,g/share,g/share,,\n1,4,5,,\n")

    assert found.texts == {"/data/g/share": "4"}
    assert found.set_aside == {"/data/g/share (2)": "5"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("_uuid,g/share,g/name\n1,4,x\n2,5", "broken"),
        ("_uuid,g/share\n1,4,6\n", "row_too_wide"),
        ("_uuid,g/name\n1,Soubré\n".encode("cp1252"), "other_letters"),
        ("\n\n", "empty"),
    ],
)
def test_table_that_is_cut_off_shifted_or_in_unknown_letters_is_refused(content, code):
    with pytest.raises(BookRefused) as refused:
        read(content)
    assert refused.value.code == code


def test_row_may_lack_empty_cells_at_its_end():
    assert read("_uuid,g/share,g/name\n1,4\n").texts == {"/data/g/share": "4"}


def kobo_zip(**more: str) -> bytes:
    tables = {
        "aBc.csv": "g/share,_id,_uuid,_index\n4,71,u1,1\n5,72,u2,2\n",
        "site.csv": (
            "site/town,_index,_parent_table_name,_parent_index\nLomé,1,aBc,2\nFès,2,aBc,1\nAné,3,aBc,2\n"
        ),
        "Houses.csv": (
            "site/more/house/rooms,_index,_parent_table_name,_parent_index\n3,1,site,3\n7,2,site,3\n"
        ),
    }
    return zipped({name: text.encode() for name, text in {**tables, **more}.items()})


def test_entries_in_tables_of_kobotoolbox_are_found_by_the_number_of_their_parent():
    first, second = read_submission_file("export.zip", kobo_zip(), FORM).submissions

    assert first.texts == {"/data/g/share": "4", "/data/site[1]/town": "Fès"}
    assert second.instance_id == "uuid:u2"
    assert second.texts == {
        "/data/g/share": "5",
        "/data/site[1]/town": "Lomé",
        "/data/site[2]/town": "Ané",
        "/data/site[2]/more/house[1]/rooms": "3",
        "/data/site[2]/more/house[2]/rooms": "7",
    }
    assert read_stored(second.content, FORM) == second


def test_entry_of_no_parent_and_table_of_no_list_are_refused_in_words():
    lost = {"site.csv": "site/town,_index,_parent_index\nLomé,1,9\n"}
    odd = {"x.csv": "site/town,_index,_parent_index\nLomé,1,1\n"}

    for more, words in ((lost, "names row 9"), (odd, "called like no list")):
        with pytest.raises(BookRefused, match=words):
            read_submission_file("export.zip", kobo_zip(**more), FORM)


def test_json_with_labels_gives_the_same_answers_as_with_names():
    names = read(as_json([{"_uuid": "1", "g/policy": "y", "g/helps": "school"}]), "a.json")
    labels = read(
        as_json([{"_uuid": "1", "Is there a policy?": "Yes", "helps": "The school"}]), "a.json"
    )

    assert labels.texts == names.texts
