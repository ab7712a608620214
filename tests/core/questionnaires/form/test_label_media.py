"""Files of labels: which a form names, what is told of those that are missing, what is shown."""

import pytest

from questionnaires import Response, check_form, plan
from questionnaires.form.label_media import named_media
from tests.conftest import NOW
from tests.forms import form, table

SURVEY = table(
    "survey",
    "type | name | label::English (en) | label::French (fr) | media::image::English (en) | "
    "media::image::French (fr) | media::audio::English (en) | media::big-image::English (en)",
    "select_one yn | q | Question | Question | map.png | carte.png | say.mp3 | large.png",
    "text | t | Text | Texte | | | |",
    "note | n | Note | Note | ${t}.png | ${t}.png | |",
)
CHOICES = table(
    "choices",
    "list_name | name | label::English (en) | label::French (fr) | media::video::English (en)",
    "yn | y | Yes | Oui | yes.mp4",
    "yn | n | No | Non |",
)


def test_every_file_that_a_label_names_is_known_and_a_name_made_of_answers_leaves_it_open():
    found = named_media(form(SURVEY, CHOICES))

    assert found.names == {"map.png", "carte.png", "say.mp3", "large.png", "yes.mp4"}
    assert found.is_open and found.wants("tree.png")
    closed = named_media(form(SURVEY.replace("${t}", "t"), CHOICES))
    assert closed.wants("t.png") and not closed.wants("tree.png")


def test_files_are_those_of_the_language_and_of_the_answers():
    response = Response(plan(form(SURVEY, CHOICES)), now=NOW, language="French (fr)")
    response.set("/data/t", "tree")

    assert response.media("/data/q")["image"] == "carte.png"
    assert response.media("/data/t") == {}
    assert response.media("/data/n") == {"image": "tree.png"}
    assert response.choice_media("/data/q") == {"y": {"video": "yes.mp4"}}
    assert response.choice_media("/data/t") == response.media("/data") == {}


@pytest.mark.parametrize("look", [Response.media, Response.choice_media])
def test_a_node_that_is_not_there_has_no_files(look):
    with pytest.raises(KeyError):
        look(Response(plan(form(SURVEY, CHOICES)), now=NOW), "/data/gone")


def test_a_file_that_was_not_given_along_is_told_with_its_cell():
    given = {"map.png", "carte.png", "say.mp3"}
    report = check_form((SURVEY + CHOICES).encode(), ".csv", name="a", given=given)

    told = {
        (one.sheet, one.row, one.column): one.message
        for one in report.faults
        if one.code == "media-missing"
    }
    assert report.usable
    assert told == {
        ("survey", 2, "media::big-image::English (en)"): (
            "The file 'large.png' was not given along: people meet the form without it."
        ),
        ("choices", 2, "media::video::English (en)"): (
            "The file 'yes.mp4' was not given along: people meet the form without it."
        ),
    }
