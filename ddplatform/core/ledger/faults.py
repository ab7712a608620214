"""Input and findings of a verification of the log."""

from dataclasses import dataclass
from enum import StrEnum

from ddplatform.core.ledger.errors import NotCanonical
from ddplatform.core.ledger.events import Event, read_event
from ddplatform.core.ledger.tree import leaf_hash


class FaultKind(StrEnum):
    """Kinds of damage to the log that its remains reveal."""

    EDIT = "edit"
    DELETE = "delete"
    SWAP = "swap"
    INSERT = "insert"
    CUT = "cut"
    DUPLICATE = "duplicate"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault; `event` is the sequence number it touches, 0 where none can be named."""

    event: int
    kind: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the file; `event` is None, and `problem` says why, where it is no event."""

    position: int
    raw: bytes
    leaf: bytes
    event: Event | None
    problem: str = ""

    @property
    def sequence(self) -> int:
        """The event's number, 0 for a line that is no event."""
        return 0 if self.event is None else self.event.sequence

    def follows(self, previous: str) -> bool:
        """Whether the event keeps this hash as that of the event before it."""
        return self.event is not None and self.event.previous == previous


def read_log_line(position: int, raw: bytes) -> LogLine:
    """Read a line of the file; one that is no event is kept with its problem."""
    try:
        return LogLine(position, raw, leaf_hash(raw), read_event(raw))
    except NotCanonical as error:
        return LogLine(position, raw, leaf_hash(raw), None, str(error))
