"""Events reach the program of an organisation: in order, signed, at least once, and no others."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ddplatform.api.webhooks import catalogue
from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.messages import KINDS
from ddplatform.api.webhooks.models import Pause, Webhook
from ddplatform.api.webhooks.services import delivery, webhooks
from ddplatform.audit.models import RESTRICTED_ACTIONS, AuditEvent, Outcome
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.webhook_sender import Answer, WebhookSender
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from supply_chain.vocabulary import Issue
from tests.api.webhooks.conftest import Hooks
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import assess, make_cocoa_map

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
NEVER = (
    *("case:", "officer:", "person:", "organisation:", "session:", "access:", "api_token:"),
    *("password:", "passkey:", "second_factor:", "webhook:", "evidence:", "audit:", "keys:"),
    *("finding:harm", "red_flag:", "retention:", "backup:"),
)
"""Beginnings of actions that no webhook may send."""


def test_events_come_in_order_and_once_with_what_they_are_about(hooks: Hooks):
    hooks.add(Subject.NODES)
    hooks.change("First", "Second", "Third")

    assert (hooks.send(), hooks.send()) == (3, 0)

    with acting_in(hooks.tenant.id):
        events = db.session.query(AuditEvent).filter(AuditEvent.action == "node:add")
        newest = events.order_by(AuditEvent.sequence.desc()).limit(3).all()[::-1]
    assert hooks.receiver.messages == [
        {
            "id": f"{hooks.tenant.id}:{one.sequence}",
            "type": "node.added",
            "at": "2026-11-25T12:00:00.000000Z",
            "subject": {
                "kind": "node",
                "id": one.target_id,
                "url": f"{adapters().base_url}/api/v1/nodes/{one.target_id}",
            },
        }
        for one in newest
    ]
    assert hooks.row().delivered == 3 and hooks.row().last_success_at == NOW


def test_what_happened_before_a_webhook_was_made_is_not_sent(hooks: Hooks):
    hooks.change("Earlier")
    hooks.add()

    assert hooks.send() == 0 and hooks.receiver.requests == []


def test_the_example_of_the_guide_knows_a_message_of_the_platform(hooks: Hooks):
    secret = hooks.add()
    hooks.change("New")
    hooks.send(datetime.now(UTC))
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    taken: dict = {}
    exec(example, taken)

    ((headers, body),) = hooks.receiver.requests

    assert taken["is_genuine"](secret, headers, body)
    assert not taken["is_genuine"](secret, headers, body + b" ")
    assert not taken["is_genuine"](secret, {**headers, "webhook-id": "x"}, body)
    assert not taken["is_genuine"](secret, {**headers, "webhook-timestamp": "1"}, body)
    assert headers["webhook-id"] == hooks.receiver.messages[0]["id"]


def test_a_webhook_hears_of_its_subjects_alone(hooks: Hooks):
    hooks.add(Subject.FINDINGS)
    hooks.change("New")
    with unit_of_work(), acting_in(hooks.tenant.id):
        told = FindingFields(Issue("ISS-HZ"), "Loads", "Heavy sacks.", FindingSource.AUDIT)
        key = findings.record(hooks.chain.farms, told, act=Act(hooks.tenant.analyst, NOW)).id

    hooks.send()

    (message,) = hooks.receiver.messages
    assert message["type"] == "finding.recorded" and message["subject"]["id"] == str(key)
    assert "Heavy" not in str(hooks.receiver.requests)


def test_an_assessment_in_force_names_the_map_whose_risks_are_new(hooks: Hooks):
    hooks.add(Subject.RISKS)
    assess(hooks.tenant, hooks.chain.chain)

    hooks.send()

    (message,) = hooks.receiver.messages
    url = f"{adapters().base_url}/api/v1/maps/{hooks.chain.chain}/risks"
    assert message["type"] == "risks.assessed"
    assert message["subject"] == {"kind": "map", "id": str(hooks.chain.chain), "url": url}


def test_events_of_another_organisation_are_never_sent(hooks: Hooks, other_tenant: Tenant):
    hooks.add()
    make_cocoa_map(other_tenant)

    assert hooks.send() == 0 and hooks.receiver.requests == []


def test_restricted_and_refused_events_are_never_sent(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
):
    types = {Subject.NODES: {"case:open": "case.opened", "node:add": "node.added"}}
    monkeypatch.setattr(catalogue, "event_types", lambda: types)
    hooks.add()
    with unit_of_work(), acting_in(hooks.tenant.id):
        act = Act(hooks.tenant.analyst, NOW)
        audit.record("case:open", None, act=act, restricted=True)
        audit.record("node:add", None, act=act, outcome=Outcome.REFUSED)

    assert hooks.send() == 0 and hooks.receiver.requests == []


def test_no_action_about_cases_people_or_sign_in_can_be_sent():
    lines = (ROOT / "ddplatform/audit/actions.csv").read_text(encoding="utf-8").splitlines()
    known = {row["action"] for row in csv.DictReader(lines)}
    sent = [action for types in catalogue.event_types().values() for action in types]

    assert len(sent) == len(set(sent)) > 40 and set(sent) <= known
    assert not [one for one in sent if one.startswith((*NEVER, RESTRICTED_ACTIONS))]
    assert not [one for one in sent if one.endswith((":export", ":read"))]
    assert set(catalogue.event_types()) == set(Subject) == set(catalogue.SCOPES)


def test_addresses_in_messages_are_addresses_of_the_interface(hooks: Hooks, context):
    rules = {str(rule) for rule in context.url_map.iter_rules()}
    paths = {path for _, path in KINDS.values() if path}

    made = {re.sub(r"<[^>]+>", "{id}", rule) for rule in rules}
    assert {f"/api/v1/{path}" for path in paths} <= made


def test_what_was_sent_and_not_yet_kept_is_sent_again(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
):
    hooks.add()
    hooks.change("New")
    keep = delivery._note

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery, "_note", killed)
    with pytest.raises(KeyboardInterrupt):
        hooks.send()
    monkeypatch.setattr(delivery, "_note", keep)

    assert hooks.send() == 0, "another worker leaves it alone while it may still be sent"
    assert hooks.send(NOW + delivery.LEASE) == 1
    first, second = hooks.receiver.messages
    assert first == second


def test_a_run_ends_after_two_minutes_and_the_next_begins_with_who_waited_longest(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(3):
        hooks.add()
    hooks.change("First", "Second")
    # After one answer the time of a batch is over, after two that of a run.
    slow = SimpleNamespace(monotonic=lambda: 70.0 * len(hooks.receiver.requests))
    monkeypatch.setattr(delivery, "time", slow)

    courses = []
    for minutes in range(1, 5):
        sent = hooks.send(NOW + minutes * MINUTE)
        with acting_in(hooks.tenant.id):
            db.session.expire_all()
            courses.append((sent, sorted(one.delivered for one in db.session.query(Webhook))))

    assert courses == [(2, [0, 1, 1]), (2, [1, 1, 2]), (2, [2, 2, 2]), (0, [2, 2, 2])]


@pytest.mark.parametrize("how", ["removed", "paused", "tried"])
def test_what_others_do_to_a_webhook_while_another_one_is_sent_counts(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch, how: str
):
    for _ in range(2):
        hooks.add()
    hooks.change("New")

    def meanwhile() -> None:
        # The one that is sent is held by its lease.
        other = db.session.query(Webhook).filter(Webhook.next_try_at <= NOW).one()
        if how == "removed":
            webhooks.remove_webhook(other, act=Act(hooks.tenant[RoleId.ADMIN_MANAGER], NOW))
        elif how == "paused":
            webhooks.pause_webhook(other, Pause.FAILING, at=NOW)
        else:
            other.next_try_at = NOW + MINUTE

    while_sending(hooks, meanwhile, monkeypatch)

    assert hooks.send() == 1
    assert len(hooks.receiver.requests) == 1


def test_a_webhook_that_is_removed_while_its_event_is_sent_is_gone(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
):
    hooks.add()
    hooks.change("New")

    def remove() -> None:
        by = Act(hooks.tenant[RoleId.ADMIN_MANAGER], NOW)
        webhooks.remove_webhook(db.session.query(Webhook).one(), act=by)

    while_sending(hooks, remove, monkeypatch)

    assert (hooks.send(), hooks.send(NOW + delivery.LEASE)) == (1, 0)
    with acting_in(hooks.tenant.id):
        assert db.session.query(Webhook).count() == 0


def test_no_transaction_is_open_while_an_event_is_sent(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
):
    hooks.add()
    hooks.change("New")
    seen = []
    post = type(adapters().webhooks).post

    def watched(*args: object) -> object:
        seen.append(db.session().in_transaction())
        return post(*args)

    monkeypatch.setattr(type(adapters().webhooks), "post", watched)
    hooks.send()

    assert seen == [False]


def test_where_there_is_a_webhook_the_next_look_is_queued_in_a_minute(hooks: Hooks):
    hooks.send()
    assert queued() == []
    hooks.add()
    with unit_of_work():
        db.session.query(Job).delete()

    hooks.send()
    hooks.send()

    assert queued() == [NOW + timedelta(minutes=1)]


def while_sending(
    hooks: Hooks, meanwhile: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let somebody else do this while the next event is under way."""
    post, done = WebhookSender.post, []

    def sent(*args: Any) -> Answer:
        if not done:
            done.append(True)
            with unit_of_work(), acting_in(hooks.tenant.id):
                meanwhile()
        return post(*args)

    monkeypatch.setattr(WebhookSender, "post", sent)


def queued() -> list[datetime]:
    return [job.run_after for job in db.session.query(Job).filter(Job.name == "webhook:send")]
