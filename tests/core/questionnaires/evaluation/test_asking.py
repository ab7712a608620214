"""What a respondent is shown: numbered pages, branches, entries, short version."""

from datetime import UTC, datetime

import pytest

from questionnaires import Item, Page, Response, pages, plan, read_form, shipped_form
from questionnaires.evaluation.asking import asked_paths

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)

FORM = """
| survey |
| | type | name | label | relevant | required | repeat_count | bind::dd:id | bind::dd:light | bind::dd:evidence_for | bind::dd:part_of |
| | begin_group | a | Your people | | | | | | | |
| | note | hello | Welcome | | | | | | | |
| | integer | workers | How many? | | yes | | Q-1 | yes | | |
| | text | detail | Which? | ${workers} > 0 | | | Q-2 | | | |
| | file | proof | Show it | | | | | | Q-1 | |
| | text | more | More of it | | | | | | | Q-1 |
| | begin_group | inner | Inside | | | | | | | |
| | text | deep | Deep? | | | | Q-3 | | | |
| | end_group | | | | | | | | | |
| | end_group | | | | | | | | | |
| | begin_group | b | Your sites | | | | | | | |
| | begin_repeat | site | A site | | | | | | | |
| | text | town | Where? | | | | Q-4 | yes | | |
| | end_repeat | | | | | | | | | |
| | begin_repeat | room | A room | | | 2 | | | | |
| | text | door | Which door? | | | | Q-5 | | | |
| | end_repeat | | | | | | | | | |
| | end_group | | | | | | | | | |
| | begin_group | c | Closed | ${workers} > 100 | | | | | | |
| | text | big | Why so big? | | | | Q-6 | | | |
| | end_group | | | | | | | | | |
| | text | loose | Last words? | | | | Q-7 | | | |
| settings |
| | form_title | form_id | version | namespaces |
| | Small | small | 1 | dd="urn:child-rights-due-diligence:xforms" |
"""


@pytest.fixture
def response() -> Response:
    return Response(plan(read_form(FORM.encode(), file_type=".md")), None, now=NOW)


def _page(response: Response, name: str, *, light: bool = False) -> Page:
    return next(page for page in pages(response, light=light) if page.name == name)


def _shape(page: Page) -> list[tuple[str, str, str]]:
    return [(item.kind, item.number, item.state.label) for item in page.items]


def test_page_shows_notes_headings_and_numbered_questions_with_their_uploads(response: Response):
    page = _page(response, "a")

    assert (page.number, page.title) == (1, "Your people")
    assert _shape(page) == [
        ("note", "", "Welcome"),
        ("question", "1.1", "How many?"),
        ("question", "1.2", "Which?"),
        ("question", "", "More of it"),
        ("heading", "", "Inside"),
        ("question", "1.3", "Deep?"),
    ]
    assert [upload.label for upload in page.items[1].uploads] == ["Show it"]


def test_closed_branch_keeps_its_place_and_number_but_is_not_asked(response: Response):
    closed = _page(response, "a")
    response.set("/data/a/workers", "3")
    opened = _page(response, "a")

    assert [item.number for item in closed.questions()] == ["1.1", "", "1.3"]
    assert [item.number for item in opened.questions()] == ["1.1", "1.2", "", "1.3"]
    assert [item.number for item in closed.items] == [item.number for item in opened.items]


def test_section_that_asks_nothing_now_is_no_page_and_the_next_one_takes_its_number(
    response: Response,
):
    before = [(page.number, page.name) for page in pages(response)]
    response.set("/data/a/workers", "101")
    after = [(page.number, page.name) for page in pages(response)]

    assert [name for _, name in before][:2] == ["a", "b"]
    assert (3, "c") not in before
    assert (3, "c") in after
    assert after[-1][0] == before[-1][0] + 1


def test_entries_of_a_repeat_share_numbers_and_end_with_a_way_to_add(response: Response):
    response.add_repeat("/data/b/site")
    page = _page(response, "b")

    assert [(i.kind, i.number, i.place, i.count, i.can_change) for i in page.items] == [
        ("instance", "", 1, 2, True),
        ("question", "2.1", 0, 0, True),
        ("instance", "", 2, 2, True),
        ("question", "2.1", 0, 0, True),
        ("add", "", 0, 2, True),
        ("instance", "", 1, 2, False),
        ("question", "2.2", 0, 0, True),
        ("instance", "", 2, 2, False),
        ("question", "2.2", 0, 0, True),
        ("add", "", 0, 2, False),
    ]


def test_loose_question_is_titled_by_its_own_words(response: Response):
    assert pages(response)[-1].title == "Last words?"


def test_short_version_asks_the_marked_questions_with_their_fields_and_files(response: Response):
    form = response.form
    short = [page.name for page in pages(response, light=True)]

    assert short == ["a", "b"]
    assert asked_paths(form, light=True) == {
        "/data/a/hello",
        "/data/a/workers",
        "/data/a/proof",
        "/data/a/more",
        "/data/b/site/town",
    }
    assert [item.kind for item in _page(response, "b", light=True).items] == [
        "instance",
        "question",
        "add",
    ]


def test_form_without_marks_is_the_same_in_its_short_version():
    form = read_form(
        b"| survey |\n| | type | name | label |\n| | text | x | X? |\n", file_type=".md"
    )
    assert asked_paths(form, light=True) == asked_paths(form) == {"/data/x"}


def test_page_tells_what_stands_against_sending(response: Response):
    page = _page(response, "a")
    assert [state.path for state in page.problems()] == ["/data/a/workers"]

    response.set("/data/a/workers", "many")
    page = _page(response, "a")
    assert [state.raw for state in page.problems()] == ["many"]
    assert "/data/a/proof" in page.paths
    assert "/data/a/detail" not in page.paths


def test_question_of_a_page_leads_to_its_place_in_the_form(response: Response):
    question = _page(response, "a").items[1].question

    assert question.path == "/data/a/" + question.name


def test_heading_is_no_question(response: Response):
    heading: Item = _page(response, "a").items[4]
    with pytest.raises(TypeError, match="is no question"):
        _ = heading.question


def test_shipped_self_assessment_is_shorter_for_small_firms():
    saq = Response(plan(shipped_form("SAQ")), None, now=NOW)
    full, short = (
        sum(1 for page in pages(saq, light=light) for _ in page.questions())
        for light in (False, True)
    )
    assert 0 < short < full
