"""What all commands share: one unit of work, one way to answer, one way to refuse."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from ddplatform.db import unit_of_work
from ddplatform.errors import Invalid, status_of
from ddplatform.queries.organisations import get_organisation_by_slug
from ddplatform.tenancy import acting_in, nobody

Command = TypeVar("Command", bound=Callable[..., Any])
SERVER_FAULT = 500


def json_option(command: Command) -> Command:
    """`--json`: one JSON document on standard output and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


@contextmanager
def command_unit() -> Iterator[None]:
    """One command = one unit of work; an expected error becomes one line and exit code 1."""
    try:
        with nobody(), unit_of_work():
            yield
    except Exception as error:
        if status_of(error) >= SERVER_FAULT:
            raise
        refuse(error)


@contextmanager
def organisation_unit(slug: str) -> Iterator[None]:
    """The same, acting in one organisation."""
    with command_unit(), acting_in(get_organisation_by_slug(slug).id):
        yield


def answer(document: Any, *, as_json: bool, text: str) -> None:
    """Print the document as JSON, or the text for people."""
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


def refuse(error: Exception) -> None:
    """Say what is wrong and how to mend it on standard error; exit code 1."""
    message = getattr(error, "message", "") or str(error)
    fields = error.fields if isinstance(error, Invalid) else {}
    advice = getattr(error, "advice", "")
    for line in (message, *(f"{name}: {text}" for name, text in fields.items()), advice):
        if line:
            click.echo(line, err=True)
    sys.exit(1)
