"""The answer to a link that leads nowhere: what it can be, and how to come in all the same."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.errors import NotFound


def dead_link(error: NotFound) -> ResponseReturnValue:
    """Used, run out, replaced, mistyped: the page is the same and does not tell which."""
    page = render_template(
        "accounts/sign_in/dead_link.html", message=error.message, advice=error.advice
    )
    return page, 404
