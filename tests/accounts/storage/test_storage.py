"""Quotas of uploaded files: counted in the database, shown, and never in the way of a child."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.accounts.storage.queries import Used, count_used
from ddplatform.accounts.storage.services import FULL, require_room
from ddplatform.accounts.storage.views import shown_space
from ddplatform.config import QUOTAS, UnsafeSettings, read_settings
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.evidence.uploads import services as evidence
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters import installed
from ddplatform.infrastructure.adapters.installed import Quotas, Space, adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.file_checks.office_properties import without_properties
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.phone_apps.services.submissions import keep_upload
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.returned_books.services import books as returned_books
from ddplatform.value_chain.imports.services import reading
from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes
from tests.answering import Supplier, acting, fill, send, typed
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import opened
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.phone_submissions import instance_xml

ROOM = Space(1000, 1024**3)
SetQuotas = Callable[..., None]


@pytest.fixture
def quotas(context: Flask, monkeypatch: pytest.MonkeyPatch) -> SetQuotas:
    """Sets the space of a person and of an organisation."""

    def change(*, person: Space = ROOM, organisation: Space = ROOM) -> None:
        changed = replace(adapters(), quotas=Quotas(person, organisation))
        monkeypatch.setattr(installed, "_installed", [changed])

    return change


def add(tenant: Tenant, role: RoleId = RoleId.ANALYST, content: bytes = b"four") -> None:
    with acting(tenant.id):
        evidence.take_in(filename="visit.txt", content=content, act=Act(tenant[role], NOW))


@pytest.mark.both_databases
def test_person_and_organisation_fill_their_space_to_the_last_byte_and_file(
    tenant: Tenant, quotas: SetQuotas
):
    quotas(person=Space(3, 9), organisation=Space(3, 1000))
    add(tenant)
    add(tenant)

    with pytest.raises(FileRefused, match="as many files as one person may") as by_bytes:
        add(tenant, content=b"xx")
    add(tenant, RoleId.ADMIN, b"admin")
    with pytest.raises(
        FileRefused, match="space of your organisation is full: 3 files"
    ) as by_files:
        add(tenant, RoleId.ADMIN)

    assert {by_bytes.value.code, by_files.value.code} == {FULL}
    assert "whoever runs the platform" in by_bytes.value.advice
    with acting(tenant.id):
        assert count_used() == Used(3, 13)
        assert count_used(tenant[RoleId.ANALYST].user_id) == Used(2, 8)


def test_page_says_that_the_space_is_full_and_loses_nothing_that_was_typed(
    app: Flask, tenant: Tenant, quotas: SetQuotas
):
    quotas(organisation=Space(1, 3))
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    page = f"/o/{tenant.slug}/evidence/add"
    file = (BytesIO(b"Three visits."), "visit.txt")
    data = {"csrf_token": csrf_token(client, page), "document": file, "description": "Visit 7"}

    answer = client.post(page, data=data)

    assert answer.status_code == 422
    assert "The space of your organisation is full" in answer.text
    assert "An administrator sees the space in the settings" in answer.text
    assert "Visit 7" in answer.text
    with acting(tenant.id):
        assert count_used() == Used()


@pytest.mark.both_databases
def test_every_kind_of_uploaded_file_counts(tenant: Tenant, supplier: Supplier, quotas: SetQuotas):
    chain_id, listed = supplier.asked.chain_id, NamedBytes("list.csv", b"name,country\nA,CI\n")
    with acting(supplier.id):
        book = without_properties(write_book(supplier.asked.assignment_id, at=NOW)[1])
        act = Act(supplier.identity, NOW)
        keep_upload(supplier.asked.assignment_id, filename="answers.xlsx", content=book, act=act)
        responses.attach(
            supplier.asked.assignment_id,
            "/data/A/SAQ_A06_evidence",
            filename="policy.txt",
            content=b"policy",
            act=act,
        )
        assert count_used() == Used(1, len(book))
        assert count_used(supplier.identity.user_id) == Used(2, len(book) + 6)
    with acting(tenant.id):
        act = Act(tenant.manager, NOW)
        reading.stage(chain_id, [listed], link_to_id=None, act=act)
        returned_books.bring([("back.xlsx", book)], act=act)
        assert count_used(tenant.manager.user_id) == Used(2, len(book) + len(listed.content))
        assert count_used() == Used(2, len(book) + len(listed.content))
    fill(supplier)
    send(supplier)
    with acting(tenant.id):
        assert count_used() == Used(3, len(book) + len(listed.content) + 6)


def test_lists_and_returned_workbooks_find_no_room_where_the_space_is_full(
    tenant: Tenant, supplier: Supplier, quotas: SetQuotas
):
    quotas(organisation=Space(1000, 3))
    act = Act(tenant.manager, NOW)
    for bring in (
        lambda: reading.stage(
            supplier.asked.chain_id, [NamedBytes("a.csv", b"name\n")], link_to_id=None, act=act
        ),
        lambda: returned_books.bring([("back.xlsx", b"PK\x03\x04")], act=act),
    ):
        with pytest.raises(FileRefused, match="organisation is full"), acting(tenant.id):
            bring()


def test_full_space_of_a_buyer_keeps_no_supplier_from_adding_files_and_sending(
    tenant: Tenant, supplier: Supplier, quotas: SetQuotas
):
    quotas(organisation=Space(1, 1))
    fill(supplier)
    with acting(supplier.id):
        responses.attach(
            supplier.asked.assignment_id,
            "/data/A/SAQ_A06_evidence",
            filename="policy.txt",
            content=b"policy",
            act=Act(supplier.identity, NOW),
        )

    assert send(supplier)


def test_supplier_without_room_loses_the_attached_file_alone_and_answers_and_sends(
    supplier: Supplier, quotas: SetQuotas
):
    quotas(person=Space(1, 1), organisation=Space(1, 1))
    assignment_id, act = supplier.asked.assignment_id, Act(supplier.identity, NOW)
    with pytest.raises(FileRefused, match="as one person may"), acting(supplier.id):
        responses.attach(
            assignment_id,
            "/data/A/SAQ_A06_evidence",
            filename="policy.txt",
            content=b"policy",
            act=act,
        )
    with acting(supplier.id):
        responses.save_draft(assignment_id, typed({"/data/C/SAQ_C01": "12"}), act=act)
        xml = instance_xml({"C/SAQ_C01": "40"})
        assert keep_upload(assignment_id, filename="a.xml", content=xml, act=act)

    fill(supplier)
    assert send(supplier)


def test_concern_about_a_child_is_kept_whatever_is_full(tenant: Tenant, quotas: SetQuotas):
    quotas(person=Space(1, 1), organisation=Space(1, 1))
    with acting(tenant.id):
        opened(tenant)

    with acting(tenant.id):
        assert db.session.query(RemediationCase).count() == 1
        with pytest.raises(FileRefused):
            require_room([2], act=Act(tenant.manager, NOW))


@pytest.mark.parametrize(
    ("most", "of_files", "words"),
    [
        (10, "3 of 10", ""),
        (4, "3 of 4", ""),
        (3, "3 of 3", "The space is full: your people can add no documents"),
    ],
)
def test_administrators_see_how_full_the_space_is(
    app: Flask, tenant: Tenant, quotas: SetQuotas, most: int, of_files: str, words: str
):
    for _ in range(3):
        add(tenant)
    quotas(organisation=Space(most, 1024**3))

    page = signed_in_client(app, tenant, RoleId.ADMIN).get(f"/o/{tenant.slug}/settings/").text

    assert of_files in page and "0.000 of 1 GB" in page
    assert f'class="f-accent" width="{300 / most:.4g}%"' in page
    assert (words in page) if words else "The space is" not in page


def test_administrators_are_warned_from_four_fifths_on():
    most = Space(10, 1000)

    assert not shown_space(Used(7, 799), most).is_nearly_full
    assert shown_space(Used(8, 0), most).is_nearly_full
    assert shown_space(Used(0, 800), most).is_nearly_full
    assert not shown_space(Used(9, 999), most).is_full
    assert shown_space(Used(0, 1200), most).is_full


@pytest.mark.parametrize("name", QUOTAS)
def test_quotas_are_settings_and_none_is_less_than_one(tmp_path: Path, name: str):
    environment = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "s" * 40}

    assert getattr(read_settings(environment), name) == QUOTAS[name]
    assert getattr(read_settings({**environment, name.upper(): "7"}), name) == 7
    with pytest.raises(UnsafeSettings, match=name.upper()):
        read_settings({**environment, name.upper(): "0"})
