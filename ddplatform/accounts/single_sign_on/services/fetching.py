"""Requests to a provider: limited in time and size, no redirects, few at once.

Made while no transaction writes, so that a slow provider keeps nobody from SQLite's write lock.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

from ddplatform.accounts.single_sign_on import lazy
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.outgoing import read_address
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext

TIMEOUT_S = 5.0
"""For connecting and for each read, and for one answer as a whole."""
MOST_BYTES = 256 * 1024
AT_ONCE = 2
"""Exchanges with providers in one web process: the other threads stay free for pages."""
WAIT_S = 3.0
_turns = BoundedSemaphore(AT_ONCE)


class ProviderFault(Conflict):
    """The provider cannot be reached, or its answer is not what the standard asks for."""


@contextmanager
def exchange() -> Iterator[None]:
    """A turn to ask a provider; the request waits no longer than `WAIT_S` for it.

    Raises:
        ProviderFault: none came free.
    """
    if not _turns.acquire(timeout=WAIT_S):
        raise ProviderFault(
            gettext("Many people are signing in at your organisation at this moment."),
            gettext("Try again in a minute, or sign in with your password."),
        )
    try:
        yield
    finally:
        _turns.release()


def is_safe_address(address: str) -> bool:
    """Whether an address is encrypted; on the own machine it need not be, outside production."""
    plain_here = adapters().base_url.startswith("http://")
    return read_address(address, plain_here=plain_here) is not None


def get_document(address: str) -> dict[str, Any]:
    """A JSON object from a provider.

    Raises:
        ProviderFault: no answer in time, too much of it, a redirect, an error, or no object.
    """
    return _ask("GET", address, {}, None)


def post_form(
    address: str, fields: Mapping[str, str], headers: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON object with which a provider answers a form; raises as `get_document`."""
    return _ask("POST", address, headers, urlencode(fields))


def unusable_answer() -> ProviderFault:
    """The error of an answer that breaks the standard."""
    return ProviderFault(
        gettext("The sign-in of your organisation gave an answer that cannot be used."),
        gettext("Sign in with your password, and tell an administrator of your organisation."),
    )


def _ask(method: str, address: str, headers: Mapping[str, str], body: str | None) -> dict[str, Any]:
    if not is_safe_address(address):
        raise unusable_answer()
    sent = {"Accept": "application/json", **headers}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        content = _read(method, address, sent, body)
    except (lazy.httpx.HTTPError, lazy.httpx.InvalidURL, TimeoutError) as error:
        raise ProviderFault(
            gettext("The sign-in of your organisation does not answer."),
            gettext("Try again in a few minutes, or sign in with your password."),
        ) from error
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unusable_answer() from error
    if not isinstance(found, dict):
        raise unusable_answer()
    return found


def _read(method: str, address: str, headers: Mapping[str, str], body: str | None) -> bytes:
    ends = time.monotonic() + TIMEOUT_S
    content = bytearray()
    with (
        lazy.httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client,
        client.stream(method, address, headers=dict(headers), content=body) as answer,
    ):
        if answer.status_code != 200:
            raise unusable_answer()
        for part in answer.iter_bytes():
            content += part
            if len(content) > MOST_BYTES:
                raise unusable_answer()
            if time.monotonic() > ends:
                raise TimeoutError
    return bytes(content)
