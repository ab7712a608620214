"""`flask organisations invite-founder`: a link by mail that founds an organisation."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.accounts.founding import services
from ddplatform.config import Settings
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.languages import day_in_words


@click.command("invite-founder")
@click.option("--email", required=True, help="Work address of who founds the organisation.")
@json_option
@with_appcontext
def invite_founder(email: str, as_json: bool) -> None:
    """Mail a link with which somebody founds an organisation in the browser."""
    settings: Settings = current_app.extensions["settings"]
    with command_unit():
        made = services.invite_founder(email, policy=settings.sign_up, at=datetime.now(UTC))
        found = {"email": made.email, "expires_at": made.expires_at.isoformat()}
    day = day_in_words(made.expires_at)
    answer(found, as_json=as_json, text=f"A link is on its way to {made.email}, until {day}.")
