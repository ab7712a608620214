"""`flask sessions`: sign-out of one person or of everybody by the operator."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.accounts.own_sessions.services import end_sessions_by_operator
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.errors import NotFound


@click.group("sessions")
def sessions() -> None:
    """Sessions of people who are signed in."""


@sessions.command()
@click.option("--email", help="The address that the person signs in with.")
@click.option("--all", "everybody", is_flag=True, help="Of all people of the installation.")
@json_option
@with_appcontext
def end(email: str | None, everybody: bool, as_json: bool) -> None:
    """Sign a person out everywhere, or everybody; the next page asks for the password."""
    if everybody is (email is not None):
        raise click.UsageError("Give either --email or --all.")
    with command_unit():
        user = get_user_by_email(email) if email else None
        if email and user is None:
            raise NotFound(f"There is no account '{email}'.", "Check the address.")
        ended = end_sessions_by_operator(user, at=datetime.now(UTC))
    answer({"ended": ended}, as_json=as_json, text=f"Sessions ended: {ended}.")
