"""Acting identity and time: frozen values that routes, jobs and commands pass to services."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ROLES, Role, RoleId


@dataclass(frozen=True)
class Identity:
    """A person acting in one organisation with one role, until a date where it is dated."""

    user_id: UUID | None
    organisation_id: UUID
    role_id: RoleId | None
    name: str
    session_ref: str | None = None
    """Short hash of the session, for the log; never the session id itself."""
    access_until: date | None = None
    request_ref: str | None = None
    """Id of the request or job, for the log."""
    scopes: frozenset[Permission] | None = None
    """What a token narrows the role to; None: the person is here."""

    @property
    def role(self) -> Role | None:
        """The role with its title and permissions; None for the system itself."""
        return ROLES[self.role_id] if self.role_id else None

    def has(self, permission: Permission) -> bool:
        """Whether the role of this identity holds the permission, and the token includes it."""
        is_included = self.scopes is None or permission in self.scopes
        return is_included and self.role is not None and permission in self.role.permissions


@dataclass(frozen=True)
class Act:
    """One act: the acting identity, and the time of all its changes (UTC)."""

    by: Identity
    at: datetime


def system_identity(organisation_id: UUID) -> Identity:
    """The platform itself, acting for an organisation (jobs without a person, commands)."""
    return Identity(None, organisation_id, None, "System")
