"""Pages of single sign-on: to the provider of an organisation, back, and connections."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from ddplatform.accounts.blueprints.account import bp as account
from ddplatform.accounts.guesses.device_cookie import devices_of_request
from ddplatform.accounts.guesses.services import network_of
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.sessions.flask_session import CONFIRMED, GOES_ON, RENEW
from ddplatform.accounts.sessions.services import PROVIDER, SHARED
from ddplatform.accounts.sign_in.start import start_session
from ddplatform.accounts.single_sign_on.forms import OrganisationForm
from ddplatform.accounts.single_sign_on.queries import (
    Provider,
    find_provider,
    get_identity,
    get_provider,
)
from ddplatform.accounts.single_sign_on.services import flows, identities
from ddplatform.accounts.single_sign_on.services.flows import Pending, Purpose, Wish
from ddplatform.accounts.single_sign_on.services.protocol import Answer, Stated
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    PlatformError,
    status_of,
)
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import (
    keep_changes,
    public,
    public_and_reading_first,
    signed_in_and,
)
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.infrastructure.web.saved_input import safe_next
from ddplatform.languages import gettext

bp = Blueprint("single_sign_on", __name__)
PENDING = "single_sign_on"
"""In a session: the try that waits for the answer of a provider."""


@bp.route("/sign-in/organisation", methods=["GET", "POST"])
@public_and_reading_first
def choose() -> ResponseReturnValue:
    """Ask for the organisation, and lead to its sign-in.

    What is answered depends on the organisation alone: it does not reveal who has an account.
    """
    form = OrganisationForm()

    def save() -> ResponseReturnValue:
        with across_tenants():
            provider = find_provider(form.organisation.data)
        if provider is None:
            raise Invalid(
                fields={
                    "organisation": gettext(
                        "No organisation with this name or mail domain signs in this way. Sign in "
                        "with your password."
                    )
                }
            )
        then = safe_next(request.args.get("next")) or url_for("auth.home")
        wish = Wish(Purpose.SIGN_IN, then=then, on_shared_phone=SHARED in request.form)
        return _go_to(provider, wish)

    return answer_page(form, save, "accounts/single_sign_on/choose.html")


@bp.get("/sign-in/organisation/<slug>")
@public
def take_answer(slug: str) -> ResponseReturnValue:
    """Take the answer of a provider: sign in, connect an account, or confirm who it is.

    A try counts once: the session forgets it before anything is looked at.
    """
    given = {name: request.args.get(name, "") for name in ("state", "code", "iss", "error")}
    kept = session.pop(PENDING, None)
    try:
        pending = flows.read_pending(kept, slug, given["state"], at=g.now)
        with across_tenants():
            provider = get_provider(slug)
        answer = Answer(given["code"], given["iss"], given["error"])
        stated = flows.finish(provider, pending, answer, redirect_uri=redirect_uri(slug), at=g.now)
        return _act_on(provider, pending, stated)
    except (Invalid, NotAllowed, Conflict) as error:
        keep_changes()  # the event of a refusal
        return _refused(error)


def _act_on(provider: Provider, pending: Pending, stated: Stated) -> ResponseReturnValue:
    if pending.purpose is Purpose.SIGN_IN:
        return _sign_in(provider, pending, stated)
    user = _signed_in_still(pending)
    if pending.purpose is Purpose.CONFIRM:
        identities.confirm(user, provider, stated, at=g.now)
        session[RENEW] = session[GOES_ON] = session[CONFIRMED] = True
        return redirect(safe_next(pending.then) or url_for("account.show"))
    identities.connect(user, provider, stated, at=g.now)
    start_session(user, has_proved_factor=True)
    flash(
        gettext(
            "The sign-in of %(organisation)s now opens your account. You were signed out "
            "everywhere else.",
            organisation=provider.organisation,
        ),
        "success",
    )
    return redirect(url_for("account.show"))


def _sign_in(provider: Provider, pending: Pending, stated: Stated) -> ResponseReturnValue:
    found = identities.sign_in(provider, stated, devices=devices_of_request(), at=g.now)
    go_on = start_session(
        found.user,
        then=safe_next(pending.then) or url_for("auth.home"),
        on_shared_phone=pending.on_shared_phone,
        has_proved_factor=found.is_vouched,
        first_step=PROVIDER,
        vouched_for=provider.organisation_id if found.is_vouched else None,
    )
    return redirect(go_on)


def _signed_in_still(pending: Pending) -> User:
    if not current_user.is_authenticated or str(current_user.id) != pending.user_id:
        raise Invalid(gettext("Your session ended meanwhile."), gettext("Sign in and start again."))
    return get_user(current_user.id)


def _refused(error: PlatformError) -> ResponseReturnValue:
    page = render_template(
        "accounts/single_sign_on/refused.html", message=error.message, advice=error.advice
    )
    return page, status_of(error)


@account.post("/account/single-sign-on/<uuid:provider_id>/connect")
@signed_in_and(fresh=True, reads_first=True)
def connect_provider(provider_id: UUID) -> ResponseReturnValue:
    """Lead to a provider, to connect the identity there with this account."""
    return _go_to(_own_provider(provider_id), Wish(Purpose.CONNECT, current_user.id))


@account.post("/account/single-sign-on/<uuid:provider_id>/confirm")
@signed_in_and(before_factor=True, reads_first=True)
def confirm_at_provider(provider_id: UUID) -> ResponseReturnValue:
    """Lead to a provider that asks again who the person is."""
    then = safe_next(request.args.get("next")) or ""
    return _go_to(_own_provider(provider_id), Wish(Purpose.CONFIRM, current_user.id, then))


@account.route("/account/single-sign-on/<uuid:identity_id>/disconnect", methods=["GET", "POST"])
@signed_in_and(fresh=True)
def disconnect_provider(identity_id: UUID) -> ResponseReturnValue:
    """Take an identity at a provider away from this account, in two steps."""
    user = get_user(current_user.id)
    identity, form = get_identity(user.id, identity_id), FlaskForm()
    if form.validate_on_submit():
        identities.disconnect(user, identity, at=g.now)
        start_session(user, has_proved_factor=True)
        flash(
            gettext("Single sign-on is disconnected. You were signed out everywhere else."),
            "success",
        )
        return redirect(url_for("account.show"))
    return render_template("accounts/single_sign_on/disconnect.html", identity=identity)


def redirect_uri(slug: str) -> str:
    """The one address to which the provider of an organisation sends its answers."""
    return f"{adapters().base_url}{url_for('single_sign_on.take_answer', slug=slug)}"


def _own_provider(provider_id: UUID) -> Provider:
    user = get_user(current_user.id)
    for one in identities.list_connections(user, today=g.now.date()):
        if one.provider.id == provider_id:
            return one.provider
    raise NotFound()


def _go_to(provider: Provider, wish: Wish) -> ResponseReturnValue:
    """A page that leads to the provider.

    No redirect: the content policy lets no form, nor what follows on it, lead to another host.
    """
    address, pending = flows.begin(
        provider,
        wish,
        redirect_uri=redirect_uri(provider.slug),
        network=network_of(request.remote_addr or ""),
        at=g.now,
    )
    session[PENDING] = pending.as_json()
    page = render_template(
        "accounts/single_sign_on/go_on.html", address=address, organisation=provider.organisation
    )
    return page, 200, {"Refresh": f"0; url={address}"}
