"""Responses to a form that somebody has to prove first: it is kept, and sent on afterwards."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.sign_in.forms import ConfirmForm, ConfirmWithCodeForm, SignInForm
from ddplatform.infrastructure.gate import SAFE_METHODS
from ddplatform.infrastructure.web.saved_input import SavedInput, input_of_this_request


def ask_to_sign_in_again() -> ResponseReturnValue:
    """After the session ended: the sign-in page that carries the form along."""
    kept = input_of_this_request()
    return redirect(url_for("auth.sign_in")) if kept is None else sign_in_page(kept)


def sign_in_page(kept: SavedInput) -> ResponseReturnValue:
    """The page to sign in that carries a form along."""
    form = SignInForm(formdata=None)
    return render_template("accounts/sign_in/sign_in.html", form=form, problem=None, kept=kept), 401


def ask_to_confirm() -> ResponseReturnValue:
    """Where a fresh proof of identity is needed: lead to the page that asks, with the form."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("account.confirm", next=request.full_path.rstrip("?")))
    kept = input_of_this_request()
    if kept is None:
        return redirect(url_for("account.confirm"))
    form = confirm_form(is_sent=False)
    return render_template("accounts/sign_in/confirm.html", form=form, kept=kept), 401


def confirm_form(*, is_sent: bool) -> ConfirmForm:
    """What the signed-in person is asked: the password, and a code where there is a factor."""
    kind = ConfirmWithCodeForm if current_user.has_second_factor else ConfirmForm
    return kind() if is_sent else kind(formdata=None)
