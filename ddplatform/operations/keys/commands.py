"""`flask keys`: rotation of keys, and their ages against the schedule."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.infrastructure.commands import (
    answer,
    command_unit,
    json_option,
    refusing,
    tell_progress,
)
from ddplatform.operations.keys.schedule import SETTINGS, KeyAge, ages_of_keys
from ddplatform.operations.keys.services import (
    Rotated,
    note_renewal,
    rotate_case_master,
    rotate_log_key,
    rotate_second_factor_key,
    rotate_session_secret,
    rotate_single_sign_on_key,
    rotate_webhook_key,
)

WORDS = {
    "case-master": "The master key is new; {cases} data keys were wrapped anew. Copy the folder "
    "`keys` to where you keep it. Backups of before need the old copy.",
    "log-signing": "The log is signed by a new key from now on. Publish it beside the old one:\n"
    "{public_key}",
    "second-factor": "The secrets of {factors} authenticator apps are sealed with a new key. Copy "
    "the folder `keys` to where you keep it. Backups of before need the old copy.",
    "single-sign-on": "The secrets of {providers} providers are sealed with a new key. Copy the "
    "folder `keys` to where you keep it. Backups of before need the old copy.",
    "session": "The secret for form tokens is new. Start the processes again.",
    "webhook": "The secrets of {webhooks} webhooks are sealed with a new key. Copy the folder "
    "`keys` to where you keep it. Backups of before need the old copy.",
}


@click.group()
def keys() -> None:
    """Keys of the installation."""


@keys.command()
@click.argument("key", type=click.Choice(sorted(WORDS)))
@json_option
@with_appcontext
def rotate(key: str, as_json: bool) -> None:
    """Change KEY while the platform runs; interrupted, it goes on when it is called again."""
    with refusing():
        found = _rotated(key, datetime.now(UTC))
    told = {
        "key": found.key,
        "cases": found.cases,
        "providers": found.providers,
        "factors": found.factors,
        "webhooks": found.webhooks,
        "public_key": found.public_key or None,
        "public_key_before": found.before or None,
    }
    answer(told, as_json=as_json, text=WORDS[key].format(**told))


def _rotated(key: str, at: datetime) -> Rotated:
    if key == "case-master":
        return rotate_case_master(at=at, progress=tell_progress())
    if key == "log-signing":
        return rotate_log_key(at=at)
    if key == "second-factor":
        return rotate_second_factor_key(at=at, progress=tell_progress())
    if key == "webhook":
        return rotate_webhook_key(at=at, progress=tell_progress())
    if key == "single-sign-on":
        return rotate_single_sign_on_key(at=at)
    return rotate_session_secret(current_app.extensions["settings"], at=at)


@keys.command()
@json_option
@with_appcontext
def status(as_json: bool) -> None:
    """Age of each key and secret against its period; 1: one is overdue."""
    at = datetime.now(UTC)
    with command_unit():
        found = ages_of_keys(current_app.extensions["settings"])
    overdue = [one.key for one in found if one.is_overdue(at)]
    told = {"keys": [_document(one, at) for one in found], "overdue": overdue}
    answer(told, as_json=as_json, text=_words(found, at))
    sys.exit(1 if overdue else 0)


def _document(one: KeyAge, at: datetime) -> dict[str, Any]:
    return {
        "key": one.key,
        "since": one.since.isoformat() if one.since else None,
        "counted_from": one.counted_from,
        "age_days": one.age_days(at),
        "period_days": one.period_days,
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "unfinished": one.is_unfinished,
        "overdue": one.is_overdue(at),
    }


def _words(found: Sequence[KeyAge], at: datetime) -> str:
    return "\n".join(f"{one.key}: {_age_in_words(one, at)}" for one in found)


def _age_in_words(one: KeyAge, at: datetime) -> str:
    if one.is_unfinished:
        return "its rotation has not ended; call `flask keys rotate` for it again."
    if one.since is None:
        return f"age not known yet; its period is {one.period_days} days."
    state = "OVERDUE since" if one.is_overdue(at) else "due on"
    return (
        f"{one.age_days(at)} of {one.period_days} days ({one.counted_from}), "
        f"{state} {one.due_at:%Y-%m-%d}."
    )


@keys.command()
@click.argument("setting", type=click.Choice(list(SETTINGS)))
@json_option
@with_appcontext
def renewed(setting: str, as_json: bool) -> None:
    """Record that you put a new secret into SETTING; its age counts from now."""
    at = datetime.now(UTC)
    with refusing():
        note_renewal(setting, at=at)
    told = {"setting": setting, "since": at.isoformat()}
    answer(told, as_json=as_json, text=f"The secret of {setting} counts as new from now.")
