"""`flask access matrix`: every endpoint with the roles that may use it."""

from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.infrastructure.commands import answer, json_option


@click.group()
def access() -> None:
    """Who may do what."""


@access.command()
@json_option
@with_appcontext
def matrix(as_json: bool) -> None:
    """Every endpoint, its address, and the roles that may use it."""
    rows = access_matrix(current_app)
    lines = [f"{row['rule']}  {row['permission'] or row['access']}" for row in rows]
    answer(rows, as_json=as_json, text="\n".join(lines))


def access_matrix(app: Flask) -> list[dict[str, Any]]:
    """One entry for each URL rule, in the order of their addresses."""
    return [
        _row(app, rule.endpoint, rule.rule, rule.methods or set())
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    ]


def _row(app: Flask, endpoint: str, rule: str, methods: set[str]) -> dict[str, Any]:
    declared = access_of(app, endpoint)
    assert declared is not None
    permission = declared.permission
    return {
        "endpoint": endpoint,
        "rule": rule,
        "methods": sorted(methods - {"HEAD", "OPTIONS"}),
        "access": declared.kind,
        "permission": permission.value if permission else None,
        "fresh": declared.fresh,
        "roles": [
            role.id.value
            for role in ROLES.values()
            if permission and permission in role.permissions
        ],
    }
