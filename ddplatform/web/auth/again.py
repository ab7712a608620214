"""The answer to a form whose session has ended: sign in, and nothing typed is lost."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.web.auth.forms import SignInForm
from ddplatform.web.auth.kept_input import input_of_this_request


def ask_to_sign_in_again() -> ResponseReturnValue:
    """The sign-in page that carries the form along."""
    form = SignInForm(formdata=None)
    return render_template(
        "auth/sign_in.html", form=form, problem=None, kept=input_of_this_request()
    ), 401
