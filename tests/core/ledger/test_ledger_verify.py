"""A log that was tampered with is found out, and the fault is named."""

from dataclasses import replace
from itertools import product

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.ledger.checkpoint import Checkpoint, Signer
from ddplatform.core.ledger.events import FIRST_PREVIOUS, Event, read_event
from ddplatform.core.ledger.faults import FaultKind
from ddplatform.core.ledger.tree import leaf_hash, root_of
from ddplatform.core.ledger.verify import verify_log
from tests.sampling import examples

SIGNER = Signer("audit.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS = [SIGNER.public_key]
LOG = "audit.example/acme"
SIZE = 10


def make_events(size: int, log: str = LOG) -> list[Event]:
    events: list[Event] = []
    previous = FIRST_PREVIOUS
    for number in range(1, size + 1):
        events.append(
            Event(
                log=log,
                sequence=number,
                at=f"2026-03-02T09:00:{number:02}.000000Z",
                actor="a1",
                role="analyst",
                session="s1",
                action="finding:close",
                target_type="finding",
                target_id=f"f{number}",
                outcome="done",
                request=f"r{number}",
                version="0.1.0",
                previous=previous,
            )
        )
        previous = events[-1].leaf().hex()
    return events


def rechain(events: list[Event]) -> list[Event]:
    chained: list[Event] = []
    previous = FIRST_PREVIOUS
    for number, event in enumerate(events, start=1):
        chained.append(replace(event, sequence=number, previous=previous))
        previous = chained[-1].leaf().hex()
    return chained


def sign_head(lines: list[bytes], size: int, origin: str = LOG) -> str:
    root = root_of([leaf_hash(line) for line in lines[:size]])
    return SIGNER.sign(Checkpoint(origin, size, root), last=None)


LINES = [event.line() for event in make_events(SIZE)]
HEADS = [sign_head(LINES, 4), sign_head(LINES, SIZE)]


def kinds(lines, heads=HEADS):
    return [(fault.event, fault.kind.value) for fault in verify_log(lines, heads, KEYS)]


def edited(number: int, **changes) -> bytes:
    return replace(read_event(LINES[number - 1]), **changes).line()


def with_line(number: int, line: bytes) -> list[bytes]:
    return [*LINES[: number - 1], line, *LINES[number:]]


def test_untouched_log_has_no_fault():
    assert kinds(LINES) == []


def test_empty_log_without_heads_has_no_fault():
    assert kinds([], []) == []


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_edited_event_is_named(number):
    assert kinds(with_line(number, edited(number, outcome="refused"))) == [(number, "edit")]


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_event_turned_into_rubbish_is_named(number):
    faults = verify_log(with_line(number, b"rubbish"), HEADS, KEYS)

    assert (number, FaultKind.EDIT) in {(fault.event, fault.kind) for fault in faults}
    assert "no event of the log" in " ".join(fault.message for fault in faults)


@pytest.mark.parametrize(
    ("number", "other"),
    [pair for pair in product(range(1, SIZE + 1), [3, 99]) if pair[0] != pair[1]],
)
def test_event_whose_number_was_edited_is_named(number, other):
    assert (number, "edit") in kinds(with_line(number, edited(number, sequence=other)))


@pytest.mark.parametrize("number", range(1, SIZE))
def test_deleted_event_is_named(number):
    assert kinds([*LINES[: number - 1], *LINES[number:]]) == [(number, "delete")]


def test_deleted_run_of_events_is_one_fault():
    faults = verify_log([*LINES[:3], *LINES[6:]], HEADS, KEYS)

    assert [(fault.event, fault.kind) for fault in faults] == [(4, FaultKind.DELETE)]
    assert faults[0].message == "Events 4 to 6 are missing."


@pytest.mark.parametrize("size", range(SIZE))
def test_cut_end_is_named_by_its_first_event(size):
    assert kinds(LINES[:size]) == [(size + 1, "cut")]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (4, 5), (2, 9), (9, 10)])
