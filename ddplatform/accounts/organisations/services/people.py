"""People of an organisation: invitation, joining, change of role, removal."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.notices.services import Change, tell
from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose, Membership, User
from ddplatform.accounts.organisations.queries import (
    count_members_with_role,
    get_invitation_by_hash,
    get_organisation,
    get_user,
    get_user_by_email,
    is_member,
    list_open_reset_links,
    list_people,
)
from ddplatform.accounts.organisations.services.new_passwords import set_password
from ddplatform.accounts.organisations.services.officer_role import require_free_role
from ddplatform.accounts.organisations.services.organisations import acting_for_installation
from ddplatform.accounts.sessions import services as sessions
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import KEEPERS, ROLES, RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import gettext

INVITATION_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(hours=2)


class RoleGiven(Protocol):
    """A later package's reaction when a person of the acting organisation is given a role."""

    def __call__(self, user_id: UUID, role: RoleId, *, at: datetime) -> None:
        """In the same transaction, before the change is recorded."""


ROLE_GIVEN: Registry[RoleGiven] = Registry("notices of new roles")


def add_person(
    *,
    email: str,
    name: str,
    role: RoleId,
    password: str,
    act: Act,
    access_until: date | None = None,
    names: Collection[str] = (),
) -> User:
    """Give a person a role in the acting organisation, with a password (commands, samples).

    Args:
        names: further ones that the password may not be made of, such as that of the inviter.

    Raises:
        Invalid: no e-mail address, the password breaks a rule, or a dated role has no end date.
        Conflict: the person is a member already, or the role takes two people (`officers`).
    """
    require_free_role(role)
    own = get_organisation(act.by.organisation_id)
    known = [own.name, own.slug, *names]
    user = keep_account(email=email, name=name, password=password, names=known, at=act.at)
    _join(user, role=role, access_until=access_until, act=act)
    return user


def keep_account(
    *, email: str, name: str, password: str | None, names: Collection[str] = (), at: datetime
) -> User:
    """The account of an address, made where there is none; one with a password keeps it.

    Args:
        names: those around the person, of which the password may not be made.

    Raises:
        Invalid: no e-mail address, or the password is missing or breaks a rule.
    """
    _require_address(email)
    user = get_user_by_email(email) or _new_user(email=email, name=name, at=at)
    if user.password_hash is None:
        set_password(user, password or "", names=names)
    return user


def invite(
    *, email: str, name: str, role: RoleId, act: Act, access_until: date | None = None
) -> Invitation:
    """Invite a person by mail into the acting organisation.

    Raises:
        Invalid: the role needs an end date, or as many mails were sent as may be.
        Conflict: the role takes two people (`officers`).
    """
    require_free_role(role)
    _require_end_date(role, access_until)
    rate_limits.count_mails(1, act=act)
    return issue(
        Invitation(
            purpose=InvitationPurpose.JOIN,
            email=email.strip().lower(),
            name=name.strip(),
            role=role,
            access_until=access_until,
            created_at=act.at,
            created_by_id=act.by.user_id,
            expires_at=act.at + INVITATION_LIFE,
        ),
        act=act,
        action="person:invite",
    )


def invite_colleague(*, email: str, name: str, act: Act) -> Invitation:
    """Invite a colleague into the own role, in an organisation without an administrator.

    Suppliers come in by a questionnaire, so that nobody there gives out roles.

    Raises:
        Conflict: there is an administrator, who invites; or the colleague is here already.
    """
    if act.by.role_id is None or count_members_with_role(*KEEPERS):
        raise Conflict(
            gettext("Your organisation has an administrator."),
            gettext("Ask that person to invite."),
        )
    address = email.strip().lower()
    if any(person.email == address for person in list_people()):
        raise Conflict(
            gettext("%(email)s is a member already.", email=address),
            gettext("Your colleague can sign in."),
        )
    return invite(email=email, name=name, role=act.by.role_id, act=act)


