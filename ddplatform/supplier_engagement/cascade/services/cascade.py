"""Own suppliers of a supplier: naming, proposals to buyers, onward requests.

Names belong to the supplier that gave them: a buyer reads country, kind and share, and the name
only when it is released. Respondents answer to their direct requester, not to anybody further up.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.accounts.organisations.services.people import is_address
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.languages import day_in_words, gettext
from ddplatform.supplier_engagement.cascade.models import (
    AskedState,
    ChainProposal,
    OwnSupplier,
    ProposalState,
    ShareBand,
)
from ddplatform.supplier_engagement.cascade.queries import (
    BuyerProposal,
    asked_state_of,
    below,
    find_buyer_proposal,
    find_member,
    get_buyer_proposal,
    get_own_supplier,
    list_above,
    list_asking,
    list_buyer_proposals,
    list_own_suppliers,
    next_number,
)
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import find_assignment
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import find_chain, find_own_business
from ddplatform.value_chain.mapping.services.links import LinkFields, add_link
from ddplatform.value_chain.mapping.services.nodes import NodeFields, add_node, create_chain
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

REFRESH = "cascade:refresh"
CHAIN = "Our own suppliers"
INVITATIONS = rate_limits.Limit("cascade invitation", 20, 86_400)
"""The maximum number of questionnaires that one organisation forwards in a day."""
PROPOSALS = rate_limits.Limit("cascade proposal", 60, 86_400)
"""The maximum number of proposals with an address by one organisation in a day."""
MOST_NAMED = 200
AGAIN_AFTER = timedelta(days=30)
MAX_NAME = 200
SHARES = {
    ShareBand.UNDER_5: 0.025,
    ShareBand.FROM_5_TO_25: 0.15,
    ShareBand.FROM_25_TO_50: 0.375,
    ShareBand.OVER_50: 0.75,
    ShareBand.NOT_KNOWN: None,
}
"""The middle of each band: the share of a link until a better figure is known."""


@dataclass(frozen=True, kw_only=True)
class OwnSupplierFields:
    """A supplier's details of one of its own suppliers."""

    name: str
    country: str
    kind: NodeKind = NodeKind.BUSINESS_ENTITY
    share_band: ShareBand = ShareBand.NOT_KNOWN
    email: str = ""


