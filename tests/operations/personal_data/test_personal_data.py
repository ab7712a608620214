"""A person's data: given to them, taken out, and taken out again after a restore."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import inspect, select

from ddplatform.accounts.organisations.models import Invitation, Membership, User
from ddplatform.accounts.organisations.services.people import invite
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.audit.models import AuditValue
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import seal
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from ddplatform.operations.personal_data.erasure_list import read_list
from ddplatform.operations.personal_data.queries import list_naming_rows
from tests.conftest import NOW, settings_for
from tests.factories import Tenant, signed_in_client
from tests.operations.conftest import Company
from tests.operations.personal_data.everywhere import rows_with


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["personal-data", *words, "--json"])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def erase(app: Flask, email: str) -> dict[str, Any]:
    return told(run(app, "erase-person", "--email", email, "--confirm"))


@pytest.fixture
def email(app: Flask, company: Company) -> str:
    """The analyst, who was invited a second time and has signed in."""
    address = company.tenant.email(RoleId.ANALYST)
    signed_in_client(app, company.tenant, RoleId.ANALYST)
    with app.app_context(), unit_of_work(), acting_in(company.tenant.id):
        user = db.session.scalars(select(User).where(User.email == address)).one()
        by = Act(company.tenant[RoleId.ADMIN], NOW)
        audit.record("person:invite", user, act=by, email=address, name=user.name)
    return address


def test_an_erased_person_is_found_nowhere_and_every_log_verifies(
    app: Flask, company: Company, email: str
):
    user_id = company.tenant.analyst.user_id
    with app.app_context():
        assert {"user", "audit_value"} <= rows_with(email).keys(), "what there is to erase"

    receipt = erase(app, email)

    assert receipt["kind"] == "person" and receipt["id"] == str(user_id)
    assert receipt["erased"]["memberships"] == 1 and receipt["erased"]["sessions"] == 1
    assert receipt["erased"]["values_in_logs"] >= 2
    with app.app_context():
        assert rows_with(email) == {}
        assert rows_with(company.tenant.analyst.name) == {}
        with nobody(), unit_of_work():
            user = db.session.get(User, user_id)
            assert user is not None and not user.is_active and user.password_hash is None
            for organisation_id in accounts().list_organisation_ids():
                with acting_in(organisation_id):
                    assert audit.verify().faults == ()


def test_an_erased_person_is_signed_out_and_cannot_come_in_again(
    app: Flask, company: Company, email: str
):
    client = signed_in_client(app, company.tenant, RoleId.ANALYST)
    assert client.get(f"/o/{company.tenant.slug}/").status_code == 200

    erase(app, email)

    assert client.get(f"/o/{company.tenant.slug}/").status_code == 302


def test_second_factors_of_an_erased_person_go_with_the_names_of_devices(
    app: Flask, company: Company, email: str
):
    with app.app_context(), unit_of_work():
        db.session.add(
            Passkey(
                user_id=company.tenant.analyst.user_id,
                name="Phone of Ama",
                credential_id=b"one",
                public_key=b"key",
                sign_count=0,
                added_at=NOW,
            )
        )

    erase(app, email)

    with app.app_context():
        assert db.session.query(Passkey).count() == 0


def test_erasing_twice_changes_nothing_more(app: Flask, company: Company, email: str):
    erase(app, email)
    lines = read_list(Path(app.instance_path) / "erasures.jsonl")

    assert run(app, "erase-person", "--email", email, "--confirm").exit_code == 1
    assert told(run(app, "replay-erasures"))["replayed"] == 1
    assert read_list(Path(app.instance_path) / "erasures.jsonl") == lines
    with (
        app.app_context(),
        nobody(),
        unit_of_work(),
        acting_in(accounts().installation_organisation_id()),
    ):
        assert audit.verify().faults == ()


def test_nothing_is_erased_without_a_confirmation_or_while_nobody_else_is_administrator(
    app: Flask, company: Company, email: str
):
    admin = company.tenant.email(RoleId.ADMIN)
    both = company.tenant.email(RoleId.ADMIN_MANAGER)

    assert run(app, "erase-person", "--email", email).exit_code == 1
    erase(app, both)
    refused = run(app, "erase-person", "--email", admin, "--confirm")

    assert refused.exit_code == 1
    assert str(company.tenant[RoleId.ADMIN].user_id) not in {
        str(one.id) for one in read_list(Path(app.instance_path) / "erasures.jsonl")
    }
    assert "last administrator" in json.loads(refused.stdout)["error"]["message"]
    with app.app_context(), across_tenants():
        emails = set(db.session.scalars(select(User.email)))
        assert {email, admin} <= emails
        assert db.session.scalar(
            select(Membership.id).where(Membership.user_id == company.tenant[RoleId.ADMIN].user_id)
        )


def test_an_erased_case_cannot_be_read_and_its_organisation_works_on(app: Flask, company: Company):
    with app.app_context(), across_tenants():
        code, sealed = db.session.execute(
            select(RemediationCase.code, RemediationCase.sealed_facts).where(
                RemediationCase.id == company.case_ids[0]
            )
        ).one()

    receipt = told(run(app, "erase-case", "--organisation", "acme", "--code", code, "--confirm"))

    assert receipt["erased"] == {"keys": 1} and sealed
    with app.app_context(), unit_of_work(), acting_in(company.tenant.id):
        erased, other = (db.session.get(RemediationCase, one) for one in company.case_ids)
        assert erased is not None and other is not None
        with pytest.raises(NotFound):
            seal.unseal(erased, erased, "sealed_facts", erased.sealed_facts)
        assert seal.unseal(other, other, "sealed_facts", other.sealed_facts)
        assert audit.verify().faults == ()
    client = signed_in_client(app, company.tenant, RoleId.SAFEGUARDING_OFFICER)
    assert client.get(f"/o/{company.tenant.slug}/remedy/").status_code == 200
    assert client.get(f"/o/{company.tenant.slug}/").status_code == 200


def test_a_code_that_no_case_of_the_organisation_has_erases_nothing(
    app: Flask, company: Company, other_tenant: Tenant
):
    with app.app_context(), across_tenants():
        code = db.session.get_one(RemediationCase, company.case_ids[0]).code

    for organisation, asked in (("acme", "XXXX-XXXX"), ("other", code)):
        words = ("--organisation", organisation, "--code", asked, "--confirm")
        refused = run(app, "erase-case", *words)
        assert refused.exit_code == 1
        error = json.loads(refused.stdout)["error"]
        assert error["message"] == f"There is no remediation case “{asked}”."

    assert not (Path(app.instance_path) / "erasures.jsonl").exists()
    with app.app_context(), unit_of_work(), acting_in(company.tenant.id):
        for key in company.case_ids:
            case = db.session.get_one(RemediationCase, key)
            assert seal.unseal(case, case, "sealed_facts", case.sealed_facts)


def test_a_person_gets_what_is_held_about_the_account(
    app: Flask, company: Company, email: str, tmp_path: Path
):
    out = tmp_path / "mine.zip"

    told(run(app, "export", "--email", email, "--out", str(out)))

    with ZipFile(BytesIO(out.read_bytes())) as archive:
        held = {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }
    assert held["account.json"]["email"] == email
    assert [one["role"] for one in held["memberships.json"]] == ["analyst"]
    assert len(held["sessions.json"]) == 1
    assert {"action": "person:invite", "name": "email"}.items() <= next(
        one for one in held["values.json"] if one["name"] == "email"
    ).items()
    assert held["events.json"] and not [
        one for one in held["events.json"] if one["action"].startswith("case:")
    ]
    assert "membership" in held["records.json"]
    assert "password" not in json.dumps(held)


def test_an_export_is_complete_in_the_tables_that_name_an_account(app: Flask, company: Company):
    """Every column that points to an account is looked at, those of tables to come as well."""
    user_id = company.tenant.manager.user_id
    with app.app_context(), across_tenants():
        found = list_naming_rows(user_id)
        columns = {
            (table, key["constrained_columns"][0])
            for table in inspect(db.engine).get_table_names()
            for key in inspect(db.engine).get_foreign_keys(table)
            if key["referred_table"] == "user"
        }

    assert ("evidence", "created_by_id") in columns
    assert {(table, column) for table in found for column in found[table]} <= columns
    assert found["evidence"]["created_by_id"] == [str(company.document_id)]
    assert set(found["remediation_case"]["opened_by_id"]) == {str(i) for i in company.case_ids}


def test_what_was_erased_after_a_backup_is_erased_again_when_it_is_restored(
    app: Flask, company: Company, email: str, tmp_path: Path
):
    if app.extensions["settings"].database_url.startswith("postgresql"):
        return  # the order of steps is the same; databases differ in test_backup.py
    (tmp_path / "p").write_text("copper lantern river seven\n")
    words = ("--passphrase-file", str(tmp_path / "p"))
    runner = app.test_cli_runner()
    done = runner.invoke(args=["backup", "create", "--out", str(tmp_path / "b"), *words])
    assert done.exit_code == 0, done.output
    with app.app_context(), across_tenants():
        code = db.session.scalar(
            select(RemediationCase.code).where(RemediationCase.id == company.case_ids[0])
        )
    erase(app, email)
    told(run(app, "erase-case", "--organisation", "acme", "--code", str(code), "--confirm"))
    erasures = Path(app.instance_path) / "erasures.jsonl"
    machine = tmp_path / "machine"
    other = create_app(settings_for(machine, f"sqlite:///{machine / 'platform.db'}"))

    with other.app_context():
        words = ("backup", "restore", str(tmp_path / "b"), *words, "--erasures", str(erasures))
        answer = told(other.test_cli_runner().invoke(args=[*words, "--json"]))

    assert answer["erasures"] == 2
    with other.app_context():
        assert rows_with(email) == {}
        with nobody(), unit_of_work(), acting_in(company.tenant.id):
            case = db.session.get(RemediationCase, company.case_ids[0])
            assert case is not None and case.key_wrapped is None
            assert audit.verify().faults == ()
        db.session.remove()
        db.engine.dispose()
    assert read_list(machine / "erasures.jsonl") == read_list(erasures)
    install(app.extensions["settings"])


def test_the_list_of_erasures_holds_ids_alone_and_a_faulty_line_is_refused(
    app: Flask, company: Company, email: str
):
    erase(app, email)
    path = Path(app.instance_path) / "erasures.jsonl"

    assert email not in path.read_text() and company.tenant.analyst.name not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text() + "half a li")
    with pytest.raises(Invalid, match="Line 2 of the list of erasures"):
        read_list(path)


def test_links_of_an_erased_person_are_gone(app: Flask, company: Company):
    with app.app_context(), unit_of_work(), acting_in(company.tenant.id):
        invite(
            email="new@acme.example",
            name="New One",
            role=RoleId.ANALYST,
            act=Act(company.tenant[RoleId.ADMIN], NOW),
        )
        db.session.add(User(email="new@acme.example", name="New One", created_at=NOW))

    erase(app, "new@acme.example")

    with app.app_context(), across_tenants():
        assert db.session.scalars(select(Invitation.email)).all() == []
        assert db.session.scalars(select(AuditValue.id)).all() != []
        assert rows_with("new@acme.example") == {}
