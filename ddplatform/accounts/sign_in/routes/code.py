"""The second step of a sign-in: a code, for who has passed the first one."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.guesses.device_cookie import devices_of_request
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.second_factor.queries import count_open_codes
from ddplatform.accounts.sessions.services import FIRST_STEP, PASSWORD, WAITING
from ddplatform.accounts.sign_in.again import code_page, sign_in_page
from ddplatform.accounts.sign_in.forms import CodeForm
from ddplatform.accounts.sign_in.services.sign_in import Proof, sign_in_with_factor
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.gate import keep_changes, public
from ddplatform.infrastructure.web.saved_input import safe_next, saved_input
from ddplatform.languages import ngettext

bp = Blueprint("sign_in_code", __name__)
WAITS = timedelta(minutes=10)
"""How long a password that was passed waits for its code."""
FEW = 3
"""Recovery codes from which on a person is told how many are left."""


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@takes_lists("kept:*")
def show() -> ResponseReturnValue:
    """Ask for the code; lead to the page that was asked for, or to the form that was sent."""
    user, kept = _who_waits(), saved_input()
    if user is None:
        return _from_the_beginning()
    form = CodeForm()
    if form.validate_on_submit():
        try:
            proof = Proof(form.code.data or "", form.passkey.data or "")
            sign_in_with_factor(
                user,
                proof,
                devices=devices_of_request(),
                at=g.now,
                first_step=session.get(FIRST_STEP, PASSWORD),
            )
        except Invalid as error:
            keep_changes()  # the counter of tries and the event
            show_at_fields(form, error)
        else:
            then = safe_next(request.args.get("next")) or url_for("auth.home")
            go_on = start_session(user, then=then, has_proved_factor=True)
            _tell_of_few(user)
            if kept is not None:
                return render_template("accounts/sign_in/resume.html", kept=kept)
            return redirect(go_on)
    status = 422 if form.errors else 200
    return code_page(form, kept, user.id), status


def _who_waits() -> User | None:
    """Who passed the first step in this browser a moment ago."""
    if WAITING not in session:
        return None
    user_id, since = session[WAITING]
    if g.now - datetime.fromisoformat(since) > WAITS:
        return None
    user = get_user(UUID(user_id))
    return user if user.is_active else None


def _from_the_beginning() -> ResponseReturnValue:
    kept = saved_input()
    if kept is not None:
        return sign_in_page(kept)
    return redirect(url_for("auth.sign_in", next=safe_next(request.args.get("next"))))


def _tell_of_few(user: User) -> None:
    left = count_open_codes(user.id)
    if left <= FEW:
        flash(
            ngettext(
                "%(num)s recovery code is left. You can make new ones in your account.",
                "%(num)s recovery codes are left. You can make new ones in your account.",
                left,
            ),
            "warning",
        )
