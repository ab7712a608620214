"""Metrics: what an operator watches, for nobody else."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.config import UnsafeSettings
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs import services as jobs
from tests.conftest import NOW, settings_for
from tests.factories import make_tenant

TOKEN = "t" * 40


@pytest.fixture
def made(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[[str], Flask]]:
    """Makes an application with this setting of METRICS."""
    shutil.copy(sqlite_template, tmp_path / "platform.db")
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'platform.db'}")
    with ExitStack() as at_end:

        def make(metrics: str) -> Flask:
            app = create_app(replace(settings, metrics=metrics))
            at_end.callback(_close, app)
            return app

        yield make


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def figures(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_metrics_tell_jobs_that_wait_requests_and_the_age_of_the_last_backup(
    made: Callable[[str], Flask], tmp_path: Path
):
    app = made(TOKEN)
    with app.app_context():
        tenant = make_tenant("acme", at=NOW)
        with unit_of_work():
            jobs.enqueue("session:expire", {}, act=Act(system_identity(tenant.id), NOW))
        db.session.remove()
    (tmp_path / "p").write_text("copper lantern river seven")
    words = ("--out", str(tmp_path / "b"), "--passphrase-file", str(tmp_path / "p"))
    assert app.test_cli_runner().invoke(args=["backup", "create", *words]).exit_code == 0
    client = app.test_client()
    client.get("/healthz")

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    found = figures(answer.text)
    assert answer.status_code == 200 and answer.mimetype == "text/plain"
    assert found['ddplatform_jobs{state="queued"}'] >= 1
    assert found['ddplatform_jobs{state="failed"}'] == 0
    assert found["ddplatform_oldest_due_job_seconds"] > 0
    assert found['ddplatform_request_seconds_count{method="GET",status="2xx"}'] == 1
    assert found["ddplatform_free_disk_bytes"] > 0
    assert 0 <= found["ddplatform_backup_age_seconds"] < 3600
    assert "acme" not in answer.text


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_without_the_token_there_is_no_such_page(
    made: Callable[[str], Flask], sent: dict[str, str]
):
    assert made(TOKEN).test_client().get("/metrics", headers=sent).status_code == 404


def test_local_metrics_are_for_this_machine_and_not_for_what_its_proxy_forwards(
    made: Callable[[str], Flask],
):
    client = made("local").test_client()

    def status(address: str, **sent: str) -> int:
        given = {"REMOTE_ADDR": address}
        return client.get("/metrics", environ_base=given, headers=sent).status_code

    assert status("127.0.0.1") == 200
    assert status("10.0.0.7") == 404
    assert status("127.0.0.1", **{"X-Forwarded-For": "10.0.0.7"}) == 404


def test_metrics_are_off_unless_they_are_asked_for(made: Callable[[str], Flask]):
    app = made("off")

    assert app.test_client().get("/metrics").status_code == 404
    assert "metrics" not in app.extensions


def test_a_token_that_can_be_guessed_stops_the_start(tmp_path: Path):
    with pytest.raises(UnsafeSettings, match="METRICS must be off, local or a token"):
        replace(settings_for(tmp_path, "sqlite://"), metrics="secret")
