"""Translations of a form: by place, joined when it is read, stale when the source changed."""

from datetime import UTC, datetime

import pytest

from questionnaires import export_workbook, plan, read_form
from questionnaires.evaluation import Response
from questionnaires.form import Form
from questionnaires.library import shipped_form, shipped_translations
from questionnaires.translations import (
    LANGUAGE_NAMES,
    Translation,
    join,
    mark_of,
    read_translation,
    translatable,
)

NOW = datetime(2026, 11, 28, tzinfo=UTC)
FORM = """
| survey |
| | type | name | label | hint |
| | begin_group | A | Your farm | |
| | text | q1 | What is it called? | As on the sign. |
| | note | n1 | You wrote ${q1}. | |
| | select_one yesno | q2 | Is there a well? | |
| | end_group | | | |
| choices |
| | list_name | name | label |
| | yesno | yes | Yes |
| | yesno | no | No |
| settings |
| | form_title | form_id |
| | Farms | farms |
"""
FRENCH = {
    "survey/A/label": ("Your farm", "Votre ferme"),
    "survey/q1/label": ("What is it called?", "Comment s’appelle-t-elle ?"),
    "survey/q1/hint": ("Another text", "Un autre texte"),
    "choices/yesno/yes/label": ("Yes", "Oui"),
}


def form() -> Form:
    return read_form(FORM.encode(), file_type=".md")


def french() -> Translation:
    lines = [f'{place},{mark_of(source)},"{text}"' for place, (source, text) in FRENCH.items()]
    return read_translation("fr", "\n".join(["place,source,text", *lines]).encode())


def answers(language: str | None) -> Response:
    return Response(plan(join(form(), [french()])), {}, now=NOW, language=language, seed="s")


def test_every_text_of_a_form_has_a_place_but_those_with_a_value_put_in():
    assert translatable(form()) == {
        "settings/form_title": "Farms",
        "survey/A/label": "Your farm",
        "survey/q1/label": "What is it called?",
        "survey/q1/hint": "As on the sign.",
        "survey/q2/label": "Is there a well?",
        "choices/yesno/yes/label": "Yes",
        "choices/yesno/no/label": "No",
    }


def test_joined_texts_and_choices_are_shown_in_the_language_of_the_response():
    shown = answers("French (fr)")

    assert shown.state("/data/A/q1").label == "Comment s’appelle-t-elle ?"
    assert [c.label for c in shown.state("/data/A/q2").choices] == ["Oui", "No"]


def test_without_a_language_the_form_speaks_its_own():
    shown = answers(None)

    assert shown.state("/data/A").label == "Your farm"
    assert [c.label for c in shown.state("/data/A/q2").choices] == ["Yes", "No"]


def test_a_text_whose_source_changed_is_stale_and_shown_in_the_source_language():
    assert french().is_stale("survey/q1/hint", "As on the sign.")
    assert not french().is_stale("survey/q1/label", "What is it called?")
    assert answers("French (fr)").state("/data/A/q1").hint == "As on the sign."


def test_a_language_the_form_speaks_already_is_left_as_it_was_written():
    once = join(form(), [french()])

    assert join(once, [french()]) == once
    assert once.languages == ("", "French (fr)")


def test_shipped_translations_are_of_today_and_cover_their_whole_form():
    saq = shipped_form("SAQ")
    places = translatable(saq)
    found = shipped_translations(saq.sha256)

    assert {one.language for one in found} == set(LANGUAGE_NAMES)
    for one in found:
        missing = [place for place, text in places.items() if not one.find(place, text)]
        assert missing == [], one.language
        assert set(one.texts) <= set(places)


def test_a_form_of_somebody_else_and_one_without_a_folder_have_no_shipped_translation():
    assert shipped_translations("0" * 64) == ()
    assert shipped_translations(shipped_form("REM").sha256) == ()


@pytest.mark.parametrize("language", sorted(LANGUAGE_NAMES))
def test_the_shipped_form_still_has_every_question_after_joining(language: str):
    saq = shipped_form("SAQ")
    joined = join(saq, shipped_translations(saq.sha256))

    assert [q.path for q in joined.questions()] == [q.path for q in saq.questions()]
    name = f"{LANGUAGE_NAMES[language]} ({language})"
    assert all(q.label.plain(name) for q in joined.questions() if q.label)


def test_a_workbook_with_translations_has_a_column_a_language_and_the_source_where_none_is():
    again = read_form(export_workbook(FORM.encode(), translations=[french()]), file_type=".xlsx")

    assert again.languages == ("English (en)", "French (fr)")
    assert again.default_language == "English (en)"
    question = again.question("/data/A/q1")
    assert question.label.plain("French (fr)") == "Comment s'appelle-t-elle ?"
    assert question.hint.plain("French (fr)") == "As on the sign."
    assert question.label.plain() == "What is it called?"
    labels = [c.label.plain("French (fr)") for c in again.choice_lists["yesno"]]
    assert labels == ["Oui", "No"]
