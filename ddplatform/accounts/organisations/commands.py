"""`flask organisations`: founding of organisations, adding of people."""

import sys
from datetime import UTC, date, datetime

import click
from flask.cli import with_appcontext

from ddplatform.accounts.organisations.queries import get_organisation_by_slug
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import add_person as add
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.tenancy import acting_in

ROLES_TO_GIVE = [role.value for role in RoleId if role is not RoleId.SAFEGUARDING_OFFICER]
"""An officer is named by `name-officer`."""


@click.group()
def organisations() -> None:
    """Organisations and their people."""


@organisations.command()
@click.option("--slug", required=True, help="Part of the address: small letters, digits, hyphens.")
@click.option("--name", required=True)
@click.option("--country", help="ISO 3166-1 alpha-2.")
@json_option
@with_appcontext
def create(slug: str, name: str, country: str | None, as_json: bool) -> None:
    """Found an organisation."""
    with command_unit():
        made = found_organisation(name=name, slug=slug, country=country, at=datetime.now(UTC))
        found = {"id": str(made.id), "slug": made.slug, "name": made.name}
    answer(found, as_json=as_json, text=f"Organisation '{slug}' stands at /o/{slug}/.")


@organisations.command("add-person")
@click.option("--organisation", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES_TO_GIVE))
@click.option("--name", default="", help="As others see it; the address when left out.")
@click.option("--access-until", type=click.DateTime(["%Y-%m-%d"]), help="Needed for auditors.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from the input.")
@json_option
@with_appcontext
def add_person(
    organisation: str,
    email: str,
    role: str,
    name: str,
    access_until: datetime | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Give a person a role and a password."""
    password = sys.stdin.readline().rstrip("\r\n")
    until: date | None = access_until.date() if access_until else None
    with command_unit():
        tenant = get_organisation_by_slug(organisation)
        with acting_in(tenant.id):
            user = add(
                email=email,
                name=name or email,
                role=RoleId(role),
                password=password,
                act=Act(system_identity(tenant.id), datetime.now(UTC)),
                access_until=until,
            )
            found = {"id": str(user.id), "email": user.email, "role": role}
    answer(found, as_json=as_json, text=f"{user.email} is {role} of '{organisation}'.")
