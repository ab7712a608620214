"""`flask reports`: build and list; `flask audit verify-report` (docs/commands.md)."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from ddplatform.documents.definitions.plans import AUDIENCES
from ddplatform.documents.definitions.shipped import list_definitions, load_definition
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.commands import (
    answer,
    command_unit,
    json_option,
    organisation_unit,
    write_out,
)
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import acting_in, current_organisation
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.queries import get_report, list_report_keepers, report_name
from ddplatform.reporting.reports.services.preview import find_same
from ddplatform.reporting.reports.services.proof import FileProof, proof_as_json, verify_file
from ddplatform.reporting.reports.services.requests import Wanted, add_report
from ddplatform.reporting.reports.services.sealing import ENDINGS, export, freeze, render, seal
from ddplatform.value_chain.mapping.queries.maps import get_chain_called, list_chains

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def reports() -> None:
    """Sealed reports: the same facts give the same bytes."""


@reports.command("list-definitions")
@json_option
@with_appcontext
def list_definitions_(as_json: bool) -> None:
    """The reports that can be made."""
    found = [load_definition(ref) for ref in list_definitions()]
    document = [
        {
            "ref": one.ref,
            "version": one.version,
            "title": one.title,
            "sections": [section.title for section in one.sections],
            "audiences": list(AUDIENCES),
        }
        for one in found
    ]
    text = "\n".join(f"{one.ref} {one.version}: {one.title}" for one in found)
    answer(document, as_json=as_json, text=text)


@reports.command()
@click.option("--organisation", required=True, help="Address of the organisation.")
@click.option("--definition", "definition_ref", required=True, help="See list-definitions.")
@click.option("--format", "form", required=True, type=click.Choice(sorted(ENDINGS)))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", type=DAY, help="The day it is seen from; today if left out.")
@click.option("--from", "since", type=DAY, help="First day of the period; 1 January if left out.")
@click.option("--chain", "chain_name", help="Name of the map; the largest if left out.")
@click.option("--audience", default="auditor", type=click.Choice(AUDIENCES))
@json_option
@with_appcontext
def build(
    organisation: str,
    definition_ref: str,
    form: str,
    out: Path,
    as_of: datetime | None,
    since: datetime | None,
    chain_name: str | None,
    audience: str,
    as_json: bool,
) -> None:
    """Seal a report and write one of its files; unchanged records give the report sealed before."""
    at = datetime.now(UTC)
    day = as_of.date() if as_of else at.date()
    first = since.date() if since else date(day.year, 1, 1)
    with organisation_unit(organisation):
        wanted = Wanted(
            definition_ref=definition_ref,
            chain_id=_chain_id(chain_name),
            period=(first, day),
            audience=audience,
            as_of=day,
        )
        known = find_same(wanted, at=at)
    report = known or _seal(organisation, wanted, at=at)
    with organisation_unit(organisation):
        by = system_identity(current_organisation())
        file = export(report.id, form, act=Act(by, at))
    write_out(out, file.content)
    answer(_document(report, form, out), as_json=as_json, text=_words(report, form, out, known))


@click.command("verify-report")
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


def _chain_id(name: str | None) -> UUID:
    if name is not None:
        return get_chain_called(name).id
    chains = list_chains()
    if not chains:
        raise NotFound("There is no map yet.", "Import one: flask value-chain import")
    return max(chains, key=lambda chain: (chain.nodes, chain.name)).id


def _seal(organisation: str, wanted: Wanted, *, at: datetime) -> Report:
    with organisation_unit(organisation):
        by = system_identity(current_organisation())
        report_id = add_report(wanted, act=Act(by, at)).id
    with organisation_unit(organisation):
        frozen = freeze(report_id, act=Act(by, at))
    assert frozen is not None  # it was added just now
    made = render(frozen)
    with organisation_unit(organisation):
        seal(report_id, made, act=Act(by, at))
    with organisation_unit(organisation):
        return get_report(report_id)


def _document(report: Report, form: str, out: Path) -> dict[str, object]:
    return {
        "report": report_name(report),
        "report_id": str(report.id),
        "file": str(out),
        "format": form,
        "sha256": report.files[form]["sha256"],
        "facts_sha256": report.facts_sha256,
        "audit_size": report.audit_size,
        "audit_root": report.audit_root,
        "as_of": report.as_of.isoformat(),
        "gaps": report.gaps,
    }


def _words(report: Report, form: str, out: Path, known: Report | None) -> str:
    how = "nothing changed since it was sealed" if known else "sealed now"
    return (
        f"Wrote {out}: {report_name(report)}, {how}.\n"
        f"SHA-256 {report.files[form]['sha256']}, log position {report.audit_size}, "
        f"{len(report.gaps)} gaps listed in it."
    )


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
