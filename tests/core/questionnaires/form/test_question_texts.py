"""What a form asks, as a search reads it: the same questions as the form itself."""

import pytest

from questionnaires.form.question_texts import AskedText, read_asked_texts
from questionnaires.library.shipped import read_shipped, shipped_form

FORM = """
| survey |
| | type | name | label::English (en) | label::French (fr) | bind::dd:id | bind::dd:evidence_for |
| | begin_group | A | Your site | Votre site | | |
| | note | hello | Welcome | Bienvenue | | |
| | integer | age | What is the youngest age? | Quel est l'âge minimal ? | OWN-01 | |
| | text | other | | | | |
| | file | paper | You can add a paper. | | | OWN-01 |
| | end_group | | | | | |
| settings |
| | form_title | form_id | version |
| | Own | OWN | 1.0 |
"""


def test_questions_come_with_their_id_and_each_of_their_languages():
    assert read_asked_texts(FORM.encode(), ".md") == (
        AskedText("OWN-01", ("What is the youngest age?", "Quel est l'âge minimal ?")),
    )


def test_a_form_that_cannot_be_read_asks_nothing():
    assert read_asked_texts(b"\0\1", ".xlsx") == ()
    assert read_asked_texts(b"", ".pdf") == ()


@pytest.mark.parametrize("ref", ["SAQ", "TRV"])
def test_every_question_of_the_method_is_found_in_a_form_that_ships(ref: str):
    form = shipped_form(ref)
    wanted = {
        question.extras["dd:id"]: question.label.plain()
        for question in form.questions()
        if question.is_input and question.extras.get("dd:id") and question.label
    }
    found = {one.ref: one.labels[0] for one in read_asked_texts(read_shipped(ref), ".md")}

    assert wanted
    assert {key: found.get(key) for key in wanted} == wanted
