"""`flask audit`: check the log."""

import sys
from typing import Any

import click
from flask.cli import with_appcontext

from ddplatform.cli.doors import answer, json_option, organisation_unit
from ddplatform.services.audit import Verification
from ddplatform.services.audit import verify as verify_log


@click.group()
def audit() -> None:
    """The log that an outsider can check."""


@audit.command()
@click.option("--organisation", required=True)
@json_option
@with_appcontext
def verify(organisation: str, as_json: bool) -> None:
    """Check order, chain, tree and signed heads of an organisation's log."""
    with organisation_unit(organisation):
        found = verify_log()
    answer(_document(found), as_json=as_json, text=_words(found))
    sys.exit(1 if found.faults else 0)


def _document(found: Verification) -> dict[str, Any]:
    return {
        "sound": not found.faults,
        "events": found.size,
        "checkpoints": found.checkpoints,
        "public_key": found.public_key.text(),
        "faults": [
            {"event": fault.event, "kind": fault.kind.value, "message": fault.message}
            for fault in found.faults
        ],
    }


def _words(found: Verification) -> str:
    if not found.faults:
        return f"Sound: {found.size} events, {found.checkpoints} signed heads."
    lines = [f"Event {fault.event}: {fault.message}" for fault in found.faults]
    return "\n".join(["The log was changed:", *lines])
