"""What webhooks send: a thin message, signed as the Standard Webhooks specification says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform import __version__
from ddplatform.api.webhooks.catalogue import TEST_TYPE
from ddplatform.api.webhooks.queries import BELONGS_TO, LogEntry
from ddplatform.core.ledger.events import utc_text

SECRET_BEGINS = "whsec_"
KINDS: Mapping[str, tuple[str, str | None]] = {
    "value_chain_node": ("node", "nodes/{id}"),
    "supply_link": ("link", None),
    "value_chain": ("map", "maps/{id}/nodes"),
    "map_import": ("map", "maps/{id}/nodes"),
    "bulk_change": ("map", "maps/{id}/nodes"),
    "assessment_run": ("map", "maps/{id}/risks"),
    "assignment": ("request", "requests/{id}"),
    "response": ("request", "requests/{id}"),
    "finding": ("finding", "findings/{id}"),
    "mitigation_action": ("action", "actions/{id}"),
    "report": ("report", "reports/{id}"),
}
"""Table of the log -> what programs call it, and where they read it."""


@dataclass(frozen=True)
class Message:
    """One message, ready to be signed."""

    id: str
    body: bytes


def message_of(
    entry: LogEntry, kind: str, owners: Mapping[str, UUID], *, organisation_id: UUID, api: str
) -> Message:
    """The message of an event: its type, moment and subject, without names and texts.

    Args:
        kind: the type under which it is sent.
        owners: what a program does not know by its own id -> what it belongs to.
        api: where addresses for programs begin.
    """
    subject = _subject(entry, owners, api)
    return _message(f"{organisation_id}:{entry.sequence}", kind, entry.at, subject)


def message_of_test(job_id: UUID, *, organisation_id: UUID, at: datetime) -> Message:
    """A message that tells of nothing, for trying out a receiver."""
    return _message(f"{organisation_id}:test-{job_id}", TEST_TYPE, at, None)


def sign(message: Message, secret: bytes, *, at: datetime) -> dict[str, str]:
    """The headers that go with a message at this moment."""
    moment = str(int(at.timestamp()))
    signed = b".".join((message.id.encode(), moment.encode(), message.body))
    mark = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Waymark-Webhooks/{__version__}",
        "webhook-id": message.id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{mark}",
    }


def secret_text(secret: bytes) -> str:
    """A secret as it is shown once."""
    return SECRET_BEGINS + base64.b64encode(secret).decode()


def _message(key: str, kind: str, at: datetime, subject: Any) -> Message:
    body = {"id": key, "type": kind, "at": utc_text(at), "subject": subject}
    return Message(key, json.dumps(body, separators=(",", ":")).encode())


def _subject(entry: LogEntry, owners: Mapping[str, UUID], api: str) -> dict[str, str | None] | None:
    table, key = entry.target_type or "", entry.target_id
    if table in BELONGS_TO:
        owner = owners.get(key or "")
        key = str(owner) if owner else None
    if key is None:
        return None
    name, path = KINDS[table]
    url = f"{api}/{path.format(id=key)}" if path else None
    return {"kind": name, "id": key, "url": url}
