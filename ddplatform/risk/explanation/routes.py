"""The pages of one place and of one risk under RM-2.0."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.errors import NotFound
from ddplatform.gate import requires
from ddplatform.queries import risk_judged
from ddplatform.queries.answers_behind import list_answers_behind
from ddplatform.queries.value_chain import get_node
from ddplatform.risk.explanation.places import place_page_of
from ddplatform.risk.explanation.queries import explain_risk, profile_place
from ddplatform.risk.explanation.views import page_of
from ddplatform.risk.follow_up.queries import load_of_places
from ddplatform.risk.follow_up.views import owner_words, step_words
from ddplatform.risk.observations.queries import list_observations
from ddplatform.risk.observations.views import factors_of, shown
from ddplatform.web.risk import words
from ddplatform.web.risk.presenters import turns
from supply_chain.vocabulary import Issue

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
    if issue not in {one.value for one in Issue}:
        raise NotFound()
    about = Issue(issue)
    risk = explain_risk(get_node(node_id), about, g.now.date())
    return render_template(
        "risk/explanation/show.html",
        node=risk.known.node,
        page=page_of(risk),
        words=words,
        observations=shown(list_observations(node_id, factors_of(about))),
        **(_by_people(node_id, about) if risk.kept else {}),
    )


def _by_people(node_id: UUID, issue: Issue) -> dict[str, Any]:
    """What people judged and decided about a risk, and how it came about."""
    follow = load_of_places([node_id], g.now.date()).of(node_id, issue)
    return {
        "follow": follow,
        "owner": owner_words(follow),
        "steps": step_words(follow),
        "judged": risk_judged.find_judgement(node_id, issue),
        "note": risk_judged.find_note(node_id, issue),
        "changes": risk_judged.list_changes(node_id, issue),
        "facts": risk_judged.list_facts(node_id, issue),
        "past": turns(risk_judged.list_past_scores(node_id, issue)),
        "answers": list_answers_behind(node_id),
    }
