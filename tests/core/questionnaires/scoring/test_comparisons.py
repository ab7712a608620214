"""CHK-4 and CHK-7: answers beside those of other sites and of the time before."""

from questionnaires import far_moves, has_note, own_words, read_form, same_words, score
from tests.saq_responses import respond, respond_saq

TWO_PLACES = b"""
| survey |
| | type | name | label |
| | begin_repeat | site | A site |
| | text | wish | What do you need? |
| | end_repeat | | |
"""
WISH = "We need higher prices in the harvest months."


def test_the_same_words_at_another_site_are_asked_about_and_the_site_is_named():
    response = respond_saq({"SAQ_O04": WISH})

    check = same_words(response, {WISH: ["Mill South", "Mill North", "Mill South"]})

    assert check is not None
    assert (check.check, check.questions) == ("CHK-4", ("SAQ-O04",))
    assert "here and at Mill North, Mill South" in check.message


def test_the_same_words_at_two_places_of_one_response_are_asked_about():
    form = read_form(TWO_PLACES, file_type=".md")
    response = respond(form, {"/data/site[1]/wish": WISH, "/data/site[2]/wish": WISH})

    check = same_words(response, {})

    assert check is not None
    assert check.questions == ("wish",)
    assert "at several places of these answers" in check.message


def test_short_texts_and_names_are_alike_by_right():
    name = "Société coopérative des producteurs de cacao"
    response = respond_saq(
        {"SAQ_O04": "more time", "SAQ_A02": name},
        sites=({"SAQ_B02": name}, {"SAQ_B02": name}),
    )

    assert own_words(response) == {}
    assert same_words(response, {name: ["Mill"], "more time": ["Mill"]}) is None


def test_answers_that_moved_far_both_ways_are_counted_and_named():
    before = score(respond_saq({"SAQ_D04": "nothing"}))
    now = score(respond_saq({"SAQ_H03": "many_not"}))

    check = far_moves(now, before)

    assert check is not None
    assert (check.check, check.questions) == ("CHK-7", ("SAQ-D04", "SAQ-H03"))
    assert "1 much better, 1 much worse" in check.message


def test_small_moves_and_blank_answers_raise_nothing():
    good = score(respond_saq({}))

    assert far_moves(good, good) is None
    assert far_moves(score(respond_saq({"SAQ_H03": "most"})), good) is None
    assert far_moves(score(respond_saq({"SAQ_H03": ""})), good) is None


def test_a_note_beside_the_attestation_explains_the_answers():
    assert not has_note(respond_saq({"SAQ_O05": "confirm"}))
    noted = {"SAQ_O05": "confirm_with_note", "SAQ_O05_note": "A new hall was built."}
    assert has_note(respond_saq(noted))
