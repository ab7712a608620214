"""A request that is sent twice is carried out once."""

from datetime import timedelta

import pytest
from flask import Flask

from ddplatform.api.repeats import replaying
from ddplatform.api.repeats.models import AnsweredRequest
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.api.conftest import Program, program_of
from tests.factories import Tenant
from tests.risk_maps import CocoaMap


def test_the_second_request_gets_the_answer_of_the_first_and_changes_nothing(
    program: Program, cocoa: CocoaMap
):
    path, body = f"/api/v1/maps/{cocoa.chain}/nodes", {"name": "Nouvelle coopérative"}

    first = program.post(path, body, key="order 1")
    again = program.post(path, body, key="order 1")

    assert first.status_code == again.status_code == 201
    assert again.json == first.json and again.headers["Idempotent-Replayed"] == "true"
    assert len(program.get(path, q="coopérative").json["items"]) == 1


def test_a_key_that_was_used_for_another_request_is_refused(program: Program, cocoa: CocoaMap):
    path = f"/api/v1/maps/{cocoa.chain}/nodes"
    program.post(path, {"name": "One"}, key="order 1")

    other = program.post(path, {"name": "Two"}, key="order 1")

    assert other.status_code == 422
    assert other.json["errors"][0]["field"] == "Idempotency-Key"
    assert program.get(path, q="Two").json["items"] == []


def test_a_request_that_was_refused_may_be_mended_under_its_key(program: Program, cocoa: CocoaMap):
    path = f"/api/v1/maps/{cocoa.chain}/nodes"
    assert program.post(path, {"name": ""}, key="order 1").status_code == 422

    assert program.post(path, {"name": "One"}, key="order 1").status_code == 201


def test_of_two_requests_in_one_moment_the_later_one_is_told_to_come_again_and_changes_nothing(
    program: Program, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    path, body = f"/api/v1/maps/{cocoa.chain}/nodes", {"name": "Nouvelle coopérative"}
    first = program.post(path, body, key="order 1")

    with monkeypatch.context() as patch:
        # It looked before the first one was kept. SQLite never lets two changes come so close.
        patch.setattr(replaying, "answer_before", lambda *_asked, **_act: None)
        later = program.post(path, body, key="order 1")

    assert later.status_code == 409
    assert "A request with this key is in progress." in later.text
    assert "Send it again in a moment to get its response." in later.text
    assert len(program.get(path, q="coopérative").json["items"]) == 1
    assert program.post(path, body, key="order 1").json == first.json


def test_a_key_counts_for_its_organisation_and_person_alone(
    app: Flask, program: Program, neighbour: Program, cocoa: CocoaMap
):
    body = {"name": "One"}
    assert program.post(f"/api/v1/maps/{cocoa.chain}/nodes", body, key="1").status_code == 201

    assert neighbour.post(f"/api/v1/maps/{cocoa.chain}/nodes", body, key="1").status_code == 404


def test_a_key_of_unprintable_or_too_many_characters_is_refused(program: Program, cocoa: CocoaMap):
    path = f"/api/v1/maps/{cocoa.chain}/nodes"

    for key in ("", "x" * 101, "clé"):
        answer = program.client.post(
            path,
            json={"name": "One"},
            headers={"Authorization": f"Bearer {program.token}", "Idempotency-Key": key},
        )
        assert answer.status_code == 422, key
    assert program.get(path, q="One").json["items"] == []


def test_answers_are_forgotten_after_a_day(
    app: Flask, tenant: Tenant, program: Program, cocoa: CocoaMap
):
    path = f"/api/v1/maps/{cocoa.chain}/nodes"
    program.post(path, {"name": "One"}, key="order 1")
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        kept = db.session.query(AnsweredRequest).one()
        kept.answered_at -= timedelta(hours=25)

    again = program.post(path, {"name": "Two"}, key="order 1")

    assert again.status_code == 201 and "Idempotent-Replayed" not in again.headers
    with app.app_context(), acting_in(tenant.id):
        assert db.session.query(AnsweredRequest).count() == 1


def test_what_the_first_scope_wrote_is_not_told_to_a_token_without_it(
    app: Flask, tenant: Tenant, program: Program, cocoa: CocoaMap
):
    path = f"/api/v1/maps/{cocoa.chain}/nodes"
    program.post(path, {"name": "One"}, key="order 1")
    reader = program_of(app, tenant, [Permission.VALUE_CHAIN_READ])

    assert reader.post(path, {"name": "One"}, key="order 1").status_code == 403
