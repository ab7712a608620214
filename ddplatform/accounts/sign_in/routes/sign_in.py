"""Sign-in and sign-out pages."""

from uuid import UUID

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.guesses.device_cookie import devices_of_request
from ddplatform.accounts.organisations.queries import list_membership_facts
from ddplatform.accounts.sessions.flask_session import GOES_ON, RENEW
from ddplatform.accounts.sessions.services import SHARED, WAITING
from ddplatform.accounts.sign_in.again import code_page
from ddplatform.accounts.sign_in.forms import CodeForm, SignInForm
from ddplatform.accounts.sign_in.leaving import leave
from ddplatform.accounts.sign_in.services.sign_in import sign_in as check_password
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.accounts.single_sign_on.queries import is_any_provider_set
from ddplatform.config import SignUp
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import keep_changes, public, signed_in, signed_in_and
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.infrastructure.web.saved_input import safe_next, saved_input

bp = Blueprint("auth", __name__)


@bp.app_context_processor
def _tell_pages() -> dict[str, bool]:
    """Every page knows whether others use this phone too: then it keeps nothing there."""
    return {"shared_phone": SHARED in session}


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@takes_lists("kept:*")
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; lead to the page that was asked for."""
    form, problem = SignInForm(), None
    if form.validate_on_submit():
        try:
            user = check_password(
                email=form.email.data,
                password=form.password.data,
                address=request.remote_addr or "",
                devices=devices_of_request(),
                at=g.now,
            )
        except Invalid as error:
            keep_changes()  # the counter of tries and the event
            problem = error
        else:
            then = safe_next(request.args.get("next")) or url_for("auth.home")
            return _go_on(start_session(user, then=then, on_shared_phone=SHARED in request.form))
    status = 422 if problem or form.errors else 200
    is_open = current_app.extensions["settings"].sign_up == SignUp.OPEN
    with across_tenants():
        has_providers = is_any_provider_set()
    return render_template(
        "accounts/sign_in/sign_in.html",
        form=form,
        problem=problem,
        kept=saved_input(),
        sign_up_open=is_open,
        has_providers=has_providers,
    ), status


def _go_on(then: str) -> ResponseReturnValue:
    """To the page that was asked for; with a form that was sent, to that, or to its code first."""
    kept = saved_input()
    if kept is None:
        return redirect(then)
    if WAITING in session:
        user_id, _since = session[WAITING]
        return code_page(CodeForm(formdata=None), kept, UUID(user_id))
    return render_template("accounts/sign_in/resume.html", kept=kept)


@bp.post("/sign-out")
@signed_in_and(before_factor=True)
def sign_out() -> ResponseReturnValue:
    """End this session and clear the browser's data."""
    return leave()


@bp.post("/shared-phone")
@signed_in_and(before_factor=True)
def shared_phone() -> ResponseReturnValue:
    """Mark this phone as shared: from now on it stores nothing, and sessions are short."""
    session[SHARED] = True
    session[RENEW] = session[GOES_ON] = True
    return redirect(safe_next(request.form.get("next")) or url_for("auth.home"))


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Lead to the only organisation, or offer the choice."""
    with across_tenants():
        standings = list_membership_facts(current_user.id)
    if len(standings) == 1:
        return redirect(url_for("overview.show", organisation=standings[0].organisation.slug))
    return render_template("accounts/sign_in/choose.html", standings=standings)


@bp.get("/organisations")
@signed_in
def choose() -> ResponseReturnValue:
    """Every organisation of this person."""
    with across_tenants():
        standings = list_membership_facts(current_user.id)
    return render_template("accounts/sign_in/choose.html", standings=standings)
