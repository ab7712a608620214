"""`flask second-factor`: removal of a lost second factor by the operator."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.accounts.organisation_factors.proof import IdentityProof, Way
from ddplatform.accounts.organisation_factors.services import remove_factor_by_operator
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.errors import NotFound


@click.group("second-factor")
def second_factor() -> None:
    """Second factors of people."""


@second_factor.command()
@click.option("--email", required=True, help="The address that the person signs in with.")
@click.option(
    "--proof",
    "way",
    required=True,
    type=click.Choice([way.value for way in Way]),
    help="How you know that it is this person who asks; kept in the log.",
)
@click.option("--words", default="", help="For `other`: what you did. No contents of documents.")
@json_option
@with_appcontext
def remove(email: str, way: str, words: str, as_json: bool) -> None:
    """Remove a person's second factor and end their sessions; a mail tells the person."""
    with command_unit():
        user = get_user_by_email(email)
        if user is None:
            raise NotFound(f"There is no account '{email}'.", "Check the address.")
        proof = IdentityProof(Way(way), words)
        remove_factor_by_operator(user, proof=proof, at=datetime.now(UTC))
        found = {"id": str(user.id), "email": user.email}
    answer(found, as_json=as_json, text=f"The second factor of {found['email']} is removed.")
