"""What a receiver does wrong: later tries, a pause after three days, and nothing is lost."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.models import Pause, Webhook
from ddplatform.api.webhooks.services import delivery, mails, webhooks
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters import webhook_sender
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.webhook_sender import Answer, Fault, WebhookSender
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.tenancy import acting_in
from tests.answering import mails as sent_mails
from tests.api.webhooks.conftest import Hooks
from tests.api.webhooks.receiver import receiving
from tests.conftest import NOW
from tests.report_world import work_off

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_failure_is_tried_again_and_the_rest_waits_for_it(hooks: Hooks):
    hooks.add()
    hooks.change("First", "Second", "Third")
    hooks.receiver.refused_after = 1

    assert hooks.send() == 1
    assert (hooks.row().last_fault, hooks.row().last_status) == (Fault.STATUS, 500)
    hooks.receiver.refused_after = None
    assert hooks.send(NOW + MINUTE - timedelta(seconds=1)) == 0, "a minute has not passed"
    assert hooks.send(NOW + MINUTE) == 2

    keys = [message["id"] for message in hooks.receiver.messages]
    assert len(keys) == 4 and keys[1] == keys[2] and keys == sorted(keys)
    assert hooks.row().failing_since is None and hooks.row().failures == 0


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_any_status_but_success_is_a_failure(hooks: Hooks, status: int):
    hooks.add()
    hooks.change("New")
    hooks.receiver.status = status

    assert hooks.send() == 0
    assert (hooks.row().last_fault, hooks.row().last_status) == (Fault.STATUS, status)


def test_a_redirect_is_not_followed(hooks: Hooks):
    hooks.add()
    hooks.change("New")
    hooks.receiver.status, hooks.receiver.headers = 307, {"Location": hooks.url + "/elsewhere"}

    assert hooks.send() == 0
    assert len(hooks.receiver.requests) == 1 and hooks.row().last_fault is Fault.REDIRECT


def test_an_answer_of_more_than_4_kb_is_a_failure(hooks: Hooks):
    hooks.add()
    hooks.change("New")
    hooks.receiver.body = b"x" * (webhook_sender.LARGEST_ANSWER + 1)

    assert hooks.send() == 0 and hooks.row().last_fault is Fault.SIZE


@pytest.mark.parametrize("limit", ["STEP_S", "LONGEST_S"])
def test_an_answer_that_takes_too_long_is_a_failure(
    hooks: Hooks, limit: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_sender, limit, 0.2)
    hooks.add()
    hooks.change("New")
    hooks.receiver.slow_s = 8
    begun = time.monotonic()

    assert hooks.send() == 0 and hooks.row().last_fault is Fault.TIME
    assert time.monotonic() - begun < 5


def test_an_answer_that_drips_in_is_ended_after_the_longest_time(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_sender, "LONGEST_S", 0.3)
    hooks.add()
    hooks.change("New")
    hooks.receiver.drip_s, hooks.receiver.body = 0.05, b"x" * 200
    begun = time.monotonic()

    assert hooks.send() == 0 and hooks.row().last_fault is Fault.TIME
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("is_trusted", [True, False])
def test_only_a_host_with_a_trusted_certificate_gets_events(
    tmp_path: Path, is_trusted: bool, monkeypatch: pytest.MonkeyPatch
):
    files = own_certificate(tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", files[0])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*files)

    with receiving(server) as (receiver, address):
        sender = WebhookSender((address,), plain_here=False)
        answer = sender.post(f"https://{address}/", b"{}", {})

    assert answer == (Answer(None, 200) if is_trusted else Answer(Fault.CERTIFICATE))
    assert len(receiver.requests) == int(is_trusted)


def test_a_host_without_a_server_is_a_failure(hooks: Hooks, allow):
    allow("127.0.0.1:1")
    hooks.add(url="http://127.0.0.1:1/")
    hooks.change("New")

    assert hooks.send() == 0 and hooks.row().last_fault is Fault.CONNECTION


def test_a_host_that_the_operator_no_longer_allows_is_not_contacted(hooks: Hooks, allow):
    hooks.add()
    hooks.change("New")
    allow("erp.example")

    assert hooks.send() == 0
    assert hooks.receiver.requests == [] and hooks.row().last_fault is Fault.HOST


def test_without_allowed_hosts_nothing_is_sent_and_nothing_fails(hooks: Hooks, allow):
    hooks.add()
    hooks.change("New")
    allow()

    assert hooks.send() == 0
    assert hooks.receiver.requests == [] and hooks.row().failing_since is None


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (1000, 360)]
)
def test_waits_double_up_to_six_hours(failures: int, minutes: int):
    assert delivery.wait_after(failures) == minutes * MINUTE


def test_after_three_days_of_failures_it_is_paused_and_its_maker_gets_a_mail(hooks: Hooks):
    hooks.add()
    hooks.change("New")
    hooks.receiver.status = 500
    hooks.send()
    hooks.send(NOW + 3 * DAY - MINUTE)
    assert hooks.row().paused_at is None

    hooks.send(NOW + 4 * DAY)

    assert hooks.row().paused_because is Pause.FAILING
    assert actions(hooks) == ["webhook:add", "webhook:pause"]
    mail = told(hooks)
    assert "three days" in mail and "/o/acme/settings/webhooks" in mail
    assert hooks.send(NOW + 9 * DAY) == 0 and len(hooks.receiver.requests) == 3


def test_what_waited_is_sent_when_somebody_resumes_it(hooks: Hooks):
    hooks.add()
    hooks.change("New")
    hooks.receiver.status = 500
    hooks.send()
    hooks.send(NOW + 4 * DAY)
    hooks.receiver.status = 204
    with unit_of_work(), acting_in(hooks.tenant.id):
        act = Act(hooks.tenant[RoleId.ADMIN], NOW + 5 * DAY)
        webhooks.resume_webhook(db.session.query(Webhook).one(), act=act)

    assert hooks.send(NOW + 5 * DAY) == 1
    assert hooks.row().acts_for_id == hooks.tenant[RoleId.ADMIN].user_id
    assert actions(hooks)[-1] == "webhook:resume"


@pytest.mark.parametrize("how", ["left", "role", "account"])
def test_a_webhook_whose_maker_has_lost_the_right_is_paused(hooks: Hooks, how: str):
    hooks.add()
    hooks.change("New")
    person = hooks.tenant[RoleId.ADMIN_MANAGER].user_id
    with unit_of_work(), acting_in(hooks.tenant.id):
        row = db.session.query(Membership).filter(Membership.user_id == person).one()
        if how == "left":
            db.session.delete(row)
        elif how == "role":
            row.role = RoleId.ANALYST
        else:
            db.session.get(User, person).is_active = False

    assert hooks.send() == 0

    assert hooks.receiver.requests == [] and hooks.row().paused_because is Pause.RIGHTS
    asked = db.session.query(Job).filter(Job.name == mails.TELL).count()
    assert asked == (0 if how == "left" else 1)


def test_who_has_lost_the_right_is_told_why_the_webhook_is_paused(hooks: Hooks):
    hooks.add()
    person = hooks.tenant[RoleId.ADMIN_MANAGER].user_id
    with unit_of_work(), acting_in(hooks.tenant.id):
        row = db.session.query(Membership).filter(Membership.user_id == person).one()
        row.role = RoleId.ANALYST
    hooks.send()

    mail = told(hooks)

    assert mail.startswith("Webhook paused: ERP")
    assert "your role may no longer manage it or read its events" in mail


@pytest.mark.parametrize("how", ["resumed", "removed"])
def test_no_mail_tells_of_a_pause_that_is_over(app: Flask, hooks: Hooks, how: str):
    hooks.add()
    with unit_of_work(), acting_in(hooks.tenant.id):
        row = db.session.query(Webhook).one()
        webhooks.pause_webhook(row, Pause.FAILING, at=NOW)
        act = Act(hooks.tenant[RoleId.ADMIN], NOW)
        if how == "resumed":
            webhooks.resume_webhook(row, act=act)
        else:
            webhooks.remove_webhook(row, act=act)

    work_off(app)

    (job,) = db.session.query(Job).filter(Job.name == mails.TELL)
    assert job.state is JobState.DONE and sent_mails() == []


def test_who_may_not_read_its_events_resumes_no_webhook(hooks: Hooks):
    hooks.add(Subject.FINDINGS)
    with unit_of_work(), acting_in(hooks.tenant.id):
        webhooks.pause_webhook(db.session.query(Webhook).one(), Pause.FAILING, at=NOW)

    with (
        pytest.raises(Conflict, match="may not read the events"),
        unit_of_work(),
        acting_in(hooks.tenant.id),
    ):
        row = db.session.query(Webhook).one()
        webhooks.resume_webhook(row, act=Act(hooks.tenant[RoleId.SUPPLIER], NOW))

    assert hooks.row().paused_because is Pause.FAILING
    assert hooks.row().acts_for_id == hooks.tenant[RoleId.ADMIN_MANAGER].user_id


def test_who_may_not_read_a_subject_makes_no_webhook_for_it(hooks: Hooks):
    with pytest.raises(Invalid):
        hooks.add(Subject.FINDINGS, role=RoleId.SUPPLIER)


def test_an_organisation_has_ten_webhooks_at_most(hooks: Hooks):
    for _ in range(webhooks.MOST):
        hooks.add()

    with pytest.raises(Conflict):
        hooks.add()


def test_a_lost_key_is_told_and_other_work_goes_on(hooks: Hooks):
    hooks.add()
    hooks.change("New")
    (adapters().keys._folder / "webhook_key").unlink()

    assert hooks.send() == 0 and hooks.row().last_fault is Fault.SECRET


def test_a_secret_is_sealed_and_bound_to_its_webhook(hooks: Hooks):
    hooks.add()
    row = hooks.row()
    opened = webhooks.open_secret(row)
    assert opened is not None and len(opened) == 32 and opened not in row.sealed_secret

    moved = Webhook(id=uuid4(), sealed_secret=row.sealed_secret)

    assert webhooks.open_secret(moved) is None


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://erp.example/hook?a=1", True),
        ("https://ERP.example:443/hook", True),
        ("https://a.b.hooks.example/", True),
        ("https://other.example:8443/", True),
        ("https://hooks.example/", False),
        ("https://evilhooks.example/", False),
        ("https://erp.example.evil.example/", False),
        ("https://erp.example:8443/", False),
        ("https://other.example/", False),
        ("https://erp.example@evil.example/", False),
        ("https://user:secret@erp.example/", False),
        ("https://erp.example/#part", False),
        ("https://erp.example\\@evil.example/", False),
        ("https://erp.example:99999/", False),
        ("https://erp.example/a b", False),
        ("https://erp.example/\r\nHost: evil", False),
        ("http://erp.example/", False),
        ("http://localhost/", False),
        ("https://169.254.169.254/", False),
        ("https://[::1]/", False),
        ("file:///etc/passwd", False),
        ("erp.example", False),
        ("", False),
    ],
)
def test_only_hosts_of_the_operator_are_contacted(url: str, is_allowed: bool):
    hosts = ("erp.example", "*.hooks.example", "other.example:8443", "localhost")

    assert WebhookSender(hosts, plain_here=False).allows(url) is is_allowed


def test_only_the_machine_itself_is_reached_without_encryption_and_only_outside_production():
    hosts = ("localhost:8000", "erp.example:8000")
    testing = WebhookSender(hosts, plain_here=True)

    assert testing.allows("http://localhost:8000/")
    assert not testing.allows("http://erp.example:8000/")
    assert not WebhookSender(hosts, plain_here=False).allows("http://localhost:8000/")


def own_certificate(folder: Path) -> tuple[str, str]:
    """Files with a certificate of 127.0.0.1 that nobody else signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(public), str(private)


def actions(hooks: Hooks) -> list[str]:
    with acting_in(hooks.tenant.id):
        found = db.session.query(AuditEvent).filter(AuditEvent.action.startswith("webhook:"))
        return [one.action for one in found.order_by(AuditEvent.sequence)]


def told(hooks: Hooks) -> str:
    """The one mail that a pause asks for."""
    (job,) = db.session.query(Job).filter(Job.name == mails.TELL)
    assert system_identity(hooks.tenant.id).organisation_id == job.organisation_id
    with unit_of_work(), acting_in(hooks.tenant.id):
        mails.send_paused(hooks.row().id)
    return sent_mails()[-1]
