"""Shared parts of all commands: one unit of work, one output format, one error format."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid, PlatformError, status_of
from ddplatform.infrastructure.tenancy import acting_in, nobody

Command = TypeVar("Command", bound=Callable[..., Any])
SERVER_FAULT = 500
_WORD_STARTS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class NotSetUp(PlatformError):
    """The database lacks the tables of the platform."""

    title = "The database is not set up."


def json_option(command: Command) -> Command:
    """`--json`: one JSON document on standard output and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


@contextmanager
def command_unit(*, reads_first: bool = False, **more: object) -> Iterator[None]:
    """One command = one unit of work; an expected error becomes one line and exit code 1.

    Args:
        reads_first: a file is made of what it reads, and its event alone is a change.
        more: what the answer of a refusal says besides (`refuse`).
    """
    try:
        with nobody(), unit_of_work(reads_first=reads_first):
            yield
    except Exception as error:
        if isinstance(error, DBAPIError) and not inspect(db.engine).has_table("organisation"):
            refuse(NotSetUp(advice="Run: flask --app app db upgrade"), **more)
        if status_of(error) >= SERVER_FAULT:
            raise
        refuse(error, **more)


@contextmanager
def organisation_unit(slug: str, *, reads_first: bool = False, **more: object) -> Iterator[None]:
    """The same, acting in one organisation."""
    unit = command_unit(reads_first=reads_first, **more)
    with unit, acting_in(accounts().get_organisation_id(slug)):
        yield


@contextmanager
def refusing() -> Iterator[None]:
    """For commands with several units of work: an expected error becomes words and exit code 1."""
    try:
        yield
    except Exception as error:
        if status_of(error) >= SERVER_FAULT:
            raise
        refuse(error)


def tell_progress() -> Callable[[str, int, int], None]:
    """Something to tell (step, done, of how much): one line on standard error for each tenth."""
    told: list[tuple[str, int]] = []

    def tell(step: str, done: int, total: int) -> None:
        mark = (step, done * 10 // max(total, 1))
        if told[-1:] != [mark]:
            told[:] = [mark]
            click.echo(f"{step}: {mark[1] * 10} %", err=True)

    return tell


def answer(document: Any, *, as_json: bool, text: str) -> None:
    """Print the document as JSON, or the text for people."""
    if as_json:
        print_json(document)
    else:
        click.echo(text)


def print_json(document: Any) -> None:
    """One JSON document on one line; half a surrogate pair, which UTF-8 lacks, is escaped."""
    text = json.dumps(document, ensure_ascii=False)
    is_sound = not any("\ud800" <= sign <= "\udfff" for sign in text)
    click.echo(text if is_sound else json.dumps(document))


def refuse(error: Exception, **more: object) -> NoReturn:
    """Write the error and its remedy to standard error; exit code 1.

    With `--json` the same goes to standard output, as `{"error": {...}}` beside `more`.
    """
    message = getattr(error, "message", "") or str(error)
    fields = error.fields if isinstance(error, Invalid) else {}
    advice = getattr(error, "advice", "")
    for line in (message, *(f"{name}: {text}" for name, text in fields.items()), advice):
        if line:
            click.echo(line, err=True)
    if click.get_current_context().params.get("as_json"):
        code = getattr(error, "code", "") or _WORD_STARTS.sub("_", type(error).__name__).lower()
        told = {"code": code, "message": message, "advice": advice, "fields": fields}
        print_json({"error": told, **more})
    sys.exit(1)


def write_out(out: Path, content: bytes) -> None:
    """Write the file that `--out` names, its folder made where missing; wrong usage otherwise."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    except OSError as fault:
        raise click.BadParameter(
            f"{out} cannot be written: {fault.strerror}.", param_hint="'--out'"
        ) from fault
