"""Responses to a form that somebody has to prove first: it is kept, and sent on afterwards."""

from dataclasses import dataclass
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.passkeys.services.own_passkeys import proof_asked_of
from ddplatform.accounts.second_factor.queries import find_factor
from ddplatform.accounts.sign_in.forms import (
    CodeForm,
    ConfirmForm,
    ConfirmWithCodeForm,
    SignInForm,
)
from ddplatform.accounts.single_sign_on.services.identities import list_confirming
from ddplatform.infrastructure.access.odd_input import READING
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
    if request.method in READING:
        return redirect(url_for("account.confirm", next=request.full_path.rstrip("?")))
    kept = input_of_this_request()
    if kept is None:
        return redirect(url_for("account.confirm"))
    return confirm_page(confirm_form(is_sent=False), kept), 401


def confirm_page(form: ConfirmForm, kept: SavedInput | None) -> str:
    """The page that asks for the password, and for a code or a passkey where there is a factor."""
    factors = factors_of(current_user.id, form) if isinstance(form, CodeForm) else None
    # A form that is carried along would be lost on the way to another server and back.
    connections = list_confirming(get_user(current_user.id), at=g.now) if kept is None else ()
    return render_template(
        "accounts/sign_in/confirm.html",
        form=form,
        kept=kept,
        factors=factors,
        connections=connections,
    )


def code_page(form: CodeForm, kept: SavedInput | None, user_id: UUID) -> str:
    """The page of the second step of a sign-in."""
    factors = factors_of(user_id, form)
    return render_template("accounts/sign_in/code.html", form=form, kept=kept, factors=factors)


@dataclass(frozen=True)
class Factors:
    """What the second step can ask a person for, beside a recovery code."""

    has_app: bool
    passkey: str | None
    """What the browser is asked, as JSON; None: no passkey can be used here."""


def factors_of(user_id: UUID, form: CodeForm) -> Factors:
    """What a page of the second step offers this person; the form says what it takes."""
    factors = Factors(find_factor(user_id) is not None, proof_asked_of(user_id, at=g.now))
    if not factors.has_app:
        form.ask_for_recovery_code()
    return factors


def confirm_form(*, is_sent: bool) -> ConfirmForm:
    """What the signed-in person is asked: the password, and a code where there is a factor."""
    kind = ConfirmWithCodeForm if current_user.has_second_factor else ConfirmForm
    return kind() if is_sent else kind(formdata=None)
