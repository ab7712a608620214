"""Verification of a whole log against its chain and its signed heads."""

from collections.abc import Iterable, Sequence

from ddplatform.core.ledger.checkpoint import Checkpoint, PublicKey, open_checkpoint
from ddplatform.core.ledger.errors import BadSignature, UnreadableNote
from ddplatform.core.ledger.faults import Fault, FaultKind, LogLine, read_log_line
from ddplatform.core.ledger.order import order_faults
from ddplatform.core.ledger.stored import (
    StoredEnd,
    StoredEvent,
    StoredHead,
    StoredValue,
    end_faults,
    event_faults,
    head_faults,
    tree_faults,
    value_faults,
)
from ddplatform.core.ledger.tree import CompactTree


def verify_log(
    lines: Iterable[bytes],
    checkpoints: Iterable[str],
    public_keys: Sequence[PublicKey],
    *,
    allow_unsigned_tail: bool = False,
) -> list[Fault]:
    """Every fault of a log, by event number; an empty list means that it is sound.

    Args:
        lines: the events in the order of the file, without line ends.
        checkpoints: the signed notes of the log, in any order.
        public_keys: keys the reader got another way than with the log.
        allow_unsigned_tail: events after the last signed head are normal in a running
            log; in an export they are a fault, as each export is signed.

    A log cannot show that an event was true, or that something never logged happened.
    """
    read = [read_log_line(position, raw) for position, raw in enumerate(lines)]
    heads, faults = _open_all(checkpoints, public_keys)
    return sorted({*faults, *_log_faults(read, heads, allow_unsigned_tail=allow_unsigned_tail)})


def verify_stored_log(
    log: Sequence[tuple[bytes, StoredEvent]],
    values: Iterable[StoredValue],
    end: StoredEnd,
    kept_heads: Sequence[StoredHead],
    public_keys: Sequence[PublicKey],
) -> list[Fault]:
    """Every fault of a running log, and of the data stored and shown beside it.

    Args:
        log: each event's line and columns, in order. values: what was not erased.
        end: where the log ends. kept_heads: its signed heads, in any order.
        public_keys: as `verify_log` takes them.
    """
    read = [read_log_line(position, raw) for position, (raw, _) in enumerate(log)]
    heads, faults = _open_all([head.note for head in kept_heads], public_keys)
    faults_of_heads = bool(faults)
    faults += _log_faults(read, heads, allow_unsigned_tail=True)
    kept = [
        *event_faults(read, [event for _, event in log]),
        *value_faults(read, values),
        *end_faults(read, heads, end),
        *(() if faults else tree_faults(read, end)),
        *(() if faults_of_heads else head_faults(kept_heads, heads)),
    ]
    named = {fault.event for fault in faults if fault.event}
    return sorted({*faults, *(fault for fault in kept if fault.event not in named)})


def _log_faults(
    read: Sequence[LogLine], heads: Sequence[Checkpoint], *, allow_unsigned_tail: bool
) -> list[Fault]:
    signed_size = max((head.size for head in heads), default=0)
    faults = order_faults(read, signed_size=signed_size)
    faults += _origin_faults(read, heads)
    touched = [fault.event for fault in faults if fault.event]
    moved = [line.position + 1 for line in read if line.sequence != line.position + 1]
    first_fault = min(touched + moved, default=len(read) + 1)
    faults += _root_faults(read, heads, first_fault=first_fault)
    if not allow_unsigned_tail and len(read) > signed_size:
        faults.append(_tail_fault(len(read), signed_size))
    return faults


def _open_all(
    checkpoints: Iterable[str], keys: Sequence[PublicKey]
) -> tuple[list[Checkpoint], list[Fault]]:
    heads: list[Checkpoint] = []
    faults: list[Fault] = []
    for number, note in enumerate(checkpoints, start=1):
        try:
            heads.append(open_checkpoint(note, keys))
        except (BadSignature, UnreadableNote) as error:
            faults.append(Fault(0, FaultKind.CHECKPOINT, f"Checkpoint {number}: {error}"))
    return sorted(heads, key=lambda head: head.size), faults


def _origin_faults(lines: Sequence[LogLine], heads: Sequence[Checkpoint]) -> list[Fault]:
    """Events or heads of another log than the one the first of them belongs to."""
    names = [head.origin for head in heads] + [line.event.log for line in lines if line.event]
    own = names[0] if names else ""
    foreign_heads = [
        Fault(
            0, FaultKind.CHECKPOINT, f"The head of {head.size} events belongs to '{head.origin}'."
        )
        for head in heads
        if head.origin != own
    ]
    return foreign_heads + [
        Fault(line.sequence, FaultKind.INSERT, f"The event belongs to the log '{line.event.log}'.")
        for line in lines
        if line.event and line.event.log != own
    ]


def _root_faults(
    lines: Sequence[LogLine], heads: Sequence[Checkpoint], *, first_fault: int
) -> list[Fault]:
    """The first signed head, below any other fault, that the events do not lead to.

    With the chain whole, either the last event under the head was edited, or an earlier
    one and the chain was made anew after it; so the last event is named.
    """
    tree, good_until = CompactTree(), 0
    for head in heads:
        if head.size > len(lines) or head.size >= first_fault:
            break
        for line in lines[tree.size : head.size]:
            tree = tree.append(line.leaf)
        if tree.root != head.root:
            message = (
                f"Event {head.size}, or one from {good_until + 1} on, was edited: the events "
                f"do not lead to the signed head of {head.size} events."
            )
            return [Fault(head.size, FaultKind.EDIT, message)]
        good_until = head.size
    return []


def _tail_fault(size: int, signed_size: int) -> Fault:
    first = signed_size + 1
    return Fault(
        first, FaultKind.INSERT, f"Events {first} to {size} stand after the last signed head."
    )
