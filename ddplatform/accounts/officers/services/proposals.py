"""Two people give the role of safeguarding officer and take it: proposal, agreement, objection.

Each officer is told of each step. An appointment waits, so that there is time to object.
"""

from datetime import date, datetime
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.officers.models import OfficerProposal, ProposalKind, ProposalStatus
from ddplatform.accounts.officers.queries import (
    OPEN,
    find_address,
    find_membership,
    hold_proposal,
    list_officers,
    list_open_proposals,
)
from ddplatform.accounts.officers.services import role as roles
from ddplatform.accounts.officers.services.mailboxes import is_same_mailbox
from ddplatform.accounts.officers.services.mails import News, tell_officers
from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose, Membership
from ddplatform.accounts.organisations.queries import get_user_by_email, list_people
from ddplatform.accounts.organisations.services.people import INVITATION_LIFE, is_address, issue
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext

BEGIN = "officer:begin"


def propose(*, email: str, name: str, act: Act) -> OfficerProposal:
    """Propose a person as safeguarding officer: a member, or somebody to be invited.

    Raises:
        Invalid: no address, or one that arrives in the mailbox of who proposes; or as many mails
            were sent as may be.
        Conflict: nobody could agree, the person is officer already or the last administrator, or
            a proposal about them is open.
    """
    address = email.strip().lower()
    if not is_address(address):
        raise Invalid(
            fields={"email": gettext("This is not an e-mail address. Example: name@company.com")}
        )
    if not list_officers(today=act.at.date()):
        raise Conflict(
            gettext("Your organisation has no safeguarding officer who could agree."),
            gettext("Ask the operator of the platform to name the first one."),
        )
    audit.lock_log()  # two who propose one person at once are taken one by one
    _require_two_mailboxes(address, act.by.user_id)
    user = get_user_by_email(address)
    membership = find_membership(user.id) if user else None
    _require_new(address, membership)
    rate_limits.count_mails(1, act=act)
    proposal = OfficerProposal(
        kind=ProposalKind.APPOINT,
        email=address,
        name=(user.name if user and membership else "") or name.strip() or address,
        user_id=user.id if user and membership else None,
        proposed_at=act.at,
        proposed_by_id=act.by.user_id,
    )
    return _keep(proposal, act=act)


def propose_removal(membership: Membership, *, act: Act) -> OfficerProposal:
    """Propose that an officer leaves the organisation.

    Raises:
        Conflict: the member is no officer, the last one, oneself, or a proposal is open.
    """
    if membership.role is not roles.OFFICER:
        raise Conflict(gettext("This person is no safeguarding officer."))
    if membership.user_id == act.by.user_id:
        raise Conflict(
            gettext("You cannot propose your own removal."), gettext("Ask an administrator.")
        )
    audit.lock_log()
    roles.require_not_last(membership, at=act.at)
    person = next(one for one in list_people() if one.user_id == membership.user_id)
    _require_no_other(person.email)
    proposal = OfficerProposal(
        kind=ProposalKind.REMOVE,
        email=person.email,
        name=person.name,
        user_id=person.user_id,
        proposed_at=act.at,
        proposed_by_id=act.by.user_id,
    )
    return _keep(proposal, act=act)


def agree(proposal: OfficerProposal, *, act: Act) -> None:
    """Agree as an officer: a removal takes effect at once, an appointment after the wait.

    Raises:
        NotAllowed: who agrees is no officer here.
        Conflict: the proposal has ended or was agreed to; who agrees also proposed it, is proposed
            or has the mailbox of either; or the officer still has a case to hand over.
    """
    _require_officer(act)
    audit.lock_log()  # agreement and objection of one moment are taken one by one
    _require_status(proposal, ProposalStatus.PROPOSED)
    _require_second_person(proposal, act)
    proposal.agreed_at, proposal.agreed_by_id = act.at, act.by.user_id
    if proposal.kind is ProposalKind.REMOVE:
        _remove(proposal, act=act)
        return
    _begin_wait(proposal, at=act.at)
    audit.record("officer:agree", proposal, act=act)
    tell_officers(proposal, News.AGREED, at=act.at)


def object_to(proposal: OfficerProposal, *, act: Act) -> None:
    """End a proposal as an officer, before or in the waiting period.

    Raises:
        NotAllowed: who objects is no officer here.
        Conflict: it has ended already.
    """
    _require_officer(act)
    _end(proposal, ProposalStatus.OBJECTED, "officer:object", News.OBJECTED, act=act)


def withdraw(proposal: OfficerProposal, *, act: Act) -> None:
    """Take a proposal back.

    Raises:
        Conflict: it has ended already.
    """
    _end(proposal, ProposalStatus.WITHDRAWN, "officer:withdraw", News.WITHDRAWN, act=act)


