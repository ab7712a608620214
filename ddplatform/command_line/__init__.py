"""The application that `flask` and the web server load from `app.py`."""

import gc
from contextlib import AbstractContextManager, nullcontext

import click
from flask import Flask
from flask.cli import FlaskGroup

from ddplatform import commands
from ddplatform.command_line import lazy
from ddplatform.infrastructure.lazy_commands import Verb, lazy_commands

# Flask-Migrate hangs it into the whole application itself.
MIGRATIONS = Verb("db", "Perform database migrations.", lambda: lazy.migrations.db)


class CommandsAlone(Flask):
    """An application with nothing but commands; each makes the whole one when it begins."""

    def __init__(self) -> None:
        super().__init__("ddplatform")
        for command in lazy_commands((*commands.COMMANDS, MIGRATIONS), begin=_begin):
            self.cli.add_command(command)

    def app_context(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """None: `flask` enters it before a command imports what must see no application yet."""
        return nullcontext()


def application() -> Flask:
    """The whole application; to `flask`, as long as it looks for a command, the commands alone.

    Raises:
        UnsafeSettings: a setting is missing or unsafe.
        UndeclaredAccess: an endpoint declares no access.
    """
    context = click.get_current_context(silent=True)
    # Flask's own commands (`run`, `routes`, `shell`) use a context of their own.
    if context is not None and isinstance(context.command, FlaskGroup):
        return CommandsAlone()
    app = lazy.factory.create_app()
    search_for_garbage()
    return app


def search_for_garbage() -> None:
    """Search for garbage from now on, as `app.py` stopped it for the imports."""
    gc.freeze()
    gc.enable()


def _begin(verb: Verb, context: click.Context) -> None:
    if not verb.is_alone:
        context.with_resource(lazy.factory.create_app().app_context())
    search_for_garbage()
