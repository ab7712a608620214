"""Export of what the platform holds about an account, for the person concerned."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.operations.personal_data.queries import (
    list_events_by,
    list_invitations_of,
    list_memberships_of,
    list_naming_rows,
    list_sessions_of,
    list_values_about,
)

README = """What this platform holds about your account.

account.json      name, address, language, when it was made and last used
memberships.json  organisations, roles and their last days
invitations.json  links that were sent to you
sessions.json     browsers that are signed in
events.json       what you did, as the logs of the organisations record it
values.json       what the logs keep of changes to your account
records.json      ids of records that name you, by table and column

Records of the organisations themselves (findings, answers, reports) are theirs and not part of
this file. Nothing about children in remediation cases is in it.
"""


def export_person(user: User, *, at: datetime) -> bytes:
    """A ZIP archive of JSON files about one account; an event of the installation's log."""
    with across_tenants():
        documents = _documents(user)
    log_id = installation_log(at=at).id
    with acting_in(log_id):
        audit.record("person:export", user, act=Act(system_identity(log_id), at))
    into = BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED) as archive:
        archive.writestr(_entry("README.txt", at), README)
        for name, document in documents.items():
            archive.writestr(_entry(name, at), json.dumps(document, indent=2, ensure_ascii=False))
    return into.getvalue()


def _entry(name: str, at: datetime) -> ZipInfo:
    entry = ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry


def _documents(user: User) -> dict[str, Any]:
    memberships, invitations = list_memberships_of(user.id), list_invitations_of(user)
    targets = [str(row.id) for row in (user, *memberships, *invitations)]
    return {
        "account.json": {
            "id": str(user.id),
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "theme": user.theme,
            "is_active": user.is_active,
            "created_at": _moment(user.created_at),
            "last_sign_in_at": _moment(user.last_sign_in_at),
        },
        "memberships.json": [
            {
                "organisation_id": str(row.organisation_id),
                "role": row.role.value,
                "access_until": str(row.access_until) if row.access_until else None,
                "created_at": _moment(row.created_at),
            }
            for row in memberships
        ],
        "invitations.json": [
            {
                "purpose": row.purpose.value,
                "email": row.email,
                "name": row.name,
                "created_at": _moment(row.created_at),
                "used_at": _moment(row.used_at),
            }
            for row in invitations
        ],
        "sessions.json": [
            {"created_at": _moment(row.created_at), "last_seen_at": _moment(row.last_seen_at)}
            for row in list_sessions_of(user.id)
        ],
        "events.json": [_plain(row) for row in list_events_by(user.id)],
        "values.json": [_plain(row) for row in list_values_about(targets)],
        "records.json": list_naming_rows(user.id),
    }


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value if isinstance(value, dict | int) or value is None else str(value)
        for name, value in row._mapping.items()
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