def name_supplier(wanted: OwnSupplierFields, *, act: Act) -> OwnSupplier:
    """Put a business on the own list; nobody else learns of it by this.

    Raises:
        Invalid: a field breaks a rule.
        Conflict: it is on the list already, or the list is full.
    """
    name = " ".join(wanted.name.split())
    _check(wanted, name)
    standing = list_own_suppliers()
    if any(one.name.casefold() == name.casefold() for one in standing):
        raise Conflict(
            gettext("“%(name)s” stands on your list already.", name=name),
            gettext("Open it on the list."),
        )
    if len(standing) >= MOST_NAMED:
        raise Conflict(
            gettext("Your list holds %(most)s suppliers, the most there can be.", most=MOST_NAMED),
            gettext("Take one off first, or tell your buyer that there are more."),
        )
    own = OwnSupplier(
        name=name,
        country=wanted.country,
        kind=wanted.kind,
        share_band=wanted.share_band,
        email=wanted.email.strip().lower() or None,
        asked_state=AskedState.NOT_ASKED,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(own)
    db.session.flush()  # the event names it
    audit.record("cascade:name", own, act=act, name=name, country=own.country)
    return own


def _check(wanted: OwnSupplierFields, name: str) -> None:
    faults = {}
    if not name or len(name) > MAX_NAME:
        faults["name"] = gettext(
            "Write the name of the business, at most %(most)s characters.", most=MAX_NAME
        )
    if wanted.country not in load_reference().countries:
        faults["country"] = gettext("Choose the country where it works.")
    if wanted.email.strip() and not is_address(wanted.email):
        faults["email"] = gettext("This is no e-mail address; write it like name@firm.com.")
    if faults:
        raise Invalid(fields=faults)


def remove_supplier(own_supplier_id: UUID, *, act: Act) -> None:
    """Take a business off the own list, and withdraw proposals without a decision."""
    own = get_own_supplier(own_supplier_id)
    own.removed_at, own.removed_by_id = act.at, act.by.user_id
    for told in list_buyer_proposals().get(own.id, ()):
        if told.proposal.state is ProposalState.PROPOSED:
            told.proposal.state, told.proposal.name = ProposalState.WITHDRAWN, None
    audit.record("cascade:remove", own, act=act, name=own.name)


def propose(
    own_supplier_id: UUID, assignment_id: UUID, *, with_name: bool, act: Act
) -> ChainProposal:
    """Tell the buyer behind a questionnaire of an own supplier: with its name, or without.

    Raises:
        Conflict: this buyer knows of it already, or it is one that asks this organisation.
        TooMany: the day's maximum of proposals with an address is reached.
    """
    own, asked = get_own_supplier(own_supplier_id), get_request(assignment_id)
    assignment = asked.assignment
    if find_buyer_proposal(assignment, own.id) is not None:
        raise Conflict(
            gettext("%(buyer)s knows of “%(name)s” already.", buyer=asked.requester, name=own.name)
        )
    if own.email:
        # As in `forward`: whose the address is shall not be found out at will.
        rate_limits.count_try(PROPOSALS, str(act.by.organisation_id), at=act.at)
    _refuse_who_asks(own)
    proposal = ChainProposal(
        organisation_id=assignment.organisation_id,
        respondent_organisation_id=assignment.respondent_organisation_id,
        assignment_id=assignment.id,
        own_supplier_id=own.id,
        number=next_number(assignment),
        name=own.name if with_name else None,
        country=own.country,
        kind=own.kind,
        share_band=own.share_band,
        state=ProposalState.PROPOSED,
        asked_state=own.asked_state,
        below=below(own, list_above()).as_json(),
        created_at=act.at,
    )
    db.session.add(proposal)
    db.session.flush()  # the event names it
    audit.record("cascade:propose", proposal, act=act, with_name=with_name)
    return proposal


def release_name(proposal_id: UUID, *, act: Act) -> ChainProposal:
    """Give a buyer the name that was withheld; it cannot be taken back."""
    proposal = get_buyer_proposal(proposal_id)
    proposal.name = get_own_supplier(proposal.own_supplier_id).name
    audit.record("cascade:release_name", proposal, act=act)
    return proposal


def withdraw_proposal(proposal_id: UUID, *, act: Act) -> ChainProposal:
    """Withdraw a proposal to a buyer.

    Raises:
        Conflict: the buyer decided already.
    """
    proposal = get_buyer_proposal(proposal_id)
    if proposal.state is not ProposalState.PROPOSED:
        raise Conflict(
            gettext("The buyer decided on this already."),
            gettext("Write to the buyer if something is wrong with it."),
        )
    proposal.state, proposal.name = ProposalState.WITHDRAWN, None
    audit.record("cascade:withdraw", proposal, act=act)
    return proposal


def forward(
    own_supplier_id: UUID, version_id: UUID, *, email: str, message: str = "", act: Act
) -> Assignment:
    """Ask an own supplier the same questions; its answers go to this organisation alone.

    Raises:
        Invalid: no address.
        Conflict: it is one that asks this organisation, or was asked a short time ago.
        TooMany: so many were asked today.
    """
    own = get_own_supplier(own_supplier_id)
    own.email = email.strip().lower() or own.email
    if not own.email or not is_address(own.email):
        raise Invalid(fields={"email": gettext("Write the e-mail address, like name@firm.com.")})
    # A refusal counts too: it reveals the owner of the address, so addresses must not be probed.
    rate_limits.count_try(INVITATIONS, str(act.by.organisation_id), at=act.at)
    _refuse_who_asks(own)
    _refuse_soon(own, act.at)
    node = _node_of(own, act=act)
    (made,) = questionnaires.assign(
        questionnaires.Sending(
            version_id=version_id,
            due_on=questionnaires.propose_due_date(act.at.date()),
            message=message,
        ),
        {node.id: own.email},
        act=act,
    )
    own.forwarded_id = made.id
    db.session.flush()  # its state is read from what was sent
    audit.record("cascade:forward", own, act=act, assignment=made.id)
    _refresh(own, list_buyer_proposals().get(own.id, ()), list_above())
    return made


def _refuse_who_asks(own: OwnSupplier) -> None:
    """A known requester of this organisation is none of its suppliers.

    Requesters further up are never refused: a refusal would reveal who asks the buyer. The buyer
    sees a circle on its own map (`find_namesakes`), and counts do not go round in it (`below`).
    """
    asking = list_asking()
    if own.name.casefold() in {name.casefold() for name in asking.values()}:
        raise Conflict(
            gettext("“%(name)s” is your own business, or one that asks you.", name=own.name),
            gettext("Name the business that sells to you, not the one you sell to."),
        )
    if own.email and find_member(own.email, asking) is not None:
        raise Conflict(
            gettext(
                "%(email)s belongs to your own business, or to one that asks you.",
                email=own.email,
            ),
            gettext("Write the address of the business that sells to you."),
        )


def _refuse_soon(own: OwnSupplier, at: datetime) -> None:
    last = find_assignment(own.forwarded_id) if own.forwarded_id else None
    if last is not None and last.sent_at > at - AGAIN_AFTER:
        again = (last.sent_at + AGAIN_AFTER).date()
        raise Conflict(
            gettext(
                "“%(name)s” was asked on %(day)s.",
                name=own.name,
                day=day_in_words(last.sent_at.date()),
            ),
            gettext(
                "You can ask again from %(day)s. A call helps more than a second mail.",
                day=day_in_words(again),
            ),
        )


def _node_of(own: OwnSupplier, *, act: Act) -> ValueChainNode:
    """The own supplier on the own map, which no buyer sees."""
    last = find_assignment(own.forwarded_id) if own.forwarded_id else None
    if last is not None:
        return db.session.get_one(ValueChainNode, last.node_id)
    chain = _own_chain(act=act)
    node = add_node(
        chain.id,
        NodeFields(name=own.name, kind=own.kind, country=own.country, contact_email=own.email),
        act=act,
    )
    here = find_own_business(chain.id)
    if here is not None:
        add_link(
            node.id,
            here.id,
            link_fields(own.kind, own.share_band, FlowEvidence.PROBABLE),
            act=act,
        )
    return node


def link_fields(kind: NodeKind, band: ShareBand, evidence: FlowEvidence) -> LinkFields:
    """The link from a supplier that was named: workers or goods, and about how much."""
    labour = kind is NodeKind.LABOUR_INTERMEDIARY
    return LinkFields(
        kind=LinkKind.PROVIDES_LABOUR if labour else LinkKind.SUPPLIES,
        share=SHARES[band],
        flow_evidence=evidence,
    )


def _own_chain(*, act: Act) -> ValueChain:
    home = get_organisation(act.by.organisation_id)
    return find_chain(CHAIN) or create_chain(
        CHAIN,
        own_business=home.name,
        country=home.country,
        act=act,
    )


def refresh_states() -> int:
    """Update the buyers' data on own suppliers from those suppliers' actions; returns how many.

    States and counts alone, no change of a person: no event. Twice is once.
    """
    told, above = list_buyer_proposals(), list_above()
    return sum(_refresh(own, told.get(own.id, ()), above) for own in list_own_suppliers())


def _refresh(own: OwnSupplier, all_told: Sequence[BuyerProposal], above: Container[UUID]) -> int:
    own.asked_state = asked_state_of(own)
    counts = below(own, above).as_json()
    changed = 0
    for told in all_told:
        proposal = told.proposal
        if (proposal.asked_state, proposal.below) != (own.asked_state, counts):
            proposal.asked_state, proposal.below = own.asked_state, counts
            changed += 1
    return changed
