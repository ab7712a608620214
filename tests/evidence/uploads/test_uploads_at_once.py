"""Many people upload at once: a few files are read, the others are told, nobody waits long."""

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters import upload_turns, uploads
from tests.due_diligence.findings.test_findings_pages import send
from tests.factories import signed_in_client
from tests.finding_worlds import World
from tests.hostile_pdf import objects, plain

PEOPLE = (
    RoleId.SUSTAINABILITY_MANAGER,
    RoleId.ANALYST,
    RoleId.ADMIN_MANAGER,
    RoleId.SAFEGUARDING_OFFICER,
)


LONGEST_S = 60


class SlowReading:
    """Files whose reading ends when it is told to."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.most = self._now = 0
        self._lock = threading.Lock()

    def read(self, content: bytes, _media_type: str) -> bytes:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self.end.wait(LONGEST_S)
        with self._lock:
            self._now -= 1
        return content


def test_four_uploads_at_once_are_two_that_are_read_and_two_that_are_told(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
):
    reading = SlowReading()
    monkeypatch.setattr(uploads, "clean_in_child", reading.read)
    monkeypatch.setattr(upload_turns, "PATIENCE_S", 0.2)
    page = f"/o/{world.tenant.slug}/evidence/add"
    browsers = [signed_in_client(app, world.tenant, role) for role in PEOPLE]

    def upload(browser: FlaskClient) -> TestResponse:
        document = (BytesIO(plain(objects())), "paper.pdf")
        return send(browser, page, confidentiality="normal", document=document)

    with ThreadPoolExecutor(len(PEOPLE)) as threads:
        answers = as_completed([threads.submit(upload, browser) for browser in browsers])
        told = [next(answers).result(), next(answers).result()]
        reading.end.set()
        read = [answer.result() for answer in answers]

    assert [answer.status_code for answer in told] == [503, 503]
    assert all("Choose it again in a minute." in answer.text for answer in told)
    assert [answer.status_code for answer in read] == [302, 302]
    assert reading.most == 2
