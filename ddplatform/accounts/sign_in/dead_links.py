"""The response to an invalid link: possible causes and other ways to sign in."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.errors import NotFound


def dead_link(error: NotFound) -> ResponseReturnValue:
    """One page for used, expired, replaced and mistyped links; it does not reveal which."""
    page = render_template(
        "accounts/sign_in/dead_link.html", message=error.message, advice=error.advice
    )
    return page, 404
