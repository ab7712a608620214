"""The cookie by which a browser is known for the accounts that signed in there."""

from flask import Response, after_this_request, current_app, request

from ddplatform.accounts.guesses.devices import LIFE, KnownDevices
from ddplatform.accounts.organisations.models import User


def devices_of_request() -> KnownDevices:
    """The marks that this browser brought."""
    secret = current_app.secret_key
    assert isinstance(secret, str)
    return KnownDevices(request.cookies.get(_name(), ""), secret)


def remember_device(user: User) -> None:
    """Give this browser a mark of the account with the answer, unless that is an error."""
    marks = devices_of_request().with_account(user)

    def give(response: Response) -> Response:
        if response.status_code < 400:
            response.set_cookie(
                _name(),
                marks,
                max_age=LIFE,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
                path="/",
            )
        return response

    after_this_request(give)


def _name() -> str:
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"
