"""`flask screening`: import of official lists of businesses from a file."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure import commands as command_line
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.screening_folder import MAX_BYTES
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.value_chain.screening.services.export import export_changes
from ddplatform.value_chain.screening.services.lists import (
    ListFields,
    TakenIn,
    add_list,
    fields_of,
    official_fields,
    read_about,
)
from ddplatform.value_chain.words.official_lists import notes_in_words, release_in_words
from supply_chain.screening.words import list_words

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def screening() -> None:
    """Official lists that the maps are screened against."""


@screening.command("import")
@click.argument("file", type=FILE)
@click.option("--organisation", required=True, help="Its address.")
@click.option("--list", "kind", type=click.Choice(sorted(list_words().official)), help="Which one.")
@click.option("--about", type=FILE, help="YAML that describes another list (docs/screening.md).")
@click.option(
    "--edition-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the edition; left out: as the page states it.",
)
@click.option("--coverage", default="", help="What is missing, if the list is partial.")
@click.option(
    "--confirm",
    is_flag=True,
    help="Import it although half of the entries are gone, or the edition in use is newer.",
)
@click.option(
    "--changes",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what is new and gone to a CSV.",
)
@command_line.json_option
@with_appcontext
def import_list(
    file: Path,
    organisation: str,
    kind: str | None,
    about: Path | None,
    edition_on: datetime | None,
    coverage: str,
    confirm: bool,
    changes: Path | None,
    as_json: bool,
) -> None:
    """Import a release of an official list: a CSV, or the saved page with its tables."""
    if (kind is None) == (about is None):
        raise click.UsageError("Name the list by --list, or describe it by --about.")
    day = edition_on.date() if edition_on else None
    with command_line.organisation_unit(organisation):
        wanted = _wanted(kind, about, day, coverage)
        by, at = system_identity(current_organisation()), datetime.now(UTC)
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)  # what is larger is refused
        taken = add_list(wanted, file.name, content, confirmed=confirm, act=Act(by, at))
        if changes is not None and taken.release.replaces_id is not None:
            made = export_changes(taken.release.id, act=Act(by, at))
            command_line.write_out(changes, made.content)
        found, text = _document(taken), _words(taken)
    for note in notes_in_words(taken.notes, len(taken.notes)):
        click.echo(note, err=True)
    command_line.answer(found, as_json=as_json, text=text)


def _wanted(kind: str | None, about: Path | None, day: date | None, coverage: str) -> ListFields:
    if about is None:
        return official_fields(kind or "", edition_on=day, coverage=coverage)
    told = read_about(about.name, about.read_bytes())
    return fields_of({**told, **({"edition_on": day} if day else {})})


def _words(taken: TakenIn) -> str:
    told = release_in_words(taken.release)
    if taken.is_new:
        return f"{told} The worker screens the maps."
    return f"Nothing changed: this file was imported before. {told}"


def _document(taken: TakenIn) -> dict[str, Any]:
    release = taken.release
    return {
        "list": str(release.id),
        "name": release.name,
        "edition_on": release.edition_on.isoformat(),
        "entries": release.entries,
        "is_new": taken.is_new,
        "changes": dict(release.changes),
        "notes": [
            {
                "section": note.sheet,
                "row": note.row,
                "column": note.column,
                "value": note.value,
                "problem": note.problem,
                "advice": note.advice,
            }
            for note in taken.notes
        ],
    }
