"""`flask assets build`: third-party icons, fonts and map data into static/vendor."""

from pathlib import Path

import click

from ddplatform.infrastructure.assets.files import MissingAssetError, build_assets

_ROOT = Path(__file__).resolve().parents[3]
SOURCES = (_ROOT / "templates", _ROOT / "ddplatform")


@click.group()
def assets() -> None:
    """Icons, fonts and map outline for the pages."""


@assets.command()
@click.option(
    "--node-modules",
    type=click.Path(file_okay=False, path_type=Path),
    default=_ROOT / "frontend" / "node_modules",
    help="Folder npm installed into.",
)
@click.option(
    "--static",
    "static_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=_ROOT / "static",
    help="Folder the files are served from.",
)
def build(node_modules: Path, static_dir: Path) -> None:
    """Copy the files the pages use, with their licences, into static/vendor."""
    try:
        written = build_assets(node_modules, static_dir, SOURCES)
    except MissingAssetError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(written)} files written to {static_dir / 'vendor'}.")
