"""Organisations: founding, renaming, the owner of the installation's log."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ddplatform.accounts.organisations.models import Organisation, OrganisationKind, User
from ddplatform.accounts.organisations.queries import (
    INSTALLATION_SLUG,
    find_organisation,
    is_slug_taken,
)
from ddplatform.audit.models import Outcome
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.lookalikes import name_fault
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import gettext
from supply_chain.intake.countries import country_code

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?")


def found_organisation(
    *, name: str, slug: str, at: datetime, country: str | None = None, is_sample: bool = False
) -> Organisation:
    """Make an organisation with an empty log of its own.

    Raises:
        Invalid: the slug is not lower-case letters, digits and hyphens, there is no name or one
            that passes for another, or the country (code or name) is not known.
        Conflict: the slug is taken.
    """
    if not _SLUG.fullmatch(slug) or slug == INSTALLATION_SLUG:
        raise Invalid(
            fields={"slug": gettext("Use 1 to 50 lower-case letters, digits and hyphens.")}
        )
    if not name.strip():
        raise Invalid(fields={"name": gettext("Enter the name of the organisation.")})
    _require_plain(name)
    if country and country_code(country) is None:
        raise Invalid(
            fields={
                "country": gettext(
                    "“%(country)s” is not known. Use the code, for example CI.", country=country
                )
            }
        )
    if is_slug_taken(slug):
        raise Conflict(
            gettext("An organisation with the address '%(slug)s' exists.", slug=slug),
            gettext("Choose another one."),
        )
    organisation = Organisation(
        name=name.strip(),
        slug=slug,
        country=country_code(country) if country else None,
        is_sample=is_sample,
        created_at=at,
    )
    db.session.add(organisation)
    db.session.flush()  # its log needs the key
    with acting_in(organisation.id):
        audit.record(
            "organisation:found",
            organisation,
            act=Act(system_identity(organisation.id), at),
            name=name,
        )
    return organisation


def installation_log(*, at: datetime) -> Organisation:
    """The organisation that keeps the installation's own log (sign-ins)."""
    found = find_organisation(INSTALLATION_SLUG)
    if found is None:
        found = Organisation(
            kind=OrganisationKind.INSTALLATION,
            name="Installation",
            slug=INSTALLATION_SLUG,
            created_at=at,
        )
        db.session.add(found)
        db.session.flush()  # its log needs the key
    return found


@contextmanager
def acting_for_installation(*, at: datetime) -> Iterator[Act]:
    """Everything inside is done by the platform itself, in the installation's own log."""
    log = installation_log(at=at)
    with acting_in(log.id):
        yield Act(system_identity(log.id), at)


def record_of_person(
    action: str,
    user: User | None,
    *,
    at: datetime,
    outcome: Outcome = Outcome.DONE,
    **values: Any,
) -> None:
    """Write one event about an account, which belongs to no organisation alone."""
    with acting_for_installation(at=at) as act:
        audit.record(action, user, act=act, outcome=outcome, **values)


def rename_organisation(organisation: Organisation, *, name: str, act: Act) -> None:
    """Change the name that people see; the address stays.

    Raises:
        Invalid: the name holds what makes it pass for another.
    """
    if name.strip() != organisation.name:
        _require_plain(name)
    before, organisation.name = organisation.name, name.strip()
    if before != organisation.name:
        change = (before, organisation.name)
        audit.record("organisation:rename", organisation, act=act, name=change)


def _require_plain(name: str) -> None:
    if fault := name_fault(name):
        raise Invalid(fields={"name": fault})


def set_help_contact(
    organisation: Organisation, *, name: str, email: str, phone: str, act: Act
) -> None:
    """Set the help contact of suppliers; all empty removes it, then it is who invited them.

    Raises:
        Invalid: there is a way to be reached without a name, or a name without such a way.
    """
    name, email, phone = name.strip(), email.strip().lower(), phone.strip()
    if name and not (email or phone):
        raise Invalid(fields={"help_email": gettext("Enter an e-mail address or a phone number.")})
    if (email or phone) and not name:
        raise Invalid(
            fields={"help_name": gettext("Enter who answers, for example Supplier help desk.")}
        )
    before = (organisation.help_name, organisation.help_email, organisation.help_phone)
    new = (name or None, email or None, phone or None)
    if new == before:
        return
    organisation.help_name, organisation.help_email, organisation.help_phone = new
    audit.record(
        "organisation:set_help",
        organisation,
        act=act,
        name=(before[0], new[0]),
        email=(before[1], new[1]),
        phone=(before[2], new[2]),
    )
