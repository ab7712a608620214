"""The response to a form whose session has expired: sign-in without loss of input."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.sign_in.forms import SignInForm
from ddplatform.infrastructure.web.saved_input import input_of_this_request


def ask_to_sign_in_again() -> ResponseReturnValue:
    """The sign-in page that carries the form along."""
    kept = input_of_this_request()
    if kept is None:
        return redirect(url_for("auth.sign_in"))
    form = SignInForm(formdata=None)
    return render_template("accounts/sign_in/sign_in.html", form=form, problem=None, kept=kept), 401
