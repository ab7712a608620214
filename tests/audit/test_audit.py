import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ddplatform.audit import views as action_words_table
from ddplatform.audit.models import AuditCheckpoint, AuditEvent, AuditValue
from ddplatform.audit.queries.log import LogFilter, list_events
from ddplatform.audit.services import log as audit
from ddplatform.audit.services.proof import proof_under, prove_event
from ddplatform.core.ledger.faults import FaultKind
from ddplatform.core.ledger.stored import StoredEnd
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, erasing
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.postgres import superuser
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.both_databases

STRANGER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The example key of the signed-note specification: a key that signed nothing here."""


def test_each_change_is_one_event_and_the_log_is_sound(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        for number in range(5):
            audit.record(
                "node:change", None, act=Act(tenant.manager, NOW), number=(number, number + 1)
            )
        audit.sign_checkpoint(at=NOW)

    with acting_in(tenant.id):
        found = audit.verify()
    assert found.faults == ()
    assert found.size == 1 + len(tenant.people) + 5  # the organisation, who joined, these
    assert found.checkpoints == 1


def test_events_cannot_be_changed_or_deleted_in_the_database(context: Flask, tenant: Tenant):
    with acting_in(tenant.id):
        event = db.session.scalar(select(AuditEvent).limit(1))
        event.action = "nothing:happened"
        with pytest.raises(DBAPIError, match=r"append only|permission denied"):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(DBAPIError, match=r"append only|permission denied"), unit_of_work():
            db.session.delete(db.session.scalar(select(AuditEvent).limit(1)))


def test_cut_tail_behind_a_signed_head_is_found(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        audit.sign_checkpoint(at=NOW)
    # An operator with the right to erase takes the newest event away.
    with erasing(tenant.id), unit_of_work():
        db.session.delete(
            db.session.scalar(select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(1))
        )

    with acting_in(tenant.id):
        kinds = {fault.kind for fault in audit.verify().faults}
    assert kinds & {FaultKind.CUT, FaultKind.CHECKPOINT}


COLUMNS = ("action", "at", "actor_id", "actor_role", "outcome", "target_type", "target_id")


def _tamper(table: str, column: str, value: object, *, of: str) -> None:
    """As somebody with the database in hand does it, past every guard of the platform."""
    url = db.engine.url
    is_sqlite = url.get_backend_name() == "sqlite"
    with db.engine.connect() if is_sqlite else superuser(url) as connection:
        raw = connection.connection.driver_connection
        guards = [] if not is_sqlite else _guards_of(raw, table)
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        if not is_sqlite:
            raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        mark = "?" if is_sqlite else "%s"
        changed = raw.execute(f"UPDATE {table} SET {column} = {mark} WHERE {of}", (value,))
        assert changed.rowcount == 1
        for _, sql in guards:
            raw.execute(sql)
        if not is_sqlite:
            raw.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        raw.commit()


def _guards_of(raw: Any, table: str) -> list[tuple[str, str]]:
    found = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return [(name, sql) for name, sql in found.fetchall() if sql and table in sql]


def _faults(tenant: Tenant) -> list[tuple[int, str]]:
    db.session.remove()
    with acting_in(tenant.id):
        return [(fault.event, fault.kind.value) for fault in audit.verify().faults]


@stored_world
def logged(context: Flask, tenant: Tenant) -> int:
    """The number of an event with a value, the last of the log."""
    with acting_in(tenant.id), unit_of_work():
        return audit.record(
            "node:change", None, act=Act(tenant.manager, NOW), colour=("a", "b")
        ).sequence


@pytest.mark.parametrize("column", COLUMNS)
def test_column_that_says_something_else_than_its_event_is_found(
    tenant: Tenant, logged: int, column: str
):
    value = {"at": "2020-01-01 00:00:00.000000", "outcome": "failed"}.get(column, "a" * 32)
    _tamper("audit_event", column, value, of=f"sequence = {logged} AND action = 'node:change'")

    assert _faults(tenant) == [(logged, "edit")]


def test_edited_value_behind_an_event_is_found_and_an_erased_one_is_no_fault(
    tenant: Tenant, logged: int
):
    forged = '{"before": "a", "after": "c"}'
    _tamper("audit_value", "value", forged, of="name = 'colour'")
    assert _faults(tenant) == [(logged, "edit")]

    with acting_in(tenant.id), unit_of_work():
        for value in db.session.scalars(select(AuditValue)):
            db.session.delete(value)
    assert _faults(tenant) == []


def test_value_put_in_for_no_event_is_found(tenant: Tenant, logged: int):
    with acting_in(tenant.id), unit_of_work():
        db.session.add(
            AuditValue(event_id=uuid4(), name="name", salt=b"s" * 32, value={"after": 1})
        )

    assert _faults(tenant) == [(0, "insert")]


def test_events_missing_at_the_end_are_found_before_they_are_signed(tenant: Tenant, logged: int):
    with erasing(tenant.id), unit_of_work():
        last = select(AuditEvent).order_by(AuditEvent.sequence.desc()).limit(1)
        db.session.delete(db.session.scalar(last))

    assert (logged, "cut") in _faults(tenant)


def test_signed_head_that_was_taken_away_is_found(tenant: Tenant, logged: int):
    with acting_in(tenant.id), unit_of_work():
        audit.sign_checkpoint(at=NOW)
    assert _faults(tenant) == []
    with erasing(tenant.id), unit_of_work():
        for checkpoint in db.session.scalars(select(AuditCheckpoint)):
            db.session.delete(checkpoint)

    assert _faults(tenant) == [(0, "checkpoint")]


@pytest.mark.parametrize(("column", "value"), [("size", 1), ("root", bytes(32))])
def test_edited_column_of_a_signed_head_is_found(
    tenant: Tenant, logged: int, column: str, value: object
):
    with acting_in(tenant.id), unit_of_work():
        audit.sign_checkpoint(at=NOW)
    _tamper("audit_checkpoint", column, value, of=f"size = {logged}")

    assert _faults(tenant) == [(0, "checkpoint")]


def test_event_taken_out_of_the_middle_is_told_once(tenant: Tenant, logged: int):
    with erasing(tenant.id), unit_of_work():
        second = select(AuditEvent).where(AuditEvent.sequence == 2)
        db.session.delete(db.session.scalar(second))

    assert [fault for fault in _faults(tenant) if fault[0]] == [(2, "delete")]


def test_log_that_grows_while_it_is_read_is_sound(
    tenant: Tenant, logged: int, monkeypatch: pytest.MonkeyPatch
):
    reading = audit.load_end

    def write_after_reading() -> StoredEnd:
        end = reading()
        monkeypatch.setattr(audit, "load_end", reading)
        audit.record("node:change", None, act=Act(tenant.manager, NOW))
        return end

    monkeypatch.setattr(audit, "load_end", write_after_reading)
    with acting_in(tenant.id), unit_of_work():
        assert audit.verify().faults == ()


def test_second_head_continues_the_first_one(context: Flask, tenant: Tenant):
    with acting_in(tenant.id):
        with unit_of_work():
            first = audit.sign_checkpoint(at=NOW)
            again = audit.sign_checkpoint(at=NOW)
        with unit_of_work():
            audit.record("node:change", None, act=Act(tenant.manager, NOW))
            second = audit.sign_checkpoint(at=NOW)

    assert first is again
    assert audit.read_checkpoint(second.note).size == second.size == first.size + 1


def test_refusal_is_an_event_although_its_request_changed_nothing(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    assert client.get(f"/o/{tenant.slug}/people/invite").status_code == 403

    with app.app_context(), acting_in(tenant.id):
        newest = list_events(LogFilter())[0]
    assert (newest.action, newest.outcome.value) == ("access:refuse", "refused")
    assert newest.actor_id == tenant.analyst.user_id


def test_trail_is_filtered_by_the_address_and_shows_before_and_after(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    client.post(page, data={"name": "Acme Foods", "csrf_token": csrf_token(client, page)})

    listed = client.get(f"/o/{tenant.slug}/audit/?action=organisation:rename")
    found = re.search(r"/audit/(\d+)", listed.text.split("<tbody>", 1)[1])
    assert found is not None
    newest = client.get(f"/o/{tenant.slug}/audit/{found[1]}").text

    assert listed.status_code == 200
    assert "person, join" not in listed.text.split("<tbody>", 1)[1]
    assert "Acme Foods" in newest and ">Acme<" in newest


def test_page_of_an_event_that_was_done_to_no_row_opens(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        event = audit.record("access:refused", None, act=Act(tenant.manager, NOW))
        sequence = event.sequence
    client = signed_in_client(app, tenant, RoleId.ADMIN)

    page = client.get(f"/o/{tenant.slug}/audit/{sequence}")

    assert page.status_code == 200
    assert "access:refused" in page.text


def test_page_checks_the_log(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.AUDITOR)

    assert "The log is intact" in client.get(f"/o/{tenant.slug}/audit/check").text


def test_restricted_events_are_absent_for_everybody_but_safeguarding_officers(
    app: Flask, tenant: Tenant
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        row = audit.record("case:open", None, act=Act(tenant.manager, NOW), restricted=True)
        sequence = row.sequence
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    officer = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    assert "Opened a case" not in manager.get(f"/o/{tenant.slug}/audit/").text
    assert manager.get(f"/o/{tenant.slug}/audit/{sequence}").status_code == 404
    assert "Opened a case" in officer.get(f"/o/{tenant.slug}/audit/").text


def test_numbers_that_are_left_out_for_a_role_are_counted_where_they_would_stand(
    app: Flask, tenant: Tenant
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        act = Act(tenant.manager, NOW)
        audit.record("node:change", None, act=act)
        for _ in range(6):
            audit.record("case:open", None, act=act, restricted=True)
        number = audit.record("node:change", None, act=act).sequence
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = client.get(f"/o/{tenant.slug}/audit/").text
    filtered = client.get(f"/o/{tenant.slug}/audit/?action=node:change").text

    newest, oldest = (page.index(f'audit/{one}"') for one in (number, number - 7))
    between = page[newest:oldest]
    assert "6 entries that your role may not see" in between
    assert page.count("your role may not see") == 1
    assert "your role may not see" not in filtered


def test_command_says_that_the_log_is_sound(app: Flask, tenant: Tenant):
    result = app.test_cli_runner().invoke(args=["audit", "verify", "--organisation", tenant.slug])

    assert result.exit_code == 0
    assert f"Sound: {1 + len(tenant.people)} events" in result.output


@pytest.mark.parametrize(
    ("key", "exit_code", "words"),
    [
        ("own", 0, "Sound: "),
        (STRANGER, 1, "Checkpoint 1: "),
        (STRANGER[:-2], 1, "public key"),
    ],
)
def test_command_holds_the_heads_against_the_key_that_was_given(
    app: Flask, tenant: Tenant, key: str, exit_code: int, words: str
):
    with app.app_context():
        with acting_in(tenant.id), unit_of_work():
            audit.sign_checkpoint(at=NOW)
        with acting_in(tenant.id):
            own = audit.verify().public_key.text()
    given = own if key == "own" else key

    result = app.test_cli_runner().invoke(
        args=["audit", "verify", "--organisation", tenant.slug, "--public-key", given]
    )

    assert result.exit_code == exit_code
    assert words in result.output


def test_command_refuses_an_unknown_organisation(app: Flask):
    result = app.test_cli_runner().invoke(args=["audit", "verify", "--organisation", "nowhere"])

    assert result.exit_code == 1


def test_each_event_the_product_records_has_plain_words() -> None:
    """Its words are data; an event without words would show its code on the page."""
    package = Path(action_words_table.__file__).parents[1]
    recorded = {
        found
        for source in package.rglob("*.py")
        for found in re.findall(r"audit\.record\(\s*\"(\w+:\w+)\"", source.read_text("utf-8"))
    }

    assert len(recorded) > 50
    assert recorded - set(action_words_table.known_actions()) == set()


def test_supplier_reads_in_the_log_only_what_suppliers_did_and_what_became_of_people(
    app: Flask, tenant: Tenant
):
    supplier = tenant[RoleId.SUPPLIER]
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        theirs = audit.record("risk:change_score", None, act=Act(tenant.manager, NOW), score=(1, 2))
        own = audit.record("response:save", None, act=Act(supplier, NOW), section="A")
        hidden, shown = theirs.sequence, own.sequence
    client = signed_in_client(app, tenant, RoleId.SUPPLIER)

    page = client.get(f"/o/{tenant.slug}/audit/").text

    assert "Saved a section of a questionnaire" in page
    assert "Joined the organisation" in page
    assert "score" not in page
    assert client.get(f"/o/{tenant.slug}/audit/{shown}").status_code == 200
    assert client.get(f"/o/{tenant.slug}/audit/{hidden}").status_code == 404
    assert client.get(f"/o/{tenant.slug}/audit/check").status_code == 200


def _event_page(app: Flask, tenant: Tenant, sequence: int) -> str:
    client = signed_in_client(app, tenant, RoleId.AUDITOR)
    return client.get(f"/o/{tenant.slug}/audit/{sequence}").text


def test_page_of_an_event_says_who_did_it_in_which_role_and_what_changed(
    app: Flask, tenant: Tenant
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        event = audit.record(
            "node:change", None, act=Act(tenant.manager, NOW), active=(True, False), note="moved"
        )
        sequence = event.sequence
    page = _event_page(app, tenant, sequence)

    assert "Sustainability manager of acme" in page
    assert "<dd>Sustainability manager</dd>" in page
    assert '>yes</td><td data-label="After">no</td>' in page
    assert "No head of the log was signed since" in page


def test_event_under_a_signed_head_is_proven_on_its_page(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        events = [
            audit.record("node:change", None, act=Act(tenant.manager, NOW), number=number)
            for number in range(6)
        ]
        checkpoint = audit.sign_checkpoint(at=NOW)
        assert checkpoint is not None
        root, sequence = checkpoint.root, events[2].sequence
    with app.app_context(), acting_in(tenant.id):
        kept = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
        for event in kept:
            proof = prove_event(event)
            assert proof is not None
            assert proof.is_sound
            assert proof.root == root
    page = _event_page(app, tenant, sequence)

    assert "stands in the log as it was signed" in page
    assert root.hex() in page


def test_event_that_is_not_the_signed_one_is_found(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        audit.record("node:change", None, act=Act(tenant.manager, NOW))
        audit.sign_checkpoint(at=NOW)
    with acting_in(tenant.id):
        event = db.session.scalars(select(AuditEvent).limit(1)).one()
        other = AuditEvent(sequence=event.sequence, leaf=event.leaf + b" ")
        proof = prove_event(other)
        assert proof is not None
        assert not proof.is_sound


def test_events_missing_before_a_signed_head_or_a_broken_head_prove_nothing(
    context: Flask, tenant: Tenant
):
    with acting_in(tenant.id), unit_of_work():
        audit.record("node:change", None, act=Act(tenant.manager, NOW))
        checkpoint = audit.sign_checkpoint(at=NOW)
        assert checkpoint is not None
        size, note = checkpoint.size, checkpoint.note
    with acting_in(tenant.id):
        event = db.session.scalars(select(AuditEvent).limit(1)).one()
        for head in (
            AuditCheckpoint(size=size + 5, root=b"0" * 32, note=note, signed_at=NOW),
            AuditCheckpoint(size=size, root=b"0" * 32, note="no note", signed_at=NOW),
        ):
            proof = proof_under(head, event)
            assert not proof.is_sound
