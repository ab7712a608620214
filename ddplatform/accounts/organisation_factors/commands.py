"""`flask second-factor`: removal of a lost second factor by the operator."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.accounts.organisation_factors.services import remove_factor_by_operator
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.errors import NotFound


@click.group("second-factor")
def second_factor() -> None:
    """Second factors of people."""


@second_factor.command()
@click.option("--email", required=True, help="The address that the person signs in with.")
@json_option
@with_appcontext
def remove(email: str, as_json: bool) -> None:
    """Remove a person's second factor and end their sessions; a mail tells the person."""
    with command_unit():
        user = get_user_by_email(email)
        if user is None:
            raise NotFound(f"There is no account '{email}'.", "Check the address.")
        remove_factor_by_operator(user, at=datetime.now(UTC))
        found = {"id": str(user.id), "email": user.email}
    answer(found, as_json=as_json, text=f"The second factor of {found['email']} is removed.")
