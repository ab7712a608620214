"""What an endpoint declares of who may call it and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask

from ddplatform.infrastructure.access.permissions import Permission

KnowsSender = Callable[[Mapping[str, Any]], bool]
"""Whether the values in an address name somebody who may send files without a session."""
OWN_ENDPOINTS = frozenset({"static"})


@dataclass(frozen=True)
class Access:
    """The access requirement of an endpoint."""

    kind: Literal["public", "signed_in", "permission", "token"]
    permission: Permission | None = None
    leaves_event: bool = False
    """Reading alone changes something here: the log says who read."""
    reads_first: bool = False
    """A form that makes a file of what it reads, and at the end an event: `db.begin_change`."""
    by_token: bool = False
    """A program comes in by a secret that it sends: no session, so no form token is asked."""
    takes_reports: bool = False
    """Browsers tell here what they blocked: nothing is changed, so no form token is asked."""
    takes_files: bool = False
    """The form holds files, so its body may be large."""
    knows_sender: KnowsSender | None = None
    """For programs that send files: whether the secret in the address is known."""
    fresh: bool = False
    """Only for who proved within the last minutes who they are, with password and second factor."""
    leaves_no_trace: bool = False
    """Nothing of who asks is read or kept: no session, no cookie, no choice of language."""
    before_factor: bool = False
    """Open to who has to set up a second factor first."""


def access_of(app: Flask, endpoint: str) -> Access | None:
    """The declared access requirement of an endpoint; the static files are public."""
    if endpoint in OWN_ENDPOINTS:
        return Access("public")
    return getattr(app.view_functions[endpoint], "access", None)
