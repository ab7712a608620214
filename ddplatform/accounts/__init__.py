"""Accounts: features that stand in one folder each (docs/architecture.md)."""

from flask import Flask

from ddplatform.accounts.founding.commands import invite_founder
from ddplatform.accounts.founding.routes import bp as founding
from ddplatform.cli.organisations import organisations as commands


def register(app: Flask) -> None:
    """Add the pages and commands of these features to the application."""
    app.register_blueprint(founding)
    commands.add_command(invite_founder)
