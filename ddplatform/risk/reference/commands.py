"""`flask reference ...`: installation of the shipped reference data."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure import commands as command_line
from ddplatform.risk.reference.services import sync as install


@click.group()
def reference() -> None:
    """Figures on countries and goods that risk assessments rest on."""


@reference.command()
@command_line.json_option
@with_appcontext
def sync(as_json: bool) -> None:
    """Install the data that came with this version; the same data again change nothing."""
    now = datetime.now(UTC)
    with command_line.command_unit():
        release = install(now)
        document = {
            "number": release.number,
            "release": release.name,
            "as_of": release.as_of.isoformat(),
            "checksum": release.checksum,
            "installed": release.installed_at == now,
        }
    state = "is installed now" if document["installed"] else "was installed already"
    command_line.answer(
        document,
        as_json=as_json,
        text=f"Release {document['number']} of the reference data ({document['release']}) {state}.",
    )
