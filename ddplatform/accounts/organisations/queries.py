"""Accounts, memberships and people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import (
    Executable,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)

from ddplatform.accounts.organisations.models import (
    Invitation,
    InvitationPurpose,
    Membership,
    Organisation,
    OrganisationKind,
    User,
)
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.second_factor.models import SecondFactor
from ddplatform.infrastructure.access.accounts import Account, MembershipFacts, OrganisationFacts
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import required

INSTALLATION_SLUG = "installation"


@dataclass(frozen=True)
class HelpContact:
    """The help contact of suppliers: a function named by the company, else who invited."""

    organisation: str
    name: str
    email: str
    phone: str

    @property
    def line(self) -> str:
        """The contact as one line of a mail or a receipt."""
        who = self.organisation
        if self.name != self.organisation:
            who = f"{self.name} ({self.organisation})"
        parts = (who, self.email, self.phone)
        return ", ".join(part for part in parts if part)


_NONE = UUID(int=0)
"""The id of no organisation."""
_MUST_HAVE_FACTOR = exists().where(
    Membership.user_id == User.id,
    Organisation.id == Membership.organisation_id,
    or_(Membership.access_until.is_(None), Membership.access_until >= bindparam("today")),
    Organisation.id != bindparam("vouched_for"),
    # Roles stand between bars, in a text (`db.WordList`).
    type_coerce(Organisation.second_factor_roles, Text).contains(
        literal("|").concat(type_coerce(Membership.role, Text)).concat("|")
    ),
)
_HAS_FACTOR = or_(
    exists().where(SecondFactor.user_id == User.id), exists().where(Passkey.user_id == User.id)
)

# Asked on every page, so written once: making a statement takes longer than running it.
_ACCOUNT = select(User.id, User.name, User.email, User.is_active, User.theme, User.language).where(
    User.id == bindparam("user_id")
)
_ACCOUNT_TO_ADMIT = _ACCOUNT.add_columns(
    _HAS_FACTOR.label("has_second_factor"),
    and_(_MUST_HAVE_FACTOR, not_(_HAS_FACTOR)).label("lacks_second_factor"),
)
_STANDINGS = (
    select(
        Organisation.id,
        Organisation.name,
        Organisation.slug,
        Organisation.is_sample,
        Membership.role,
        Membership.access_until,
    )
    .join(Membership, Membership.organisation_id == Organisation.id)
    .where(Membership.user_id == bindparam("user_id"))
    .order_by(Organisation.name, Organisation.id)
)
_STANDING = _STANDINGS.where(
    Organisation.slug == bindparam("slug"), Organisation.kind == OrganisationKind.COMPANY
)


def get_account(user_id: UUID) -> Account | None:
    """The account, or None."""
    row = db.session.execute(_ACCOUNT, {"user_id": user_id}).one_or_none()
    return Account(*row) if row else None


def get_account_to_admit(
    user_id: UUID, *, today: date, vouched_for: UUID | None = None
) -> Account | None:
    """The same with what is known of a second factor; call it across tenants.

    Args:
        vouched_for: the organisation whose own sign-in asked for one in this session.
    """
    values = {"user_id": user_id, "today": today, "vouched_for": vouched_for or _NONE}
    row = db.session.execute(_ACCOUNT_TO_ADMIT, values).one_or_none()
    return Account(*row) if row else None


def must_have_factor(user_id: UUID, *, today: date) -> bool:
    """Whether an organisation asks for a second factor in this person's role there.

    Call it across tenants.
    """
    asked = select(_MUST_HAVE_FACTOR).where(User.id == user_id)
    return bool(db.session.scalar(asked, {"today": today, "vouched_for": _NONE}))


def get_membership_facts(user_id: UUID, slug: str) -> MembershipFacts | None:
    """The person's role in the organisation with this slug; call it across tenants."""
    found = _standings(_STANDING, user_id=user_id, slug=slug)
    return found[0] if found else None


def get_membership_facts_in(user_id: UUID, organisation_id: UUID) -> MembershipFacts | None:
    """The person's role in the organisation with this id; call it across tenants."""
    slug = db.session.scalar(select(Organisation.slug).where(Organisation.id == organisation_id))
    return get_membership_facts(user_id, slug) if slug else None


def installation_organisation_id() -> UUID:
    """The keeper of the installation's own log, or NotFound before the first sign-in."""
    return get_organisation_id(INSTALLATION_SLUG)


def list_organisation_ids() -> Sequence[UUID]:
    """Every organisation, that of the installation too."""
    return db.session.scalars(select(Organisation.id)).all()


def list_slugs_from(stem: str) -> Sequence[str]:
    """The slugs of all organisations that begin with these letters."""
    return db.session.scalars(
        select(Organisation.slug).where(Organisation.slug.startswith(stem, autoescape=True))
    ).all()


def list_membership_facts(user_id: UUID) -> Sequence[MembershipFacts]:
    """Every organisation of a person, by name; call it across tenants."""
    return _standings(_STANDINGS, user_id=user_id)


def is_only_for(role: RoleId, organisation_id: UUID) -> bool:
    """Whether nobody in an organisation has another role; call it across tenants."""
    others = select(Membership.id).where(
        Membership.organisation_id == organisation_id, Membership.role != role
    )
    return db.session.scalar(others.limit(1)) is None


def _standings(statement: Executable, **values: object) -> list[MembershipFacts]:
    rows = db.session.execute(statement, values)
    return [
        MembershipFacts(OrganisationFacts(*row[:4]), row.role, row.access_until) for row in rows
    ]


