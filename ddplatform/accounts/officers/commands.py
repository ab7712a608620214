"""`flask organisations name-officer` and `remove-officer`: what only the operator may do alone."""

import sys
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.accounts.officers.services import operator
from ddplatform.accounts.organisations.queries import get_organisation_by_slug, get_user_by_email
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import day_in_words


@click.command("name-officer")
@click.option("--organisation", required=True)
@click.option("--email", required=True)
@click.option("--name", default="", help="As others see it; the address when left out.")
@click.option("--password-stdin", is_flag=True, help="For a new account: read it from the input.")
@json_option
@with_appcontext
def name_officer(
    organisation: str, email: str, name: str, password_stdin: bool, as_json: bool
) -> None:
    """Name the first safeguarding officer; a further one begins after the waiting period."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    now = datetime.now(UTC)
    with command_unit():
        tenant = get_organisation_by_slug(organisation)
        with acting_in(tenant.id):
            named = operator.name_officer(
                email=email,
                name=name or email,
                password=password,
                act=Act(system_identity(tenant.id), now),
            )
            address, begins_at = named.user.email, named.begins_at
            found = {
                "id": str(named.user.id),
                "email": address,
                "begins_at": begins_at.isoformat(),
            }
    text = f"{address} is safeguarding officer of '{organisation}'."
    if begins_at > now:
        text = (
            f"{address} becomes safeguarding officer of '{organisation}' on "
            f"{day_in_words(begins_at)}, unless an officer objects. All officers are told."
        )
    answer(found, as_json=as_json, text=text)


@click.command("remove-officer")
@click.option("--organisation", required=True)
@click.option("--email", required=True)
@json_option
@with_appcontext
def remove_officer(organisation: str, email: str, as_json: bool) -> None:
    """Take a safeguarding officer out of an organisation; all officers are told."""
    with command_unit():
        tenant = get_organisation_by_slug(organisation)
        user = get_user_by_email(email)
        if user is None:
            raise NotFound(f"There is no account '{email}'.", "Check the address.")
        with acting_in(tenant.id):
            operator.remove_officer(user, act=Act(system_identity(tenant.id), datetime.now(UTC)))
        found = {"id": str(user.id), "email": user.email}
    text = f"{found['email']} is no longer a member of '{organisation}'."
    answer(found, as_json=as_json, text=text)
