"""A relationship ends for what was found only when the ten conditions are met (RDG-1 to RDG-10)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.vocabulary import Relation
from ddplatform.due_diligence.exit import services as finding_exit
from ddplatform.due_diligence.exit.services import Gate, gate_of, relation_of
from ddplatform.due_diligence.finding_judgements.services.leverage import (
    LeverageAnswers,
    settle_leverage,
)
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.frameworks.queries.coverage import load_facts
from ddplatform.evidence.uploads.queries.documents import get_evidence
from ddplatform.evidence.uploads.services import attach
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_steps import own
from tests.evidence.uploads.test_evidence import kept
from tests.factories import csrf_token, signed_in_client
from tests.finding_worlds import World, acting, finding_now, graded

TOLD_IN_WORDS = [ref for ref in impact_words().exit_gate if ref != "RDG-8"]
LAST_RESORT = LeverageAnswers(
    has_leverage=False, can_be_raised=False, is_crucial=False, is_grave_danger=False
)


@pytest.fixture
def inside(app: Flask):
    with app.app_context():
        yield


def version_of(finding_id: UUID) -> int:
    return get_finding(finding_id).row_version


def said(world: World, finding_id: UUID, ref: str, *, by: Identity | None = None, **told: object):
    values: dict[str, object] = {"is_met": True, "words": "Settled with the cooperative.", **told}
    with acting(world.tenant):
        finding_exit.record_condition(
            finding_id,
            ref,
            version=version_of(finding_id),
            act=Act(by or world.tenant.analyst, NOW),
            **values,  # type: ignore[arg-type]
        )


def leverage(world: World, finding_id: UUID, answers: LeverageAnswers = LAST_RESORT) -> None:
    with acting(world.tenant):
        settle_leverage(
            finding_id,
            answers,
            types=[],
            reason="Two years of trying.",
            version=version_of(finding_id),
            act=Act(world.tenant.analyst, NOW),
        )


def ready(world: World, finding_id: UUID, *, but: str = "") -> None:
    graded(world, finding_id)
    leverage(world, finding_id)
    for ref in TOLD_IN_WORDS:
        if ref != but:
            said(world, finding_id, ref)


def ended(world: World, finding_id: UUID, *, by: Identity | None = None) -> None:
    with acting(world.tenant):
        finding_exit.end_relation(
            finding_id,
            reason="Nothing changed in two years.",
            version=version_of(finding_id),
            act=Act(by or world.tenant.manager, NOW),
        )


def gate(world: World, finding_id: UUID) -> Gate:
    with acting(world.tenant):
        return gate_of(get_finding(finding_id), by=world.tenant.manager)


def events(world: World, finding_id: UUID) -> list[str]:
    with acting(world.tenant):
        return list(
            db.session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.target_id == str(finding_id))
                .order_by(AuditEvent.sequence)
            )
        )


@pytest.mark.parametrize("left_out", TOLD_IN_WORDS)
def test_exit_is_refused_while_one_condition_is_missing_and_names_it(
    inside: None, world: World, finding_id: UUID, left_out: str
):
    ready(world, finding_id, but=left_out)
    with pytest.raises(Conflict) as refused:
        ended(world, finding_id)

    assert refused.value.advice.startswith(f"First: {impact_words().exit_gate[left_out]}")
    assert "suspended meanwhile" in refused.value.advice
    assert relation_of(finding_now(world, finding_id)) is Relation.RUNNING


def test_relationship_ends_with_all_ten_conditions_and_one_event(
    inside: None, world: World, finding_id: UUID
):
    ready(world, finding_id)
    assert gate(world, finding_id).missing == ()
    ended(world, finding_id)

    found = gate(world, finding_id)
    assert (found.relation, found.since, found.by) == (
        Relation.ENDED,
        NOW.date(),
        world.tenant.manager.name,
    )
    assert events(world, finding_id).count("finding:exit") == 1
    with pytest.raises(Conflict, match="ended already"):
        ended(world, finding_id)


def test_condition_said_not_to_be_met_keeps_the_exit_closed(
    inside: None, world: World, finding_id: UUID
):
    ready(world, finding_id)
    said(world, finding_id, "RDG-4", is_met=False, words="The stipend of one year is not funded.")

    with pytest.raises(Conflict, match="cannot be ended yet"):
        ended(world, finding_id)


def test_nobody_ends_it_alone_and_never_the_owner(inside: None, world: World, finding_id: UUID):
    graded(world, finding_id)
    leverage(world, finding_id)
    for ref in TOLD_IN_WORDS:
        said(world, finding_id, ref, by=world.tenant.manager)
    senior = impact_words().exit_gate["RDG-8"]
    assert gate(world, finding_id).missing == (senior,)

    said(world, finding_id, "RDG-2", by=world.tenant.analyst)
    assert gate(world, finding_id).missing == ()
    own(world, finding_id, world.tenant.manager)
    assert gate(world, finding_id).missing == (senior,)
    with pytest.raises(Conflict):
        ended(world, finding_id, by=world.tenant.analyst)


def test_exit_needs_a_graded_severity_and_leverage_that_can_do_no_more(
    inside: None, world: World, finding_id: UUID
):
    for ref in TOLD_IN_WORDS:
        said(world, finding_id, ref)
    missing = gate(world, finding_id).missing
    assert len(missing) == 2 and missing[0] == "Assess the severity of the finding."

    graded(world, finding_id)
    usable = LeverageAnswers(
        has_leverage=True, can_be_raised=False, is_crucial=False, is_grave_danger=False
    )
    leverage(world, finding_id, usable)
    (only,) = gate(world, finding_id).missing
    assert "leverage table" in only


@pytest.mark.parametrize(
    ("ref", "told", "field"),
    [
        ("RDG-8", {}, "ref"),
        ("RDG-11", {}, "ref"),
        ("RDG-3", {"words": " "}, "words"),
        ("RDG-3", {"words": "Ask kofi@farm.example"}, "words"),
        ("RDG-3", {"evidence_id": uuid4()}, "evidence_id"),
    ],
)
def test_condition_that_cannot_be_kept_is_refused_at_its_field(
    inside: None, world: World, finding_id: UUID, ref: str, told: dict[str, object], field: str
):
    with pytest.raises(Invalid) as refused:
        said(world, finding_id, ref, **told)

    assert set(refused.value.fields) == {field}


def test_condition_begun_on_an_older_version_is_refused_with_both_texts(
    inside: None, world: World, finding_id: UUID
):
    said(world, finding_id, "RDG-3", words="Eighty families lose a third of their income.")
    with acting(world.tenant), pytest.raises(Conflict) as refused:
        finding_exit.record_condition(
            finding_id,
            "RDG-3",
            is_met=True,
            words="Nobody loses anything.",
            version=1,
            act=Act(world.tenant.manager, NOW),
        )

    assert refused.value.theirs == {"Basis": "Eighty families lose a third of their income."}


def suspended(world: World, finding_id: UUID, **told: str) -> None:
    values = {"reason": "Children were locked in.", "protection": "The union stays.", **told}
    with acting(world.tenant):
        finding_exit.suspend(
            finding_id,
            **values,
            version=version_of(finding_id),
            act=Act(world.tenant.analyst, NOW),
        )


def test_new_orders_are_suspended_without_the_ten_conditions_after_the_leverage_table(
    inside: None, world: World, finding_id: UUID
):
    with pytest.raises(Conflict, match="not been assessed"):
        suspended(world, finding_id)
    leverage(world, finding_id)
    with pytest.raises(Invalid) as refused:
        suspended(world, finding_id, protection="")
    assert set(refused.value.fields) == {"protection"}
    suspended(world, finding_id)

    assert gate(world, finding_id).relation is Relation.SUSPENDED
    assert len(gate(world, finding_id).missing) == 11  # the exit stays closed all the same
    assert events(world, finding_id).count("finding:suspend") == 1
    with pytest.raises(Conflict, match="already"):
        suspended(world, finding_id)


def test_relationship_is_taken_up_again_and_the_next_exit_begins_anew(
    inside: None, world: World, finding_id: UUID
):
    def taken_up(reason: str = "All conditions for coming back are met.") -> None:
        with acting(world.tenant):
            finding_exit.take_up_again(
                finding_id,
                reason=reason,
                version=version_of(finding_id),
                act=Act(world.tenant.manager, NOW),
            )

    with pytest.raises(Conflict, match="ongoing"):
        taken_up()
    ready(world, finding_id)
    ended(world, finding_id)
    with pytest.raises(Conflict, match="has ended"):
        said(world, finding_id, "RDG-3")
    with pytest.raises(Invalid):
        taken_up(reason="")
    taken_up()

    found = gate(world, finding_id)
    assert found.relation is Relation.RUNNING
    assert not any(one.is_met for one in found.conditions)


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


def at(world: World, finding_id: UUID, page: str) -> str:
    return f"/o/{world.tenant.slug}/findings/{finding_id}/{page}"


def send(browser: FlaskClient, world: World, finding_id: UUID, page: str, **data: object):
    address = at(world, finding_id, page)
    shown = browser.get(address).text
    version = shown.split('name="version"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    token = csrf_token(browser, address)
    return browser.post(address, data={"csrf_token": token, "version": version, **data})


def test_page_shows_each_condition_with_what_is_missing_and_why(
    world: World, finding_id: UUID, browser: FlaskClient
):
    finding = browser.get(at(world, finding_id, "").rstrip("/")).text
    assert f"/findings/{finding_id}/exit" in finding
    page = browser.get(at(world, finding_id, "exit")).text

    words = impact_words()
    for ref in words.exit_gate:
        assert words.exit_gate[ref] in page and words.exit_reasons[ref] in page
    assert "0 of 10 are met" in page and "The relationship cannot be ended yet" in page
    assert "never by itself grounds for disengagement" in page
    assert "known to the safeguarding officers alone" in page


def test_manager_records_a_condition_and_is_refused_the_exit_in_words(
    world: World, finding_id: UUID, browser: FlaskClient
):
    words = "Eighty families would lose a third of their income."
    assert (
        send(browser, world, finding_id, "exit/RDG-3", is_met="y", words=words).status_code == 302
    )
    page = browser.get(at(world, finding_id, "exit")).text
    assert words in page and "1 of 10 are met" in page

    refused = send(browser, world, finding_id, "end", reason="We want to leave.")
    assert refused.status_code == 409
    assert impact_words().exit_gate["RDG-4"] in refused.text
    assert browser.get(at(world, finding_id, "exit/RDG-8")).status_code == 404


def test_document_of_the_finding_stands_with_the_condition_that_it_shows(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    with app.app_context():
        shown = kept(world, name="income-study.txt")
        with acting(world.tenant):
            document = get_evidence(shown, with_restricted=False)
            attach(document, get_finding(finding_id), at=NOW)
    told = {"is_met": "y", "words": "A study of 80 families.", "evidence_id": str(shown)}
    assert send(browser, world, finding_id, "exit/RDG-3", **told).status_code == 302

    page = browser.get(at(world, finding_id, "exit")).text
    assert f"/evidence/{shown}" in page and "income-study.txt" in page


def test_emergency_lets_new_orders_stop_before_the_leverage_table(
    inside: None, world: World, finding_id: UUID
):
    with acting(world.tenant):
        get_finding(finding_id).is_emergency = True
    suspended(world, finding_id)

    assert gate(world, finding_id).relation is Relation.SUSPENDED


def test_manager_suspends_ends_and_takes_up_again_on_the_pages(
    app: Flask, world: World, finding_id: UUID, browser: FlaskClient
):
    with app.app_context():
        ready(world, finding_id)
    stop = {"reason": "Danger.", "protection": "The union stays at the site."}
    assert send(browser, world, finding_id, "suspend", **stop).status_code == 302
    assert "New orders are suspended" in browser.get(at(world, finding_id, "exit")).text
    assert send(browser, world, finding_id, "end", reason="No change.").status_code == 302
    page = browser.get(at(world, finding_id, "exit")).text
    assert "The relationship has ended" in page and "No change." in page
    assert send(browser, world, finding_id, "take-up", reason="It changed.").status_code == 302
    history = browser.get(at(world, finding_id, "").rstrip("/")).text
    assert "Relationship ended" in history and "Relationship resumed" in history


def test_analyst_prepares_and_does_not_decide(app: Flask, world: World, finding_id: UUID):
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)

    assert analyst.get(at(world, finding_id, "exit/RDG-3")).status_code == 200
    assert analyst.get(at(world, finding_id, "end")).status_code == 403


def test_a_relationship_that_ended_through_the_gate_is_evidence_from_that_day(
    inside: None, world: World, finding_id: UUID
):
    def is_evidence(day: date) -> bool:
        with acting(world.tenant):
            return "exit_gate_recorded" in {fact.kind for fact in load_facts(as_of=day)}

    ready(world, finding_id)
    assert not is_evidence(NOW.date())
    ended(world, finding_id)
    assert is_evidence(NOW.date())
    assert not is_evidence(NOW.date() - timedelta(days=1))
