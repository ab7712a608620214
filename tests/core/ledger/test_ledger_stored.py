"""What a database keeps beside the log is held against the log's own lines."""

from dataclasses import replace

import pytest

from ddplatform.core.ledger.events import Event, commit_value, read_event
from ddplatform.core.ledger.faults import LogLine
from ddplatform.core.ledger.stored import (
    StoredEnd,
    StoredEvent,
    StoredValue,
    end_faults,
    event_faults,
    tree_faults,
    value_faults,
)
from ddplatform.core.ledger.tree import leaf_hash, tree_of
from tests.core.ledger.test_ledger_verify import make_events

SALT = bytes(range(32))
OLDER, NEWER = make_events(2)
COMMITTED = replace(OLDER, commitments={"colour": commit_value("red", SALT)})


def line(event: Event) -> LogLine:
    return LogLine(event.sequence, event.line(), event.leaf(), event)


LINES = [line(OLDER), line(NEWER)]
PEAKS = tree_of([OLDER.leaf(), NEWER.leaf()]).peaks
END = StoredEnd(size=2, last_hash=NEWER.leaf(), signed_size=0, peaks=PEAKS)


def kept(event: Event, **changes: object) -> StoredEvent:
    fields: dict[str, str | int] = {"action": event.action, "outcome": event.outcome}
    leaf = changes.pop("leaf_hash", event.leaf())
    return StoredEvent(leaf, {**fields, **changes})  # type: ignore[arg-type,dict-item]


def told(faults: object) -> list[tuple[int, str]]:
    return [(fault.event, fault.kind.value) for fault in faults]  # type: ignore[attr-defined]


def test_columns_that_say_what_their_line_says_have_no_fault():
    assert list(event_faults(LINES, [kept(OLDER), kept(NEWER)])) == []


def test_edited_column_and_another_hash_are_named():
    faults = list(
        event_faults(LINES, [kept(OLDER, action="finding:open"), kept(NEWER, leaf_hash=bytes(32))])
    )

    assert told(faults) == [(1, "edit"), (2, "edit")]
    assert faults[0].message.endswith("edited: action.")
    assert faults[1].message.endswith("edited: hash.")


def test_event_that_is_shown_to_others_than_its_line_is_for_is_named():
    (fault,) = event_faults([line(OLDER)], [replace(kept(OLDER), is_shown_rightly=False)])
    assert fault.message == "What is shown of event 1 was edited: who may see it."


def test_line_that_is_no_event_is_told_elsewhere():
    rubbish = LogLine(1, b"rubbish", leaf_hash(b"rubbish"), None, "no event")

    assert list(event_faults([rubbish], [kept(OLDER)])) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (StoredValue(1, "colour", SALT, "red"), []),
        (StoredValue(1, "colour", SALT, "blue"), [(1, "edit")]),
        (StoredValue(1, "colour", SALT[:8], "red"), [(1, "edit")]),
        (StoredValue(1, "size", SALT, "red"), [(1, "insert")]),
        (StoredValue(9, "colour", SALT, "red"), [(9, "insert")]),
        (StoredValue(0, "colour", SALT, "red"), [(0, "insert")]),
    ],
)
def test_value_that_its_event_did_not_commit_to_is_named(value, fault):
    assert told(value_faults([line(COMMITTED)], [value])) == fault


def test_end_that_fits_has_no_fault():
    assert end_faults(LINES, [], END) == []


def test_log_that_was_taken_out_with_its_end_is_named():
    assert told(end_faults([], [], StoredEnd(0, None, 0, ()))) == [(1, "cut")]


@pytest.mark.parametrize(
    ("end", "fault"),
    [
        (replace(END, size=3), [(3, "cut")]),
        (replace(END, size=1), [(2, "insert")]),
        (replace(END, last_hash=OLDER.leaf()), [(2, "edit")]),
        (replace(END, signed_size=2), [(0, "checkpoint")]),
    ],
)
def test_end_that_does_not_fit_is_named(end, fault):
    assert told(end_faults(LINES, [], end)) == fault


def test_tree_that_is_not_that_of_the_events_is_named_where_the_log_is_whole():
    edited = replace(END, peaks=(OLDER.leaf(),))
    assert list(tree_faults(LINES, END)) == list(tree_faults(LINES[:1], edited)) == []
    assert told(tree_faults(LINES, edited)) == [(2, "edit")]


def test_lines_of_the_tests_are_events():
    assert [read_event(one.raw).sequence for one in LINES] == [1, 2]
