"""Providers of organisations: set and removed by the operator, their secrets sealed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.accounts.single_sign_on.models import IdentityProvider, ProviderIdentity
from ddplatform.accounts.single_sign_on.queries import (
    Provider,
    find_own_provider_for_change,
    is_issuer_of_others,
    list_taken_domains,
)
from ddplatform.accounts.single_sign_on.services.fetching import is_safe_address
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.sealing import (
    SealBroken,
    open_with_any,
    resealed,
    seal_bytes,
)
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext

_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_SEALED = b"identity_provider.sealed_secret|"


@dataclass(frozen=True)
class Registration:
    """How an organisation signs in: its provider, and what the provider knows us by."""

    issuer: str
    client_id: str
    secret: str
    domains: tuple[str, ...]
    factor_acrs: tuple[str, ...] = ()


def require_usable(registration: Registration, organisation: Organisation) -> None:
    """Refuse what cannot be set, before the provider is asked.

    Raises:
        Invalid: the issuer is not encrypted, a domain is none, or something is missing.
        Conflict: another organisation has one of the domains.
    """
    faults = {}
    if not is_safe_address(registration.issuer) or "?" in registration.issuer:
        faults["issuer"] = "Give the issuer as the provider states it, beginning with https://."
    if not registration.client_id or not registration.secret:
        faults["client"] = "Give the client id, and its secret on standard input or in a file."
    wrong = [domain for domain in registration.domains if not _DOMAIN.fullmatch(domain)]
    if wrong or not registration.domains:
        faults["domains"] = "Give mail domains such as company.example, with commas between them."
    if any("|" in acr or not acr for acr in registration.factor_acrs):
        faults["factor-acr"] = "A value of acr has no bar and is not empty."
    if faults:
        raise Invalid("The provider cannot be set.", fields=faults)
    with across_tenants():
        taken = list_taken_domains(registration.domains, but=organisation.id)
    if taken:
        raise Conflict(
            f"Another organisation signs in with {', '.join(taken)}.",
            "A domain belongs to one organisation.",
        )


def set_provider(organisation: Organisation, registration: Registration, *, act: Act) -> None:
    """Set or change the provider of the acting organisation.

    With another issuer than before nobody is connected any more: identities count at theirs alone.
    """
    row = find_own_provider_for_change()
    before = row.issuer if row is not None else None
    if row is None:
        row = IdentityProvider(organisation_id=organisation.id)
        db.session.add(row)
    if before is not None and before != registration.issuer:
        _drop_identities(before, organisation)
    row.issuer, row.client_id = registration.issuer, registration.client_id
    row.domains, row.factor_acrs = list(registration.domains), list(registration.factor_acrs)
    row.sealed_secret = _seal(row, registration.secret, adapters().keys.single_sign_on())
    row.set_at = act.at
    db.session.flush()  # its event needs the key
    audit.record(
        "single_sign_on:set",
        row,
        act=act,
        issuer=(before, row.issuer),
        client_id=row.client_id,
        domains=row.domains,
    )


def remove_provider(organisation: Organisation, *, act: Act) -> None:
    """Remove the provider of the acting organisation; its people sign in with their passwords.

    Raises:
        NotFound: there is none.
    """
    row = find_own_provider_for_change()
    if row is None:
        raise NotFound(
            f"'{organisation.slug}' has no provider.", "Its people sign in with their passwords."
        )
    _drop_identities(row.issuer, organisation)
    audit.record("single_sign_on:remove", row, act=act, issuer=row.issuer)
    db.session.delete(row)


def open_secret(provider: Provider) -> str:
    """The secret by which the provider knows this platform.

    Raises:
        Conflict: it was sealed with another key than those of this installation.
    """
    bound = _SEALED + provider.organisation_id.bytes + b"|" + provider.issuer.encode()
    try:
        keys = adapters().keys.single_sign_on_keys()
        return open_with_any(keys, provider.sealed_secret, bound=bound).decode()
    except SealBroken as error:
        raise Conflict(
            gettext("The secret of this provider cannot be opened."),
            gettext("The operator has to set it again."),
        ) from error


def reseal(row: IdentityProvider, *, keys: Sequence[bytes]) -> bool:
    """Seal the secret with the first of these keys where another one sealed it.

    Returns:
        Whether it was sealed anew.
    """
    made = resealed(keys, row.sealed_secret, bound=_bound(row))
    row.sealed_secret = made or row.sealed_secret
    return made is not None


def _seal(row: IdentityProvider, secret: str, key: bytes) -> bytes:
    return seal_bytes(key, secret.encode(), bound=_bound(row))


def _bound(row: IdentityProvider) -> bytes:
    """A secret opens for this issuer alone: nobody sends it elsewhere by changing the row."""
    return _SEALED + row.organisation_id.bytes + b"|" + row.issuer.encode()


def _drop_identities(issuer: str, organisation: Organisation) -> None:
    with across_tenants():
        is_shared = is_issuer_of_others(issuer, but=organisation.id)
    if not is_shared:
        db.session.execute(delete(ProviderIdentity).where(ProviderIdentity.issuer == issuer))
