"""`flask value-chain`: import of lists, export of maps (docs/commands.md)."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.commands import (
    answer,
    json_option,
    organisation_unit,
    refuse,
    write_out,
)
from ddplatform.infrastructure.db import finish
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.value_chain.imports.services.reading import read_files
from ddplatform.value_chain.map_files.services.export import Exported, export_chain
from ddplatform.value_chain.map_files.services.intake import Intake, plan_intake, take_in
from ddplatform.value_chain.mapping.queries.maps import get_chain_called
from ddplatform.value_chain.matching.commands import match, match_pairs
from supply_chain.errors import FileRefused
from supply_chain.graph.export import ExportForm
from supply_chain.intake.drafts import Mapping, NamedBytes
from supply_chain.intake.mapping_json import mapping_from_json

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
PROBLEMS_SHOWN = 50


@click.group("value-chain")
def value_chain() -> None:
    """Nodes and links of a map: bring lists in, send maps out."""


value_chain.add_command(match)
value_chain.add_command(match_pairs)


@value_chain.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--organisation", required=True, help="Address of the organisation.")
@click.option("--chain", "chain_name", required=True, help="Name of the map; made if missing.")
@click.option("--mapping", "mapping_file", type=FILE, help="Which of their columns is which.")
@click.option("--dry-run", is_flag=True, help="Tell what would change; change nothing.")
@click.option("--skip-faulty", is_flag=True, help="Leave rows with problems out.")
@json_option
@with_appcontext
def import_(
    files: tuple[Path, ...],
    organisation: str,
    chain_name: str,
    mapping_file: Path | None,
    dry_run: bool,
    skip_faulty: bool,
    as_json: bool,
) -> None:
    """Bring CSV, XLSX, XLS or value-chain JSON files into a map, all or nothing."""
    named = [NamedBytes(path.name, path.read_bytes()) for path in files]
    mapping = _mapping(mapping_file)
    with organisation_unit(organisation, applied=False):
        plan = plan_intake(chain_name, named, mapping)
    reading = read_files(plan)
    with organisation_unit(organisation, applied=False):
        done = take_in(
            chain_name,
            plan,
            reading,
            skip_faulty=skip_faulty,
            act=Act(system_identity(current_organisation()), datetime.now(UTC)),
        )
        if done.is_refused or dry_run:
            finish(ok=False)
    if dry_run:
        done = Intake({**done.answer, "applied": False}, done.is_refused)
    answer(done.answer, as_json=as_json, text=_words(done.answer))
    sys.exit(1 if done.is_refused else 0)


def _mapping(path: Path | None) -> Mapping:
    if path is None:
        return Mapping()
    try:
        return mapping_from_json(json.loads(path.read_text(encoding="utf-8-sig")))
    except FileRefused as fault:
        refuse(fault, applied=False)
    except (ValueError, RecursionError) as fault:
        message = f"{path.name} is not JSON in UTF-8: {fault}."
        advice = "Take the mapping from the answer of --dry-run --json and correct it."
        refuse(FileRefused("mapping", message, advice), applied=False)


def _words(found: dict[str, Any]) -> str:
    if "error" in found:
        return f"Refused: {found['error']['message']}\n{found['error']['advice']}"
    lines = [
        f"{found['rows']} rows: {found['new']} new, {found['changed']} changed, "
        f"{found['unchanged']} unchanged nodes; {found['links_new']} new links.",
        *(
            f"{table}: {field} = “{column}”"
            for side in found["mapping"].values()
            for table, how in side.items()
            for field, column in how["columns"].items()
        ),
    ]
    problems = found["problems"]
    lines += [_line(problem) for problem in problems[:PROBLEMS_SHOWN]]
    if len(problems) > PROBLEMS_SHOWN:
        lines.append(f"... and {len(problems) - PROBLEMS_SHOWN} more problems (see --json).")
    return "\n".join([*lines, "Applied." if found["applied"] else "Nothing was changed."])


def _line(problem: dict[str, Any]) -> str:
    place = ", ".join(
        f"{word} {problem[key]}"
        for key, word in (("sheet", "sheet"), ("row", "row"), ("column", "column"))
        if problem[key] is not None
    )
    return f"{problem['file']}, {place}: {problem['problem']} {problem['advice']}"


@value_chain.command()
@click.option("--organisation", required=True, help="Address of the organisation.")
@click.option("--chain", "chain_name", required=True, help="Name of the map.")
@click.option("--format", "form", required=True, type=click.Choice(get_args(ExportForm)))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="File to write; for CSV a folder or a .zip.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it stood that day.")
@json_option
@with_appcontext
def export(
    organisation: str,
    chain_name: str,
    form: ExportForm,
    out: Path,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Write a map to a file; reading it elsewhere gives the same map."""
    with organisation_unit(organisation, reads_first=True):
        chain = get_chain_called(chain_name)
        made = export_chain(
            chain.id,
            form,
            act=Act(system_identity(current_organisation()), datetime.now(UTC)),
            as_of=as_of.date() if as_of else None,
        )
        written = _write(made, out, form)
    found = {"files": [str(path) for path in written], "format": form}
    answer(found, as_json=as_json, text="\n".join(f"Wrote {path}." for path in written))


def _write(made: Exported, out: Path, form: ExportForm) -> list[Path]:
    """One file; for CSV the two tables into a folder, or one archive where the name says so."""
    if form == "csv" and out.suffix.lower() != ".zip":
        paths = [out / file.name for file in made.files]
        for path, file in zip(paths, made.files, strict=True):
            write_out(path, file.content)
        return paths
    write_out(out, made.content)
    return [out]
