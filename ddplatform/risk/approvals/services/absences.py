"""Requests to exclude a factor at a site, decided by a second person (RM-2.0 section 3.8)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.risk.explanation.queries.subjects import load_subject
from ddplatform.value_chain.approvals.models import (
    AbsenceReason,
    Approval,
    ApprovalKind,
    ApprovalRequest,
)
from ddplatform.value_chain.approvals.queries.approvals import list_active
from ddplatform.value_chain.approvals.services.requests import Part, Wish, ask, check_wish
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from supply_chain.risk.rm2.absences import Obstacle, obstacle_to

CODE = "reason_code"
REFUSED: Final[Mapping[Obstacle, tuple[str, str]]] = {
    Obstacle.OF_PLACE: (
        lazy_gettext("Factors of the place or the activity always apply."),
        lazy_gettext("If the factor is absent, record an observation of 0 with its source."),
    ),
    Obstacle.OBSERVED: (
        lazy_gettext("The factor has been observed at this site, so it applies."),
        lazy_gettext("See its line on the page of the risk."),
    ),
    Obstacle.BLANK: (
        lazy_gettext("The question was left blank, so the factor applies."),
        lazy_gettext("Ask the supplier for the answer."),
    ),
    Obstacle.OUTSIDE: (
        lazy_gettext("The factor does not count at this site already."),
        lazy_gettext("No request is needed."),
    ),
}


def refusal(node: ValueChainNode, factor: str, *, at: datetime) -> tuple[str, str] | None:
    """Why nobody can say that a factor does not apply at a site, and what to do; None: they can.

    At an own operation nobody of this organisation is outside of it (decision 19).
    """
    obstacle = obstacle_to(load_subject(node, factor, at.date()), factor)
    if obstacle is not None:
        why, instead = REFUSED[obstacle]
        return str(why), str(instead)
    if node.own_operation:
        return (
            gettext("At an own operation, nobody of your organisation can approve this."),
            gettext("Have an independent person visit, and record the observation."),
        )
    if list_active(Approval.node_id == node.id, Approval.factor == factor):
        return gettext("This was requested already."), gettext(
            "See the requests waiting for approval."
        )
    return None


def ask_not_applicable(
    node_id: UUID, factor: str, code: str, wish: Wish, *, act: Act
) -> ApprovalRequest:
    """Ask that a factor is left out at a site; until it is approved it counts as not known.

    Args:
        factor: a factor of RM-2.0.

    Raises:
        NotFound: no such node.
        Invalid: no reason code, no reason, no or a late last day.
        Conflict: it is observed, blank, of the place, at an own operation, or asked for already.
    """
    node = get_node(node_id)
    refused = refusal(node, factor, at=act.at)
    if refused is not None:
        raise Conflict(*refused)
    if code not in {one.value for one in AbsenceReason}:
        raise Invalid(fields={CODE: gettext("Choose the reason.")})
    wish = check_wish(wish, today=act.at.date())
    request = ask(
        get_chain(node.chain_id),
        ApprovalKind.NOT_APPLICABLE,
        [Part(node.id, factor=factor)],
        wish,
        code=AbsenceReason(code),
        act=act,
    )
    told: dict[str, Any] = {
        "factor": factor,
        "code": code,
        "reason": wish.reason,
        "expires_on": wish.expires_on,
    }
    audit.record("approval:ask", request, act=act, node=node.id, **told)
    return request
