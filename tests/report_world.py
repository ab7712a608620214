"""A small true company for tests of reports and the overview, made through the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask

from ddplatform.core.due_diligence.vocabulary import ActionState, ImpactState, QuestionnaireState
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.due_diligence.remedy.models import RemediationCase, RemediationStep
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import acting_in, nobody
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.value_chain.mapping.queries.maps import find_own_business
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import Issue
from tests.approved import add_confirmed
from tests.conftest import NOW
from tests.factories import Tenant

TODAY = NOW.date()


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    with unit_of_work(), acting_in(tenant.id):
        yield


@dataclass(frozen=True)
class World:
    """Ids of what the company has."""

    chain_id: UUID
    trader_id: UUID
    farm_id: UUID


def make_map(tenant: Tenant, *, assessed: bool = True) -> World:
    """Own business in France, a trader that brings 60 % of its goods, a farm behind it."""
    with acting(tenant):
        chain = value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            country="FR",
            act=Act(tenant.analyst, NOW),
        )
        db.session.flush()
        own = value_chain_own(chain.id)
        trader = _node(tenant, chain.id, "Golfe Négoce", "CI")
        farm = _node(tenant, chain.id, "Coopérative Soubré", "CI")
        _link(tenant, trader, own, 0.6)
        _link(tenant, farm, trader, 1.0)
        world = World(chain.id, trader, farm)
    if assessed:
        assess(tenant, world)
    return world


def value_chain_own(chain_id: UUID) -> UUID:
    """The own business of a map."""
    own = find_own_business(chain_id)
    assert own is not None
    return own.id


def assess(tenant: Tenant, world: World, *, as_of: date = TODAY) -> None:
    """Score the map, as the job does."""

    @contextmanager
    def unit() -> Iterator[None]:
        with acting(tenant):
            yield

    assess_chain(
        world.chain_id,
        "request",
        as_of=as_of,
        act=Act(tenant.analyst, NOW),
        unit=unit,
        progress=lambda _done, _total: None,
    )


def _node(tenant: Tenant, chain_id: UUID, name: str, country: str) -> UUID:
    fields = NodeFields(name=name, country=country)
    return value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW)).id


def _link(tenant: Tenant, supplier: UUID, buyer: UUID, share: float) -> None:
    add_confirmed(supplier, buyer, LinkFields(share=share), act=Act(tenant.analyst, NOW))


def add_finding(tenant: Tenant, world: World, *, owned: bool = True) -> UUID:
    """An actual finding at the trader, graded."""
    finding = Finding(
        id=uuid4(),
        node_id=world.trader_id,
        issue=Issue.HZ,
        title="Children carry heavy loads",
        description="Seen on a visit.",
        is_actual=True,
        source=FindingSource.OWN_CHECK,
        scale=4,
        scope=3,
        irremediability=4,
        involvement="linked",
        owner_id=tenant.manager.user_id if owned else None,
        created_at=NOW - timedelta(days=20),
        created_by_id=tenant.analyst.user_id,
    )
    db.session.add(finding)
    db.session.flush()
    return finding.id


def add_action(
    tenant: Tenant, world: World, finding_id: UUID, *, due_on: date, title: str = "Train teams"
) -> UUID:
    """A running action on the finding."""
    action = MitigationAction(
        id=uuid4(),
        finding_id=finding_id,
        node_id=world.trader_id,
        node_name="Golfe Négoce",
        title=title,
        description="With the cooperative.",
        owner_id=tenant.manager.user_id,
        status=ActionState.DOING,
        due_on=due_on,
        first_due_on=due_on,
        success_measure="No child carries loads",
        created_at=NOW - timedelta(days=10),
        created_by_id=tenant.analyst.user_id,
    )
    db.session.add(action)
    db.session.flush()
    return action.id


def add_assignment(tenant: Tenant, world: World, *, due_on: date) -> UUID:
    """A questionnaire that was sent to the trader and is not answered."""
    questionnaire = Questionnaire(ref=f"q-{uuid4().hex[:6]}", title="Self-check", description="")
    db.session.add(questionnaire)
    db.session.flush()
    version = QuestionnaireVersion(
        questionnaire_id=questionnaire.id,
        version="1.0",
        definition=b"x",
        media_type="md",
        checksum="x",
        question_count=1,
        published_at=NOW,
    )
    db.session.add(version)
    db.session.flush()
    assignment = Assignment(
        id=uuid4(),
        node_id=world.trader_id,
        node_name="Golfe Négoce",
        version_id=version.id,
        status=QuestionnaireState.SENT,
        invited_email="contact@golfe.example",
        due_on=due_on,
        sent_at=NOW - timedelta(days=30),
        sent_by_id=tenant.analyst.user_id,
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment.id


def add_cases(
    finding_id: UUID,
    count: int,
    *,
    sensitive: bool = False,
    status: ImpactState = ImpactState.IN_REMEDIATION,
    since: datetime = NOW - timedelta(days=60),
) -> None:
    """Cases about children, as many as asked, at this stage since a moment."""
    for _ in range(count):
        case = RemediationCase(
            id=uuid4(),
            code=uuid4().hex[:8],
            finding_id=finding_id,
            status=status,
            is_sensitive_class=sensitive,
            sealed_facts=b"sealed",
            opened_at=since,
        )
        db.session.add(case)
        db.session.flush()
        step = RemediationStep(case_id=case.id, step=status.value, taken_at=since)
        db.session.add(step)
    db.session.flush()


def work_off(app: Flask) -> None:
    """Do every due job, as a worker would."""
    worker = Worker(app)
    with nobody():
        while worker.work_once():
            pass
