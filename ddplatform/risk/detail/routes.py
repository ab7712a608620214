"""Pages of the register and of one risk."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import carried, issue_of, number
from ddplatform.risk.blueprints.risk import bp
from ddplatform.risk.detail.queries import risks as risk
from ddplatform.risk.detail.queries.explanation import (
    ORIGINS_AT_ONCE,
    explain_risk,
    list_names_of,
    list_origins,
)
from ddplatform.risk.detail.views import risks as presenters
from ddplatform.risk.detail.views.detail import ORIGINS_SHOWN, Origins, explained, origins_of
from ddplatform.risk.explanation.queries.answers import list_answers_behind
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.judgement.queries import judged as risk_judged
from ddplatform.risk.runs.queries import runs as risk_runs
from ddplatform.risk.runs.queries.scores import RiskScore
from ddplatform.risk.words import codes as words
from ddplatform.risk.words import register_filter
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node, get_node_by_ref
from supply_chain.graph.unknown_origins import PREFIX
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """Risks of a map in salience order: severity first."""
    chains = list(risk.list_chain_choices())
    chosen = request.args.get("chain")
    chain = next((c for c in chains if str(c.id) == chosen), None)
    if chosen and chain is None:
        raise NotFound()
    # Without a choice the first map that has something to show.
    chain = chain or next((c for c in chains if c.is_assessed), chains[0] if chains else None)
    head = risk_runs.find_current_head(chain.id) if chain else None
    if chain is None or head is None:
        return render_template("risk/detail/none.html", chain=chain, chains=chains)
    if head.method_version == RM2:
        given = carried().to_dict()
        whole = {"view": "all"} if given.keys() - {"chain"} else {}
        is_one = chosen or sum(c.is_assessed for c in chains) == 1
        values: dict[str, Any] = {**whole, **given, "chain": chain.id if is_one else "all"}
        return redirect(url_for("risk_register.show", **values))
    wanted = register_filter.read_filter(request.args)
    page = risk.list_risks(
        head.id,
        wanted,
        after=request.args.get("after", type=number),
        before=request.args.get("before", type=number),
    )
    return render_template(
        "risk/detail/index.html",
        head=head,
        chain=chain,
        wanted=wanted,
        page=page,
        paging=presenters.paging(page, wanted, head),
        sites=presenters.sites_query(head, wanted),
        heat_rows=presenters.heat_rows(head, wanted),
        choices=presenters.choices(head, chains),
        clear_cell=register_filter.address_of(wanted, chain.id, cell=None),
        words=words,
    )


@bp.post("/maps/<uuid:chain_id>/assess")
@requires(Permission.RISK_ASSESS)
@limited(Use.CALCULATION)
def assess(chain_id: UUID) -> ResponseReturnValue:
    """Ask for a new assessment of a map, and show how far it is."""
    chain = get_chain(chain_id)
    job = ask_reassessment(chain.id, "request", act=g.act)
    back = url_for("risk.index", chain=chain.id)
    return redirect(url_for("jobs.show", job_id=job.id, next=back))


@bp.get("/nodes/<uuid:node_id>/<issue>")
@requires(Permission.RISK_READ)
def show(node_id: UUID, issue: str) -> ResponseReturnValue:
    """One risk: every part of its score, what would lower it, how it came about."""
    node, about = get_node(node_id), issue_of(issue)
    head = risk_runs.find_current_head(node.chain_id)
    scored = risk.find_risk(head.id, node_id, about) if head else None
    shown: dict[str, Any] = {
        "node": node,
        "issue": about,
        "head": head,
        "risk": scored,
        "judged": risk_judged.find_judgement(node_id, about),
        "note": risk_judged.find_note(node_id, about),
        "facts": risk_judged.list_facts(node_id, about),
        "past": presenters.turns(risk_judged.list_past_scores(node_id, about)),
        "answers": list_answers_behind(node_id),
        "words": words,
    }
    if head is None or scored is None:
        return render_template("risk/detail/unscored.html", **shown)
    if scored.known is not None:
        return redirect(url_for("risk_explanation.show", node_id=node_id, issue=issue))
    return render_template(
        "risk/detail/show.html",
        **shown,
        **explained(scored, explain_risk(head, scored, node), risk_judged.list_controls(node.id)),
        origins=_origins(head, scored),
    )


def _origins(head: risk_runs.RunHead, scored: RiskScore) -> Origins:
    """The sources of exposure; on a large map only on request."""
    if head.node_count > ORIGINS_AT_ONCE and request.args.get("origins") != "all":
        return origins_of(scored, None, {})
    parts = list_origins(head, scored.node_ref, scored.issue)
    names = list_names_of(head.id, [ref for ref, _ in parts[:ORIGINS_SHOWN]])
    return origins_of(scored, parts, names)


@bp.get("/unknown-origins/<uuid:chain_id>")
@requires(Permission.RISK_READ)
def unknown_origin(chain_id: UUID) -> ResponseReturnValue:
    """An unknown origin stands on the page of the node that buys from it: map it there."""
    buyer = get_node_by_ref(chain_id, request.args.get("ref", "").removeprefix(PREFIX))
    if buyer is None:
        raise NotFound()
    return redirect(url_for("value_chain.node", node_id=buyer.id))
