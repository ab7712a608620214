"""Sign-in with an identity at a provider, and its connection with an account.

A person is known by issuer and subject, never by a mail address that a provider states.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.accounts.guesses.devices import KnownDevices
from ddplatform.accounts.notices.services import Change, tell
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user, list_membership_facts
from ddplatform.accounts.organisations.services.organisations import (
    acting_for_installation,
    record_of_person,
)
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.accounts.sessions import services as sessions
from ddplatform.accounts.sign_in.services.sign_in import sign_in_by_provider
from ddplatform.accounts.single_sign_on.models import ProviderIdentity
from ddplatform.accounts.single_sign_on.queries import (
    Provider,
    find_identity,
    list_identities,
    list_providers_of,
)
from ddplatform.accounts.single_sign_on.services.protocol import Stated
from ddplatform.audit.models import Outcome
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.accounts import MembershipFacts
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext


@dataclass(frozen=True)
class Connection:
    """A provider that a person may use, and their identity there if it is connected."""

    provider: Provider
    identity: ProviderIdentity | None


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and whether the provider's second factor stands for the person's own."""

    user: User
    is_vouched: bool


def list_connections(user: User, *, today: date) -> Sequence[Connection]:
    """The providers that a person may use today: of their organisations, for their mail domain.

    Whoever runs the domain of the mailbox can set the password of the account anyway; nobody else
    gets a way into it, whatever other organisations the person belongs to.
    """
    with across_tenants():
        providers = list_providers_of(user.id, today=today)
    identities = {identity.issuer: identity for identity in list_identities(user.id)}
    return [
        Connection(provider, identities.get(provider.issuer))
        for provider in providers
        if provider.takes(user.email)
    ]


def sign_in(provider: Provider, stated: Stated, *, devices: KnownDevices, at: datetime) -> SignedIn:
    """The person behind an identity at the provider of an organisation.

    Raises:
        NotAllowed: the identity is not connected, or its person may not use this provider: no
            member any more, an account that is closed, a mailbox of another domain.
    """
    identity = find_identity(stated.issuer, stated.subject)
    if identity is None:
        record_of_person(
            "session:refuse", None, at=at, outcome=Outcome.FAILED, way="single sign-on"
        )
        raise NotAllowed(
            gettext("This sign-in of your organisation is not connected with an account yet."),
            gettext(
                "Sign in with your password once and connect it on the page of your account. "
                "No account? Ask an administrator of your organisation for an invitation."
            ),
        )
    user = get_user(identity.user_id)
    if not user.is_active or not _may_use(user, provider, today=at.date()):
        record_of_person(
            "session:refuse", user, at=at, outcome=Outcome.FAILED, way="single sign-on"
        )
        raise NotAllowed(
            gettext("This account cannot sign in here."),
            gettext("Ask an administrator of your organisation."),
        )
    identity.last_used_at = at
    is_vouched = _is_vouched(user, provider, stated)
    sign_in_by_provider(user, is_vouched=is_vouched, devices=devices, at=at)
    return SignedIn(user, is_vouched)


def connect(user: User, provider: Provider, stated: Stated, *, at: datetime) -> None:
    """Let an identity at a provider open an account from now on. Every session ends.

    Raises:
        Conflict: the person may not use this provider, is connected with it already, or the
            identity is connected with an account.
    """
    if not user.is_active or not _may_use(user, provider, today=at.date()):
        raise Conflict(
            gettext("Your account cannot be connected with this organisation's sign-in."),
            gettext("It takes members whose mail address lies in a domain of the organisation."),
        )
    if find_identity(stated.issuer, stated.subject) is not None or any(
        identity.issuer == stated.issuer for identity in list_identities(user.id)
    ):
        raise Conflict(
            gettext("This sign-in, or your account, is connected already."),
            gettext("Disconnect it on the page of the account first."),
        )
    db.session.add(
        ProviderIdentity(
            user_id=user.id, issuer=stated.issuer, subject=stated.subject, connected_at=at
        )
    )
    sessions.end_all_sessions(user.id)
    _record_change("single_sign_on:connect", user, Change.CONNECTED, at=at, issuer=stated.issuer)


def disconnect(user: User, identity: ProviderIdentity, *, at: datetime) -> None:
    """Take an identity away from an account; the password opens it. Every session ends."""
    issuer = identity.issuer
    db.session.delete(identity)
    sessions.end_all_sessions(user.id)
    _record_change("single_sign_on:disconnect", user, Change.DISCONNECTED, at=at, issuer=issuer)


def drop_identities(user_id: UUID) -> None:
    """Delete every identity of a person who is erased."""
    db.session.execute(delete(ProviderIdentity).where(ProviderIdentity.user_id == user_id))


def list_confirming(user: User, *, at: datetime) -> Sequence[Connection]:
    """The connected providers that can prove again who a person is; none for officers."""
    found = [one for one in list_connections(user, today=at.date()) if one.identity is not None]
    return found if found and _may_confirm(user) else ()


def confirm(user: User, provider: Provider, stated: Stated, *, at: datetime) -> None:
    """Prove again, at the provider, who is in front of a signed-in browser.

    Raises:
        Invalid: somebody else signed in there, not just now, or the second factor of the person
            was not asked for.
    """
    identity = find_identity(stated.issuer, stated.subject)
    is_same = identity is not None and identity.user_id == user.id
    is_allowed = is_same and _may_use(user, provider, today=at.date()) and _may_confirm(user)
    has_proved = not has_factor(user.id) or _is_vouched(user, provider, stated)
    if not (is_allowed and has_proved and stated.is_from_just_now(at)):
        record_of_person("session:refuse_confirmation", user, at=at, outcome=Outcome.FAILED)
        raise Invalid(
            gettext("The sign-in of your organisation does not prove enough for this step."),
            gettext("Confirm with your password, and with your second factor if you have one."),
        )
    record_of_person("session:confirm", user, at=at, way="single sign-on")


def _may_use(user: User, provider: Provider, *, today: date) -> bool:
    with across_tenants():
        providers = list_providers_of(user.id, today=today)
    return provider.takes(user.email) and provider.id in {one.id for one in providers}


def _may_confirm(user: User) -> bool:
    return not _has_role(_standings(user.id), RoleId.SAFEGUARDING_OFFICER)


def _is_vouched(user: User, provider: Provider, stated: Stated) -> bool:
    """Whether the second factor that the provider asked for stands for one of our own.

    Never for people of several organisations, where one would vouch to the other, and never for
    safeguarding officers, whose factor guards cases also from whoever runs the provider.
    """
    standings = _standings(user.id)
    return (
        stated.has_factor(provider.factor_acrs)
        and [one.organisation.id for one in standings] == [provider.organisation_id]
        and not _has_role(standings, RoleId.SAFEGUARDING_OFFICER)
    )


def _standings(user_id: UUID) -> Sequence[MembershipFacts]:
    with across_tenants():
        return list_membership_facts(user_id)


def _has_role(standings: Sequence[MembershipFacts], role: RoleId) -> bool:
    return any(standing.role_id is role for standing in standings)


def _record_change(action: str, user: User, change: Change, *, at: datetime, **values: Any) -> None:
    with acting_for_installation(at=at) as act:
        tell(user, change, act=act)
        audit.record(action, user, act=act, **values)
