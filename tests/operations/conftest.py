"""A company that has something of all that an operator keeps safe."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Flask

from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.evidence.uploads import services as evidence
from ddplatform.infrastructure.access.identity import Act
from ddplatform.reporting.reports.services import requests as reports
from ddplatform.reporting.reports.services.requests import Wanted
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import alert, make_finding
from tests.factories import Tenant
from tests.report_world import TODAY, acting, make_map, work_off
from tests.stored_worlds import stored_world

TOLD = b"What the visit has shown."


@dataclass(frozen=True)
class Company:
    """Ids of a company with people, a map, a document, two cases and a sealed report."""

    tenant: Tenant
    case_ids: tuple[UUID, UUID]
    document_id: UUID
    report_id: UUID


@stored_world
def company(app: Flask, tenant: Tenant) -> Company:
    """All made through the services; the worker has sealed the report."""
    world = make_map(tenant, assessed=False)
    act = Act(tenant.manager, NOW)
    with acting(tenant):
        document = evidence.take_in(filename="audit.txt", content=TOLD, act=act)
        cases = [remedy.open_case(make_finding(), alert(), act=act).id for _ in range(2)]
        wanted = Wanted("action-6-due-diligence", world.chain_id, (date(2026, 1, 1), TODAY))
        report_id = reports.request(wanted, act=act).id
        document_id = document.id
    work_off(app)
    return Company(tenant, (cases[0], cases[1]), document_id, report_id)
