"""Asks for the limit of a use before each request of a person, after the gate."""

from flask import Flask, current_app, g, request
from flask_login import current_user

from ddplatform.accounts.limits.uses import Rates, begin_use
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.uses import use_of
from ddplatform.infrastructure.adapters.installed import adapters

RATES = "use rates"


def register(app: Flask) -> None:
    """Count costly calls; to be called once the gate stands before every request."""
    app.extensions[RATES] = Rates.of(adapters().use_limits)
    app.before_request(_count)


def _count() -> None:
    """Count the request at hand, where its use is counted.

    Raises:
        UseLimitReached: its person has done this as often as is allowed for now.
    """
    if request.endpoint is None or g.get("identity") is None:
        return
    access = access_of(current_app, request.endpoint)
    assert access is not None, "the gate refuses to start otherwise"
    use = use_of(current_app.view_functions[request.endpoint], access, request.method)
    if use is not None:
        begin_use(use, str(current_user.id), current_app.extensions[RATES], at=g.now)
