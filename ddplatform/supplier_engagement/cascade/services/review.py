"""The buyer's review of suppliers named by its suppliers: questions first, then the map."""

from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.cascade.models import ChainProposal, ProposalState
from ddplatform.supplier_engagement.cascade.queries import Proposed, get_proposal
from ddplatform.supplier_engagement.cascade.services.cascade import link_fields
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_link, get_node
from ddplatform.value_chain.mapping.services.links import add_link
from ddplatform.value_chain.mapping.services.nodes import NodeFields, add_node, change_node
from supply_chain.vocabulary import FlowEvidence

MAX_REASON = 500


def accept(proposal_id: UUID, *, act: Act) -> SupplyLink:
    """Put a named supplier and its link on the map, by the verbs of every map.

    Raises:
        Conflict: decided already.
    """
    proposed = get_proposal(proposal_id, for_change=True)
    proposal, named_by = proposed.proposal, proposed.node
    _require_open(proposal)
    node = add_node(
        named_by.chain_id,
        NodeFields(name=proposed.title, kind=proposal.kind, country=proposal.country),
        act=act,
    )
    link = add_link(
        node.id,
        named_by.id,
        link_fields(proposal.kind, proposal.share_band, FlowEvidence.PROBABLE),
        act=act,
    )
    proposal.made_link_id = link.id
    _decide(proposal, ProposalState.ACCEPTED, act=act)
    audit.record("cascade:accept", proposal, act=act, node=node.id, link=link.id)
    return link


def decline(proposal_id: UUID, *, reason: str, act: Act) -> ChainProposal:
    """Decline, with a reason for the supplier to read.

    Raises:
        Invalid: no reason.
        Conflict: decided already.
    """
    proposal = get_proposal(proposal_id, for_change=True).proposal
    _require_open(proposal)
    if not reason.strip():
        raise Invalid(fields={"reason": gettext("Enter the reason; the supplier sees it.")})
    proposal.decline_reason = reason.strip()[:MAX_REASON]
    _decide(proposal, ProposalState.DECLINED, act=act)
    audit.record("cascade:decline", proposal, act=act, reason=proposal.decline_reason)
    return proposal


def put_name(proposal_id: UUID, *, act: Act) -> ValueChainNode:
    """Give the node on the map the name that was released after it was accepted.

    Raises:
        Conflict: there is nothing to rename.
    """
    proposed = get_proposal(proposal_id)
    node = node_on_map(proposed)
    if node is None or proposed.proposal.name is None:
        raise Conflict(gettext("There is no released name to put on the map."))
    wanted = NodeFields(
        name=proposed.proposal.name,
        kind=node.kind,
        country=node.country,
        region=node.region,
        address=node.address,
        latitude=node.latitude,
        longitude=node.longitude,
        sector_ref=node.sector_ref,
        commodity_refs=tuple(node.commodity_refs),
        operated_by_id=node.operated_by_id,
        own_operation=node.own_operation,
        is_origin=node.is_origin,
        contact_email=node.contact_email,
        tags=tuple(node.tags),
        group_name=node.group_name,
        owner_id=node.owner_id,
    )
    return change_node(node.id, wanted, row_version=node.row_version, act=act)


def node_on_map(proposed: Proposed) -> ValueChainNode | None:
    """The node that was made of an accepted supplier."""
    link_id = proposed.proposal.made_link_id
    return get_node(get_link(link_id).supplier_id) if link_id else None


def _require_open(proposal: ChainProposal) -> None:
    if proposal.state is not ProposalState.PROPOSED:
        raise Conflict(gettext("This was decided already."), gettext("Open the list again."))


def _decide(proposal: ChainProposal, state: ProposalState, *, act: Act) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by_id = state, act.at, act.by.user_id
