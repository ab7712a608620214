"""Sessions as a person reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.sessions.services import SHARED
from ddplatform.languages import gettext


@dataclass(frozen=True)
class SessionRow:
    """One session: the device in words, its times, whether it is the one that asks."""

    id: UUID
    device: str
    started_at: datetime
    last_used_at: datetime
    is_this: bool
    is_shared: bool


def session_rows(sessions: Iterable[UserSession], *, this_ref: str) -> Sequence[SessionRow]:
    """The rows of the list, this session first.

    Args:
        this_ref: the first signs of the hash of this session's id.
    """
    rows = [
        SessionRow(
            row.id,
            device_in_words(row.browser, row.system),
            row.created_at,
            row.last_seen_at,
            row.id_hash.startswith(this_ref),
            SHARED in row.data,
        )
        for row in sessions
    ]
    return sorted(rows, key=lambda row: not row.is_this)


def device_in_words(browser: str, system: str) -> str:
    """What kind of device it is, as far as its browser told."""
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or gettext("Unknown device")
