"""Policy commitments: draft, checklist, approval by a second person, review, coverage."""

from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.core.due_diligence.policy_checklist import policy_checklist
from ddplatform.due_diligence.frameworks.queries.coverage import load_coverage, load_facts
from ddplatform.due_diligence.policies import services as policies
from ddplatform.due_diligence.policies.models import ApprovalLevel as Level
from ddplatform.due_diligence.policies.models import PolicyAnswer, PolicyState, PolicyVersion
from ddplatform.due_diligence.policies.queries import get_version, list_checks, list_documents
from ddplatform.due_diligence.policies.services import Approval, PolicyFields
from ddplatform.evidence.uploads import services as evidence
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.fixtures import pages_of_that_day  # noqa: F401

TODAY = NOW.date()
REVIEW = policy_checklist().latest_review(TODAY)
FIELDS = PolicyFields(
    title="Children's rights policy",
    languages=("en", "bn"),
    public_url="https://example.org/children",
    review_on=REVIEW,
)


def drafted(tenant: Tenant, **more: object) -> PolicyVersion:
    """A draft with a document, every criterion answered by the analyst."""
    act = Act(tenant.analyst, NOW)
    version = policies.start_policy(FIELDS, act=act)
    for check in list_checks(version.id):
        policies.answer_check(
            check.id, PolicyAnswer.YES, "Section 2 says it.", version=check.row_version, act=act
        )
    attach(version, "policy.txt", tenant.analyst)
    return version


def attach(target: object, name: str, by: Identity) -> None:
    kept = evidence.take_in(filename=name, content=b"We respect children.", act=Act(by, NOW))
    evidence.attach(kept, target, at=NOW)
    db.session.flush()


def approve(version: PolicyVersion, by: Identity, on: date = TODAY, at=NOW) -> PolicyVersion:
    decision = Approval(Level.BOARD, on)
    return policies.approve(version.id, decision, version=version.row_version, act=Act(by, at))


def kinds_on(day: date) -> set[str]:
    return {fact.kind for fact in load_facts(as_of=day)}


def test_the_checklist_has_ten_criteria_with_a_source_and_a_review_within_24_months():
    checklist = policy_checklist()
    assert list(checklist.items) == [f"POL-{number:02}" for number in range(1, 11)]
    assert all(item.source for item in checklist.items.values())
    assert checklist.latest_review(date(2028, 2, 29)) == date(2030, 2, 28)
    assert checklist.latest_review(date(2026, 12, 31)) == date(2028, 12, 31)


