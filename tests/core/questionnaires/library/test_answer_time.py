"""How long answers take: by the kind of what is open, hand-counted from the data file."""

from datetime import UTC, datetime

import pytest

from questionnaires import (
    Form,
    Page,
    Response,
    minutes_of,
    pages,
    plan,
    read_form,
    seconds_in_all,
    seconds_left,
    seconds_of_count,
    shipped_form,
)

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
FORM = """
| survey |
| | type | name | label | relevant | required | appearance | bind::dd:id | bind::dd:evidence_for |
| | begin_group | a | One | | | | | |
| | select_one yn | ok | Right? | | | | Q-1 | |
| | integer | workers | How many? | ${ok} = 'yes' | | | Q-2 | |
| | text | why | Why? | | | multiline | Q-3 | |
| | file | proof | Show it | | | | | Q-1 |
| | file | permit | The permit | | yes | | Q-4 | |
| | end_group | | | | | | | |
| | begin_group | b | Two | | | | | |
| | begin_repeat | site | A site | | | | | |
| | text | town | Where? | | | | Q-5 | |
| | end_repeat | | | | | | | |
| | end_group | | | | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| settings |
| | form_title | form_id | version | namespaces |
| | Small | small | 1 | dd="urn:child-rights-due-diligence:xforms" |
"""
YES_NO, OPTIONAL, NUMBER, PARAGRAPH, PERMIT, TEXT = 12 + 2 * 3, 20, 45, 150, 180, 60


@pytest.fixture
def form() -> Form:
    return read_form(FORM.encode(), file_type=".md")


@pytest.fixture
def response(form: Form) -> Response:
    return Response(plan(form), None, now=NOW)


def _page(response: Response, name: str) -> Page:
    return next(page for page in pages(response) if page.name == name)


def test_yes_or_no_is_quicker_than_a_number_and_that_than_a_document_that_must_be_there(
    response: Response,
):
    assert seconds_left(_page(response, "a")) == YES_NO + OPTIONAL + PARAGRAPH + PERMIT
    response.set("/data/a/ok", "yes")
    assert seconds_left(_page(response, "a")) == NUMBER + PARAGRAPH + PERMIT


def test_what_is_answered_takes_no_time_and_what_stands_from_last_time_takes_a_look(
    response: Response,
):
    for name, text in {"ok": "yes", "workers": "12", "why": "As ever"}.items():
        response.set(f"/data/a/{name}", text)
    page = _page(response, "a")
    assert seconds_left(page) == PERMIT
    assert seconds_left(page, documents={"/data/a/permit"}) == 0
    given = {"/data/a/ok", "/data/a/why"}
    assert seconds_left(page, documents={"/data/a/permit"}, given=given) == 2 * 5


def test_answer_that_breaks_a_rule_is_to_be_given_again(response: Response):
    for name, text in {"ok": "yes", "workers": "twelve", "why": "As ever"}.items():
        response.set(f"/data/a/{name}", text)
    assert seconds_left(_page(response, "a"), documents={"/data/a/permit"}) == NUMBER


def test_list_with_one_entry_is_one_of_several_until_the_second_is_there(response: Response):
    assert seconds_left(_page(response, "b")) == 3 * TEXT
    response.set("/data/b/site[1]/town", "Man")
    assert seconds_left(_page(response, "b")) == 0
    response.add_repeat("/data/b/site")
    assert seconds_left(_page(response, "b")) == TEXT


def test_all_questions_are_those_that_an_answer_has_yet_to_open_too(form: Form):
    page_one = YES_NO + OPTIONAL + NUMBER + PARAGRAPH + PERMIT
    assert seconds_in_all(form) == page_one + 3 * TEXT


def test_short_version_is_estimated_by_its_own_questions():
    saq = shipped_form("SAQ")
    assert seconds_in_all(saq, light=True) < 0.7 * seconds_in_all(saq)


def test_minutes_are_whole_none_where_nothing_is_left_and_one_where_little_is():
    assert [minutes_of(seconds) for seconds in (0, 1, 89, 91, 3000)] == [0, 1, 1, 2, 50]
    assert seconds_of_count(3) == 120
