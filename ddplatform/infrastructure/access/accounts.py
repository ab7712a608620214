"""The interface to accounts for every page: identity of a person, memberships."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.registry import Registry


@dataclass(frozen=True)
class Account:
    """A person's account as plain values."""

    id: UUID
    name: str
    email: str
    is_active: bool
    theme: str
    language: str
    has_second_factor: bool = False
    lacks_second_factor: bool = False
    """An organisation asks for one in the person's role there, and it is not set up yet."""


@dataclass(frozen=True)
class OrganisationFacts:
    """Facts about an organisation for each of its pages."""

    id: UUID
    name: str
    slug: str
    is_sample: bool


@dataclass(frozen=True)
class MembershipFacts:
    """The membership of a person in one organisation."""

    organisation: OrganisationFacts
    role_id: RoleId
    access_until: date | None


class Accounts(Protocol):
    """The questions; those about standings are asked across tenants."""

    def get_account(self, user_id: UUID) -> Account | None:
        """The account, or None."""

    def get_account_to_admit(
        self, user_id: UUID, *, today: date, vouched_for: UUID | None = None
    ) -> Account | None:
        """The same with what is known of a second factor; asked across tenants.

        Args:
            vouched_for: the organisation whose own sign-in asked for one in this session.
        """

    def get_membership_facts(self, user_id: UUID, slug: str) -> MembershipFacts | None:
        """The person's role in the organisation with this slug."""

    def get_membership_facts_in(
        self, user_id: UUID, organisation_id: UUID
    ) -> MembershipFacts | None:
        """The person's role in the organisation with this id."""

    def get_organisation_id(self, slug: str) -> UUID:
        """The organisation with this slug, or NotFound."""

    def installation_organisation_id(self) -> UUID:
        """The keeper of the installation's own log, or NotFound before the first sign-in."""

    def list_organisation_ids(self) -> Sequence[UUID]:
        """Every organisation, that of the installation too."""


_GIVEN: Registry[Accounts] = Registry("accounts")


def give_accounts(answers: Accounts) -> None:
    """Register the implementation of this interface."""
    _GIVEN.add("accounts", answers)


def accounts() -> Accounts:
    """The registered interface. Raises NothingRegistered before the application is made."""
    return _GIVEN.get("accounts")
