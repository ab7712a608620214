"""Pages of the buyer about suppliers named by its suppliers, and the decisions on them."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.cascade.models import AskedState
from ddplatform.supplier_engagement.cascade.queries import find_namesakes, list_proposals
from ddplatform.supplier_engagement.cascade.routes.blueprint import bp
from ddplatform.supplier_engagement.cascade.routes.own import WORDS
from ddplatform.supplier_engagement.cascade.services import review


@bp.get("/proposals")
@requires(Permission.VALUE_CHAIN_READ)
def proposals() -> ResponseReturnValue:
    """Everything that was named, how deep the chain is known, and where it ends."""
    found = list_proposals()
    states = [one.proposal.asked_state for one in found]
    below = [one.proposal.below for one in found]
    return render_template(
        "supplier_engagement/cascade/proposals.html",
        proposals=found,
        on_map={one.proposal.id: review.node_on_map(one) for one in found},
        namesakes=find_namesakes(found),
        depth=max((1 + one.get("depth", 0) for one in below), default=0),
        named=len(found) + sum(one.get("named", 0) for one in below),
        answered=states.count(AskedState.ANSWERED) + sum(b.get("answered", 0) for b in below),
        dead_ends=states.count(AskedState.DEAD_END) + sum(b.get("dead_ends", 0) for b in below),
        **WORDS,
    )


@bp.post("/proposals/<uuid:proposal_id>")
@requires(Permission.VALUE_CHAIN_EDIT)
def decide(proposal_id: UUID) -> ResponseReturnValue:
    """Put it on the map, decline with a reason, or put a released name on the map."""
    if "accept" in request.form:
        review.accept(proposal_id, act=g.act)
        flash(gettext("It stands on the map now."), "success")
    elif "name" in request.form:
        review.put_name(proposal_id, act=g.act)
        flash(gettext("The map has the name now."), "success")
    else:
        reason = request.form.get("reason", "")
        review.decline(proposal_id, reason=reason, act=g.act)
        flash(gettext("The supplier reads your reason."), "success")
    return redirect(url_for(".proposals"))
