"""`flask keys`: rotation of keys."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from ddplatform.infrastructure.commands import answer, json_option, refusing, tell_progress
from ddplatform.operations.keys.services import (
    Rotated,
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
