"""Pages of campaign planning: targets, questionnaires, settings, exclusions of suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import number
from ddplatform.infrastructure.words.questionnaire_states import STATE_WORDS
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.supplier_engagement.campaigns.forms import HowForm, PlanForm, how_fields
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    ASSESSMENT_PLAN,
    PLANS,
    Plan,
    get_campaign,
    list_targets,
)
from ddplatform.supplier_engagement.campaigns.routes.blueprint import bp
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.campaigns.views import LEFT_OUT_WORDS
from ddplatform.supplier_engagement.library.queries import list_for_suppliers
from ddplatform.supplier_engagement.requests.services.requests import propose_due_date
from ddplatform.value_chain.filters.address import asked_filter, said_words
from ddplatform.value_chain.filters.queries.filters import list_meant
from ddplatform.value_chain.filters.views import (
    filter_query,
    short_choices,
)
from ddplatform.value_chain.mapping.queries.maps import list_chains

TARGET_VIEWS: Mapping[str | None, tuple[str, bool | None]] = {
    None: (lazy_gettext("All"), None),
    "asked": (lazy_gettext("Included"), False),
    "left_out": (lazy_gettext("Left out"), True),
}
"""Views of the lines by their word in the address: label, and whether they are left out."""


@dataclass(frozen=True)
class Meant:
    """The suppliers that the address means: of a filter of a map, or of an assessment plan."""

    chain_id: UUID | None
    plan: Plan | None
    keys: list[UUID]
    said: dict[str, Any]

    @property
    def words(self) -> list[str]:
        """Their source."""
        if self.plan is not None:
            return [gettext("Questionnaires of the plan “%(name)s”", name=self.plan.name)]
        return list(said_words(self.said).values()) or [gettext("All suppliers of the map")]

    @property
    def query(self) -> dict[str, Any]:
        """The same as an address."""
        plan = {"plan": self.plan.id} if self.plan is not None else {}
        return {"chain": self.chain_id, **plan, **self.said}


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_ASSIGN)
@takes_lists("modules")
def new() -> ResponseReturnValue:
    """Choose targets, questionnaires and settings; the result is shown before anything is sent."""
    meant = _meant()
    library = list_for_suppliers()
    form = PlanForm(due_on=propose_due_date(g.now.date()), modules=[row.ref for row in library[:1]])
    form.modules.choices = [SelectChoice(row.ref, row.title) for row in library]

    def save() -> ResponseReturnValue:
        campaign = campaigns.plan_campaign(
            campaigns.Whom(
                chain_id=meant.chain_id or UUID(int=0),
                plan_id=meant.plan.id if meant.plan else None,
                keys=meant.keys,
                asked=meant.said,
                modules=form.modules.data or [],
                by_rule=form.by_rule.data,
            ),
            form.how(),
            act=g.act,
        )
        return redirect(url_for(".show", campaign_id=campaign.id))

    def show() -> str:
        return render_template(
            "supplier_engagement/campaigns/new.html",
            form=form,
            meant=meant,
            most=campaigns.MOST_NODES,
            chains=[(str(chain.id), chain.name) for chain in list_chains()],
            choices=short_choices(meant.said.get("sector")),
            library=library,
        )

    return answer_form(form, save, show)


def _meant() -> Meant:
    if plan_id := request.args.get("plan", type=UUID):
        plans = PLANS.get(ASSESSMENT_PLAN)
        plan = plans.get(plan_id)
        return Meant(plan.chain_id, plan, list(plans.list_nodes(plan.chain_id, plan.id)), {})
    chains = list_chains()
    chain_id = request.args.get("chain", type=UUID) or (chains[0].id if chains else None)
    wanted = asked_filter(standing=True)
    keys = list_meant(chain_id, wanted, limit=campaigns.MOST_NODES + 1) if chain_id else []
    return Meant(chain_id, None, list(keys), filter_query(wanted))


@bp.route("/<uuid:campaign_id>/edit", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def edit(campaign_id: UUID) -> ResponseReturnValue:
    """Change the note, the days and the pace of a draft."""
    campaign = get_campaign(campaign_id)
    form = HowForm(**how_fields(campaign))

    def save() -> ResponseReturnValue:
        campaigns.change_how(campaign_id, form.how(), act=g.act)
        flash(gettext("The campaign was changed."), "success")
        return redirect(url_for(".show", campaign_id=campaign_id))

    return answer_page(form, save, "supplier_engagement/campaigns/edit.html", campaign=campaign)


@bp.get("/<uuid:campaign_id>/suppliers")
@requires(Permission.QUESTIONNAIRE_READ)
def targets(campaign_id: UUID) -> ResponseReturnValue:
    """Every line with its reason and its state, a page at a time."""
    campaign = get_campaign(campaign_id)
    view = request.args.get("view")
    view = view if view in TARGET_VIEWS else None
    page = list_targets(
        campaign_id, left_out=TARGET_VIEWS[view][1], after=request.args.get("after", type=number)
    )
    return render_template(
        "supplier_engagement/campaigns/targets.html",
        campaign=campaign,
        page=page,
        words=STATE_WORDS,
        left_words=LEFT_OUT_WORDS,
        is_draft=campaign.started_at is None,
        views=[
            {
                "label": label,
                "href": url_for(".targets", campaign_id=campaign_id, view=one),
                "current": one == view,
            }
            for one, (label, _) in TARGET_VIEWS.items()
        ],
        next_href=url_for(
            ".targets",
            campaign_id=campaign_id,
            view=view,
            after=page.after,
        )
        if page.after is not None
        else None,
    )


@bp.post("/<uuid:campaign_id>/suppliers")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
@takes_lists("target")
def choose(campaign_id: UUID) -> ResponseReturnValue:
    """Leave the ticked lines out, or take them in again."""
    ticked = request.form.getlist("target", type=UUID)
    many = campaigns.leave_out(campaign_id, ticked, act=g.act)
    flash(ngettext("Changed: %(num)s line.", "Changed: %(num)s lines.", many), "success")
    return redirect(url_for(".targets", campaign_id=campaign_id))
