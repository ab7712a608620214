"""The page on which a second factor is set up, and the way of those who have to set one up."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.passkeys.services.ceremonies import has_host_for_passkeys
from ddplatform.accounts.second_factor.forms import SetUpForm
from ddplatform.accounts.second_factor.queries import find_factor
from ddplatform.accounts.second_factor.services.secrets import new_offer, read_offer
from ddplatform.accounts.second_factor.views import shown_secret
from ddplatform.accounts.sessions.flask_session import is_fresh
from ddplatform.accounts.sign_in.again import ask_to_confirm
from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.web.saved_input import SavedInput, input_of_this_request


def ask_for_factor() -> ResponseReturnValue:
    """Lead to the page of set-up whoever has to have a second factor, with a form that was sent."""
    if request.method in READING:
        return redirect(url_for("account.set_up_factor", next=request.full_path.rstrip("?")))
    kept = input_of_this_request()
    if kept is None:
        return redirect(url_for("account.set_up_factor"))
    if not is_fresh(at=g.now):
        return ask_to_confirm()
    return set_up_page(SetUpForm(formdata=None), kept), 401


def set_up_page(form: SetUpForm, kept: SavedInput | None) -> str:
    """The page with the secret that the form carries, or with a new one where it carries none."""
    secret = read_offer(form.offer.data or "", current_user.id, at=g.now)
    if secret is None:
        form.offer.data = new_offer(current_user.id, at=g.now)
        secret = read_offer(form.offer.data, current_user.id, at=g.now)
        assert secret is not None, "it was made for this person in this moment"
    return render_template(
        "accounts/second_factor/set_up.html",
        form=form,
        kept=kept,
        shown=shown_secret(secret, email=current_user.email),
        is_asked_for=current_user.lacks_second_factor,
        is_replaced=find_factor(current_user.id) is not None,
        can_add_passkey=has_host_for_passkeys(),
    )
