"""Canaries: of who sent a concern nothing is found in whatever is kept or written."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.audit.services.log import sign_checkpoint
from ddplatform.due_diligence.concern_handling.services import door as doors
from ddplatform.due_diligence.concerns.services.mails import TELL, send_news
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from tests.answering import mails
from tests.conftest import NOW
from tests.due_diligence.concerns.test_concern_door import code_in
from tests.factories import Tenant

CONCERNS = 200
ADDRESS, AGENT, REFERRER = "203.0.113.77", "canaryagent", "canaryreferrer.example"
COOKIE, LANGUAGE, TEXT = "canarycookie", "xx-canarylang", "canarytext"
CANARIES = (ADDRESS, AGENT, REFERRER, COOKIE, LANGUAGE, TEXT)
HEADERS = {
    "User-Agent": f"{AGENT}/1.0",
    "Referer": f"https://{REFERRER}/page",
    "X-Forwarded-For": ADDRESS,
    "Accept-Language": f"{LANGUAGE},en;q=0.5",
    "Cookie": f"session={COOKIE}",
}

pytestmark = pytest.mark.usefixtures("pages_of_that_day")


def stored_bytes(app: Flask) -> Iterator[tuple[str, bytes]]:
    """Every file of an installation and every row of its database, as they are kept."""
    folders = {Path(app.instance_path)}
    if db.engine.dialect.name == "sqlite":  # the database with its journal
        folders.add(Path(db.engine.url.database).parent)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield str(path), path.read_bytes()
    with across_tenants():
        for table in db.metadata.sorted_tables:
            rows = db.session.execute(select(table)).all()
            yield table.name, repr(rows).encode()


def test_two_hundred_concerns_leave_no_trace_of_their_senders(
    context: Flask, tenant: Tenant, caplog: pytest.LogCaptureFixture
):
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with acting_in(tenant.id), unit_of_work():
        door = f"/concern/acme-{doors.open_door(act=Act(officer, NOW)).address_part}"
    client = context.test_client()
    sender = {"headers": HEADERS, "environ_base": {"REMOTE_ADDR": ADDRESS}}
    with caplog.at_level(logging.DEBUG):
        for number in range(CONCERNS):
            data = {"text": f"{TEXT} number {number % 7}", "nonce": f"{number:032x}"}
            sent = client.post(f"{door}/en/", data=data, **sender)
            assert sent.status_code == 200
            if number % 50 == 0:
                code = {"code": code_in(sent), "nonce": f"{number + 1000:032x}"}
                more = {**code, "act": "write", "message": f"{TEXT} again"}
                assert client.post(f"{door}/en/code", data=more, **sender).status_code == 200
                wrong = {"code": "1" * 20}
                assert client.post(f"{door}/en/code", data=wrong, **sender).status_code in (
                    422,
                    429,
                )
                data = {"text": f"{TEXT} call +90 532 123 45 67", "nonce": f"{number:032x}"}
                assert client.post(f"{door}/en/", data=data, **sender).status_code == 422
    with acting_in(tenant.id), unit_of_work():
        sign_checkpoint(at=NOW)
        for job in db.session.scalars(select(Job).where(Job.name == TELL)):
            send_news(job.payload)
    kept = dict(stored_bytes(context))
    found = [
        f"{canary} in {name}"
        for name, content in kept.items()
        for canary in CANARIES
        if canary.encode() in content
    ]
    said = "\n".join([*mails(), *(record.getMessage() for record in caplog.records)])

    assert b"concern:receive" in kept["audit_event"]
    assert mails()
    assert found == []
    assert [canary for canary in CANARIES if canary in said] == []


def test_every_moment_that_a_concern_leaves_is_the_beginning_of_a_day(
    context: Flask, tenant: Tenant
):
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with acting_in(tenant.id), unit_of_work():
        door = f"/concern/acme-{doors.open_door(act=Act(officer, NOW)).address_part}"
    context.test_client().post(f"{door}/en/", data={"text": TEXT, "nonce": "0" * 32})

    with acting_in(tenant.id):
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "concern:receive")
        ).all()
        jobs = db.session.scalars(select(Job).where(Job.name == TELL)).all()
    moments = {one.at for one in events} | {one.created_at for one in jobs}
    assert len(events) == len(jobs) == 1
    assert {(moment.hour, moment.minute, moment.second) for moment in moments} == {(0, 0, 0)}
    assert {one.actor_id for one in events} == {None}


def test_reference_proxy_writes_no_line_about_the_door():
    proxy = (Path(__file__).resolve().parents[3] / "deploy/nginx.conf").read_text("utf-8")
    unlogged = re.search(r"map \$uri \$waymark_logged \{\s+default 1;\s+~(\S+) 0;", proxy)

    assert unlogged is not None
    assert re.search(unlogged.group(1), "/concern/acme-k7m2p9q4xw/en/code")
    assert not re.search(unlogged.group(1), "/o/acme/concerns/")
    assert re.findall(r"access_log /\S+ waymark(.*);", proxy) == [" if=$waymark_logged"]
