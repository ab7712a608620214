"""Single-use links to join or to set a new password; GET shows, only POST consumes."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.guesses.services import network_of
from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose, Organisation
from ddplatform.accounts.organisations.queries import get_organisation, get_user_by_email
from ddplatform.accounts.organisations.services.lookalikes import knows_lookalike
from ddplatform.accounts.organisations.services.people import (
    accept_invitation,
    open_link,
    request_reset,
    reset_password,
)
from ddplatform.accounts.sign_in.dead_links import dead_link
from ddplatform.accounts.sign_in.forms import ForgottenForm, JoinForm, NewPasswordForm
from ddplatform.accounts.sign_in.start import end_session_here, start_session
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import bind_organisation, public
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext

bp = Blueprint("links", __name__)
bp.register_error_handler(NotFound, dead_link)


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Send a link for a new password; the answer never reveals whether the account exists."""
    form = ForgottenForm()
    if form.validate_on_submit():
        network, mailbox = network_of(request.remote_addr or ""), form.email.data.strip().lower()
        rate_limits.count_try(rate_limits.LINK_ADDRESS, network, at=g.now)
        rate_limits.count_try(rate_limits.LINK_REQUEST, mailbox, at=g.now)
        request_reset(mailbox, at=g.now)
        return render_template("accounts/sign_in/link_sent.html", email=form.email.data)
    return render_template(
        "accounts/sign_in/forgotten.html", form=form
    ), 422 if form.errors else 200


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> ResponseReturnValue:
    """Set a new password with a single-use link."""
    invitation = _open(token, InvitationPurpose.RESET)
    form = NewPasswordForm()

    def save() -> ResponseReturnValue:
        reset_password(invitation, password=form.password.data, at=g.now)
        # A mailbox signs nobody in (OWASP ASVS 6.3.6): the new password does, on its own page.
        end_session_here()
        flash(
            gettext("Your new password is set, and you were signed out everywhere. Sign in."),
            "success",
        )
        return redirect(url_for("auth.sign_in"))

    return answer_page(form, save, "accounts/sign_in/new_password.html")


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> ResponseReturnValue:
    """Join an organisation; who has an account signs in with the password it has."""
    invitation = _open(token, InvitationPurpose.JOIN)
    known = get_user_by_email(invitation.email)
    form = JoinForm(name=invitation.name)
    organisation = get_organisation(invitation.organisation_id)
    if known is not None and known.password_hash is not None:
        return _join_known(invitation, organisation)
    if form.validate_on_submit():
        try:
            user = accept_invitation(
                invitation, name=form.name.data, password=form.password.data, at=g.now
            )
        except Invalid as error:
            show_at_fields(form, error)
        else:
            start = url_for("overview.show", organisation=organisation.slug)
            return redirect(start_session(user, then=start))
    status = 422 if form.errors else 200
    return render_template(
        "accounts/sign_in/join.html",
        form=form,
        organisation_name=organisation.name,
        has_lookalike=_has_lookalike(invitation, organisation),
    ), status


def _has_lookalike(invitation: Invitation, organisation: Organisation) -> bool:
    return knows_lookalike(
        invitation.email, organisation_id=organisation.id, name=organisation.name
    )


def _join_known(invitation: Invitation, organisation: Organisation) -> ResponseReturnValue:
    if request.method == "POST":
        accept_invitation(invitation, name="", password="", at=g.now)
        flash(
            gettext(
                "You are a member of %(organisation_name)s now. Sign in to begin.",
                organisation_name=organisation.name,
            ),
            "success",
        )
        return redirect(url_for("auth.sign_in"))
    return render_template(
        "accounts/sign_in/join_known.html",
        organisation_name=organisation.name,
        has_lookalike=_has_lookalike(invitation, organisation),
    )


def _open(token: str, purpose: InvitationPurpose) -> Invitation:
    with across_tenants():
        invitation = open_link(token, at=g.now)
    if invitation.purpose is not purpose:
        raise NotFound(gettext("This link does not work any more."), gettext("Ask for a new one."))
    bind_organisation(invitation.organisation_id)
    return invitation
