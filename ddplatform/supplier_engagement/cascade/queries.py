"""Queries of own suppliers, proposals to buyers, and onward requests."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.accounts.organisations.queries import get_user_by_email, is_member
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.tenancy import acting_in, current_organisation
from ddplatform.supplier_engagement.cascade.models import (
    AskedState,
    ChainProposal,
    OwnSupplier,
    ProposalState,
)
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import load_plan
from ddplatform.supplier_engagement.responses.queries.responses import AskedOfMe
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Form
from questionnaires.scoring.plan import extra

MOST_TIERS = 20
ACTIVE_STATES = (ProposalState.PROPOSED, ProposalState.ACCEPTED)
ASKED: Mapping[State, AskedState] = {
    State.SENT: AskedState.ASKED,
    State.OPENED: AskedState.ANSWERING,
    State.RETURNED: AskedState.ANSWERING,
    State.EXPIRED: AskedState.DEAD_END,
    State.WITHDRAWN: AskedState.DEAD_END,
}
"""The meaning of the state of a forwarded questionnaire; every other one: answered."""


@dataclass(frozen=True)
class Below:
    """Counts of known suppliers below one supplier of a supplier."""

    depth: int = 0
    named: int = 0
    answered: int = 0
    dead_ends: int = 0

    def as_json(self) -> dict[str, int]:
        """As a proposal keeps it."""
        return {
            "depth": self.depth,
            "named": self.named,
            "answered": self.answered,
            "dead_ends": self.dead_ends,
        }


def list_own_suppliers() -> Sequence[OwnSupplier]:
    """The businesses that the acting organisation named and did not take off, by name."""
    return db.session.scalars(
        select(OwnSupplier)
        .where(OwnSupplier.removed_at.is_(None))
        .order_by(OwnSupplier.name, OwnSupplier.id)
    ).all()


def get_own_supplier(own_supplier_id: UUID) -> OwnSupplier:
    """One of them, or NotFound."""
    return get_one(
        select(OwnSupplier).where(
            OwnSupplier.id == own_supplier_id, OwnSupplier.removed_at.is_(None)
        )
    )


def find_forwarded(assignment_id: UUID) -> OwnSupplier | None:
    """The own supplier that a questionnaire of the acting organisation was forwarded to."""
    return db.session.scalar(select(OwnSupplier).where(OwnSupplier.forwarded_id == assignment_id))


@dataclass(frozen=True)
class BuyerProposal:
    """The proposal of an own supplier to one buyer."""

    proposal: ChainProposal
    buyer: str


def list_buyer_proposals() -> Mapping[UUID, Sequence[BuyerProposal]]:
    """Own supplier -> the buyers that know of it, and the extent."""
    rows = db.session.execute(
        select(ChainProposal, Organisation.name)
        .join(Organisation, Organisation.id == ChainProposal.organisation_id)
        .where(ChainProposal.respondent_organisation_id == current_organisation())
        .order_by(ChainProposal.created_at, ChainProposal.id)
    )
    found: dict[UUID, list[BuyerProposal]] = {}
    for proposal, buyer in rows:
        found.setdefault(proposal.own_supplier_id, []).append(BuyerProposal(proposal, buyer))
    return found


def get_buyer_proposal(proposal_id: UUID) -> ChainProposal:
    """The acting organisation's proposal to a buyer, locked for change; or NotFound."""
    statement = select(ChainProposal).where(
        ChainProposal.id == proposal_id,
        ChainProposal.respondent_organisation_id == current_organisation(),
    )
    return get_one(statement, for_change=True)


def find_buyer_proposal(assignment: Assignment, own_supplier_id: UUID) -> ChainProposal | None:
    """The current proposal of this own supplier to this buyer."""
    rows = db.session.scalars(
        select(ChainProposal).where(
            ChainProposal.own_supplier_id == own_supplier_id,
            ChainProposal.state != ProposalState.WITHDRAWN,
        )
    )
    found = (row for row in rows if row.organisation_id == assignment.organisation_id)
    return next(found, None)


def next_number(assignment: Assignment) -> int:
    """The number of the next supplier that the node of an assignment names to this buyer.

    One count for all questionnaires of a node: withheld names differ by it alone.
    """
    of_node = select(Assignment.id).where(Assignment.node_id == assignment.node_id)
    last = db.session.scalar(
        select(func.max(ChainProposal.number)).where(ChainProposal.assignment_id.in_(of_node))
    )
    return (last or 0) + 1


def asked_state_of(own: OwnSupplier) -> AskedState:
    """Progress of a forwarded questionnaire, as its requester sees it."""
    if own.forwarded_id is None:
        return AskedState.NOT_ASKED
    status = db.session.scalar(select(Assignment.status).where(Assignment.id == own.forwarded_id))
    return ASKED.get(status, AskedState.ANSWERED) if status else AskedState.NOT_ASKED


def below(own: OwnSupplier, above: Container[UUID]) -> Below:
    """Totals of this supplier's own suppliers as reported to the acting organisation.

    Nothing where it is `above` (`list_above`): circular counts would grow for ever.
    """
    if own.forwarded_id is None:
        return Below()
    asked = db.session.get(Assignment, own.forwarded_id)
    if asked is None or asked.respondent_organisation_id is None:
        return Below()
    if asked.respondent_organisation_id in above:
        return Below()
    rows = db.session.scalars(
        select(ChainProposal).where(
            ChainProposal.organisation_id == current_organisation(),
            ChainProposal.respondent_organisation_id == asked.respondent_organisation_id,
            ChainProposal.state.in_(ACTIVE_STATES),
        )
    ).all()
    return Below(
        depth=max((1 + row.below.get("depth", 0) for row in rows), default=0),
        named=len(rows) + sum(row.below.get("named", 0) for row in rows),
        answered=_count(rows, AskedState.ANSWERED, "answered"),
        dead_ends=_count(rows, AskedState.DEAD_END, "dead_ends"),
    )


