"""`flask audit`: check the log, and files against it."""

import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from ddplatform.audit.services.log import Verification
from ddplatform.audit.services.log import verify as verify_log
from ddplatform.core.ledger.checkpoint import PublicKey, read_public_key
from ddplatform.core.ledger.errors import UnreadableNote
from ddplatform.infrastructure.commands import answer, command_unit, json_option, organisation_unit
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.reporting.reports.queries import list_report_keepers
from ddplatform.reporting.reports.services.proof import FileProof, proof_as_json, verify_file


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


@audit.command("verify-report")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", help="Address of the organisation; all are tried if left out.")
@json_option
@with_appcontext
def verify_report(file: Path, organisation: str | None, as_json: bool) -> None:
    """Tell which sealed report FILE belongs to, and whether file, facts and log agree."""
    content = file.read_bytes()
    if organisation is not None:
        with organisation_unit(organisation):
            proof = verify_file(content)
    else:
        proof = _search(content)
    answer(proof_as_json(proof), as_json=as_json, text=_proof_words(proof))
    sys.exit(0 if proof.is_sound else 1)


def _read_key(text: str) -> PublicKey:
    try:
        return read_public_key(text)
    except UnreadableNote as fault:
        raise Invalid(str(fault), "Copy the whole key, as it was published.") from fault


def _search(content: bytes) -> FileProof:
    """Hold a file against every organisation; the first that knows it answers."""
    proof = None
    with command_unit():
        for organisation_id in list_report_keepers():
            with acting_in(organisation_id):
                found = verify_file(content)
            if proof is None or (found.report_id and not proof.is_sound):
                proof = found
            if found.is_sound:
                break
    return proof or FileProof.of_nobody(content)


def _proof_words(proof: FileProof) -> str:
    head = f"{proof.name}, {proof.form}" if proof.form else "Not a sealed file"
    marks = [f"{'ok ' if one.is_sound else 'NO '} {one.words}" for one in proof.checks]
    return "\n".join([head, *marks])


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
