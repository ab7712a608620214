"""The part of the gate for programs: identity, scope and request rate of a token."""

from datetime import datetime
from typing import Protocol

from flask import g, request

from ddplatform.infrastructure.access.accounts import OrganisationFacts
from ddplatform.infrastructure.access.declared import Access
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.access.request_rate import RequestRate
from ddplatform.infrastructure.db import begin_change, finish, only_read
from ddplatform.infrastructure.errors import NotAllowed, NotSignedIn, TooMany
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.languages import gettext


class Tokens(Protocol):
    """Tokens of programs, as accounts keep them."""

    def identify_token(
        self, secret: str, *, at: datetime, request_ref: str
    ) -> tuple[OrganisationFacts, Identity] | None:
        """Organisation and identity behind a token that works; asked across tenants."""

    def is_used_today(self, secret: str, *, at: datetime) -> bool:
        """Whether the log knows already that the token was used on this day."""

    def note_use(self, secret: str, *, act: Act) -> None:
        """Let the log know that it is."""


class Programs:
    """Admits programs by the token that they send."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens, self._rate = tokens, RequestRate()

    def admit(self, access: Access) -> None:
        """Bind identity and organisation of the request at hand.

        Raises:
            NotSignedIn: no token that works.
            TooMany: too many requests in this minute.
            NotAllowed: neither the token nor the role of its maker allows this.
        """
        secret = _sent_secret()
        with across_tenants():
            found = (
                self._tokens.identify_token(secret, at=g.now, request_ref=g.request_id)
                if secret
                else None
            )
        if found is None:
            raise NotSignedIn(
                gettext("The request has no valid token."),
                gettext("Send “Authorization: Bearer …” with a token from the settings page."),
            )
        g.organisation, g.identity = found
        g.act = Act(g.identity, g.now)
        if wait := self._rate.seconds_to_wait(secret, at_s=g.now.timestamp()):
            raise TooMany(wait)
        assert access.permission is not None
        if not allows(g.identity, access.permission, on=g.now.date()):
            raise NotAllowed(
                gettext("This token does not include “%(scope)s”.", scope=access.permission.value),
                gettext("Use a token that does, made by a person whose role allows it."),
            )
        g.scope.enter_context(acting_in(g.organisation.id))
        self._note_use(secret, is_reading=request.method in READING or access.reads_first)

    def _note_use(self, secret: str, *, is_reading: bool) -> None:
        """Once a day the log says that a token is used, in a unit of work of its own."""
        if self._tokens.is_used_today(secret, at=g.now):
            return
        begin_change()
        self._tokens.note_use(secret, act=g.act)
        finish(ok=True)
        if is_reading:
            only_read()


def _sent_secret() -> str:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""
