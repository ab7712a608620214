"""Founding of an organisation: a single-use link by e-mail, which also proves the address.

Links are in the installation's own log, like those for a new password: until an organisation
is founded there is no tenant that they could belong to.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from ddplatform.accounts.founding.models import FirstRun
from ddplatform.accounts.founding.queries import list_open_links
from ddplatform.accounts.organisations.models import (
    Invitation,
    InvitationPurpose,
    Organisation,
    User,
)
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.accounts.organisations.services import people
from ddplatform.accounts.organisations.services.new_passwords import new_password_problem
from ddplatform.accounts.organisations.services.organisations import (
    found_organisation,
    installation_log,
)
from ddplatform.config import SignUp
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.lookalikes import name_fault
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import gettext
from supply_chain.reference.release import load_reference

LINK_LIFE = timedelta(hours=24)
"""Validity of a link requested on the sign-up page."""
INVITED_LIFE = timedelta(days=14)
"""Validity of a link sent by the operator."""
SLUG_LENGTH = 40
_WEB_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The founder's input; `password` is empty for somebody who has an account."""

    name: str
    country: str
    sector_ref: str | None = None
    person: str = ""
    password: str = ""


@dataclass(frozen=True)
class Founded:
    """The new organisation, its founder, and whether the account is as new."""

    organisation: Organisation
    user: User
    is_new_account: bool


def ask_link(email: str, *, at: datetime) -> None:
    """Mail a link to found an organisation, whether or not the address has an account.

    An account that the operator closed gets none, which shows only when the mail is written.

    Raises:
        Invalid: this is no e-mail address.
    """
    _require_address(email)
    _send(email, life=LINK_LIFE, action="founding:ask", at=at)


def invite_founder(email: str, *, policy: str, at: datetime) -> Invitation:
    """The same by the operator, who need not open the sign-up page to everybody.

    Args:
        policy: the setting `SIGN_UP`.

    Raises:
        Conflict: nobody founds organisations in the browser here, or the account is closed.
        Invalid: this is no e-mail address.
    """
    if policy == SignUp.OFF:
        raise Conflict(
            gettext("SIGN_UP is off, so the link would open nothing."),
            gettext("Set SIGN_UP=by_invitation and restart, or use `flask organisations create`."),
        )
    _require_address(email)
    user = get_user_by_email(email)
    if user is not None and not user.is_active:
        raise Conflict(
            gettext("The account of this address is closed."), gettext("Use another address.")
        )
    return _send(email, life=INVITED_LIFE, action="founding:invite", at=at)


def found(invitation: Invitation, wanted: Wanted, *, at: datetime) -> Founded:
    """Found an organisation with the person behind a link as its administrator and manager.

    The link is used up. Equal names are allowed: each organisation has an address of its own,
    which says nothing of others (decision 26).

    Args:
        invitation: open, of the acting organisation, which is the keeper of the installation's log.

    Raises:
        Invalid: a field breaks a rule.
    """
    known = get_user_by_email(invitation.email)
    is_new = known is None or known.password_hash is None
    _check(wanted, email=invitation.email if is_new else None)
    organisation = found_organisation(
        name=" ".join(wanted.name.split()),
        slug=_free_slug(wanted.name),
        country=wanted.country,
        at=at,
    )
    with acting_in(organisation.id):
        user = people.add_person(
            email=invitation.email,
            name=wanted.person,
            role=RoleId.ADMIN_MANAGER,
            password=wanted.password,
            act=Act(system_identity(organisation.id), at),
        )
        db.session.add(FirstRun(sector_ref=wanted.sector_ref, created_at=at))
        db.session.flush()  # what follows belongs to the installation's log again
    invitation.used_at = at
    return Founded(organisation, user, is_new)


def _send(email: str, *, life: timedelta, action: str, at: datetime) -> Invitation:
    log = installation_log(at=at)
    address = email.strip().lower()
    with acting_in(log.id):
        for link in list_open_links(address):
            link.used_at, link.token_hash = at, None
        made = people.issue(
            Invitation(
                purpose=InvitationPurpose.FOUND,
                email=address,
                created_at=at,
                expires_at=at + life,
            ),
            act=Act(system_identity(log.id), at),
            action=action,
        )
        db.session.flush()  # outside of here nobody acts
    return made


def _require_address(email: str) -> None:
    if not people.is_address(email):
        raise Invalid(
            fields={"email": gettext("This is not an e-mail address. Example: name@company.com")}
        )


def _check(wanted: Wanted, *, email: str | None) -> None:
    """Raise for every field at once; `email` is that of a new account, else None."""
    reference, faults = load_reference(), {}
    if fault := _fault_of_name(wanted.name):
        faults["name"] = fault
    if wanted.country not in reference.countries:
        faults["country"] = gettext("Choose a country from the list.")
    if wanted.sector_ref is not None and wanted.sector_ref not in reference.sectors:
        faults["sector_ref"] = gettext("Choose a sector from the list, or leave it open.")
    if email is not None:
        if not wanted.person.strip():
            faults["person"] = gettext("Enter your name.")
        elif _WEB_ADDRESS.search(wanted.person):
            faults["person"] = gettext("Write your name alone, without a web or e-mail address.")
        names = [wanted.name, wanted.person, email]
        if problem := new_password_problem(wanted.password, names=names):
            faults["password"] = problem
    if faults:
        raise Invalid(fields=faults)


def _fault_of_name(name: str) -> str | None:
    if not name.strip():
        return gettext("Enter the name of the organisation.")
    if _WEB_ADDRESS.search(name):
        return gettext("Write the name alone, without a web or e-mail address.")
    return name_fault(name)


def _free_slug(name: str) -> str:
    """A word for the address that nobody has: the name and a few signs by chance.

    The signs are there for every name, so that no address tells whether another organisation
    bears the same one.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or "organisation"
    return f"{word}-{secrets.token_hex(4)}"
