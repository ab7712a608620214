"""The first page of an organisation."""

from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.officers.queries import has_officer
from ddplatform.audit.views import change_words
from ddplatform.core.due_diligence.reassessment import triggers
from ddplatform.due_diligence.remedy.services.limits import count_late
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ANSWERING, RoleId
from ddplatform.infrastructure.assets.files import load_outline, vendor_files
from ddplatform.infrastructure.gate import requires
from ddplatform.reporting.first_run.queries import load_progress
from ddplatform.reporting.first_run.views import first_step
from ddplatform.reporting.overview.queries.overview import ChainState, Overview, load_overview
from ddplatform.reporting.overview.views import overview as views
from ddplatform.reporting.overview.views.responses import responses_of
from ddplatform.risk.register.queries.register import View
from ddplatform.value_chain.approvals.queries.parts import Decider
from ddplatform.value_chain.pictures.pages import chosen_issue
from ddplatform.value_chain.pictures.views.issue_colour import colour_choices

bp = Blueprint("overview", __name__)

STARTS = {
    **dict.fromkeys(ANSWERING, "responses.index"),
    RoleId.AUDITOR: "reports.index",
}
"""Start pages of other roles: the overview is for the company's own staff."""


@bp.get("/")
@requires(Permission.ORGANISATION_READ)
def show() -> ResponseReturnValue:
    """The state of due diligence; on the first day, the first steps."""
    if g.identity.role_id in STARTS:
        return redirect(url_for(STARTS[g.identity.role_id]))
    found = load_overview(user_id=g.identity.user_id, decider=_decider(), now=g.now)
    chain = views.choose_chain(found, request.args.get("chain"))
    rows = views.chain_rows(found)
    if chain is None or not any(row.nodes > 1 for row in rows):
        return render_template(
            "reporting/overview/first_day.html",
            step=first_step(load_progress().stage),
            has_officer=has_officer(today=g.now.date()),
        )
    first = partial(url_for, "risk_register.show")
    return render_template(
        "reporting/overview/show.html",
        found=found,
        chain=chain,
        rows=rows,
        row=next(row for row in rows if row.id == chain.id),
        change_words=change_words,
        triggers=triggers(),
        late_cases=_late_cases(),
        totals=views.totals_of(found),
        evidence=views.evidence_of(found),
        responses=responses_of(found),
        moves=views.move_lines(found.moves) if found.moves else None,
        since=min((one.before_as_of for one in found.chains if one.before_as_of), default=None),
        act=views.first_list(found.first.act, View.ACT, first),
        find=views.first_list(found.first.find, View.FIND, first),
        columns=views.COLUMNS,
        legend=views.ASKED_LEGEND,
        **_pictures(found, chain),
    )


def _decider() -> Decider | None:
    """A person with the right to approve; the list handles a second employer's sites itself."""
    if g.identity.user_id is None or not g.identity.has(Permission.RISK_APPROVE):
        return None
    return Decider(g.identity.user_id, frozenset())


def _late_cases() -> int:
    """Of the own cases of an officer; nobody else learns that there is one."""
    if not g.identity.has(Permission.CASE_WORK):
        return 0
    return count_late(g.identity.user_id, at=g.now)


def _pictures(found: Overview, chain: ChainState) -> dict[str, Any]:
    places = views.places_of(found, chain)
    register = partial(url_for, "risk.index", chain=chain.id)
    table = partial(url_for, "value_chain.table", chain_id=chain.id)
    static = Path(current_app.static_folder or "")
    has_land = "land.svg" in vendor_files(static)
    land = url_for("static", filename="vendor/land.svg") if has_land else None
    countries, unplaced = views.count_countries(places)
    issue = chosen_issue()
    return {
        "stair": views.stair(chain, register),
        "heat_rows": views.heat_rows(chain, register),
        "tier_rows": views.tier_rows(places, table),
        "world": views.world_map(
            places,
            table,
            bands=views.bands_of(chain, places, issue),
            outline=load_outline(static),
            land_href=land,
        ),
        "issue": issue,
        "colours": colour_choices(),
        "countries": countries,
        "unplaced": unplaced,
    }
