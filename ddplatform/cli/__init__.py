"""The operator's door: `flask <column> <verb>` (docs/operations.md)."""

from flask import Flask

from ddplatform.cli.access import access
from ddplatform.cli.assets import assets
from ddplatform.cli.audit import audit
from ddplatform.cli.organisations import organisations


def register(app: Flask) -> None:
    """Hang the commands into the application."""
    for group in (access, assets, audit, organisations):
        app.cli.add_command(group)
