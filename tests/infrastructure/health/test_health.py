"""`/healthz`: what `make run` and monitoring wait for."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from ddplatform.infrastructure.db import db


def test_health_says_ok_to_anybody_while_the_database_answers(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_is_503_while_the_database_does_not_answer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "scalar", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "gone" not in answer.text
