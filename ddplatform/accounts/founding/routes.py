"""Sign-up pages: request of a link by e-mail, founding by that link (GET shows, POST founds)."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.founding.forms import FounderForm, OrganisationForm, SignUpForm
from ddplatform.accounts.founding.services import Founded, ask_link, found
from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose, User
from ddplatform.accounts.organisations.queries import (
    get_user_by_email,
    installation_organisation_id,
)
from ddplatform.accounts.organisations.services.people import open_link
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.config import Settings, SignUp
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import bind_organisation, public
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import gettext

bp = Blueprint("founding", __name__)


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> ResponseReturnValue:
    """Ask for the work address and mail a link; the answer never reveals who has an account."""
    policy = _policy()
    if policy == SignUp.OFF or (policy != SignUp.OPEN and request.method == "POST"):
        raise NotFound()
    if policy == SignUp.BY_INVITATION:
        return render_template("accounts/founding/by_invitation.html")
    form = SignUpForm()

    def save() -> ResponseReturnValue:
        rate_limits.count_try(rate_limits.SIGN_UP_ADDRESS, request.remote_addr or "", at=g.now)
        address = form.email.data.strip().lower()
        rate_limits.count_try(rate_limits.SIGN_UP_EMAIL, address, at=g.now)
        if not form.is_robot:
            ask_link(address, at=g.now)
        return render_template("accounts/founding/link_sent.html", email=address)

    return answer_page(form, save, "accounts/founding/sign_up.html")


@bp.route("/found/<token>", methods=["GET", "POST"])
@public
def found_organisation(token: str) -> ResponseReturnValue:
    """Found an organisation with a single-use link; who has an account keeps it."""
    try:
        invitation, known = _open(token)
    except NotFound:
        is_open = _policy() == SignUp.OPEN
        page = render_template("accounts/founding/dead_link.html", is_open=is_open)
        return page, 404
    is_known = known is not None and known.password_hash is not None
    form = OrganisationForm() if is_known else FounderForm()

    def save() -> ResponseReturnValue:
        return _begin(found(invitation, form.wanted(), at=g.now))

    return answer_page(
        form, save, "accounts/founding/found.html", email=invitation.email, is_known=is_known
    )


def _policy() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.sign_up


def _open(token: str) -> tuple[Invitation, User | None]:
    """The live link and who has its address, acting for the installation from here on."""
    if _policy() == SignUp.OFF:
        raise NotFound()
    log_id = installation_organisation_id()
    with acting_in(log_id):
        invitation = open_link(token, at=g.now)
    known = get_user_by_email(invitation.email)
    is_closed = known is not None and not known.is_active
    if invitation.purpose is not InvitationPurpose.FOUND or is_closed:
        raise NotFound()
    bind_organisation(log_id)
    return invitation, known


def _begin(founded: Founded) -> ResponseReturnValue:
    """Lead to the first steps; who has an account proves first that it is theirs."""
    start = url_for("first_run.show", organisation=founded.organisation.slug)
    if founded.is_new_account:
        return redirect(start_session(founded.user, then=start))
    if not current_user.is_authenticated or current_user.id != founded.user.id:
        flash(gettext("Your organisation is set up. Sign in to begin."), "success")
        return redirect(url_for("auth.sign_in", next=start))
    return redirect(start)
