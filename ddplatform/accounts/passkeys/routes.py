"""Pages on which a person adds and removes passkeys."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ddplatform.accounts.blueprints.account import bp
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.passkeys.forms import PasskeyForm
from ddplatform.accounts.passkeys.queries import get_passkey, list_passkeys
from ddplatform.accounts.passkeys.services import own_passkeys
from ddplatform.accounts.passkeys.services.ceremonies import (
    ask_for_new,
    has_host_for_passkeys,
)
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import signed_in_and
from ddplatform.infrastructure.web.saved_input import safe_next
from ddplatform.languages import gettext


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@signed_in_and(fresh=True, before_factor=True)
def add_passkey() -> ResponseReturnValue:
    """Let the browser make a passkey, and keep what checks it."""
    if not has_host_for_passkeys():
        raise Conflict(
            gettext("Browsers make no passkeys for this address."),
            gettext("Use an authenticator app, or ask the operator for an address with a name."),
        )
    form, user = PasskeyForm(), get_user(current_user.id)

    def save() -> ResponseReturnValue:
        codes = own_passkeys.add_passkey(
            user, name=form.name.data, answer=form.passkey.data or "", at=g.now
        )
        then = safe_next(request.args.get("next")) or url_for(".show")
        start_session(user, has_proved_factor=True)
        if codes:
            return render_template(
                "accounts/second_factor/recovery_codes.html",
                codes=codes,
                kept=None,
                then=then,
                is_set_up=True,
            )
        flash(gettext("The passkey is added. You were signed out everywhere else."), "success")
        return redirect(then)

    def show() -> str:
        asked = ask_for_new(user, list_passkeys(user.id), at=g.now)
        return render_template("accounts/passkeys/add.html", form=form, asked=asked)

    return answer_form(form, save, show)


@bp.route("/account/passkeys/<uuid:passkey_id>/remove", methods=["GET", "POST"])
@signed_in_and(fresh=True)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Remove a passkey, in two steps."""
    user = get_user(current_user.id)
    passkey, form = get_passkey(user.id, passkey_id), FlaskForm()
    if form.validate_on_submit():
        own_passkeys.remove_passkey(user, passkey, at=g.now)
        start_session(user, has_proved_factor=True)
        flash(gettext("The passkey is removed. You were signed out everywhere else."), "success")
        return redirect(url_for(".show"))
    return render_template("accounts/passkeys/remove.html", passkey=passkey)
