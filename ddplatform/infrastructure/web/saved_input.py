"""Input of a form sent after its session expired, carried through sign-in."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

PREFIX = "kept:"
OWN_SITE = "same-origin"
_OWN_ADDRESS = re.compile(r"/(?!/)[^\x00-\x1f\x7f\\]{0,8000}")
"""One slash and not two; no control character and no backslash; no longer than an address."""
NEVER_SAVED = frozenset({"csrf_token", "password", "again", "current"})


@dataclass(frozen=True)
class SavedInput:
    """The destination and the content of the form."""

    action: str
    fields: tuple[tuple[str, str], ...]


def saved_input() -> SavedInput | None:
    """Form input carried by this request; None for an ordinary sign-in."""
    action = safe_next(request.form.get(PREFIX))
    if action is None:
        return None
    fields = [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX) and name != PREFIX
    ]
    return SavedInput(action, tuple(fields))


def input_of_this_request() -> SavedInput | None:
    """The form that has just been sent, without secrets and files; None if not from our pages.

    Browsers that do not say where a form stood are believed: they send no cookie from elsewhere.
    """
    if request.headers.get("Sec-Fetch-Site", OWN_SITE) != OWN_SITE:
        return None
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name not in NEVER_SAVED
    ]
    return SavedInput(request.full_path.rstrip("?"), tuple(fields))


def safe_next(target: str | None) -> str | None:
    """The address to go on to, if it is one of ours: the only judge of such addresses.

    Browsers leave out tabs and line ends wherever they stand and read a backslash as a slash, so
    that `/<tab>/elsewhere.example` would lead to another host. An address that `url_for` made has
    none of these: they stand in it as `%09` or `%5C`.
    """
    if not target or not _OWN_ADDRESS.fullmatch(target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
