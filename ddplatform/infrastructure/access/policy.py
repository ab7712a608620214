"""The access decision for every endpoint."""

from datetime import date

from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission


def allows(identity: Identity, permission: Permission, *, on: date) -> bool:
    """Whether this identity may do it on this day; an ended access allows nothing."""
    if identity.access_until is not None and on > identity.access_until:
        return False
    return identity.has(permission)
