"""The first page of an organisation."""

from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.access.roles import ANSWERING, RoleId
from ddplatform.adapters.assets import load_outline, vendor_files
from ddplatform.duediligence.reassessment import triggers
from ddplatform.gate import requires
from ddplatform.queries.overview import ChainState, Overview, load_overview
from ddplatform.services.case_limits import count_late
from ddplatform.web.audit.words import change_words
from ddplatform.web.issue_colour import chosen_issue, colour_choices
from ddplatform.web.overview import presenters

bp = Blueprint("overview", __name__)

STARTS = {
    **dict.fromkeys(ANSWERING, "responses.index"),
    RoleId.AUDITOR: "reports.index",
}
"""Who begins elsewhere: the overview is the company's own desk."""


@bp.get("/")
@requires(Permission.ORGANISATION_READ)
def show() -> ResponseReturnValue:
    """Where due diligence stands; on the first day, what to do first."""
    if g.identity.role_id in STARTS:
        return redirect(url_for(STARTS[g.identity.role_id]))
    found = load_overview(user_id=g.identity.user_id, now=g.now)
    chain = presenters.choose_chain(found, request.args.get("chain"))
    rows = presenters.chain_rows(found)
    if chain is None or not any(row.nodes > 1 for row in rows):
        return render_template("overview/first_day.html", chain=chain, tasks=_tasks(chain))
    return render_template(
        "overview/show.html",
        found=found,
        chain=chain,
        rows=rows,
        row=next(row for row in rows if row.id == chain.id),
        change_words=change_words,
        triggers=triggers(),
        late_cases=_late_cases(),
        columns=presenters.COLUMNS,
        legend=presenters.ASKED_LEGEND,
        **_pictures(found, chain),
    )


def _late_cases() -> int:
    """Of the own cases of an officer; nobody else learns that there is one."""
    if not g.identity.has(Permission.CASE_WORK):
        return 0
    return count_late(g.identity.user_id, at=g.now)


def _pictures(found: Overview, chain: ChainState) -> dict[str, Any]:
    places = presenters.places_of(found, chain)
    register = partial(url_for, "risk.index", chain=chain.id)
    table = partial(url_for, "value_chain.table", chain_id=chain.id)
    static = Path(current_app.static_folder or "")
    has_land = "land.svg" in vendor_files(static)
    land = url_for("static", filename="vendor/land.svg") if has_land else None
    countries, unplaced = presenters.count_countries(places)
    issue = chosen_issue()
    return {
        "stair": presenters.stair(chain, register),
        "heat_rows": presenters.heat_rows(chain, register),
        "tier_rows": presenters.tier_rows(places, table),
        "world": presenters.world_map(
            places,
            table,
            bands=presenters.bands_of(chain, places, issue),
            outline=load_outline(static),
            land_href=land,
        ),
        "issue": issue,
        "colours": colour_choices(),
        "countries": countries,
        "unplaced": unplaced,
    }


def _tasks(chain: ChainState | None) -> list[dict[str, Any]]:
    """The three things to begin with, in order, and which is done."""
    chain_id: UUID | None = chain.id if chain else None
    upload = (
        url_for("value_chain.upload", chain_id=chain_id)
        if chain_id
        else url_for("value_chain.index")
    )
    return [
        {
            "title": "Add your business",
            "text": "A map begins with your own sites. They are assessed like everybody else's.",
            "href": url_for("value_chain.new"),
            "button": "Start a map",
            "done": chain is not None,
            "right": Permission.VALUE_CHAIN_EDIT,
        },
        {
            "title": "Import your suppliers",
            "text": "A list from your purchasing system is enough: name and country. "
            "You see what would change before anything does.",
            "href": upload,
            "button": "Import a list",
            "done": False,
            "right": Permission.VALUE_CHAIN_IMPORT,
        },
        {
            "title": "Choose a questionnaire",
            "text": "Look at what suppliers will be asked, and send it when your list is in.",
            "href": url_for("questionnaires.library"),
            "button": "Look at the questionnaires",
            "done": False,
            "right": Permission.QUESTIONNAIRE_READ,
        },
    ]
