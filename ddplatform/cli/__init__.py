"""The operator's door: `flask <column> <verb>` (docs/operations.md)."""

from flask import Flask

from ddplatform.cli.assets import assets


def register(app: Flask) -> None:
    """Hang the commands into the application."""
    for group in (assets,):
        app.cli.add_command(group)
