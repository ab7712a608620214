"""Pages of one place and of one risk under RM-2.0."""

from uuid import UUID

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import issue_of
from ddplatform.risk.detail.views.risks import turns
from ddplatform.risk.explanation.queries.issues import explain_risk, profile_place
from ddplatform.risk.explanation.views.places import place_page_of
from ddplatform.risk.explanation.views.risk import page_of
from ddplatform.risk.follow_up.views import owner_words, step_words
from ddplatform.risk.observations.views import shown
from ddplatform.risk.words import codes as words
from ddplatform.value_chain.mapping.queries.maps import get_node

bp = Blueprint("risk_explanation", __name__)


@bp.get("/<uuid:node_id>")
@requires(Permission.RISK_READ)
def place(node_id: UUID) -> ResponseReturnValue:
    """All issues of a place with their ranges, in the order of work."""
    found = profile_place(get_node(node_id), g.now.date())
    page = place_page_of(found)
    return render_template("risk/explanation/place.html", node=found.known.node, page=page)


@bp.get("/<uuid:node_id>/<issue>")
@requires(Permission.RISK_READ)
def show(node_id: UUID, issue: str) -> ResponseReturnValue:
    """Every line of a score, its range, and what would change it."""
    risk = explain_risk(get_node(node_id), issue_of(issue), g.now.date())
    told = risk.by_people
    return render_template(
        "risk/explanation/show.html",
        node=risk.known.node,
        page=page_of(risk),
        words=words,
        observations=shown(told.observations),
        follow=told.follow,
        owner=owner_words(told.follow),
        steps=step_words(told.follow),
        judged=told.judged,
        note=told.note,
        changes=told.changes,
        facts=told.facts,
        past=turns(told.past),
        answers=told.answers,
    )
