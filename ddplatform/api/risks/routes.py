"""Scored risks for programs."""

from typing import Any
from uuid import UUID

from flask import g

from ddplatform.api.blueprint import Blueprint, decode_key, page_of
from ddplatform.api.repeats.replaying import carried_out_once
from ddplatform.api.risks.forms import (
    ExplainedSchema,
    RequestedSchema,
    RisksAskedSchema,
    RisksSchema,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.gate import requires_token
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.address_values import issue_of
from ddplatform.languages import gettext
from ddplatform.risk.explanation.queries.issues import explain_risk
from ddplatform.risk.explanation.views.lines import lines_of
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.register.queries.basis import basis_of
from ddplatform.risk.register.queries.register import Asked, View, list_maps
from ddplatform.risk.runs.queries.runs import list_map_heads
from ddplatform.risk.runs.queries.scores import list_at_runs
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from supply_chain.risk.register import RiskFilter

bp = Blueprint("api_risks", "Risks, and the lines that add up to each score")


@bp.get("/maps/<uuid:map_id>/risks")
@requires_token(Permission.RISK_READ)
@bp.arguments(RisksAskedSchema, location="query")
@bp.response(200, RisksSchema)
def risks(asked: dict[str, Any], map_id: UUID) -> Any:
    """Risks of a map, the worst first

    409 where the map has not been assessed yet.
    """
    chain = get_chain(map_id)
    basis = basis_of(list_map_heads(), chain.id)
    if basis is None:
        raise Conflict(
            gettext("This map has not been assessed yet."),
            gettext("Request an assessment of the map, and ask again once it is done."),
        )
    limit, after = asked.pop("limit"), decode_key(asked.pop("cursor"), read_number)
    (listed,) = list_maps(basis.runs, Asked(View.ALL, RiskFilter(**asked)), g.now.date())
    start = int(listed.found.searchsorted(after)) if after else 0
    positions = listed.found[start : start + limit + 1].tolist()
    run_id = listed.of.run_id
    rows = list_at_runs({run_id: positions})[run_id] if positions else []
    return {
        "basis": basis.heads[0],
        **page_of(rows, limit, lambda row: (row.salience_rank,)),
    }


@bp.post("/maps/<uuid:map_id>/assessments")
@requires_token(Permission.RISK_ASSESS)
@carried_out_once
@bp.response(202, RequestedSchema)
def assess(map_id: UUID) -> Any:
    """Request an assessment of a map; it is made in the background

    Risks have a `basis` whose `map_version` equals `map_version_now` once it is done.
    """
    return ask_reassessment(get_chain(map_id).id, "request", act=g.act)


@bp.get("/nodes/<uuid:node_id>/risks/<issue>")
@requires_token(Permission.RISK_READ)
@bp.response(200, ExplainedSchema)
def risk(node_id: UUID, issue: str) -> Any:
    """A risk with every line of its score: its source, year and points"""
    about = issue_of(issue)
    found = explain_risk(get_node(node_id), about, g.now.date())
    return {
        "node_id": node_id,
        "issue": about,
        "as_of": found.known.as_of,
        "reference_data": found.known.release,
        "lines": list(lines_of(found)),
    }
