"""The way in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from ddplatform.errors import Invalid
from ddplatform.gate import SignedInUser, keep_changes, public, signed_in
from ddplatform.models.organisations import User
from ddplatform.queries.organisations import list_standings
from ddplatform.services.sign_in import sign_in as check_password
from ddplatform.tenancy import across_tenants
from ddplatform.web.auth.forms import SignInForm
from ddplatform.web.sessions import RENEW

bp = Blueprint("auth", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; lead to the page that was asked for."""
    form, problem = SignInForm(), None
    if form.validate_on_submit():
        try:
            user = check_password(
                email=form.email.data,
                password=form.password.data,
                address=request.remote_addr or "",
                at=g.now,
            )
        except Invalid as error:
            keep_changes()  # the counter of tries and the event
            problem = error
        else:
            start_session(user)
            return redirect(safe_next(request.args.get("next")) or url_for("auth.home"))
    status = 422 if problem or form.errors else 200
    return render_template("auth/sign_in.html", form=form, problem=problem), status


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session; the browser forgets what it kept."""
    logout_user()
    session.clear()
    response = redirect(url_for("auth.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Lead to the only organisation, or offer the choice."""
    with across_tenants():
        standings = list_standings(current_user.id)
    if len(standings) == 1:
        return redirect(url_for("overview.show", organisation=standings[0].organisation.slug))
    return render_template("auth/choose.html", standings=standings)


def start_session(user: User) -> None:
    """Sign a person in with a session id of its own."""
    session.clear()
    login_user(SignedInUser(user.id, user.name, user.email, user.theme, user.language))
    session[RENEW] = True


def safe_next(target: str | None) -> str | None:
    """The address to go on to, if it is one of ours."""
    if not target:
        return None
    parts = urlsplit(target)
    is_ours = not parts.scheme and not parts.netloc and target.startswith("/")
    return target if is_ours and not target.startswith(("//", "/\\")) else None
