"""Security events as JSON lines with the source address, for the SIEM of an operator.

They are the events of the log that `security_actions.csv` names, told once they are kept, and
limits that were reached. A line holds ids alone: no names, no addresses of mail, no values. Events
about child cases are never told, nor what happens on pages that anybody may open without an
account, so that nobody who speaks up anonymously can be found by their network address.
"""

import csv
import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from ddplatform import __version__
from ddplatform.audit.models import AuditEvent
from ddplatform.config import Settings
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.db import PlatformSession

log = logging.getLogger("ddplatform.security")
ACTIONS_FILE: Final = Path(__file__).parent / "security_actions.csv"
SIGNING_IN: Final = frozenset({"auth", "links", "founding"})
"""Public pages on which people say who they are."""
WAITING: Final = "security events"
"""The key of a session's events until they are kept."""


@cache
def security_actions() -> Mapping[str, str]:
    """Action of the log -> kind of security event, read once."""
    with ACTIONS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["action"]: row["kind"] for row in csv.DictReader(lines)}


def register(app: Flask, settings: Settings) -> None:
    """Write security events to where the setting SECURITY_EVENTS says; none where it is empty."""
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    log.propagate = False
    log.setLevel(logging.INFO if settings.security_events else logging.CRITICAL)
    if settings.security_events:
        handler = _handler(settings.security_events)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
    app.after_request(_tell_limit)


def _handler(where: str) -> logging.Handler:
    if where == "stderr":
        return logging.StreamHandler(sys.stderr)
    path = Path(where)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return WatchedFileHandler(path, encoding="utf-8")  # goes on when logrotate moves the file


@event.listens_for(PlatformSession, "after_flush")
def _collect(session: Session, _context: object) -> None:
    if not log.isEnabledFor(logging.INFO) or not _may_be_told():
        return
    for row in session.new:
        if isinstance(row, AuditEvent) and not row.is_restricted:
            kind = security_actions().get(row.action)
            if kind is not None:
                session.info.setdefault(WAITING, []).append(_line_of(row, kind))


@event.listens_for(PlatformSession, "after_commit")
def _tell(session: Session) -> None:
    for line in session.info.pop(WAITING, []):
        write_line(line)


@event.listens_for(PlatformSession, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(WAITING, None)


def _tell_limit(response: Response) -> Response:
    if response.status_code == 429 and log.isEnabledFor(logging.INFO) and _may_be_told():
        identity = g.get("identity")
        write_line(
            {
                "at": datetime.now(UTC).isoformat(),
                "kind": "limit",
                "event": "limit:reach",
                "outcome": "refused",
                "actor": str(identity.user_id) if identity else None,
                "role": identity.role_id.value if identity and identity.role_id else None,
                "organisation": str(identity.organisation_id) if identity else None,
                "target_type": "endpoint",
                "target": request.endpoint,
                "request": g.get("request_id"),
                **_source(),
            }
        )
    return response


def _line_of(row: AuditEvent, kind: str) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "kind": kind,
        "event": row.action,
        "outcome": row.outcome.value,
        "actor": str(row.actor_id) if row.actor_id else None,
        "role": row.actor_role,
        "organisation": str(row.organisation_id),
        "target_type": row.target_type,
        "target": row.target_id,
        "request": json.loads(row.leaf)["request"] or None,
        **_source(),
    }


def _source() -> dict[str, Any]:
    address = request.remote_addr if has_request_context() else None
    return {"address": address, "software": __version__}


def _may_be_told() -> bool:
    """Whether who acts has said who they are, or is about to: never on other public pages."""
    if not has_request_context():
        return True
    access = access_of(current_app, request.endpoint) if request.endpoint else None
    return access is not None and (access.kind != "public" or request.blueprint in SIGNING_IN)


def write_line(line: Mapping[str, Any]) -> None:
    """Tell one event, where SECURITY_EVENTS names a place for it."""
    log.info(json.dumps(line, sort_keys=True))
