"""Translations of a form: by place, joined when it is read, stale when the source changed."""

from datetime import UTC, datetime

import pytest

from questionnaires import export_workbook, plan, read_form
from questionnaires.evaluation.response import Response
from questionnaires.form.form import Form
from questionnaires.form.phone_form import xform_of
from questionnaires.form.xform import form_from_xform
from questionnaires.library.shipped import list_shipped, shipped_form, shipped_translations
from questionnaires.translations.states import TextState, text_sections, texts_in
from questionnaires.translations.texts import (
    LANGUAGE_NAMES,
    Translated,
    Translation,
    join,
    mark_of,
    places_of,
    read_translation,
    spoken_beside,
    translatable,
    values_in,
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


def answers(language: str | None, *confirmed: Translation) -> Response:
    joined = join(form(), [french()], confirmed)
    texts = {"/data/A/q1": "Nord"}
    return Response(plan(joined), texts, now=NOW, language=language, seed="s")


def by_person(language: str = "fr", **texts: str) -> Translation:
    """Texts of the survey that a person confirmed, by the name of their question."""
    sources = translatable(form())
    places = {f"survey/{name}/label": text for name, text in texts.items()}
    return Translation(
        language,
        {place: Translated(place, mark_of(sources[place]), t) for place, t in places.items()},
    )


def test_every_text_of_a_form_has_a_place_and_a_value_put_in_stands_by_its_name():
    assert translatable(form()) == {
        "settings/form_title": "Farms",
        "survey/A/label": "Your farm",
        "survey/q1/label": "What is it called?",
        "survey/q1/hint": "As on the sign.",
        "survey/n1/label": "You wrote ${q1}.",
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


def test_a_form_of_somebody_else_has_no_shipped_translation():
    assert shipped_translations("0" * 64) == ()


@pytest.mark.parametrize("ref", sorted({one.ref for one in list_shipped()}))
def test_a_shipped_form_has_every_text_in_every_language_and_no_two_answers_alike(ref: str):
    form = shipped_form(ref)
    found = {one.language: one for one in shipped_translations(form.sha256)}
    joined = join(form, tuple(found.values()))

    assert [q.path for q in joined.questions()] == [q.path for q in form.questions()]
    assert found.keys() == LANGUAGE_NAMES.keys()
    for language, translation in found.items():
        texts = translatable(form)
        assert [p for p, text in texts.items() if not translation.find(p, text)] == [], language
        name = f"{LANGUAGE_NAMES[language]} ({language})"
        for choices in joined.choice_lists.values():
            said = [choice.label.plain(name) for choice in choices]
            assert len(set(said)) == len(said), (language, said)


@pytest.mark.parametrize("about", [{}, {"": "Read me", "fr": "A lire"}])
def test_a_phone_form_begins_with_a_note_only_where_there_is_something_to_say(about):
    made = xform_of(FORM.encode(), ".md", translations=[french()], about=about)

    assert "Comment s'appelle-t-elle ?" in made
    assert [words in made for words in ("dd_about", "Read me", "A lire")] == [bool(about)] * 3


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


def test_words_of_a_person_go_before_those_that_ship_and_the_rest_stays():
    shown = answers("French (fr)", by_person(q1="Quel est son nom ?"))

    assert shown.state("/data/A/q1").label == "Quel est son nom ?"
    assert shown.state("/data/A").label == "Votre ferme"


def test_a_person_can_add_a_language_that_does_not_ship():
    shown = answers("Arabic (ar)", by_person("ar", q1="ما اسمها؟"))

    assert shown.state("/data/A/q1").label == "ما اسمها؟"
    assert shown.state("/data/A").label == "Your farm"


def test_a_value_is_put_into_a_translation_where_its_name_stands():
    shown = answers("French (fr)", by_person(n1="« ${q1} », dites-vous."))

    assert shown.state("/data/A/n1").label == "« Nord », dites-vous."


def test_a_value_may_stand_between_spaces_and_braces_around_nothing_are_plain_words():
    shown = answers("French (fr)", by_person(n1="« ${ q1 } », dites-vous ${ }."))

    assert values_in("${ b } and ${a}, ${ } ${}") == ("a", "b")
    assert shown.state("/data/A/n1").label == "« Nord », dites-vous ${ }."


def test_a_value_between_spaces_is_shown_on_a_phone_and_in_the_workbook_too():
    words = [by_person(n1="« ${ q1 } », dites-vous ${ }.")]

    phone = form_from_xform(xform_of(FORM.encode(), ".md", translations=words))
    book = read_form(export_workbook(FORM.encode(), translations=words), ".xlsx")

    for made in (phone, book):
        shown = Response(plan(made), {"/data/A/q1": "Nord"}, now=NOW, language="French (fr)")
        assert shown.state("/data/A/n1").label == "« Nord », dites-vous { }."


def test_many_spaces_in_an_unfinished_value_are_read_once():
    """A quadratic search would exceed the time limit of the run."""
    assert values_in("${" + 600_000 * " " + "x") == ()


def test_a_translation_that_lost_a_value_is_not_shown():
    shown = answers("French (fr)", by_person(n1="Vous avez écrit cela."))

    assert shown.state("/data/A/n1").label == "You wrote Nord."


def test_a_language_that_the_form_speaks_itself_takes_the_words_of_a_person():
    again = join(join(form(), [french()]), [], [by_person(q1="Son nom ?")])

    assert again.languages == ("", "French (fr)")
    assert again.question("/data/A/q1").label.plain("French (fr)") == "Son nom ?"


def test_states_tell_a_person_from_a_machine_and_keep_what_was_said_of_an_older_source():
    stale = Translation("fr", {"survey/A/label": Translated("survey/A/label", "old", "Ferme")})
    first = texts_in(form(), "fr", french(), by_person(q1="Son nom ?"))
    later = texts_in(form(), "fr", french(), stale)

    assert {place: text.state.value for place, text in first.items() if text.text} == {
        "survey/A/label": "machine-made",
        "survey/q1/label": "confirmed",
        "choices/yesno/yes/label": "machine-made",
    }
    assert first["survey/q1/hint"].state is TextState.MISSING
    assert later["survey/A/label"].state is TextState.MACHINE
    assert later["survey/A/label"].earlier == "Ferme"


def test_what_a_form_says_itself_in_a_language_counts_as_written_and_no_machine_is_asked():
    spoken = read_form(FORM.replace("| hint |", "| label::French (fr) |").encode(), file_type=".md")

    texts = texts_in(spoken, "fr", french(), None)

    assert texts["survey/q1/label"].text == "As on the sign."
    assert texts["survey/q1/label"].state is TextState.WRITTEN
    assert texts["survey/A/label"].state is TextState.MISSING


def test_a_shipped_text_with_the_name_of_a_reviewer_counts_as_confirmed():
    mark = mark_of("Your farm")
    file = f"place,source,text,reviewed\nsurvey/A/label,{mark},Votre ferme,A. Diallo 2026-11-01\n"

    texts = texts_in(form(), "fr", read_translation("fr", file.encode()), None)

    assert texts["survey/A/label"].state is TextState.CONFIRMED


def test_texts_by_section_hold_each_place_once_with_its_answers_at_the_first_question():
    sections = text_sections(form())

    assert [(one.name, one.title) for one in sections] == [("A", "Your farm")]
    assert sections[0].places == list(translatable(form()))


def test_every_text_of_the_library_stands_in_one_section():
    for shipped in list_shipped():
        asked = shipped_form(shipped.ref, shipped.version)
        places = [place for section in text_sections(asked) for place in section.places]

        assert sorted(places) == sorted(translatable(asked)), shipped.ref


def test_what_a_form_says_beside_its_own_language_reads_back_as_it_was_joined():
    joined = join(read_form(FORM.encode(), file_type=".md"), [french()])
    (again,) = spoken_beside(joined)

    assert again.name == "French (fr)"
    assert places_of(join(read_form(FORM.encode(), file_type=".md"), [again])) == places_of(joined)


def test_a_form_that_names_its_languages_carries_them_itself():
    named = read_form(export_workbook(FORM.encode(), translations=[french()]), file_type=".xlsx")
    assert spoken_beside(named) == ()
