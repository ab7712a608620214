"""Pages of observations of a place: list, entry, withdrawal."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import gettext
from ddplatform.risk.observations.forms import FigureForm, ObservationForm, WithdrawForm
from ddplatform.risk.observations.queries.evidence import get_observation, sites_of_region
from ddplatform.risk.observations.queries.observations import list_observations
from ddplatform.risk.observations.services import add_observation, withdraw_observation
from ddplatform.risk.observations.views import factor_choices, shown, title_of
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.reference.regions import region_key
from supply_chain.vocabulary import Issue

bp = Blueprint("risk_observations", __name__)
REGION = "region"


@bp.get("/nodes/<uuid:node_id>")
@requires(Permission.RISK_READ)
def index(node_id: UUID) -> ResponseReturnValue:
    """All observations of a place, those that count first."""
    node = get_node(node_id)
    return render_template(
        "risk/observations/index.html",
        node=node,
        rows=shown(list_observations(node)),
        me=g.identity.user_id,
    )


@bp.route("/nodes/<uuid:node_id>/new", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def new(node_id: UUID) -> ResponseReturnValue:
    """Enter an observation; `issue` names what it should speak on, `of=region` asks for a figure
    of the region."""
    node, issue = get_node(node_id), _issue()
    regional = request.args.get("of") == REGION
    kind = FigureForm if regional else ObservationForm
    # A choice that stands for every issue is left open, so that nothing sent is refused for it.
    form = kind(factor_choices(issue, regional=regional), data=_beginning(regional))
    region = _region_of(node) if regional else None

    def save() -> ResponseReturnValue:
        add_observation(node_id, form.seen(), act=g.act)
        flash(gettext("Saved. The next assessment updates the scores of this site."), "success")
        return redirect(_back(node_id, issue))

    return answer_page(
        form,
        save,
        "risk/observations/new.html",
        node=node,
        issue=issue,
        regional=regional,
        region=region,
        back=_back(node_id, issue),
    )


@bp.route("/<uuid:observation_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def withdraw(observation_id: UUID) -> ResponseReturnValue:
    """Withdraw an observation of another person from scores."""
    kept, form = get_observation(observation_id), WithdrawForm()

    def save() -> ResponseReturnValue:
        withdraw_observation(observation_id, form.reason.data, act=g.act)
        flash(gettext("Withdrawn. The next assessment updates the scores of this site."), "success")
        return redirect(url_for(".index", node_id=kept.node_id))

    return answer_form(
        form,
        save,
        lambda: render_template(
            "risk/observations/withdraw.html",
            form=form,
            node=get_node(kept.node_id),
            title=title_of(kept.factor),
        ),
    )


def _region_of(node: ValueChainNode) -> tuple[str, int] | None:
    """The region of a site with its country in words, and how many sites stand in it now."""
    key = region_key(node.region)
    if not (node.country and key):
        return None
    name = f"{node.region}, {country_name(node.country)}"
    return name, len(sites_of_region(node.country, key))


def _issue() -> Issue | None:
    text = request.args.get("issue", "")
    return Issue(text) if text in set(Issue) else None


def _beginning(regional: bool) -> dict[str, object]:
    start: dict[str, object] = {"factor": request.args.get("factor", "")}
    return {**start, "source_type": "official"} if regional else start


def _back(node_id: UUID, issue: Issue | None) -> str:
    if issue is None:
        return url_for(".index", node_id=node_id)
    return url_for("risk_explanation.show", node_id=node_id, issue=issue.value)
