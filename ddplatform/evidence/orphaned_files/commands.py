"""`flask files`: upkeep of stored files."""

import click
from flask.cli import with_appcontext

from ddplatform.evidence.orphaned_files.services import Swept
from ddplatform.evidence.orphaned_files.services import sweep as sweep_here
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.commands import answer, command_unit, json_option
from ddplatform.infrastructure.tenancy import acting_in


@click.group()
def files() -> None:
    """Upkeep of stored files."""


@files.command()
@click.option("--dry-run", is_flag=True, help="Remove nothing, and tell what would be.")
@json_option
@with_appcontext
def sweep(dry_run: bool, as_json: bool) -> None:
    """Remove files that no record names, of all organisations, a day after they were kept."""
    found = Swept()
    with command_unit():
        for organisation_id in accounts().list_organisation_ids():
            with acting_in(organisation_id):
                found += sweep_here(is_trial=dry_run)
    verb = "would be removed" if dry_run else "were removed"
    answer(
        {"orphans": found.orphans, "drafts": found.drafts, "removed": not dry_run},
        as_json=as_json,
        text=f"{found.orphans} files without a record and {found.drafts} unfinished files {verb}.",
    )
