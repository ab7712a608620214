import pytest

from ddplatform.core.due_diligence.action_library import BLANK, LibraryAction, action_library
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.due_diligence.actions.services.actions import (
    NOTE_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

LIBRARY = action_library()


@pytest.mark.parametrize("entry", LIBRARY.actions.values(), ids=lambda entry: entry.ref)
def test_every_entry_names_known_controls_indicators_causes_and_published_sources(
    entry: LibraryAction,
):
    assert entry.issues and set(entry.issues) <= set(Issue)
    assert entry.controls and set(entry.controls) <= set(METHOD.control_index)
    assert entry.indicators and set(entry.indicators) <= set(tracking_words().indicators)
    assert entry.causes and set(entry.causes) <= set(LIBRARY.causes)
    assert entry.costs and set(entry.costs) <= set(LIBRARY.costs)
    assert entry.sources and all(1990 < source.year < 2027 for source in entry.sources)
    assert len(entry.title) <= TITLE_LENGTH
    assert BLANK.search(entry.success)
    assert "[" not in BLANK.sub("", entry.success)
    assert len(entry.what) <= TEXT_LENGTH
    assert len(entry.success) <= NOTE_LENGTH


def test_success_is_never_a_falling_number_of_cases_found():
    assert all("IND-06" not in entry.indicators for entry in LIBRARY.actions.values())


@pytest.mark.parametrize("issue", Issue)
def test_every_issue_has_an_action_to_start_from(issue: Issue):
    assert LIBRARY.find(issue=issue)


@pytest.mark.parametrize("cause", LIBRARY.causes)
def test_every_root_cause_has_an_action_that_addresses_it(cause: str):
    assert all(cause in entry.causes for entry in LIBRARY.find(cause=cause))
    assert LIBRARY.find(cause=cause)


def test_issue_and_cause_together_narrow_the_list():
    found = LIBRARY.find(issue=Issue.FF, cause="no_childcare")
    assert [entry.ref for entry in found] == ["ACL-03"]
