"""The link in the mail: GET shows requester and purpose, only POST uses it."""

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from ddplatform.accounts.guesses.device_cookie import devices_of_request
from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.models import Invitation, User
from ddplatform.accounts.organisations.queries import (
    get_help_contact,
    get_organisation,
    get_user_by_email,
)
from ddplatform.accounts.organisations.services.lookalikes import knows_lookalike
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.accounts.sessions.services import SHARED
from ddplatform.accounts.sign_in.forms import JoinForm
from ddplatform.accounts.sign_in.services.sign_in import sign_in
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.infrastructure.adapters.passwords import MAX_LENGTH
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.gate import keep_changes, public, public_and_noted
from ddplatform.infrastructure.tenancy import nobody
from ddplatform.infrastructure.web.languages import ASKED, of_reader, offer
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.blueprints.respond import bp
from ddplatform.supplier_engagement.requests.services.invitations import note_link_opened
from ddplatform.supplier_engagement.respondents.links import find_invitation
from ddplatform.supplier_engagement.respondents.services.join import (
    get_invited,
    join,
    send_fresh_link,
)


class KnownForm(FlaskForm):  # type: ignore[misc]
    """The password of somebody who has an account."""

    password = PasswordField(
        _("Your password"),
        validators=[DataRequired(_("Enter your password.")), Length(max=MAX_LENGTH)],
    )


class GoOnForm(FlaskForm):  # type: ignore[misc]
    """Nothing to fill in: this person is signed in already."""


@bp.route("/respond/<token>", methods=["GET", "POST"])
@public_and_noted
def open_questions(token: str) -> ResponseReturnValue:
    """Show the requester, the reason and the readers; then let the supplier in."""
    invitation = find_invitation(token)
    if invitation.used_at is not None or invitation.expires_at < g.now:
        return _worn_out(invitation, token)
    assignment = get_invited(invitation)
    offer(assignment.language)
    if request.method == "GET":
        note_link_opened(assignment, at=g.now)
    known = get_user_by_email(invitation.email)
    has_account = known is not None and known.password_hash is not None
    form = _form(known if has_account else None)
    if form.validate_on_submit():
        try:
            return _come_in(invitation, form, known if has_account else None)
        except Invalid as error:
            show_at_fields(form, error)
    status = 422 if form.errors or form.form_errors else 200
    requester = get_organisation(invitation.organisation_id)
    return render_template(
        "supplier_engagement/respondents/join.html",
        form=form,
        has_account=has_account,
        is_signed_in=isinstance(form, GoOnForm),
        invitation=invitation,
        token=token,
        assignment=assignment,
        requester=requester.name,
        has_lookalike=knows_lookalike(
            invitation.email, organisation_id=requester.id, name=requester.name
        ),
        help=get_help_contact(invitation.organisation_id, assignment.sent_by_id),
    ), status


@bp.post("/respond/<token>/again")
@public
def fresh_link(token: str) -> ResponseReturnValue:
    """Send a new link to the address the old one was for."""
    invitation = find_invitation(token)
    rate_limits.count_try(rate_limits.LINK_REQUEST, invitation.email, at=g.now)
    if invitation.used_at is not None:
        return redirect(url_for("auth.sign_in"))
    # Not the page to sign in: who never was here has no password yet.
    page = _worn_out_page(invitation, token, is_sent=True)
    send_fresh_link(invitation, at=g.now)
    return page


def _worn_out(invitation: Invitation, token: str) -> ResponseReturnValue:
    return _worn_out_page(invitation, token), 410


def _worn_out_page(invitation: Invitation, token: str, *, is_sent: bool = False) -> str:
    return render_template(
        "supplier_engagement/respondents/worn_out.html",
        requester=get_organisation(invitation.organisation_id).name,
        was_used=invitation.used_at is not None,
        is_sent=is_sent,
        token=token,
        help=get_help_contact(invitation.organisation_id, invitation.created_by_id),
    )


def _form(known: User | None) -> FlaskForm:
    if known is None:
        return JoinForm()
    if current_user.is_authenticated and current_user.id == known.id:
        return GoOnForm()
    return KnownForm()


def _check_password(email: str, password: str) -> User:
    try:
        with nobody():
            return sign_in(
                email=email,
                password=password,
                address=request.remote_addr or "",
                devices=devices_of_request(),
                at=g.now,
            )
    except Invalid:
        keep_changes()  # the counter of tries; nothing of the joining has begun yet
        raise


def _come_in(invitation: Invitation, form: FlaskForm, known: User | None) -> ResponseReturnValue:
    if isinstance(form, KnownForm):
        user = _check_password(invitation.email, form.password.data)
        if has_factor(user.id):
            # The password alone joins nothing: with the code they come back to this link.
            then = start_session(user, then=request.path, on_shared_phone=SHARED in request.form)
            return redirect(then)
    name = form.name.data if known is None else ""
    password = form.password.data if known is None else ""
    joined = join(invitation, name=name, password=password, at=g.now)
    if not joined.user.language:
        session.setdefault(ASKED, of_reader())  # what they read so far is what they chose
    if not isinstance(form, GoOnForm):
        start_session(joined.user, on_shared_phone=SHARED in request.form)
    elif SHARED in request.form:
        session[SHARED] = True
    return redirect(
        url_for(
            "responses.show",
            organisation=joined.organisation_slug,
            assignment_id=joined.assignment_id,
        )
    )
