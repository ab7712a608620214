"""`flask audit`: verification of the log."""

import sys
from typing import Any

import click
from flask.cli import with_appcontext

from ddplatform.audit.services.log import Verification
from ddplatform.audit.services.log import verify as verify_log
from ddplatform.core.ledger.checkpoint import PublicKey, read_public_key
from ddplatform.core.ledger.errors import UnreadableNote
from ddplatform.infrastructure.commands import answer, json_option, organisation_unit
from ddplatform.infrastructure.errors import Invalid


@click.group()
def audit() -> None:
    """The log that an outsider can check."""


@audit.command()
@click.option("--organisation", required=True)
@click.option(
    "--public-key",
    "keys",
    multiple=True,
    metavar="NAME+ID+KEY",
    help="A key you were given another way; may stand several times.",
)
@json_option
@with_appcontext
def verify(organisation: str, keys: tuple[str, ...], as_json: bool) -> None:
    """Check order, chain, tree and signed heads of an organisation's log."""
    with organisation_unit(organisation):
        found = verify_log(given=[_read_key(key) for key in keys])
    answer(_document(found), as_json=as_json, text=_words(found))
    sys.exit(1 if found.faults else 0)


def _read_key(text: str) -> PublicKey:
    try:
        return read_public_key(text)
    except UnreadableNote as fault:
        raise Invalid(str(fault), "Copy the whole key, as it was published.") from fault


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
