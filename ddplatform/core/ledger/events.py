"""One event of the log: its canonical line, its link in the chain, its commitments."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes
from typing import Final

from ddplatform.core.ledger.canonical import canonical_json, read_canonical
from ddplatform.core.ledger.errors import NotCanonical
from ddplatform.core.ledger.tree import leaf_hash

FIRST_PREVIOUS: Final = "0" * 64
"""The previous hash of the first event of a log."""

OUTCOMES: Final = frozenset({"done", "refused", "failed"})
SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The content of one event of the log: ids only, personal values as commitments.

    Attributes:
        log: name of the log the event belongs to, so that no other log can take it in.
        sequence: 1 for the first event, then without a gap.
        at: UTC, as `utc_text` writes it.
        action: `subject:action`. outcome: one of `OUTCOMES`.
        session: hash of the session id. version: of the software.
        commitments: field -> SHA-256(salt || value) in hex, see `commit_value`.
        previous: hex leaf hash of the event before, `FIRST_PREVIOUS` for the first.
    """

    log: str
    sequence: int
    at: str
    actor: str
    role: str
    session: str
    action: str
    target_type: str
    target_id: str
    outcome: str
    request: str
    version: str
    previous: str
    commitments: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"'{self.outcome}' is no outcome. Use done, refused or failed.")
        if self.sequence < 1:
            raise ValueError("The first event of a log has the sequence number 1.")

    def line(self) -> bytes:
        """The event as one line of canonical JSON, without a line end."""
        return canonical_json(asdict(self) | {"commitments": dict(self.commitments)})

    def leaf(self) -> bytes:
        """The leaf hash of the event's line, 32 bytes."""
        return leaf_hash(self.line())


_TYPES: Final = {name.name: str for name in fields(Event)} | {"sequence": int, "commitments": dict}


def read_event(line: bytes) -> Event:
    """Read an event from its line.

    Raises:
        NotCanonical: not canonical JSON, a field missing, unknown or of the wrong type.
    """
    data = read_canonical(line)
    if data.keys() != _TYPES.keys():
        odd = ", ".join(sorted(data.keys() ^ _TYPES.keys()))
        raise NotCanonical(f"An event has exactly its own fields; missing or unknown: {odd}.")
    wrong = sorted(name for name, kind in _TYPES.items() if type(data[name]) is not kind)
    if wrong:
        raise NotCanonical(f"These fields of an event have the wrong type: {', '.join(wrong)}.")
    try:
        return Event(**data)
    except ValueError as error:
        raise NotCanonical(str(error)) from error


def utc_text(moment: datetime) -> str:
    """A moment in UTC to the microsecond, for example 2026-11-25T13:07:24.000000Z.

    Raises:
        ValueError: the moment carries no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment in the log needs a time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_salt() -> bytes:
    """A fresh salt; deleting it later makes its commitment reveal nothing about the value."""
    return token_bytes(SALT_BYTES)


def commit_value(value: str, salt: bytes) -> str:
    """Commit to a value without showing it: SHA-256(salt || UTF-8 of the value) in hex.

    Raises:
        ValueError: the salt is shorter than 32 bytes, so that guessing could open it.
    """
    if len(salt) < SALT_BYTES:
        raise ValueError(f"A salt has at least {SALT_BYTES} bytes.")
    return sha256(salt + value.encode()).hexdigest()


def opens_commitment(commitment: str, value: str, salt: bytes) -> bool:
    """Whether a commitment was made for this value with this salt."""
    return compare_digest(commitment, commit_value(value, salt))
