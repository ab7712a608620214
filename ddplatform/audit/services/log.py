"""Writing of the log: exactly one event per change, in the same unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from ddplatform import __version__
from ddplatform.audit.models import AuditCheckpoint, AuditEvent, AuditHead, AuditValue, Outcome
from ddplatform.audit.queries.log import (
    find_head_for_change,
    find_last_checkpoint,
    list_leaf_hashes,
    load_end,
    load_heads,
    load_log,
    load_values,
)
from ddplatform.core.ledger.canonical import canonical_json
from ddplatform.core.ledger.checkpoint import Checkpoint, PublicKey, open_checkpoint
from ddplatform.core.ledger.events import FIRST_PREVIOUS, Event, commit_value, new_salt, utc_text
from ddplatform.core.ledger.faults import Fault
from ddplatform.core.ledger.stored import StoredEnd, StoredEvent, StoredHead, StoredValue
from ddplatform.core.ledger.tree import CompactTree, consistency_proof
from ddplatform.core.ledger.verify import verify_stored_log
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import Base, begin_change, db
from ddplatform.infrastructure.tenancy import current_organisation


def record(
    action: str,
    target: Base | None,
    *,
    act: Act,
    outcome: Outcome = Outcome.DONE,
    restricted: bool = False,
    **changes: Any,
) -> AuditEvent:
    """Write one event about the current change, as the next leaf of the tenant's tree.

    Args:
        action: `subject:action`.
        target: the row it was done to; its table and id go into the event.
        restricted: about a child case; seen by safeguarding officers alone, no values kept.
        changes: name -> (before, after) or a single value. The event holds salted
            commitments only; the values are stored beside it and can be erased.
    """
    head = _locked_head()
    values = {name: _plain(change) for name, change in changes.items()}
    salts = {name: new_salt() for name in values}
    event = Event(
        log=log_name(act.by.organisation_id),
        sequence=head.size + 1,
        at=utc_text(act.at),
        actor=str(act.by.user_id or "system"),
        role=str(act.by.role_id or "system"),
        session=act.by.session_ref or "",
        action=action,
        target_type=target.__tablename__ if target is not None else "",
        target_id=str(target.id) if target is not None else "",
        outcome=outcome.value,
        request=act.by.request_ref or "",
        version=__version__,
        previous=head.last_hash.hex() if head.last_hash else FIRST_PREVIOUS,
        commitments={
            n: commit_value(canonical_json(v).decode(), salts[n]) for n, v in values.items()
        },
    )
    row = _append(head, event, act=act, restricted=restricted)
    if not restricted:
        for name, value in values.items():
            db.session.add(AuditValue(event_id=row.id, name=name, salt=salts[name], value=value))
    db.session.flush()  # the next event of this unit of work chains to this one
    return row


def record_export(action: str, target: Base, *, act: Act, **told: Any) -> AuditEvent:
    """The event of a file that is made. Make it before: reading for it ends here.

    A file of a large map takes seconds, in which nobody else should wait for SQLite's write lock.
    """
    begin_change()
    return record(action, target, act=act, **told)


def log_name(organisation_id: UUID) -> str:
    """The name of an organisation's log; it is part of every event and signed head."""
    return f"{adapters().keys.log_signer().name}/{organisation_id}"


def sign_checkpoint(*, at: datetime) -> AuditCheckpoint | None:
    """Sign the head of the acting organisation's log; None while the log is empty.

    Raises:
        InconsistentHead: the log does not continue the head that was signed last.
    """
    head = _locked_head()
    last = find_last_checkpoint()
    if head.size == 0 or (last is not None and last.size == head.size):
        return last
    name = log_name(current_organisation())
    signer = adapters().keys.log_signer()
    tree = CompactTree(head.size, tuple(bytes.fromhex(peak) for peak in head.peaks))
    before = Checkpoint(name, last.size, last.root) if last else None
    proof = consistency_proof(last.size, list_leaf_hashes(head.size)) if last else []
    note = signer.sign(Checkpoint(name, head.size, tree.root), last=before, proof=proof)
    checkpoint = AuditCheckpoint(size=head.size, root=tree.root, note=note, signed_at=at)
    db.session.add(checkpoint)
    head.checkpoint_size = head.size
    db.session.flush()  # the report that is being sealed names this checkpoint
    return checkpoint


@dataclass(frozen=True)
class Verification:
    """The result of a verification of the log: sound when `faults` is empty."""

    size: int
    checkpoints: int
    faults: tuple[Fault, ...]
    public_key: PublicKey


def verify(*, given: Sequence[PublicKey] = ()) -> Verification:
    """Check the acting organisation's log: order, chain, tree, signed heads, what pages show.

    Args:
        given: keys that the reader got another way than from this installation; heads count that
            are signed by one of them. Without any those count that signed here, old ones too.
    """
    end, log, values, heads = _read_log()
    if load_end() != end:
        lock_log()  # somebody wrote meanwhile; for a second reading the log is locked
        end, log, values, heads = _read_log()
    keys = adapters().keys.log_public_keys()
    faults = verify_stored_log(log, values, end, heads, given or keys)
    return Verification(len(log), len(heads), tuple(faults), keys[-1])


def _read_log() -> tuple[
    StoredEnd, list[tuple[bytes, StoredEvent]], list[StoredValue], list[StoredHead]
]:
    return load_end(), load_log(), load_values(), load_heads()


def read_checkpoint(note: str, given: Sequence[PublicKey] = ()) -> Checkpoint:
    """Open a signed head with the keys that are given, or with the installation's own."""
    return open_checkpoint(note, given or adapters().keys.log_public_keys())


def lock_log() -> None:
    """Let nobody else change anything of the acting organisation until this unit of work ends.

    Every change ends in an event, and events form one sequence.
    """
    _locked_head()


def _locked_head() -> AuditHead:
    head = find_head_for_change()
    if head is None:
        head = AuditHead(size=0, peaks=[], checkpoint_size=0)
        db.session.add(head)
        db.session.flush()  # a second event must find this row
    return head


def _append(head: AuditHead, event: Event, *, act: Act, restricted: bool) -> AuditEvent:
    leaf = event.leaf()
    tree = CompactTree(head.size, tuple(bytes.fromhex(peak) for peak in head.peaks)).append(leaf)
    head.size, head.last_hash = tree.size, leaf
    head.peaks = [peak.hex() for peak in tree.peaks]
    row = AuditEvent(
        id=uuid4(),
        sequence=event.sequence,
        at=act.at,
        actor_id=act.by.user_id,
        actor_role=act.by.role_id.value if act.by.role_id else None,
        action=event.action,
        outcome=Outcome(event.outcome),
        target_type=event.target_type or None,
        target_id=event.target_id or None,
        is_restricted=restricted,
        leaf=event.line(),
        leaf_hash=leaf,
    )
    db.session.add(row)
    return row


def _plain(change: Any) -> dict[str, Any]:
    if isinstance(change, tuple) and len(change) == 2:
        return {"before": _scalar(change[0]), "after": _scalar(change[1])}
    return {"after": _scalar(change)}


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _scalar(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scalar(item) for item in value]
    return value