def test_swapped_events_are_named(one, other):
    lines = list(LINES)
    lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]

    faults = kinds(lines)

    assert {kind for _, kind in faults} == {"swap"}
    assert {event for event, _ in faults} & {one, other}


@pytest.mark.parametrize("place", range(SIZE + 1))
def test_duplicated_event_is_named(place):
    faults = kinds([*LINES[:place], LINES[4], *LINES[place:]])

    assert (5, "duplicate") in faults


@pytest.mark.parametrize("number", range(1, SIZE + 1))
def test_inserted_event_is_named(number):
    forged = edited(number, target_id="forged")

    assert (number, "insert") in kinds([*LINES[: number - 1], forged, *LINES[number - 1 :]])


def test_inserted_rubbish_is_named():
    assert (4, "insert") in kinds([*LINES[:3], b"rubbish", *LINES[3:]])


def test_log_written_anew_with_a_whole_chain_is_found_by_the_signed_head():
    events = make_events(SIZE)
    forged = rechain([*events[:5], replace(events[5], target_id="forged"), *events[6:]])

    faults = verify_log([event.line() for event in forged], HEADS, KEYS)

    assert [(fault.event, fault.kind) for fault in faults] == [(SIZE, FaultKind.EDIT)]
    assert "from 5 on" in faults[0].message


def test_event_added_after_the_last_head_is_named_unless_a_tail_is_allowed():
    longer = [event.line() for event in make_events(SIZE + 2)]

    assert kinds(longer) == [(SIZE + 1, "insert")]
    assert verify_log(longer, HEADS, KEYS, allow_unsigned_tail=True) == []


def test_log_without_any_head_is_not_taken_as_signed():
    assert kinds(LINES, []) == [(1, "insert")]


def test_event_of_another_log_is_named():
    foreign = edited(SIZE, log="audit.example/other")

    assert (SIZE, "insert") in kinds(with_line(SIZE, foreign))


def test_head_of_another_log_is_a_fault():
    assert (0, "checkpoint") in kinds(LINES, [*HEADS, sign_head(LINES, SIZE, "other.example")])


def test_forged_and_unreadable_heads_are_faults_and_the_others_still_count():
    forged = HEADS[0].replace("\n4\n", "\n5\n")

    faults = verify_log(LINES, [*HEADS, forged, "nothing"], KEYS)

    assert [(fault.event, fault.kind) for fault in faults] == [(0, FaultKind.CHECKPOINT)] * 2
    assert {fault.message[:13] for fault in faults} == {"Checkpoint 3:", "Checkpoint 4:"}


def test_two_heads_of_one_size_with_different_roots_are_found():
    events = make_events(SIZE)
    other = [event.line() for event in rechain([*events[:9], replace(events[9], actor="x")])]

    assert kinds(LINES, [*HEADS, sign_head(other, SIZE)]) == [(SIZE, "edit")]


@st.composite
def tamperings(draw) -> list[bytes]:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(lines) - 1, 0)))
        match draw(st.sampled_from(["byte", "field", "delete", "swap", "insert", "cut", "copy"])):
            case "byte" if lines and lines[place]:
                raw = bytearray(lines[place])
                raw[draw(st.integers(0, len(raw) - 1))] ^= draw(st.integers(1, 255))
                lines[place] = bytes(raw)
            case "field" if lines:
                field = draw(st.sampled_from(["actor", "previous", "at", "log"]))
                lines[place] = edited(
                    draw(st.integers(1, SIZE)), **{field: draw(st.text(max_size=9))}
                )
            case "delete":
                del lines[place : place + 1]
            case "swap" if lines:
                other = draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case "insert":
                number = draw(st.integers(1, 2 * SIZE))
                lines.insert(place, edited(draw(st.integers(1, SIZE)), sequence=number))
            case "cut":
                del lines[place:]
            case "copy" if lines:
                lines.insert(draw(st.integers(0, len(lines))), lines[place])
    return lines


@examples(1000)
@given(tamperings())
def test_any_random_tampering_is_found_and_an_untouched_log_never_is(lines):
    assert bool(verify_log(lines, HEADS, KEYS)) is (lines != LINES)
