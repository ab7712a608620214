"""Who may do what: every endpoint says it, and the roles are those of the published matrix."""

import csv
import json
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from ddplatform import factory
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.gate import UndeclaredAccess
from tests.conftest import NOW, settings_for

ORGANISATION = uuid4()
MATRIX = Path(__file__).resolve().parents[1] / "data" / "role_matrix.csv"
PUBLIC = {
    "api.openapi",
    "api.reference",
    "auth.sign_in",
    # Concerns of people without an account: the random end of the address is asked for.
    "concern_door.ask_code",
    "concern_door.open_thread",
    "concern_door.send",
    "concern_door.show",
    "concern_door.start",
    "founding.found_organisation",
    "founding.sign_up",
    "health.show",
    "health.show_metrics",
    "links.forgotten",
    "single_sign_on.choose",
    "single_sign_on.take_answer",
    "links.join",
    "links.new_password",
    # Phone apps: the secret in the address is asked for by the view.
    "openrosa.before_submission",
    "openrosa.form",
    "openrosa.form_list_page",
    "openrosa.manifest_page",
    "openrosa.media",
    "openrosa.submission",
    # Browsers tell what the content policy blocked; nothing is changed.
    "policy_reports.take",
    "respond.fresh_link",
    "respond.open_questions",
    "respond.questions_first",
    "respond.questions_first_media",
    "respond.questions_first_pdf",
    "sign_in_code.show",
    "static",
}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("access")
    return factory.create_app(settings_for(folder, f"sqlite:///{folder / 'platform.db'}"))


def cells() -> list[tuple[str, RoleId, bool]]:
    """Every cell of the matrix: permission, role, whether it holds."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["permission"], role, role.value in row["roles"].split())
        for row in rows
        for role in RoleId
    ]


def test_every_endpoint_declares_access(started: Flask):
    silent = [e for e in started.view_functions if access_of(started, e) is None]

    assert silent == []


def test_only_what_strangers_need_is_public(started: Flask):
    found = {
        endpoint
        for endpoint in started.view_functions
        if (access := access_of(started, endpoint)) and access.kind == "public"
    }

    assert found == PUBLIC


def test_endpoints_of_an_organisation_ask_for_a_permission(started: Flask):
    inside = [r for r in started.url_map.iter_rules() if "organisation" in r.arguments]

    assert inside
    assert all(access_of(started, rule.endpoint).permission is not None for rule in inside)


def test_undeclared_endpoint_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    real = factory.routes.register

    def register(app: Flask) -> None:
        real(app)
        app.add_url_rule("/forgotten", "forgotten_door", lambda: "open to all")

    monkeypatch.setattr(factory.routes, "register", register)

    with pytest.raises(UndeclaredAccess, match="forgotten_door"):
        factory.create_app(settings_for(tmp_path, f"sqlite:///{tmp_path / 'platform.db'}"))


def test_matrix_names_every_permission_once():
    named = [permission for permission, role, _ in cells() if role is RoleId.ADMIN]

    assert sorted(named) == sorted(permission.value for permission in Permission)


@pytest.mark.parametrize(("permission", "role", "holds"), cells())
def test_role_holds_exactly_what_the_matrix_says(permission: str, role: RoleId, holds: bool):
    identity = Identity(None, ORGANISATION, role, "Somebody")

    assert allows(identity, Permission(permission), on=NOW.date()) is holds
    assert (Permission(permission) in ROLES[role].permissions) is holds


def test_ended_access_allows_nothing():
    ended = Identity(
        None, ORGANISATION, RoleId.AUDITOR, "Auditor", access_until=NOW.date().replace(day=1)
    )

    assert not any(allows(ended, permission, on=NOW.date()) for permission in Permission)


def test_access_matrix_lists_exactly_the_addresses_there_are(started: Flask):
    answer = started.test_cli_runner().invoke(args=["access", "matrix", "--json"])
    rows = json.loads(answer.output)

    listed = sorted((row["endpoint"], row["rule"], tuple(row["methods"])) for row in rows)
    known = sorted(
        (rule.endpoint, rule.rule, tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})))
        for rule in started.url_map.iter_rules()
    )
    assert answer.exit_code == 0
    assert listed == known


def test_access_matrix_names_the_roles_of_each_permission(started: Flask):
    rows = json.loads(started.test_cli_runner().invoke(args=["access", "matrix", "--json"]).output)
    wanted: dict[str, list[str]] = {}
    for permission, role, holds in cells():
        wanted.setdefault(permission, []).extend([role.value] if holds else [])

    for row in rows:
        assert sorted(row["roles"]) == sorted(wanted.get(row["permission"], [])), row["rule"]
