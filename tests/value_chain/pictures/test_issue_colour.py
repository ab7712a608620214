from flask import Flask

from ddplatform.value_chain.pictures.pages import chosen_issue
from ddplatform.value_chain.pictures.views.issue_colour import colour_choices
from supply_chain.vocabulary import Issue


def chosen(app: Flask, query: str) -> Issue | None:
    with app.test_request_context(f"/?{query}"):
        return chosen_issue()


def test_a_map_begins_with_the_highest_band_and_takes_any_issue_of_the_address(app: Flask):
    assert chosen(app, "") is None
    assert chosen(app, "colour=ISS-FL") is Issue.FL
    assert chosen(app, "colour=highest") is None
    assert chosen(app, "colour=nonsense") is None


def test_the_highest_and_every_issue_can_be_chosen():
    values = [value for value, _ in colour_choices()]

    assert values == ["highest", *(issue.value for issue in Issue)]
