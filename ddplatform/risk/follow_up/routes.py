"""Forms of one risk: its owner, its deferral and the end of the deferral."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import issue_of
from ddplatform.languages import gettext
from ddplatform.risk.follow_up import services
from ddplatform.risk.follow_up.forms import DeferralForm, EndForm, OwnerForm
from ddplatform.risk.follow_up.queries import FollowUp, FollowUps, load_of_places
from ddplatform.risk.follow_up.services import Wanted
from ddplatform.risk.follow_up.views import owner_choices
from ddplatform.risk.words import codes as words
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.vocabulary import Issue

bp = Blueprint("risk_follow_up", __name__)


@bp.route("/<uuid:node_id>/<issue>/owner", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def set_owner(node_id: UUID, issue: str) -> ResponseReturnValue:
    """Set the owner of a risk."""
    about, form = issue_of(issue), OwnerForm()
    found, now = _standing(node_id, about)
    of_place = now.owner.name if now.owner and now.is_of_place else gettext("unassigned")
    form.owner.choices = owner_choices(
        found, gettext("Owner of the place (%(name)s)", name=of_place)
    )
    if request.method == "GET" and now.owner and not now.is_of_place:
        form.owner.data = str(now.owner.id)

    def save() -> None:
        owner = UUID(form.owner.data) if form.owner.data else None
        services.set_owner(node_id, about, owner, act=g.act)

    return _answer("owner.html", form, save, node_id, about, now)


@bp.route("/<uuid:node_id>/<issue>/defer", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def defer(node_id: UUID, issue: str) -> ResponseReturnValue:
    """Put a risk off until a day."""
    about, form = issue_of(issue), DeferralForm()
    found, now = _standing(node_id, about)
    form.owner.choices = owner_choices(found, gettext("Choose an owner"))
    if request.method == "GET":
        form.owner.data = str(now.owner.id) if now.owner else ""
        if now.deferral is not None:
            form.review_on.data, form.reason.data = now.deferral.review_on, now.deferral.reason

    def save() -> None:
        owner = UUID(form.owner.data) if form.owner.data else None
        wanted = Wanted(form.review_on.data, form.reason.data or "", owner)
        services.defer(node_id, about, wanted, act=g.act)

    return _answer("defer.html", form, save, node_id, about, now)


@bp.route("/<uuid:node_id>/<issue>/end-deferral", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def end_deferral(node_id: UUID, issue: str) -> ResponseReturnValue:
    """End the deferral of a risk."""
    about, form = issue_of(issue), EndForm()
    _found, now = _standing(node_id, about)

    def save() -> None:
        reason = form.reason.data or ""
        services.end_deferral(node_id, about, reason=reason, act=g.act)

    return _answer("end.html", form, save, node_id, about, now)


def _standing(node_id: UUID, issue: Issue) -> tuple[FollowUps, FollowUp]:
    found = load_of_places([node_id], g.now.date())
    return found, found.of(node_id, issue)


def _answer(
    template: str,
    form: FlaskForm,
    save: Callable[[], None],
    node_id: UUID,
    issue: Issue,
    now: FollowUp,
) -> ResponseReturnValue:
    node = get_node(node_id)
    back = url_for("risk.show", node_id=node_id, issue=issue.value)

    def saved() -> ResponseReturnValue:
        save()
        flash(gettext("Saved."), "success")
        return redirect(back)

    return answer_page(
        form,
        saved,
        f"risk/follow_up/{template}",
        node=node,
        issue=issue,
        back=back,
        words=words,
        now_is=now,
    )