def request_reset(email: str, *, at: datetime) -> None:
    """Send a link to set a new password, five a day to one mailbox.

    The account is looked up when the mail is written, so that the request costs and answers the
    same whether or not there is one (OWASP ASVS 6.3.8).
    """
    address = email.strip().lower()
    if not rate_limits.is_left(rate_limits.RESET_EMAIL, address, at=at):
        return
    with acting_for_installation(at=at) as act:
        issue(
            Invitation(
                purpose=InvitationPurpose.RESET,
                email=address,
                created_at=at,
                expires_at=at + RESET_LIFE,
            ),
            act=act,
            action="password:ask",
        )


def issue(invitation: Invitation, *, act: Act, action: str) -> Invitation:
    """Keep a new invitation of the acting organisation and queue its mail: one event."""
    db.session.add(invitation)
    db.session.flush()  # the job and the event name it
    _send(invitation, act=act)
    audit.record(action, invitation, act=act)
    return invitation


def open_link(token: str, *, at: datetime) -> Invitation:
    """The live invitation behind a link; call it across tenants.

    Raises:
        NotFound: used, expired, replaced or never made; the answer is the same.
    """
    invitation = get_invitation_by_hash(sessions.hash_of(token))
    if invitation is None or invitation.used_at is not None or invitation.expires_at < at:
        raise NotFound(gettext("This link does not work any more."), gettext("Ask for a new one."))
    return invitation


def accept_invitation(invitation: Invitation, *, name: str, password: str, at: datetime) -> User:
    """Join with a single-use link: makes the account where there is none.

    Raises:
        Invalid: a new password breaks a rule. An existing account keeps its password.
    """
    user = get_user_by_email(invitation.email)
    if user is None or user.password_hash is None:
        user = user or _new_user(email=invitation.email, name=name, at=at)
        own = get_organisation(invitation.organisation_id)
        set_password(user, password, names=[own.name, own.slug])
    invitation.used_at = at
    if invitation.role is not None:
        by = system_identity(invitation.organisation_id)
        _join(user, role=invitation.role, access_until=invitation.access_until, act=Act(by, at))
        _tell_of_role(user.id, invitation.role, at=at)
    return user


def reset_password(invitation: Invitation, *, password: str, at: datetime) -> User:
    """Set a new password with a single-use link and sign the person out everywhere.

    Raises:
        Invalid: the password breaks a rule.
    """
    user = get_user(invitation.user_id or UUID(int=0))
    set_password(user, password)
    end_reset_links(user.id, at=at)
    sessions.end_all_sessions(user.id)
    act = Act(system_identity(invitation.organisation_id), at)
    tell(user, Change.PASSWORD, act=act)
    audit.record("password:reset", user, act=act)
    return user


def end_reset_links(user_id: UUID, *, at: datetime) -> None:
    """Make every open link for a new password of this person worthless.

    Call it in the installation, which keeps these links.
    """
    for link in list_open_reset_links(user_id):
        link.used_at, link.token_hash = at, None


def change_role(
    membership: Membership, *, role: RoleId, act: Act, access_until: date | None = None
) -> None:
    """Give a member another role; their sessions end at once.

    Raises:
        Conflict: nobody changes the own role; the last administrator stays; who is or becomes
            safeguarding officer takes two people (`officers`).
        Invalid: the role needs an end date.
    """
    _require_other_person(membership, act.by)
    require_free_role(role, membership.role)
    _require_end_date(role, access_until)
    _require_one_left(membership, role)
    before, membership.role = membership.role, role
    membership.access_until = access_until
    sessions.end_all_sessions(membership.user_id)
    _tell_of_role(membership.user_id, role, at=act.at)
    audit.record("person:change_role", membership, act=act, role=(before, role))


def remove_person(membership: Membership, *, act: Act) -> None:
    """Take a person out of the acting organisation; their sessions end at once.

    Raises:
        Conflict: nobody removes themselves; the last administrator stays; a safeguarding officer
            takes two people (`officers`).
    """
    _require_other_person(membership, act.by)
    require_free_role(membership.role)
    _require_one_left(membership, None)
    sessions.end_all_sessions(membership.user_id)
    audit.record("person:remove", membership, act=act, role=membership.role)
    db.session.delete(membership)


