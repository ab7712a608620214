"""`flask demo load`: the sample company (docs/commands.md)."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.config import Kind
from ddplatform.demo.load import load_sample
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.private_files import write_whole
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.errors import NotAllowed


@click.group()
def demo() -> None:
    """The sample company."""


@demo.command()
@json_option
@with_appcontext
def load(as_json: bool) -> None:
    """Make the sample company; a second time changes nothing. Refused beside real data."""
    with command_unit():
        _refuse_in_production()
        sample = load_sample(datetime.now(UTC))
    file = adapters().sample_sign_ins
    words = json.dumps([asdict(one) for one in sample.sign_ins], indent=2) + "\n"
    write_whole(file, words.encode())
    state = "is loaded" if sample.is_new else "was loaded already; nothing changed"
    answer(
        {"loaded": sample.is_new, "sign_ins": str(file)},
        as_json=as_json,
        text=f"The sample company {state}. Sign-ins: {file}",
    )


def _refuse_in_production() -> None:
    """The passwords of the sample are public: whoever knows them could sign in."""
    if current_app.extensions["settings"].kind is Kind.PRODUCTION:
        raise NotAllowed(
            "This is a production installation, and the passwords of the sample are public.",
            "Load it into an installation of its own: APP_KIND=development, another INSTANCE_PATH "
            "and DATABASE_URL.",
        )
