"""Providers of organisations, and the identities of people there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, func, or_, select, type_coerce

from ddplatform.accounts.organisations.models import Membership, Organisation
from ddplatform.accounts.single_sign_on.models import IdentityProvider, ProviderIdentity
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one


@dataclass(frozen=True)
class Provider:
    """The provider of an organisation."""

    id: UUID
    organisation_id: UUID
    organisation: str
    slug: str
    issuer: str
    client_id: str
    sealed_secret: bytes
    domains: tuple[str, ...]
    factor_acrs: tuple[str, ...]

    def takes(self, email: str) -> bool:
        """Whether a mail address lies in one of the domains of this provider."""
        return domain_of(email) in self.domains


def domain_of(email: str) -> str:
    """The domain of a mail address, in lower case."""
    return email.rpartition("@")[2].strip().lower()


def find_provider(asked: str) -> Provider | None:
    """The provider of a mail address, a mail domain or an organisation's short name.

    Call it across tenants.
    """
    word = domain_of(asked)
    named = or_(Organisation.slug == word, _has_domain(word))
    # A short name has no dot and a domain always one, so that they never meet.
    found = _providers(_select_providers().where(named))
    return found[0] if found else None


def is_any_provider_set() -> bool:
    """Whether an organisation signs in at a provider; call it across tenants."""
    return db.session.scalar(select(IdentityProvider.id).limit(1)) is not None


def get_provider(slug: str) -> Provider:
    """The provider of the organisation with this short name, or NotFound; across tenants."""
    found = _providers(_select_providers().where(Organisation.slug == slug))
    if not found:
        raise NotFound()
    return found[0]


def list_providers_of(user_id: UUID, *, today: date) -> Sequence[Provider]:
    """Providers of the organisations in which a person is a member today; across tenants."""
    is_member = (
        select(Membership.id)
        .where(
            Membership.organisation_id == Organisation.id,
            Membership.user_id == user_id,
            or_(Membership.access_until.is_(None), Membership.access_until >= today),
        )
        .exists()
    )
    return _providers(_select_providers().where(is_member))


def find_own_provider_for_change() -> IdentityProvider | None:
    """The provider of the acting organisation, held."""
    return db.session.scalar(held(select(IdentityProvider)))


def list_taken_domains(domains: Sequence[str], *, but: UUID) -> Sequence[str]:
    """Those of these domains that another organisation has; call it across tenants."""
    rows = db.session.scalars(
        select(IdentityProvider.domains).where(IdentityProvider.organisation_id != but)
    )
    return sorted({domain for row in rows for domain in row} & set(domains))


def is_issuer_of_others(issuer: str, *, but: UUID) -> bool:
    """Whether another organisation signs in at this issuer too; call it across tenants."""
    others = select(IdentityProvider.id).where(
        IdentityProvider.issuer == issuer, IdentityProvider.organisation_id != but
    )
    return db.session.scalar(others.limit(1)) is not None


def find_identity(issuer: str, subject: str) -> ProviderIdentity | None:
    """The identity with this key, held."""
    return db.session.scalar(
        held(
            select(ProviderIdentity).where(
                ProviderIdentity.issuer == issuer, ProviderIdentity.subject == subject
            )
        )
    )


def get_identity(user_id: UUID, identity_id: UUID) -> ProviderIdentity:
    """One identity of a person.

    Raises:
        NotFound: there is none with this id, or it belongs to somebody else.
    """
    return get_one(
        select(ProviderIdentity).where(
            ProviderIdentity.id == identity_id, ProviderIdentity.user_id == user_id
        )
    )


def list_identities(user_id: UUID) -> Sequence[ProviderIdentity]:
    """The identities of a person, in the order in which they were connected."""
    wanted = select(ProviderIdentity).where(ProviderIdentity.user_id == user_id)
    return db.session.scalars(
        wanted.order_by(ProviderIdentity.connected_at, ProviderIdentity.id)
    ).all()


def count_identities(issuer: str) -> int:
    """How many people are connected with an issuer."""
    wanted = select(func.count()).select_from(ProviderIdentity)
    return db.session.scalar(wanted.where(ProviderIdentity.issuer == issuer)) or 0


def _select_providers() -> Select[IdentityProvider, str, str]:
    return (
        select(IdentityProvider, Organisation.name, Organisation.slug)
        .join(Organisation, Organisation.id == IdentityProvider.organisation_id)
        .order_by(Organisation.name, Organisation.id)
    )


def _has_domain(domain: str) -> ColumnElement[bool]:
    # Domains stand between bars, in a text (`db.WordList`).
    return type_coerce(IdentityProvider.domains, Text).contains(f"|{domain}|", autoescape=True)


def _providers(statement: Select[IdentityProvider, str, str]) -> list[Provider]:
    return [
        Provider(
            row.id,
            row.organisation_id,
            name,
            slug,
            row.issuer,
            row.client_id,
            row.sealed_secret,
            tuple(row.domains),
            tuple(row.factor_acrs),
        )
        for row, name, slug in db.session.execute(statement)
    ]
