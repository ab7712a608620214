"""`flask personal-data`: export and erasure for persons concerned."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.commands import (
    answer,
    command_unit,
    json_option,
    organisation_unit,
    write_out,
)
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.operations.personal_data.erasure_list import read_list
from ddplatform.operations.personal_data.services.erasure import (
    Receipt,
    erase_person,
    get_case_to_erase,
    replay,
)
from ddplatform.operations.personal_data.services.erasure import erase_case as erase
from ddplatform.operations.personal_data.services.export import export_person

CONFIRM = click.option("--confirm", is_flag=True, help="Erase: there is no undo.")


@click.group("personal-data")
def personal_data() -> None:
    """What the platform holds about a person."""


@personal_data.command()
@click.option("--email", required=True)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@with_appcontext
def export(email: str, out: Path, as_json: bool) -> None:
    """Write what is held about an account into a ZIP archive of JSON files."""
    with command_unit():
        content = export_person(_user(email), at=datetime.now(UTC))
        write_out(out, content)
    told = {"file": str(out), "size_bytes": len(content)}
    answer(told, as_json=as_json, text=f"{out} is written.")


@personal_data.command("erase-person")
@click.option("--email", required=True)
@CONFIRM
@json_option
@with_appcontext
def erase_account(email: str, confirm: bool, as_json: bool) -> None:
    """Anonymise an account everywhere and print the receipt."""
    with command_unit():
        _require_confirmed(confirm)
        made = erase_person(_user(email), at=datetime.now(UTC), listed_in=_list())
    _answer(made, as_json=as_json)


@personal_data.command("erase-case")
@click.option("--organisation", required=True)
@click.option("--code", required=True)
@CONFIRM
@json_option
@with_appcontext
def erase_case(organisation: str, code: str, confirm: bool, as_json: bool) -> None:
    """Destroy the key of a remediation case and print the receipt."""
    with organisation_unit(organisation):
        _require_confirmed(confirm)
        made = erase(get_case_to_erase(code), at=datetime.now(UTC), listed_in=_list())
    _answer(made, as_json=as_json)


@personal_data.command("replay-erasures")
@click.option(
    "--list",
    "source",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Another list than that of the instance folder.",
)
@json_option
@with_appcontext
def replay_erasures(source: Path | None, as_json: bool) -> None:
    """Erase again what was erased before, after the database came from an older copy."""
    with command_unit():
        made = replay(read_list(source or _list()), at=datetime.now(UTC), listed_in=_list())
    told = {"replayed": len(made)}
    answer(told, as_json=as_json, text=f"{len(made)} erasures were replayed.")


def _list() -> Path:
    return adapters().erasure_list


def _user(email: str) -> User:
    user = get_user_by_email(email)
    if user is None:
        raise NotFound(f"There is no account with the address {email}.", "Check the address.")
    return user


def _require_confirmed(confirm: bool) -> None:
    if not confirm:
        raise Conflict("Nothing was erased: there is no undo.", "Give --confirm to go on.")


def _answer(made: Receipt, *, as_json: bool) -> None:
    told: dict[str, Any] = {
        "receipt": str(made.number),
        "kind": made.kind.value,
        "id": str(made.id),
        "erased_at": made.at.isoformat(),
        "erased": made.erased,
    }
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in made.erased.items())
    text = f"Erased ({counts}). Receipt {made.number}. Copy the list of erasures to where you "
    answer(told, as_json=as_json, text=f"{text}keep it: {_list()}")
