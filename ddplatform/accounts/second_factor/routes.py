"""Pages of a person's own authenticator app and recovery codes."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ddplatform.accounts.blueprints.account import bp
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.passkeys.queries import list_passkeys
from ddplatform.accounts.second_factor.asking import set_up_page
from ddplatform.accounts.second_factor.forms import SetUpForm
from ddplatform.accounts.second_factor.queries import count_open_codes
from ddplatform.accounts.second_factor.services import own_factor
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import signed_in_and
from ddplatform.infrastructure.web.saved_input import safe_next, saved_input
from ddplatform.languages import gettext


@bp.route("/account/second-factor", methods=["GET", "POST"])
@signed_in_and(fresh=True, before_factor=True)
@takes_lists("kept:*")
def set_up_factor() -> ResponseReturnValue:
    """Set up an authenticator app, or replace it by another one."""
    form, kept = SetUpForm(), saved_input()

    def save() -> ResponseReturnValue:
        user = get_user(current_user.id)
        codes = own_factor.set_up_factor(user, offer=form.offer.data, code=form.code.data, at=g.now)
        then = safe_next(request.args.get("next")) or url_for(".show")
        start_session(user, has_proved_factor=True)
        return render_template(
            "accounts/second_factor/recovery_codes.html",
            codes=codes,
            kept=kept,
            then=then,
            is_set_up=True,
        )

    return answer_form(form, save, lambda: set_up_page(form, kept))


@bp.route("/account/second-factor/codes", methods=["GET", "POST"])
@signed_in_and(fresh=True)
def renew_codes() -> ResponseReturnValue:
    """Make ten new recovery codes, in two steps."""
    form = FlaskForm()
    if form.validate_on_submit():
        codes = own_factor.renew_codes(get_user(current_user.id), at=g.now)
        return render_template(
            "accounts/second_factor/recovery_codes.html",
            codes=codes,
            kept=None,
            then=url_for(".show"),
            is_set_up=False,
        )
    left = count_open_codes(current_user.id)
    return render_template("accounts/second_factor/renew_codes.html", left=left)


@bp.route("/account/second-factor/remove", methods=["GET", "POST"])
@signed_in_and(fresh=True)
def remove_factor() -> ResponseReturnValue:
    """Remove the second factor, in two steps."""
    form = FlaskForm()
    if form.validate_on_submit():
        user = get_user(current_user.id)
        own_factor.remove_factor(user, at=g.now)
        start_session(user, has_proved_factor=True)
        flash(
            gettext("Your second factor is removed. You were signed out everywhere else."),
            "success",
        )
        return redirect(url_for(".show"))
    passkeys = list_passkeys(current_user.id)
    return render_template("accounts/second_factor/remove.html", passkeys=passkeys)
