"""Answers, documents, findings, reports and values of the log go when their period has ended."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.actions.services.actions import ActionPlan, plan
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.operations.backup.queries import list_sealed_reports
from ddplatform.operations.retention.services import apply_retention, hold
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.services.proof import checks_of
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.review.services import review
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services.nodes import archive_node
from tests.answering import Supplier, acting, add_node, fill, receive_now
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import make_finding
from tests.factories import Tenant, client_of, signed_in_client
from tests.operations.conftest import Company
from tests.operations.personal_data.everywhere import rows_with
from tests.report_world import work_off

SEVEN_YEARS, TEN_YEARS = timedelta(days=2557), timedelta(days=3652)
A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
ANSWER, QUESTION, FILE = "Canary Weavers Ltd", "A canary question", b"canary bytes"
UPLOAD = "/data/A/SAQ_A06_evidence"
OLD = NOW + SEVEN_YEARS + A_MINUTE


def answered(supplier: Supplier) -> None:
    """Answers with a document, which the buyer asks about; then another round that is not sent."""
    manager, asked = supplier.asked.tenant.manager, supplier.asked.assignment_id
    fill(supplier, SAQ_A02=ANSWER)
    with acting(supplier.id):
        act = Act(supplier.identity, NOW)
        responses.attach(asked, UPLOAD, filename="canary.txt", content=FILE, act=act)
    receive_now(supplier)
    with acting(supplier.asked.tenant.id):
        act = Act(manager, NOW)
        review.ask_back(asked, "/data/A/SAQ_A02", QUESTION, act=act)
        review.return_answers(asked, reason="One question", act=act)
    with acting(supplier.id):
        responses.start(asked, act=Act(supplier.identity, NOW))


def leave(supplier: Supplier, node_id: UUID | None = None, *, at: datetime = NOW) -> None:
    with acting(supplier.asked.tenant.id):
        act = Act(supplier.asked.tenant.manager, at)
        archive_node(node_id or supplier.asked.node_id, act=act)


def apply(tenant_id: UUID, at: datetime) -> dict[str, int]:
    with acting(tenant_id):
        return apply_retention(at)


def destroy_files(app: Flask) -> None:
    """Do the jobs that were asked for at a moment to come."""
    with unit_of_work():
        db.session.execute(update(Job).values(run_after=NOW))
    work_off(app)


def assert_log_is_sound(*organisations: UUID) -> None:
    for one in organisations:
        with acting(one):
            assert audit.verify().faults == ()


@pytest.mark.both_databases
def test_answers_go_seven_years_after_the_supplier_was_left_and_not_before(
    app: Flask, context: Flask, supplier: Supplier
):
    answered(supplier)
    leave(supplier)
    keeper = supplier.asked.tenant.id
    before = rows_with(ANSWER)
    assert {"answer"} <= set(before) and rows_with(QUESTION)

    assert "answers_and_evidence" not in apply(keeper, NOW + SEVEN_YEARS - A_MINUTE)
    assert rows_with(ANSWER) == before
    assert apply(keeper, OLD)["answers_and_evidence"] == 1

    assert rows_with(ANSWER) == rows_with(QUESTION) == {}, "also what was not sent again"
    with acting(keeper):
        assert get_assignment(supplier.asked.assignment_id).submitted_at == NOW
    assert_log_is_sound(keeper, supplier.id)
    assert "answers_and_evidence" not in apply(keeper, OLD + A_DAY), "once"


def test_both_sides_still_open_their_pages_and_the_buyer_reads_why_answers_are_gone(
    app: Flask, supplier: Supplier
):
    with app.app_context():
        answered(supplier)
        leave(supplier)
        apply(supplier.asked.tenant.id, OLD)
    tenant, asked = supplier.asked.tenant, supplier.asked.assignment_id
    buyer = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    own = client_of(app, supplier.identity.user_id)

    page = buyer.get(f"/o/{tenant.slug}/questionnaires/assignments/{asked}")
    pages = [buyer.get(f"/o/{tenant.slug}/questionnaires/assignments/{asked}/review")]
    pages.append(own.get(f"/o/{supplier.slug}/responses/{asked}/"))

    assert "Retention period ended on" in page.text
    assert [one.status_code for one in pages] == [200, 200]
    assert not any(ANSWER in one.text for one in (page, *pages))


def test_the_file_of_a_document_is_destroyed_a_day_after_its_last_use_was_removed(
    app: Flask, context: Flask, supplier: Supplier
):
    answered(supplier)
    leave(supplier)
    keeper = supplier.asked.tenant.id
    apply(keeper, OLD)
    with acting(keeper):
        document = db.session.scalars(db.select(Evidence)).one()
        key, sha256 = document.id, document.sha256
        assert adapters().files.get(keeper, sha256) == FILE

    assert apply(keeper, OLD + A_DAY + A_MINUTE)["documents"] == 1
    destroy_files(app)

    assert rows_with("canary") == {}
    with acting(keeper), pytest.raises(FileNotFoundError):
        adapters().files.get(keeper, sha256)
    client = signed_in_client(app, supplier.asked.tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = client.get(f"/o/{supplier.asked.tenant.slug}/evidence/{key}")
    assert "The file was deleted" in page.text and sha256 in page.text
    assert "Download" not in page.text
    assert_log_is_sound(keeper, supplier.id)


def test_a_supplier_with_another_place_on_the_map_was_not_left(context: Flask, supplier: Supplier):
    answered(supplier)
    tenant = supplier.asked.tenant
    other = add_node(tenant, supplier.asked.chain_id, "Second site")
    with acting(tenant.id):
        node = db.session.get_one(ValueChainNode, other)
        node.supplier_organisation_id = supplier.id
    leave(supplier)

    assert "answers_and_evidence" not in apply(tenant.id, OLD)
    leave(supplier, other, at=NOW + A_DAY)
    assert "answers_and_evidence" not in apply(tenant.id, OLD)
    assert apply(tenant.id, OLD + A_DAY)["answers_and_evidence"] == 1


def test_answers_that_a_finding_rests_on_stay_as_long_as_the_finding(
    context: Flask, supplier: Supplier
):
    fill(supplier, SAQ_A02=ANSWER)
    response_id = receive_now(supplier)
    keeper = supplier.asked.tenant.id
    with acting(keeper):
        key = make_finding().id
        closed = {"closed_at": NOW, "closed_by_id": supplier.asked.tenant.manager.user_id}
        change = update(Finding).where(Finding.id == key)
        db.session.execute(change.values(response_id=response_id, **closed))
    leave(supplier)

    assert "answers_and_evidence" not in apply(keeper, NOW + TEN_YEARS - A_MINUTE)
    apply(keeper, NOW + TEN_YEARS + A_MINUTE)
    apply(keeper, NOW + TEN_YEARS + A_DAY)
    assert rows_with(ANSWER) == {}


@pytest.mark.parametrize("by_supplier", [False, True])
def test_a_hold_of_either_side_keeps_the_answers(
    context: Flask, supplier: Supplier, by_supplier: bool
):
    answered(supplier)
    leave(supplier)
    keeper, before = supplier.asked.tenant.id, rows_with(ANSWER)
    with acting(supplier.id if by_supplier else keeper):
        until = (OLD + timedelta(days=9)).date()
        hold("answers_and_evidence", reason="Claim 7", ends_on=until, at=NOW)

    assert "answers_and_evidence" not in apply(keeper, OLD)
    assert rows_with(ANSWER) == before
    assert apply(keeper, OLD + timedelta(days=10))["answers_and_evidence"] == 1


def close_finding(tenant: Tenant, finding_id: UUID, *, at: datetime) -> None:
    with acting(tenant.id):
        closed = {"closed_at": at, "closed_by_id": tenant.manager.user_id}
        db.session.execute(update(Finding).where(Finding.id == finding_id).values(**closed))


def written_finding(tenant: Tenant) -> tuple[UUID, UUID]:
    """A finding with an action and a document; the keys of finding and document."""
    with acting(tenant.id):
        finding, act = make_finding(), Act(tenant.manager, NOW)
        finding.description = "Canary finding"
        due = date(2026, 12, 30)
        owner = tenant.manager.user_id
        wanted = ActionPlan("Canary action", "Canary text", "Canary measure", due, owner_id=owner)
        plan(finding.id, wanted, act=act)
        kept = evidence.take_in(filename="canary.txt", content=FILE, act=act)
        evidence.attach(kept, finding, at=NOW)
        return finding.id, kept.id


@pytest.mark.both_databases
def test_a_finding_goes_ten_years_after_it_was_closed_and_its_report_stays_sound(
    app: Flask, context: Flask, company: Company
):
    key, document_id = written_finding(company.tenant)
    close_finding(company.tenant, key, at=NOW)
    tenant, end = company.tenant, NOW + TEN_YEARS

    assert "findings" not in apply(tenant.id, end - A_MINUTE)
    assert apply(tenant.id, end + A_MINUTE)["findings"] == 1
    apply(tenant.id, end + 2 * A_DAY)
    destroy_files(app)

    assert rows_with("Canary") == rows_with("canary") == {}
    with acting(tenant.id):
        finding = get_finding(key)
        assert (finding.closed_at, finding.content_removed_at) == (NOW, end + A_MINUTE)
        assert db.session.get_one(Evidence, document_id).content_removed_at is not None
        (report,) = list_sealed_reports()
        assert all(check.is_sound for check in checks_of(report))
    assert_log_is_sound(tenant.id)
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert "Retention period ended on" in client.get(f"/o/{tenant.slug}/findings/{key}").text


def test_a_finding_stays_while_a_case_on_it_can_be_read(context: Flask, company: Company):
    with acting_in(company.tenant.id):
        cases = db.session.scalars(db.select(Finding).order_by(Finding.id)).all()
        keys = [one.id for one in cases]
    for key in keys:
        close_finding(company.tenant, key, at=NOW)

    assert "findings" not in apply(company.tenant.id, NOW + TEN_YEARS + A_MINUTE)


def test_a_document_of_two_findings_stays_until_the_second_is_removed(
    context: Flask, company: Company
):
    tenant = company.tenant
    first, document_id = written_finding(tenant)
    with acting(tenant.id):
        second = make_finding()
        evidence.attach(db.session.get_one(Evidence, document_id), second, at=NOW)
        later = second.id
    close_finding(tenant, first, at=NOW)
    close_finding(tenant, later, at=NOW + timedelta(days=30))

    def is_there(at: datetime) -> bool:
        apply(tenant.id, at)
        with acting(tenant.id):
            return db.session.get_one(Evidence, document_id).content_removed_at is None

    ended = NOW + TEN_YEARS
    days = (1, 3, 31, 33)
    assert [is_there(ended + one * A_DAY) for one in days] == [True, True, True, False]


def test_sealed_reports_go_after_ten_years_but_the_newest_stays_sound(
    app: Flask, context: Flask, company: Company
):
    tenant = company.tenant
    with acting(tenant.id):
        (old,) = list_sealed_reports()
        names = {one["sha256"] for one in old.files.values()}
        newer = {name: getattr(old, name) for name in ("definition_ref", "definition_version")}
        columns = ("title", "chain_id", "period_from", "period_to", "as_of")
        newer |= {name: getattr(old, name) for name in columns}
        db.session.add(Report(number=old.number + 1, created_at=NOW, **newer))
    sealed = NOW + TEN_YEARS + A_DAY

    assert apply(tenant.id, sealed + timedelta(days=3652))["sealed_reports"] == 1
    destroy_files(app)

    with acting(tenant.id):
        assert list_sealed_reports() == []
        for sha256 in names:
            with pytest.raises(FileNotFoundError):
                adapters().files.get(tenant.id, sha256)
    assert_log_is_sound(tenant.id)


def test_values_of_the_log_go_after_ten_years_and_the_log_still_verifies(
    context: Flask, company: Company
):
    tenant = company.tenant
    with acting(tenant.id):
        count = audit.verify().size

    removed = apply(tenant.id, NOW + 2 * TEN_YEARS)

    assert removed["log_values"] > 0
    with acting(tenant.id):
        assert audit.verify().size >= count
        (report,) = list_sealed_reports()
        assert all(check.is_sound for check in checks_of(report)), "the newest report"
    assert_log_is_sound(tenant.id)