def begin(proposal: OfficerProposal, *, at: datetime) -> bool:
    """Let an agreed appointment take effect after its wait; False where there is nothing to do.

    A member gets the role. Anybody else is invited by mail and has it when they join.
    """
    audit.lock_log()
    hold_proposal(proposal.id)
    if proposal.status is not ProposalStatus.AGREED or (proposal.effective_at or at) > at:
        return False
    act = Act(system_identity(proposal.organisation_id), at)
    membership = find_membership(proposal.user_id) if proposal.user_id else None
    is_gone = membership is None and proposal.user_id and proposal.proposed_by_id is not None
    if is_gone or roles.is_last_keeper(membership):
        proposal.status, proposal.ended_at = ProposalStatus.LAPSED, at
        audit.record("officer:lapse", proposal, act=act)
        return False
    proposal.status, proposal.ended_at = ProposalStatus.DONE, at
    if proposal.user_id is not None:
        given = roles.give(proposal.user_id, at=at)
        audit.record(BEGIN, given, act=act)
        return True
    invitation = Invitation(
        purpose=InvitationPurpose.JOIN,
        email=proposal.email,
        name=proposal.name,
        role=roles.OFFICER,
        created_at=at,
        created_by_id=proposal.proposed_by_id,
        expires_at=at + INVITATION_LIFE,
    )
    issue(invitation, act=act, action="officer:invite")
    return True


def keep_agreed(proposal: OfficerProposal, *, act: Act) -> OfficerProposal:
    """Keep a proposal of the operator, which needs no agreement and waits all the same."""
    _require_no_other(proposal.email)
    db.session.add(proposal)
    db.session.flush()  # the job and the event name it
    _begin_wait(proposal, at=act.at)
    audit.record("officer:propose", proposal, act=act, kind=proposal.kind)
    tell_officers(proposal, News.AGREED, at=act.at)
    return proposal


def _keep(proposal: OfficerProposal, *, act: Act) -> OfficerProposal:
    db.session.add(proposal)
    db.session.flush()  # the job and the event name it
    audit.record("officer:propose", proposal, act=act, kind=proposal.kind)
    tell_officers(proposal, News.PROPOSED, at=act.at)
    return proposal


def _begin_wait(proposal: OfficerProposal, *, at: datetime) -> None:
    proposal.status = ProposalStatus.AGREED
    proposal.effective_at = at + adapters().officer_wait
    jobs.enqueue(
        BEGIN,
        {"officer_proposal_id": str(proposal.id)},
        act=Act(system_identity(proposal.organisation_id), at),
        run_after=proposal.effective_at,
    )


def _remove(proposal: OfficerProposal, *, act: Act) -> None:
    membership = find_membership(proposal.user_id) if proposal.user_id else None
    if membership is None or membership.role is not roles.OFFICER:
        raise Conflict(gettext("This person is no safeguarding officer any more."))
    roles.require_not_last(membership, at=act.at)
    roles.require_dispensable(membership, at=act.at)
    proposal.status = ProposalStatus.DONE
    proposal.ended_at, proposal.ended_by_id = act.at, act.by.user_id
    audit.record("officer:remove", membership, act=act)
    tell_officers(proposal, News.REMOVED, at=act.at)
    roles.take(membership)


def _end(
    proposal: OfficerProposal, status: ProposalStatus, action: str, news: News, *, act: Act
) -> None:
    audit.lock_log()
    _require_status(proposal, *OPEN)
    proposal.status = status
    proposal.ended_at, proposal.ended_by_id = act.at, act.by.user_id
    audit.record(action, proposal, act=act)
    tell_officers(proposal, news, at=act.at)


def _require_officer(act: Act) -> None:
    if act.by.user_id not in _officers(act.at.date()):
        raise NotAllowed()


def _officers(today: date) -> set[UUID]:
    return {user_id for user_id, _ in list_officers(today=today)}


def _require_status(proposal: OfficerProposal, *wanted: ProposalStatus) -> None:
    hold_proposal(proposal.id)  # another process may have ended it before the lock
    if proposal.status not in wanted:
        raise Conflict(
            gettext("Somebody decided on this proposal already."),
            gettext("Open the list of safeguarding officers to see how."),
        )


def _require_second_person(proposal: OfficerProposal, act: Act) -> None:
    own, first = find_address(act.by.user_id) or "", find_address(proposal.proposed_by_id)
    if first is not None and is_same_mailbox(own, first):
        raise Conflict(
            gettext("Who proposes an officer does not agree to it."),
            gettext("Ask another officer."),
        )
    if proposal.kind is ProposalKind.APPOINT and is_same_mailbox(own, proposal.email):
        raise Conflict(
            gettext("Nobody agrees to their own appointment."), gettext("Ask another officer.")
        )


def _require_two_mailboxes(address: str, proposer_id: UUID | None) -> None:
    own = find_address(proposer_id)
    if own is not None and is_same_mailbox(address, own):
        words = gettext(
            "This address arrives in your own mailbox. A safeguarding officer is another person."
        )
        raise Invalid(fields={"email": words})


def _require_new(address: str, membership: Membership | None) -> None:
    if membership is not None and membership.role is roles.OFFICER:
        raise Conflict(gettext("This person is safeguarding officer already."))
    if roles.is_last_keeper(membership):
        raise Conflict(
            gettext("This person is the last administrator of your organisation."),
            gettext("Make somebody else administrator first."),
        )
    _require_no_other(address)


def _require_no_other(address: str) -> None:
    if any(is_same_mailbox(one.email, address) for one in list_open_proposals()):
        raise Conflict(
            gettext("A proposal about this person is open."),
            gettext("Wait until it has ended, or withdraw it."),
        )
