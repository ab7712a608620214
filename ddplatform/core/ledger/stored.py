"""Comparison of the columns stored beside the log with the log itself.

Pages read columns and values stored beside each event's line; they are only as good as the
line that covers them. The end of the log is stored too, so that a truncation is
found before it is signed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ddplatform.core.ledger.checkpoint import Checkpoint
from ddplatform.core.ledger.events import FIRST_PREVIOUS, opens_commitment
from ddplatform.core.ledger.faults import Fault, FaultKind, LogLine
from ddplatform.core.ledger.tree import tree_of


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """The columns of one event; `fields` are named and written as those of its line.

    `is_shown_rightly`: whoever its line is for, and nobody else, may see it.
    """

    leaf_hash: bytes
    fields: Mapping[str, str | int]
    is_shown_rightly: bool = True


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One value behind a commitment; `event` is the number of its event, 0 where there is none."""

    event: int
    name: str
    salt: bytes
    value: str


@dataclass(frozen=True, slots=True)
class StoredEnd:
    """The end of the log: its size, the hash of its last event, the size signed last.

    `peaks` are those of its tree (`CompactTree`), from which the next signed head is made.
    """

    size: int
    last_hash: bytes | None
    signed_size: int
    peaks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StoredHead:
    """One signed head: the note, and the columns with its content."""

    note: str
    size: int
    root: bytes


def event_faults(lines: Sequence[LogLine], events: Iterable[StoredEvent]) -> Iterator[Fault]:
    """Events whose columns differ from their line; both in the order of the log."""
    for line, kept in zip(lines, events, strict=True):
        if line.event is None:
            continue  # reported already: it is no event
        wrong = [name for name, value in kept.fields.items() if getattr(line.event, name) != value]
        if line.leaf != kept.leaf_hash:
            wrong.append("hash")
        if not kept.is_shown_rightly:
            wrong.append("who may see it")
        if wrong:
            message = f"What is shown of event {line.sequence} was edited: {', '.join(wrong)}."
            yield Fault(line.sequence, FaultKind.EDIT, message)


def value_faults(lines: Iterable[LogLine], values: Iterable[StoredValue]) -> Iterator[Fault]:
    """Values that are not those an event committed to. An erased value is no fault."""
    commitments = {line.sequence: line.event.commitments for line in lines if line.event}
    homeless = 0
    for kept in values:
        commitment = commitments.get(kept.event, {}).get(kept.name)
        if kept.event == 0:
            homeless += 1
        elif commitment is None:
            message = f"The value “{kept.name}” belongs to no event that names it."
            yield Fault(kept.event, FaultKind.INSERT, message)
        elif not _opens(commitment, kept):
            message = f"The value “{kept.name}” of event {kept.event} was edited."
            yield Fault(kept.event, FaultKind.EDIT, message)
    if homeless:
        message = f"{homeless} kept values belong to no event."
        yield Fault(0, FaultKind.INSERT, message)


def _opens(commitment: str, kept: StoredValue) -> bool:
    try:
        return opens_commitment(commitment, kept.value, kept.salt)
    except ValueError:
        return False  # a salt that was cut short


def end_faults(
    lines: Sequence[LogLine], heads: Sequence[Checkpoint], end: StoredEnd
) -> list[Fault]:
    """Events missing or inserted at the end, and signed heads that are missing."""
    size = max((line.sequence for line in lines), default=0)
    signed = max((head.size for head in heads), default=0)
    faults = []
    if not size and not end.size:
        # Whoever takes out all of it takes out its end as well; only a first event tells.
        faults.append(Fault(1, FaultKind.CUT, "The log is empty; each begins with an event."))
    elif size < end.size:
        message = f"Events {size + 1} to {end.size} are missing at the end."
        faults.append(Fault(size + 1, FaultKind.CUT, message))
    elif size > end.size:
        message = f"Events {end.size + 1} to {size} were put in behind the end."
        faults.append(Fault(end.size + 1, FaultKind.INSERT, message))
    elif (lines[-1].leaf if lines else bytes.fromhex(FIRST_PREVIOUS)) != (
        end.last_hash or bytes.fromhex(FIRST_PREVIOUS)
    ):
        faults.append(Fault(size, FaultKind.EDIT, f"Event {size} is not the last that was logged."))
    if signed < end.signed_size:
        message = f"The signed head of {end.signed_size} events is missing."
        faults.append(Fault(0, FaultKind.CHECKPOINT, message))
    return faults


def tree_faults(lines: Sequence[LogLine], end: StoredEnd) -> Iterator[Fault]:
    """A tree that is not that of the events, of a log that is whole and in order."""
    if len(lines) == end.size and tree_of([line.leaf for line in lines]).peaks != end.peaks:
        message = "The tree kept at the end is not that of the events; no head can be signed on it."
        yield Fault(end.size, FaultKind.EDIT, message)


def head_faults(kept: Iterable[StoredHead], heads: Sequence[Checkpoint]) -> Iterator[Fault]:
    """Columns of signed heads that are in no signed note; `heads` are the notes that are sound."""
    signed = {(head.size, head.root) for head in heads}
    for one in kept:
        if (one.size, one.root) not in signed:
            message = f"What is shown of the signed head of {one.size} events was edited."
            yield Fault(0, FaultKind.CHECKPOINT, message)
