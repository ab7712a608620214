"""`flask database roles`: the SQL that prepares the roles of PostgreSQL."""

import re

import click

from ddplatform.infrastructure.database_roles.views import NAME, Roles, preparation


def _plain_name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not re.fullmatch(NAME, value):
        raise click.BadParameter("use lower-case letters, digits and _, at most 63 in all.")
    return value


@click.group()
def database() -> None:
    """Prepare the database server."""


@database.command()
@click.option("--database", required=True, callback=_plain_name, help="Name of the database.")
@click.option("--owner", default="waymark_owner", show_default=True, callback=_plain_name)
@click.option("--application", default="waymark", show_default=True, callback=_plain_name)
@click.option("--backup", default="waymark_backup", show_default=True, callback=_plain_name)
def roles(**names: str) -> None:
    """Print the SQL that makes the roles of a PostgreSQL database, for a superuser to run."""
    for statement in preparation(Roles(**names)):
        click.echo(f"{statement};")
