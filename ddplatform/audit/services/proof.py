"""Proof that a signed head of the log covers a stored event."""

from dataclasses import dataclass
from datetime import datetime

from ddplatform.audit.models import AuditCheckpoint, AuditEvent
from ddplatform.audit.queries.log import find_checkpoint_over, list_leaf_hashes
from ddplatform.audit.services.log import read_checkpoint
from ddplatform.core.ledger.errors import LedgerError
from ddplatform.core.ledger.tree import inclusion_proof, leaf_hash, verify_inclusion


@dataclass(frozen=True)
class EventProof:
    """An event under the first head that was signed after it.

    Attributes:
        path: hashes from the event's neighbour up to the root (RFC 6962, 2.1.1).
        is_sound: whether the event, as it is kept, and the path give the signed root.
    """

    size: int
    root: bytes
    signed_at: datetime
    path: tuple[bytes, ...]
    is_sound: bool


def prove_event(event: AuditEvent) -> EventProof | None:
    """Whether a signed head covers an event as it is kept; None: none was signed since."""
    row = find_checkpoint_over(event.sequence)
    return proof_under(row, event) if row else None


def proof_under(row: AuditCheckpoint, event: AuditEvent) -> EventProof:
    """Whether a kept head is signed and covers an event as it is kept."""
    leaves, index = list_leaf_hashes(row.size), event.sequence - 1
    if len(leaves) < row.size:
        return EventProof(row.size, row.root, row.signed_at, (), is_sound=False)
    path = inclusion_proof(index, leaves)
    is_sound = _is_signed(row) and verify_inclusion(
        leaf_hash(event.leaf), index=index, size=row.size, proof=path, root=row.root
    )
    return EventProof(row.size, row.root, row.signed_at, tuple(path), is_sound=is_sound)


def _is_signed(row: AuditCheckpoint) -> bool:
    try:
        head = read_checkpoint(row.note)
    except LedgerError:
        return False
    return (head.size, head.root) == (row.size, row.root)
