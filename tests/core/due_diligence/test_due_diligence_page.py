"""The pages that tell auditors what steps are allowed (docs/due-diligence.md, remediation.md)."""

import pytest

from ddplatform.core.due_diligence import suppression
from ddplatform.core.due_diligence.lifecycle import lifecycles
from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.time_limits import TimeLimit, limit_words
from scripts.page_tables import filled, marks
from scripts.write_lifecycle_page import PAGES, tables

TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_the_tables_of_the_pages_are_those_of_the_data():
    assert filled(TEXT, tables()) == TEXT


def test_every_table_stands_on_a_page_once():
    assert sorted(marks([TEXT])) == sorted(tables())


@pytest.mark.parametrize("life", lifecycles().values(), ids=lambda life: life.machine)
def test_every_step_of_a_lifecycle_is_on_the_page(life):
    rows = tables()[life.machine].splitlines()[2:]
    shown = set()
    for row in rows:
        origins, to = [cell.strip() for cell in row.split("|")[1:3]]
        every = [title for title in life.states.values() if title != to]
        chosen = every if origins.startswith("any other than") else origins.split("; ")
        shown |= {(origin, to) for origin in chosen}

    assert shown == {
        (life.states[step.state], life.states[step.to]) for step in life.steps.values()
    }


def test_every_step_of_the_protocol_is_on_the_page():
    for ref, step in remedy_steps().items():
        assert f"| {ref} | {step.title} |" in TEXT


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (TimeLimit(hours=4), "4 hours"),
        (TimeLimit(days=1), "1 day"),
        (TimeLimit(working_days=2), "2 working days"),
        (TimeLimit(same_day=True), "same day"),
        (None, ""),
    ],
)
def test_a_limit_is_written_in_words(limit, words):
    assert limit_words(limit) == words


def test_a_changed_table_is_written_anew():
    spoiled = TEXT.replace("| REM-01 |", "| REM-00 |")

    assert spoiled != TEXT
    assert filled(spoiled, tables()) == TEXT


def test_a_mark_without_a_table_is_refused():
    with pytest.raises(KeyError, match="weather"):
        filled("<!-- table weather -->\n<!-- end -->", tables())


def test_the_limits_of_small_counts_are_those_of_the_program():
    row = next(line for line in TEXT.splitlines() if line.startswith("| SUPP-1 "))

    assert f"1 to {suppression.LIMIT - 1}" in row
    assert f'"<{suppression.LIMIT}"' in row
    assert f"the limit is {suppression.SENSITIVE_LIMIT}" in TEXT
    assert f"bands of {suppression.BASE}" in TEXT
