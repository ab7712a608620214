"""Scored risks for programs."""

from typing import Any
from uuid import UUID

from flask import g

from ddplatform.api.blueprint import Blueprint, decode, page_of
from ddplatform.api.risks.forms import ExplainedSchema, RisksAskedSchema, RisksSchema
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.gate import requires_token
from ddplatform.languages import gettext
from ddplatform.risk.explanation.queries.issues import explain_risk
from ddplatform.risk.explanation.views.lines import lines_of
from ddplatform.risk.register.queries.basis import basis_of
from ddplatform.risk.register.queries.register import Asked, View, list_maps
from ddplatform.risk.runs.queries.runs import list_map_heads
from ddplatform.risk.runs.queries.scores import RiskScore, list_at_runs
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue, RiskBand

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
        raise Conflict(gettext("This map has not been assessed yet."))
    wanted = RiskFilter(
        issue=Issue(asked["issue"]) if asked["issue"] else None,
        residual=RiskBand(asked["band"]) if asked["band"] else None,
        country=asked["country"],
        grades=asked["grades"],
    )
    (listed,) = list_maps(basis.runs, Asked(View.ALL, wanted), g.now.date())
    after = decode(asked["cursor"], int)
    start = int(listed.found.searchsorted(after[0])) if after else 0
    limit = asked["limit"]
    positions = listed.found[start : start + limit + 1].tolist()
    run_id = listed.of.run_id
    rows = list_at_runs({run_id: positions})[run_id] if positions else []

    def place(row: RiskScore) -> tuple[int]:
        return (row.salience_rank,)

    return {"basis": basis.heads[0], **page_of(rows, limit, place)}


@bp.get("/nodes/<uuid:node_id>/risks/<issue>")
@requires_token(Permission.RISK_READ)
@bp.response(200, ExplainedSchema)
def risk(node_id: UUID, issue: str) -> Any:
    """A risk with every line of its score: its source, year and points"""
    found = explain_risk(get_node(node_id), _issue(issue), g.now.date())
    return {
        "node_id": node_id,
        "issue": issue,
        "as_of": found.known.as_of,
        "reference_data": found.known.release,
        "lines": list(lines_of(found)),
    }


def _issue(word: str) -> Issue:
    if word not in {issue.value for issue in Issue}:
        raise NotFound()
    return Issue(word)
