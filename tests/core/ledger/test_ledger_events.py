"""Events of the log: their one spelling, their chain, their commitments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from ddplatform.core.ledger.canonical import canonical_json, read_canonical
from ddplatform.core.ledger.errors import NotCanonical
from ddplatform.core.ledger.events import (
    FIRST_PREVIOUS,
    Event,
    commit_value,
    new_salt,
    opens_commitment,
    read_event,
    utc_text,
)

EVENT = Event(
    log="audit.example/acme",
    sequence=1,
    at="2026-03-02T09:00:00.000000Z",
    actor="a1",
    role="analyst",
    session="s1",
    action="finding:close",
    target_type="finding",
    target_id="f1",
    outcome="done",
    request="r1",
    version="0.1.0",
    previous=FIRST_PREVIOUS,
    commitments={"reason": "00" * 32},
)


def test_canonical_json_sorts_keys_and_drops_spaces():
    assert canonical_json({"b": [1, 2.50], "a": "é"}) == '{"a":"é","b":[1,2.5]}'.encode()


@pytest.mark.parametrize(
    "value", [{"at": datetime(2026, 1, 1, tzinfo=UTC)}, {"n": float("inf")}, {"n": 2**60}, "\ud800"]
)
def test_value_without_an_exact_form_in_json_is_refused(value):
    with pytest.raises(NotCanonical, match="cannot be written"):
        canonical_json(value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[1]", "no JSON object"),
        (b'{"b":1,"a":2}', "canonical spelling"),
        (b'{"a":1,"a":1}', "canonical spelling"),
        (b'{"a": 1}', "canonical spelling"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_line_that_is_not_canonical_is_refused(line, words):
    with pytest.raises(NotCanonical, match=words):
        read_canonical(line)


def test_event_reads_back_as_it_was_written():
    assert read_event(EVENT.line()) == EVENT


def test_event_leaf_is_the_marked_hash_of_its_line():
    assert EVENT.leaf() == sha256(b"\x00" + EVENT.line()).digest()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"extra": "x"}, "unknown: extra"),
        ({"sequence": "1"}, "wrong type: sequence"),
        ({"sequence": True}, "wrong type: sequence"),
        ({"commitments": "x"}, "wrong type: commitments"),
        ({"outcome": "perhaps"}, "done, refused or failed"),
        ({"sequence": 0}, "sequence number 1"),
    ],
)
def test_line_that_is_no_event_is_refused_and_named(changes, words):
    line = canonical_json(read_canonical(EVENT.line()) | changes)

    with pytest.raises(NotCanonical, match=words):
        read_event(line)


def test_event_with_a_field_missing_is_refused():
    data = read_canonical(EVENT.line())
    del data["actor"]

    with pytest.raises(NotCanonical, match="missing or unknown: actor"):
        read_event(canonical_json(data))


def test_any_change_of_an_event_changes_its_leaf():
    changed = [
        replace(EVENT, log="x"), replace(EVENT, actor="x"), replace(EVENT, outcome="failed"),
        replace(EVENT, commitments={}), replace(EVENT, previous="1" * 64),
    ]  # fmt: skip

    assert EVENT.leaf() not in {event.leaf() for event in changed}


def test_moment_is_written_in_utc():
    west = timezone(timedelta(hours=-5))

    assert utc_text(datetime(2026, 3, 1, 22, 30, tzinfo=west)) == "2026-03-02T03:30:00.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        utc_text(datetime(2026, 3, 1, 22, 30, tzinfo=west).replace(tzinfo=None))


def test_commitment_opens_only_with_its_value_and_its_salt():
    salt = new_salt()
    commitment = commit_value("in progress", salt)

    assert commitment == sha256(salt + b"in progress").hexdigest()
    assert opens_commitment(commitment, "in progress", salt)
    assert not opens_commitment(commitment, "closed", salt)
    assert not opens_commitment(commitment, "in progress", new_salt())


def test_commitment_with_a_short_salt_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        commit_value("x", b"short")
