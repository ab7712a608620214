"""Pages of a person's own account: colours, password, sessions."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from ddplatform.accounts.blueprints.account import bp
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.own_sessions.services import live_sessions
from ddplatform.accounts.own_sessions.views import session_rows
from ddplatform.accounts.passkeys.queries import list_passkeys
from ddplatform.accounts.passkeys.services.ceremonies import has_host_for_passkeys
from ddplatform.accounts.second_factor.queries import count_open_codes, find_factor
from ddplatform.accounts.sessions.flask_session import RENEW
from ddplatform.accounts.sign_in.forms import ChangePasswordForm
from ddplatform.accounts.sign_in.services.account import (
    GuessesUsedUp,
    change_password,
    choose_theme,
    sign_out_everywhere,
)
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.accounts.single_sign_on.services.identities import list_connections
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import keep_changes, signed_in, signed_in_and
from ddplatform.infrastructure.web.saved_input import safe_next
from ddplatform.languages import gettext


@bp.get("/account")
@signed_in
def show() -> ResponseReturnValue:
    """Sign-in and security: password, second factor, sessions."""
    user = get_user(current_user.id)
    return render_template(
        "accounts/sign_in/account.html",
        user=user,
        factor=find_factor(user.id),
        codes_left=count_open_codes(user.id),
        passkeys=list_passkeys(user.id),
        can_add_passkey=has_host_for_passkeys(),
        connections=list_connections(user, today=g.now.date()),
        sessions=session_rows(live_sessions(user.id, at=g.now), this_ref=session.get("ref", "-")),
    )


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in_and(fresh=True)
def password() -> ResponseReturnValue:
    """Change the password."""
    form, user = ChangePasswordForm(), get_user(current_user.id)

    def save() -> ResponseReturnValue:
        try:
            change_password(
                user,
                current=form.current.data,
                new=form.password.data,
                at=g.now,
                session_ref=session.get("ref"),
            )
        except GuessesUsedUp:
            return _end_session()
        except Invalid:
            keep_changes()  # the counter of guesses and the event
            raise
        start_session(user, has_proved_factor=True)
        flash(gettext("Your password is changed. You were signed out everywhere else."), "success")
        return redirect(url_for(".show"))

    return answer_page(form, save, "accounts/sign_in/password.html")


@bp.post("/account/sign-out-everywhere")
@signed_in_and(fresh=True)
def end_sessions() -> ResponseReturnValue:
    """End every session of this person but this one."""
    user = get_user(current_user.id)
    sign_out_everywhere(user, at=g.now)
    start_session(user, goes_on=True, has_proved_factor=True)
    flash(gettext("You are signed out in every other browser."), "success")
    return redirect(url_for("account.show"))


@bp.post("/account/theme")
@signed_in
def theme() -> ResponseReturnValue:
    """Light, dark, or the setting of the device."""
    choose_theme(get_user(current_user.id), request.form.get("theme", ""))
    return redirect(safe_next(request.form.get("next")) or url_for("auth.home"))


def _end_session() -> ResponseReturnValue:
    """Sign out who guessed the password in use too often; the next page says why."""
    logout_user()
    session.clear()
    session[RENEW] = True
    flash(
        gettext(
            "The password in use was wrong ten times, so you were signed out. Sign in again, or "
            "ask for a link to set a new password."
        ),
        "warning",
    )
    return redirect(url_for("auth.sign_in"))
