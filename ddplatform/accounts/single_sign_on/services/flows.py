"""A try to sign in at a provider: begun, kept in the session, and finished once."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit
from ddplatform.accounts.single_sign_on.queries import Provider
from ddplatform.accounts.single_sign_on.services.fetching import exchange
from ddplatform.accounts.single_sign_on.services.protocol import (
    Answer,
    Client,
    Flow,
    Stated,
    authorization_address,
    belongs_to,
    new_flow,
    read_metadata,
    redeem,
)
from ddplatform.accounts.single_sign_on.services.providers import open_secret
from ddplatform.infrastructure.db import begin_change
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

LIFE: Final = timedelta(minutes=10)
START: Final = Limit("single sign-on from a network", 300, 3600)
"""A whole office has one address, and each try asks the provider."""


class Purpose(StrEnum):
    """What a person goes to the provider for."""

    SIGN_IN = "sign_in"
    CONNECT = "connect"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Pending:
    """What the session keeps until the provider answers."""

    slug: str
    purpose: Purpose
    state: str
    nonce: str
    verifier: str
    begun_at: str
    user_id: str = ""
    """Who is signed in and connects or confirms."""
    then: str = ""
    on_shared_phone: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the session keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Wish:
    """What a person wants of the provider."""

    purpose: Purpose
    user_id: UUID | None = None
    then: str = ""
    on_shared_phone: bool = False


def begin(
    provider: Provider, wish: Wish, *, redirect_uri: str, network: str, at: datetime
) -> tuple[str, Pending]:
    """Where the browser goes to sign in, and what to keep meanwhile.

    Raises:
        TooMany: too many tries from this network.
        ProviderFault: the provider cannot be asked.
    """
    rate_limits.require_left(START, network, at=at)
    try:
        with exchange():
            metadata = read_metadata(provider.issuer)
    finally:
        begin_change()
        rate_limits.count_try(START, network, at=at)
    flow = new_flow()
    client = Client(provider.client_id, "", redirect_uri)
    again = wish.purpose is Purpose.CONFIRM
    pending = Pending(
        slug=provider.slug,
        purpose=wish.purpose,
        state=flow.state,
        nonce=flow.nonce,
        verifier=flow.verifier,
        begun_at=at.isoformat(),
        user_id=str(wish.user_id or ""),
        then=wish.then,
        on_shared_phone=wish.on_shared_phone,
    )
    return authorization_address(metadata, client, flow, again=again), pending


def read_pending(kept: dict[str, Any] | None, slug: str, state: str, *, at: datetime) -> Pending:
    """The try that an answer belongs to.

    Raises:
        Invalid: there is none in this browser, it is another one, or it is too old.
    """
    pending = Pending(**{**kept, "purpose": Purpose(kept["purpose"])}) if kept else None
    if (
        pending is None
        or pending.slug != slug
        or not belongs_to(state, _flow(pending))
        or at - datetime.fromisoformat(pending.begun_at) > LIFE
    ):
        raise Invalid(
            gettext("This answer of your organisation's sign-in does not belong to this browser."),
            gettext("It may be too old, or used already. Start again."),
        )
    return pending


def finish(
    provider: Provider, pending: Pending, answer: Answer, *, redirect_uri: str, at: datetime
) -> Stated:
    """What the provider states of the person who signed in there; a change may follow.

    Raises:
        Invalid: the person or the provider broke it off.
        ProviderFault: the provider cannot be asked, or its answer does not hold.
    """
    if answer.error or not answer.code:
        raise Invalid(
            gettext("You were not signed in at your organisation."),
            gettext("Start again, or sign in with your password."),
        )
    client = Client(provider.client_id, open_secret(provider), redirect_uri)
    with exchange():
        metadata = read_metadata(provider.issuer)
        stated = redeem(metadata, client, _flow(pending), answer, at=at)
    begin_change()
    return stated


def _flow(pending: Pending) -> Flow:
    return Flow(pending.state, pending.nonce, pending.verifier)
