"""What the operator of the platform does by command: naming the first officer, and removal."""

from dataclasses import dataclass
from datetime import datetime

from ddplatform.accounts.officers.models import OfficerProposal, ProposalKind, ProposalStatus
from ddplatform.accounts.officers.queries import find_membership, list_officers
from ddplatform.accounts.officers.services import role as roles
from ddplatform.accounts.officers.services.mails import News, tell_officers
from ddplatform.accounts.officers.services.proposals import BEGIN, keep_agreed
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.accounts.organisations.services.people import keep_account
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.languages import gettext


@dataclass(frozen=True)
class Named:
    """The account, and when it is officer: at once for the first, else after the wait."""

    user: User
    begins_at: datetime


def name_officer(*, email: str, name: str, password: str | None, act: Act) -> Named:
    """Make a person the first safeguarding officer of the acting organisation.

    Where there is an officer already, the operator stands for proposer and second person alone:
    the officers are told, the role begins after the wait, and any of them can object.

    Args:
        password: for an account that has none yet; otherwise it keeps its own.

    Raises:
        Invalid: no e-mail address, or the password breaks a rule.
        Conflict: the person is officer already or the last administrator, or a proposal is open.
    """
    audit.lock_log()
    own = get_organisation(act.by.organisation_id)
    known = [own.name, own.slug]
    user = keep_account(email=email, name=name, password=password, names=known, at=act.at)
    membership = find_membership(user.id)
    if membership is not None and membership.role is roles.OFFICER:
        raise Conflict(gettext("This person is safeguarding officer already."))
    if roles.is_last_keeper(membership):
        raise Conflict(
            gettext("This person is the last administrator of your organisation."),
            gettext("Make somebody else administrator first."),
        )
    if not list_officers(today=act.at.date()):
        audit.record(BEGIN, roles.give(user.id, at=act.at), act=act)
        return Named(user, act.at)
    proposal = OfficerProposal(
        kind=ProposalKind.APPOINT,
        status=ProposalStatus.AGREED,
        email=user.email,
        name=user.name,
        user_id=user.id,
        proposed_at=act.at,
        agreed_at=act.at,
    )
    kept = keep_agreed(proposal, act=act)
    return Named(user, kept.effective_at or act.at)


def remove_officer(user: User, *, act: Act) -> None:
    """Take an officer out of the acting organisation; all officers are told.

    Raises:
        NotFound: the person is no officer here.
        Conflict: the last officer, or the last one responsible for an open case.
    """
    audit.lock_log()
    membership = find_membership(user.id)
    if membership is None or membership.role is not roles.OFFICER:
        raise NotFound(gettext("This person is no safeguarding officer."))
    roles.require_not_last(membership, at=act.at)
    roles.require_dispensable(membership, at=act.at)
    proposal = OfficerProposal(
        kind=ProposalKind.REMOVE,
        status=ProposalStatus.DONE,
        email=user.email,
        name=user.name,
        user_id=user.id,
        proposed_at=act.at,
        agreed_at=act.at,
        ended_at=act.at,
    )
    db.session.add(proposal)
    db.session.flush()  # the mails name it
    audit.record("officer:remove", membership, act=act)
    tell_officers(proposal, News.REMOVED, at=act.at)
    roles.take(membership)