def test_an_approved_policy_is_evidence_of_the_frameworks_until_its_review(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        version = drafted(tenant)
        assert "policy_approved" not in kinds_on(TODAY)
        approve(version, tenant.manager)
        db.session.flush()
        assert {"policy_approved", "policy_public"} <= kinds_on(TODAY)
        # Yes alone, without a document, shows neither expertise nor contracts.
        assert not {"expertise_used", "expectations_in_contracts"} & kinds_on(TODAY)
        assert "policy_approved" in kinds_on(REVIEW)
        assert "policy_approved" not in kinds_on(REVIEW + timedelta(days=1))
        covered = {one.requirement.ref: one for one in load_coverage("ungp", as_of=TODAY)}
        records = {fact.record for one in covered.values() for fact in one.facts}
    assert "policy “Children's rights policy”, version 1" in records


def test_a_criterion_met_with_a_document_counts_as_evidence(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        version = drafted(tenant)
        by_item = {check.item: check for check in list_checks(version.id)}
        attach(by_item["POL-05"], "clause.txt", tenant.analyst)
        approve(version, tenant.manager)
        db.session.flush()
        assert "expectations_in_contracts" in kinds_on(TODAY)
        assert "expertise_used" not in kinds_on(TODAY)


@pytest.mark.parametrize("author", ["analyst", "manager"])
def test_who_wrote_the_version_or_answered_its_checklist_does_not_approve_it(
    tenant: Tenant, context: Flask, author: str
):
    with acting_in(tenant.id), unit_of_work():
        version = drafted(tenant)
        if author == "manager":
            check = list_checks(version.id)[0]
            policies.answer_check(
                check.id,
                PolicyAnswer.NO,
                "Trafficking is not named.",
                version=check.row_version,
                act=Act(tenant.manager, NOW),
            )
        with pytest.raises(Conflict, match="You wrote this version"):
            approve(version, getattr(tenant, author))


def test_who_added_a_document_of_the_version_does_not_approve_it(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        version = drafted(tenant)
        attach(list_checks(version.id)[0], "experts.txt", tenant.manager)
        with pytest.raises(Conflict, match="added a document of it"):
            approve(version, tenant.manager)
        assert version.state is PolicyState.DRAFT


def test_the_page_of_a_draft_says_why_this_person_cannot_approve_it(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        version = drafted(tenant)
        finished = f"/o/{tenant.slug}/policies/{version.id}"
        empty = policies.start_policy(FIELDS, act=Act(tenant.analyst, NOW))
        begun = f"/o/{tenant.slug}/policies/{empty.id}"
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert f"{finished}/approve" in manager.get(finished).text
    shown = manager.get(begun).text
    assert "Not every criterion is answered" in shown
    assert f"{begun}/approve" not in shown


def test_a_version_without_document_or_with_open_criteria_is_not_approved(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        version = policies.start_policy(FIELDS, act=Act(tenant.analyst, NOW))
        with pytest.raises(Conflict, match="POL-01, POL-02"):
            approve(version, tenant.manager)
        for check in list_checks(version.id):
            policies.answer_check(
                check.id, PolicyAnswer.NO, "Missing.", version=1, act=Act(tenant.analyst, NOW)
            )
        with pytest.raises(Conflict, match="document of the policy is missing"):
            approve(version, tenant.manager)


def test_the_review_lies_within_24_months_of_the_approval(tenant: Tenant, context: Flask):
    late = PolicyFields("Policy", ("en",), "", REVIEW + timedelta(days=1))
    with acting_in(tenant.id), unit_of_work():
        with pytest.raises(Invalid) as refused:
            policies.start_policy(late, act=Act(tenant.analyst, NOW))
        assert set(refused.value.fields) == {"review_on"}
        version = drafted(tenant)
        with pytest.raises(Invalid) as refused:
            approve(version, tenant.manager, TODAY - timedelta(days=1))
        assert "within 24 months" in refused.value.fields["approved_on"]
        with pytest.raises(Invalid) as refused:
            approve(version, tenant.manager, TODAY + timedelta(days=1))
        assert "today or an earlier day" in refused.value.fields["approved_on"]


def test_every_fault_of_a_draft_is_told_at_once(tenant: Tenant, context: Flask):
    wrong = PolicyFields("", ("en", "bci", "english"), "example", TODAY)
    with acting_in(tenant.id), unit_of_work(), pytest.raises(Invalid) as refused:
        policies.start_policy(wrong, act=Act(tenant.analyst, NOW))
    assert set(refused.value.fields) == {"title", "languages", "public_url", "review_on"}
    assert "instead of: english." in refused.value.fields["languages"]


def test_a_new_version_keeps_answers_and_their_documents_and_replaces_the_one_before(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        first = drafted(tenant)
        by_item = {check.item: check for check in list_checks(first.id)}
        attach(by_item["POL-04"], "experts.txt", tenant.analyst)
        approve(first, tenant.manager)
        second = policies.start_version(first.policy_id, act=Act(tenant.analyst, NOW))
        with pytest.raises(Conflict, match="draft already"):
            policies.start_version(first.policy_id, act=Act(tenant.analyst, NOW))
        with pytest.raises(Conflict, match="not changed any more"):
            policies.change_version(first.id, FIELDS, version=2, act=Act(tenant.analyst, NOW))
        checks = {check.item: check for check in list_checks(second.id)}
        assert checks["POL-04"].reason == "Section 2 says it."
        documents = list_documents([checks["POL-04"].id], with_restricted=False)
        assert [one.filename for one in documents[checks["POL-04"].id]] == ["experts.txt"]
        attach(second, "policy-2.txt", tenant.analyst)
        approve(second, tenant.manager)
        assert (first.state, second.state) == (PolicyState.REPLACED, PolicyState.APPROVED)
        assert second.number == 2


@pytest.mark.both_databases
def test_another_organisation_sees_no_policy(
    app: Flask,
    tenant: Tenant,
    other_tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        version_id = drafted(tenant).id
    with app.app_context(), acting_in(other_tenant.id):
        assert db.session.scalars(select(PolicyVersion)).all() == []
    client = signed_in_client(app, other_tenant, RoleId.ANALYST)
    assert client.get(f"/o/{other_tenant.slug}/policies/{version_id}").status_code == 404


def test_a_policy_goes_by_its_pages_from_draft_to_approval(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    base = f"/o/{tenant.slug}/policies/"
    page = base + "new"
    typed = {
        "csrf_token": csrf_token(analyst, page),
        "title": "Children first",
        "languages": "EN; sw",
        "public_url": "",
        "review_on": REVIEW.isoformat(),
    }
    sent = analyst.post(page, data=typed)
    assert sent.status_code == 302, sent.text
    shown = sent.location
    assert "Swahili" in analyst.get(shown).text
    version_id = UUID(shown.rsplit("/", 1)[1])
    with app.app_context(), acting_in(tenant.id):
        checks = [(check.id, check.item) for check in list_checks(version_id)]
    for key, item in checks:
        page = f"{base}checks/{key}"
        answer = {"answer": "partly", "reason": f"Chapter of {item}.", "version": 1}
        sent = analyst.post(page, data=answer | {"csrf_token": csrf_token(analyst, page)})
        assert sent.location.endswith(f"#{item}"), sent.text
    page = f"/o/{tenant.slug}/evidence/add?policy={version_id}"
    document = {
        "csrf_token": csrf_token(analyst, page),
        "document": (BytesIO(b"We respect children."), "children-first.txt"),
    }
    sent = analyst.post(page, data=document)
    assert sent.location.endswith(shown.rsplit("/", 1)[1]), sent.text
    assert "children-first.txt" in analyst.get(shown).text
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = f"{base}{version_id}/approve"
    decided = {"level": "board", "approved_on": TODAY.isoformat()}
    assert analyst.get(page).status_code == 403
    form = manager.get(page).text
    version = form.split('name="version"')[1].split('value="')[1].split('"')[0]
    decided |= {"csrf_token": csrf_token(manager, page), "version": version}
    sent = manager.post(page, data=decided)
    assert sent.status_code == 302, sent.text
    assert "Board or other governing body" in manager.get(shown).text
    assert analyst.get(f"/o/{tenant.slug}/evidence/add?policy={version_id}").status_code == 404
    sent = analyst.post(f"{base}{version_id}/next", data={"csrf_token": csrf_token(analyst, shown)})
    assert sent.status_code == 302
    assert "Version 2" in analyst.get(base).text


def test_people_who_keep_policies_are_reminded_before_the_review(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    soon = FIELDS.__class__("Soon due", ("en",), "", TODAY + timedelta(days=60))
    later = FIELDS.__class__("Later due", ("en",), "", TODAY + timedelta(days=61))
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        for wanted in (soon, later):
            version = drafted(tenant)
            policies.change_version(
                version.id, wanted, version=version.row_version, act=Act(tenant.analyst, NOW)
            )
            approve(get_version(version.id), tenant.manager)
    keeps = signed_in_client(app, tenant, RoleId.ANALYST).get(f"/o/{tenant.slug}/policies/").text
    reads = signed_in_client(app, tenant, RoleId.AUDITOR).get(f"/o/{tenant.slug}/policies/").text
    assert "The policy “Soon due” is due for review on" in keeps
    assert "The policy “Later due”" not in keeps
    assert "is due for review" not in reads and "Soon due" in reads