def list_names_known_to(email: str, *, but: UUID) -> Sequence[str]:
    """Names of organisations in which an address is a member, or that invited or asked it.

    Call it across tenants.

    Args:
        but: the organisation that is left out.
    """
    address = email.strip().lower()
    names = select(Organisation.name).where(
        Organisation.kind == OrganisationKind.COMPANY, Organisation.id != but
    )
    invited = names.join(Invitation, Invitation.organisation_id == Organisation.id).where(
        Invitation.email == address
    )
    member = (
        names.join(Membership, Membership.organisation_id == Organisation.id)
        .join(User, User.id == Membership.user_id)
        .where(User.email == address)
    )
    return sorted({*db.session.scalars(invited), *db.session.scalars(member)})


def get_user_by_email(email: str) -> User | None:
    """The user with this address, in any spelling of case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def chosen_languages(emails: Collection[str]) -> Mapping[str, str]:
    """Address as given -> the language that its person chose; left out where nobody chose one."""
    by_account = {email: email.strip().lower() for email in emails}
    rows = db.session.execute(
        select(User.email, User.language).where(
            User.email.in_(sorted(set(by_account.values()))), User.language != ""
        )
    )
    found = {email: language for email, language in rows}
    return {email: found[account] for email, account in by_account.items() if account in found}


def language_to_write_in(email: str, offered: str) -> str:
    """The language of mails to an address: its person's choice, else the language offered."""
    return chosen_languages([email]).get(email, offered)


def get_user(user_id: UUID) -> User:
    """The user, or NotFound."""
    return required(db.session.get(User, user_id))


def find_organisation(slug: str) -> Organisation | None:
    """The organisation with this slug. Organisations are global rows: no tenant is needed."""
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


def list_addresses(user_ids: Collection[UUID]) -> Sequence[str]:
    """The e-mail addresses of these users, in alphabetical order."""
    return db.session.scalars(
        select(User.email).where(User.id.in_(user_ids)).order_by(User.email)
    ).all()


def get_organisation_by_slug(slug: str) -> Organisation:
    """The same, or NotFound."""
    found = find_organisation(slug)
    if found is None:
        raise NotFound(f"There is no organisation '{slug}'.", "Check the name in the address.")
    return found


def is_slug_taken(slug: str) -> bool:
    """Whether an organisation has this word in its address."""
    return db.session.scalar(select(Organisation.id).where(Organisation.slug == slug)) is not None


def get_organisation_id(slug: str) -> UUID:
    """The id of the organisation with this slug, or NotFound."""
    return get_organisation_by_slug(slug).id


def get_organisation(organisation_id: UUID) -> Organisation:
    """The organisation, or NotFound."""
    return required(db.session.get(Organisation, organisation_id))


def help_contact(organisation: Organisation, invited_by: User | None) -> HelpContact:
    """The help contact at an organisation; where it names nobody, the person who invited.

    Where nobody is left it is the organisation itself, whose name is the same in every language.
    """
    if organisation.help_name:
        return HelpContact(
            organisation.name,
            organisation.help_name,
            organisation.help_email or "",
            organisation.help_phone or "",
        )
    if invited_by is not None and invited_by.is_active:
        return HelpContact(organisation.name, invited_by.name, invited_by.email, "")
    return HelpContact(organisation.name, organisation.name, "", "")


def get_help_contact(organisation_id: UUID, invited_by_id: UUID | None) -> HelpContact:
    """The same by ids. Raises NotFound where there is no such organisation."""
    inviter = db.session.get(User, invited_by_id) if invited_by_id else None
    return help_contact(get_organisation(organisation_id), inviter)


@dataclass(frozen=True)
class Person:
    """One member of the acting organisation."""

    membership_id: UUID
    user_id: UUID
    name: str
    email: str
    role_id: RoleId
    access_until: date | None
    is_active: bool


def list_people() -> Sequence[Person]:
    """The members of the acting organisation, by name."""
    rows = db.session.execute(
        select(
            Membership.id,
            User.id,
            User.name,
            User.email,
            Membership.role,
            Membership.access_until,
            User.is_active,
        )
        .join(User, User.id == Membership.user_id)
        .order_by(User.name, User.id)
    ).all()
    return [Person(*row) for row in rows]


def get_person(user_id: UUID) -> Person:
    """One member of the acting organisation, or NotFound."""
    return required(next((person for person in list_people() if person.user_id == user_id), None))


def is_member(user_id: UUID) -> bool:
    """Whether this person is a member of the acting organisation."""
    found = db.session.scalar(select(Membership.id).where(Membership.user_id == user_id))
    return found is not None


def get_membership(membership_id: UUID) -> Membership:
    """The membership, or NotFound."""
    return required(db.session.get(Membership, membership_id))


def count_members_with_role(*role_ids: RoleId) -> int:
    """The number of members of the acting organisation who hold one of these roles."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Membership).where(Membership.role.in_(role_ids))
        )
        or 0
    )


def list_open_invitations() -> Sequence[Invitation]:
    """Invitations of the acting organisation that nobody used yet, newest first."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.used_at.is_(None))
        .order_by(Invitation.created_at.desc(), Invitation.id)
    ).all()


def list_open_reset_links(user_id: UUID) -> Sequence[Invitation]:
    """Links for a new password of this person that nobody used yet.

    Call it in the installation, which keeps them.
    """
    return db.session.scalars(
        select(Invitation).where(
            Invitation.user_id == user_id,
            Invitation.purpose == InvitationPurpose.RESET,
            Invitation.used_at.is_(None),
        )
    ).all()


def get_invitation(invitation_id: UUID) -> Invitation:
    """The invitation, or NotFound."""
    return required(db.session.get(Invitation, invitation_id))


def get_invitation_by_hash(token_hash: str) -> Invitation | None:
    """The invitation behind a link, held so that two who use it at once do not both find it open.

    Call it across tenants.
    """
    return db.session.scalar(
        select(Invitation).where(Invitation.token_hash == token_hash).with_for_update()
    )
