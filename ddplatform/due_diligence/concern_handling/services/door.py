"""The public address of an organisation: opened, closed, changed."""

import secrets

from ddplatform.accounts.officers.queries import has_officer
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.concerns.models import ConcernDoor
from ddplatform.due_diligence.concerns.queries import find_door
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext

SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 10


def open_door(*, act: Act) -> ConcernDoor:
    """Open the door; one that was open before keeps its address, so that posters stay true.

    Raises:
        Conflict: it is open, or no safeguarding officer would read what comes.
    """
    if not has_officer(today=act.at.date()):
        raise Conflict(
            gettext("Your organisation has no safeguarding officer, so nobody would read this."),
            gettext("Name a safeguarding officer first."),
        )
    door = find_door()
    if door is not None and door.is_open:
        raise Conflict(gettext("The page for concerns is open already."))
    if door is None:
        door = ConcernDoor(address_part=_new_part(), is_open=True, changed_at=act.at)
        db.session.add(door)
    _change(door, is_open=True, act=act)
    audit.record("concern:open_door", door, act=act)
    return door


def close_door(*, act: Act) -> ConcernDoor:
    """Close the door. Threads cannot be opened either until it is open again.

    Raises:
        Conflict: it is not open.
    """
    door = find_door()
    if door is None or not door.is_open:
        raise Conflict(gettext("The page for concerns is not open."))
    _change(door, is_open=False, act=act)
    audit.record("concern:close_door", door, act=act)
    return door


def _change(door: ConcernDoor, *, is_open: bool, act: Act) -> None:
    door.is_open, door.changed_at, door.changed_by_id = is_open, act.at, act.by.user_id
    db.session.flush()  # the event names it


def _new_part() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
