"""What the server speaks with in production, and what the reference units let it reach."""

import re
from dataclasses import replace
from pathlib import Path

import click
import pytest
from flask import Flask

from ddplatform.config import ENCRYPTED, Kind, Settings, UnsafeSettings, read_settings
from ddplatform.infrastructure.web_server.commands import require_protected, warnings_of

ROOT = Path(__file__).resolve().parents[3]
UNITS = ("deploy/waymark-web.service", "deploy/waymark-worker.service")


@pytest.fixture
def production(app: Flask) -> Settings:
    """Settings with which production starts."""
    settings: Settings = app.extensions["settings"]
    return replace(
        settings,
        kind=Kind.PRODUCTION,
        secret_key="one-long-and-random-secret-of-a-test-0123456789",
        base_url="https://waymark.example",
        trusted_hosts=("waymark.example",),
        secure_cookies=True,
        mail_url="smtps://mail.example",
        database_url="sqlite:///x.db",
    )


@pytest.mark.parametrize(
    "listen",
    ["0.0.0.0:8000", "10.0.0.5:8000", "[::]:8000", "127.0.0.1:8000", "unix:/run/w/w.sock web:8000"],
)
def test_production_refuses_to_listen_in_the_clear_on_a_network_its_own_machine_included(
    production: Settings, listen: str
):
    with pytest.raises(click.BadParameter, match="NETWORK_TO_PROXY=encrypted") as refused:
        require_protected(listen, production)

    assert "w.sock," not in refused.value.message
    require_protected(listen, replace(production, network_to_proxy=ENCRYPTED))
    require_protected(listen, replace(production, kind=Kind.DEVELOPMENT))


def test_production_listens_on_a_unix_socket(production: Settings):
    require_protected("unix:/run/waymark/web.sock unix:/run/waymark/other.sock", production)


def test_command_asks_before_it_listens(app: Flask, production: Settings):
    app.extensions["settings"] = production

    done = app.test_cli_runner().invoke(args=["serve", "--listen", "0.0.0.0:0"])

    assert done.exit_code == 2 and "can be reached over a network" in done.output


def test_production_says_at_each_start_that_breached_passwords_are_not_looked_up(
    production: Settings, tmp_path: Path
):
    (said,) = warnings_of(production)

    assert said.startswith("BREACHED_PASSWORDS is not set")
    assert warnings_of(replace(production, breached_passwords=tmp_path)) == []
    assert warnings_of(replace(production, kind=Kind.DEVELOPMENT)) == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (
            "DATABASE_URL",
            {"database_url": "postgresql+psycopg://a:secret@db/x?sslmode=verify-full"},
        ),
        ("MAIL_URL", {"mail_url": "smtps://user:secret@mail.example"}),
    ],
)
def test_production_says_at_each_start_which_component_it_knows_by_a_lasting_password(
    production: Settings, tmp_path: Path, name: str, change: dict[str, str]
):
    (said,) = warnings_of(replace(production, breached_passwords=tmp_path, **change))  # type: ignore[arg-type]

    assert said.startswith(f"{name} holds a lasting password") and "secret" not in said


def test_statement_about_the_network_is_one_word_or_none(tmp_path: Path):
    given = {"INSTANCE_PATH": str(tmp_path)}

    with pytest.raises(UnsafeSettings, match="NETWORK_TO_PROXY must be encrypted"):
        read_settings({**given, "NETWORK_TO_PROXY": "yes"})
    assert read_settings({**given, "NETWORK_TO_PROXY": ENCRYPTED}).network_to_proxy == ENCRYPTED


def lines_of(unit: str) -> dict[str, list[str]]:
    """What a unit says in its section of the service, by name."""
    said: dict[str, list[str]] = {}
    section = (ROOT / unit).read_text(encoding="utf-8").partition("[Service]\n")[2]
    for line in section.partition("\n[")[0].splitlines():
        name, is_said, value = line.partition("=")
        if is_said and not line.startswith("#"):
            said.setdefault(name, []).append(value)
    return said


@pytest.mark.parametrize("unit", UNITS)
def test_unit_reaches_and_writes_only_what_it_names(unit: str):
    said = lines_of(unit)

    assert said["IPAddressDeny"] == ["any"] and said["IPAddressAllow"] == ["localhost"]
    assert said["SocketBindDeny"] == ["any"]
    assert said["ProtectSystem"] == ["strict"] and said["ProtectHome"] == ["yes"]
    instance = said["ReadWritePaths"][0]
    assert said["ReadWritePaths"] == [instance]
    assert f"INSTANCE_PATH={instance}" in said["Environment"]
    assert said["NoNewPrivileges"] == ["yes"] and said["CapabilityBoundingSet"] == [""]
    assert said["User"] == ["waymark"] and said["UMask"] == ["0077"]
    assert "SECRET_KEY" not in (ROOT / unit).read_text(encoding="utf-8")


def test_web_unit_listens_on_a_unix_socket_where_the_proxy_asks_it():
    (command,) = lines_of(UNITS[0])["ExecStart"]
    proxy = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")

    assert "--listen unix:/run/waymark/web.sock --trusted-proxy localhost" in command
    assert re.findall(r"^    server (\S+);", proxy, re.MULTILINE) == ["unix:/run/waymark/web.sock"]
    assert lines_of(UNITS[0])["RuntimeDirectory"] == ["waymark"]
    assert lines_of(UNITS[0])["RuntimeDirectoryMode"] == ["0750"]
    assert "SocketBindAllow" not in lines_of(UNITS[0])


def test_units_are_explained_to_the_operator():
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    assert all(f"`{unit}`" in page for unit in UNITS)
    assert "IPAddressAllow" in page and "NETWORK_TO_PROXY" in page