def send_again(invitation: Invitation, *, act: Act) -> None:
    """Send a fresh link with a fresh end; the old link stops working.

    Raises:
        Conflict: somebody joined with it already.
        Invalid: as many mails were sent as may be.
    """
    _require_unused(invitation)
    rate_limits.count_mails(1, act=act)
    invitation.expires_at = act.at + INVITATION_LIFE
    _send(invitation, act=act)
    audit.record("person:invite_again", invitation, act=act)


def withdraw_invitation(invitation: Invitation, *, act: Act) -> None:
    """Make an invitation worthless.

    Raises:
        Conflict: somebody joined with it already.
    """
    _require_unused(invitation)
    invitation.used_at, invitation.token_hash = act.at, None
    audit.record("person:withdraw_invitation", invitation, act=act)


def _require_unused(invitation: Invitation) -> None:
    if invitation.used_at is not None:
        raise Conflict(
            gettext("This invitation was used or withdrawn already."),
            gettext("Invite the person again."),
        )


def _send(invitation: Invitation, *, act: Act) -> None:
    # The link's secret is made when the mail is written, so it is kept nowhere but in the mail.
    jobs.enqueue("invitation:send", {"invitation_id": str(invitation.id)}, act=act)


def is_address(text: str) -> bool:
    """Whether a text is written like one e-mail address; nobody is asked whether it exists."""
    try:
        validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _require_address(email: str) -> None:
    if not is_address(email):
        raise Invalid(
            fields={"email": gettext("This is not an e-mail address. Example: name@company.com")}
        )


def _new_user(*, email: str, name: str, at: datetime) -> User:
    user = User(email=email.strip().lower(), name=name.strip(), created_at=at)
    db.session.add(user)
    db.session.flush()  # the membership needs the key
    return user


def _join(user: User, *, role: RoleId, access_until: date | None, act: Act) -> None:
    _require_end_date(role, access_until)
    if is_member(user.id):
        raise Conflict(
            gettext("%(name)s is a member already.", name=user.name),
            gettext("Change the role instead."),
        )
    membership = Membership(
        user_id=user.id, role=role, access_until=access_until, created_at=act.at
    )
    db.session.add(membership)
    db.session.flush()  # the event names it
    audit.record("person:join", membership, act=act, role=role)


def _tell_of_role(user_id: UUID, role: RoleId, *, at: datetime) -> None:
    for tell_role in ROLE_GIVEN:
        tell_role(user_id, role, at=at)


def _require_end_date(role: RoleId, access_until: date | None) -> None:
    if ROLES[role].is_dated and access_until is None:
        raise Invalid(
            fields={
                "access_until": gettext(
                    "The role %(role)s needs a last day of access.", role=ROLES[role].label
                )
            }
        )


def _require_other_person(membership: Membership, by: Identity) -> None:
    if membership.user_id != by.user_id:
        return
    if membership.role in KEEPERS and count_members_with_role(*KEEPERS) == 1:
        raise Conflict(
            gettext(
                "You are the last administrator of this organisation, so you cannot leave this "
                "role."
            ),
            gettext(
                "Invite another administrator first. That person can then change your "
                "role or remove you; nothing you recorded is lost."
            ),
        )
    raise Conflict(
        gettext("You cannot change your own role."), gettext("Ask another administrator.")
    )


def _require_one_left(membership: Membership, role: RoleId | None) -> None:
    if membership.role not in KEEPERS or role in KEEPERS:
        return
    audit.lock_log()  # two who take the role from each other at once are counted one by one
    if count_members_with_role(*KEEPERS) == 1:
        raise Conflict(
            gettext("The last %(role)s cannot be removed.", role=gettext("administrator")),
            gettext("Make somebody else administrator first."),
        )
