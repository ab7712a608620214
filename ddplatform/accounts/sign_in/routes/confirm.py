"""The page that asks a signed-in person to prove again who they are."""

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.blueprints.account import bp
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.sessions.flask_session import CONFIRMED, GOES_ON, RENEW
from ddplatform.accounts.sign_in.again import confirm_form, confirm_page
from ddplatform.accounts.sign_in.forms import CodeForm
from ddplatform.accounts.sign_in.services.sign_in import Proof, confirm_identity
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.gate import keep_changes, signed_in_and
from ddplatform.infrastructure.web.saved_input import safe_next, saved_input


@bp.route("/account/confirm", methods=["GET", "POST"])
@signed_in_and(before_factor=True)
@takes_lists("kept:*")
def confirm() -> ResponseReturnValue:
    """Ask for the password, and a code; go on to the page or the form that asked for it."""
    form, kept = confirm_form(is_sent=True), saved_input()
    if form.validate_on_submit():
        has_factor = isinstance(form, CodeForm)
        proof = Proof(form.code.data or "", form.passkey.data or "") if has_factor else Proof()
        try:
            user = get_user(current_user.id)
            confirm_identity(user, password=form.password.data, proof=proof, at=g.now)
        except Invalid as error:
            keep_changes()  # the counter of tries and the event
            show_at_fields(form, error)
        else:
            session[RENEW] = session[GOES_ON] = session[CONFIRMED] = True
            if kept is not None:
                return render_template("accounts/sign_in/resume.html", kept=kept)
            return redirect(safe_next(request.args.get("next")) or url_for("account.show"))
    status = 422 if form.errors else 200
    return confirm_page(form, kept), status
