"""Only the host names of the settings are answered."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ddplatform.factory import create_app
from tests.conftest import settings_for


@pytest.fixture
def named_host(tmp_path: Path, sqlite_template: Path) -> FlaskClient:
    (tmp_path / "platform.db").write_bytes(sqlite_template.read_bytes())
    settings = replace(
        settings_for(tmp_path, f"sqlite:///{tmp_path / 'platform.db'}"),
        trusted_hosts=("platform.example",),
    )
    return create_app(settings).test_client()


def test_own_host_name_is_answered(named_host: FlaskClient):
    assert named_host.get("/sign-in", base_url="http://platform.example").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "platform.example.evil.example", "localhost"])
def test_foreign_host_name_is_refused_told_nothing_and_logged(
    named_host: FlaskClient, host: str, caplog: pytest.LogCaptureFixture
):
    answer = named_host.get("/sign-in", base_url=f"http://{host}")

    assert answer.status_code == 400
    assert host not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "foreign host name" in caplog.text and "evil" not in caplog.text


def test_forwarded_host_is_not_believed(named_host: FlaskClient):
    answer = named_host.get(
        "/",
        base_url="http://platform.example",
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"},
    )

    assert answer.status_code == 302
    assert "evil.example" not in answer.location