def _count(rows: Sequence[ChainProposal], state: AskedState, name: str) -> int:
    here = sum(1 for row in rows if row.asked_state is state)
    return here + sum(int(row.below.get(name, 0)) for row in rows)


@dataclass(frozen=True)
class Proposed:
    """One supplier of a supplier as its buyer's buyer sees it."""

    proposal: ChainProposal
    node: ValueChainNode
    """The supplier that named it."""

    @property
    def title(self) -> str:
        """Its name, or the label for a withheld name."""
        return self.proposal.name or blind_name(self.node.name, self.proposal.number)


def blind_name(named_by: str, number: int) -> str:
    """The label of a node whose name is withheld."""
    return f"Supplier {number} of {named_by} (name withheld)"


def list_proposals() -> Sequence[Proposed]:
    """Every supplier of a supplier that was named to the acting organisation, open ones first."""
    rows = db.session.execute(
        _proposed()
        .where(ChainProposal.state != ProposalState.WITHDRAWN)
        .order_by(
            ChainProposal.state != ProposalState.PROPOSED,
            ValueChainNode.name,
            ChainProposal.number,
            ChainProposal.id,
        )
    )
    return [Proposed(proposal, node) for proposal, node in rows]


def find_namesakes(proposals: Sequence[Proposed]) -> Mapping[UUID, ValueChainNode]:
    """Proposal that waits -> a node of its map with just the name that was released.

    The map is the buyer's own, so that this reveals nothing of who asks whom.
    """
    named = {
        one.proposal.id: (one.node.chain_id, one.proposal.name)
        for one in proposals
        if one.proposal.name and one.proposal.state is ProposalState.PROPOSED
    }
    nodes = db.session.scalars(
        select(ValueChainNode).where(
            ValueChainNode.chain_id.in_({chain_id for chain_id, _ in named.values()}),
            ValueChainNode.name.in_({name for _, name in named.values()}),
            ValueChainNode.archived_at.is_(None),
        )
    )
    standing = {(node.chain_id, node.name): node for node in nodes}
    return {key: standing[place] for key, place in named.items() if place in standing}


def get_proposal(proposal_id: UUID, *, for_change: bool = False) -> Proposed:
    """One of them, or NotFound; held when it will be changed."""
    if for_change:
        get_one(select(ChainProposal).where(ChainProposal.id == proposal_id), for_change=True)
    row = get_row(_proposed().where(ChainProposal.id == proposal_id))
    return Proposed(row[0], row[1])


def _proposed() -> Select[ChainProposal, ValueChainNode]:
    return (
        select(ChainProposal, ValueChainNode)
        .join(Assignment, Assignment.id == ChainProposal.assignment_id)
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(ChainProposal.organisation_id == current_organisation())
    )


def find_naming_section(form: Form) -> str:
    """The name of the section about the respondent's suppliers; "" where there is none."""
    for section in form.sections:
        if any(extra(question, "use") == "cascade" for question in section.questions()):
            return section.name
    return ""


@dataclass(frozen=True)
class AlsoAsked:
    """A questionnaire that is being answered and asks for own suppliers too."""

    assignment_id: UUID
    section: str
    requester: str
    title: str


def list_also_asked(asked: Sequence[AskedOfMe]) -> Sequence[AlsoAsked]:
    """Those of these questionnaires that are being written and ask for own suppliers."""
    writing = [one for one in asked if one.status is State.OPENED]
    rows = db.session.execute(
        select(Assignment.id, Assignment.version_id).where(
            Assignment.id.in_([one.id for one in writing])
        )
    )
    sections = {key: find_naming_section(load_plan(version).form) for key, version in rows}
    return [
        AlsoAsked(one.id, sections[one.id], one.requester, one.title)
        for one in writing
        if sections[one.id]
    ]


def list_asking() -> Mapping[UUID, str]:
    """The acting organisation and its requesters, all of which it knows: id -> name."""
    asking = {current_organisation(), *_requesters_of(current_organisation())}
    names = select(Organisation.id, Organisation.name).where(Organisation.id.in_(asking))
    return {key: name for key, name in db.session.execute(names)}


def list_above() -> frozenset[UUID]:
    """The acting organisation, its requesters, and theirs.

    For counts alone: nothing may be shown or refused by it, since it reveals data of others.
    """
    found: set[UUID] = set()
    level = {current_organisation()}
    for _tier in range(MOST_TIERS):
        level -= found
        if not level:
            break
        found |= level
        level = {one for key in level for one in _requesters_of(key)}
    return frozenset(found)


def _requesters_of(organisation_id: UUID) -> Sequence[UUID]:
    with acting_in(organisation_id):
        return db.session.scalars(
            select(Assignment.organisation_id)
            .where(Assignment.respondent_organisation_id == organisation_id)
            .distinct()
        ).all()


def find_member(email: str, organisations: Iterable[UUID]) -> UUID | None:
    """The first of these organisations of which a person with this address is a member."""
    user = get_user_by_email(email)
    return next(
        (one for one in organisations if user is not None and _is_member(user.id, one)), None
    )


def _is_member(user_id: UUID, organisation_id: UUID) -> bool:
    with acting_in(organisation_id):
        return is_member(user_id)
