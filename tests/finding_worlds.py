"""A small map with a supplier of its own, for tests of findings and actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.actions.queries.actions import get_action
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.actions.services.actions import ActionPlan
from ddplatform.due_diligence.finding_judgements.services.judgements import Grade, grade
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.mapping.queries.maps import find_own_business, get_node
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import Issue, NodeKind
from tests.conftest import NOW
from tests.factories import Tenant

IN_A_MONTH = NOW.date() + timedelta(days=30)
REASONS = {
    "scale": "Loads of 30 kg and open blades.",
    "scope": "About 200 children in nine communities.",
    "irremediability": "Spine injuries, lost school years.",
}


@dataclass(frozen=True)
class World:
    """A company, its map, one farm group on it, and the organisation behind the farm group."""

    tenant: Tenant
    supplier: Tenant
    chain_id: UUID
    node_id: UUID

    @property
    def seller(self) -> Identity:
        return self.supplier[RoleId.SUPPLIER]

    @property
    def officer(self) -> Identity:
        return self.tenant[RoleId.SAFEGUARDING_OFFICER]


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    with unit_of_work(), acting_in(tenant.id):
        yield


def make_world(tenant: Tenant, supplier: Tenant) -> World:
    with acting(tenant):
        chain = value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            country="FR",
            act=Act(tenant.analyst, NOW),
        )
        own = find_own_business(chain.id)
        assert own is not None
        fields = NodeFields(
            name="Espoir farm group",
            kind=NodeKind.SITE,
            country="CI",
            sector_ref="isic4:01",
            commodity_refs=("cocoa",),
        )
        node = value_chain.add_node(chain.id, fields, act=Act(tenant.analyst, NOW))
        node.supplier_organisation_id = supplier.id
        supply_links.add_link(node.id, own.id, LinkFields(share=0.6), act=Act(tenant.analyst, NOW))
        return World(tenant, supplier, chain.id, node.id)


def recorded(
    world: World,
    *,
    harm: Harm = Harm.POTENTIAL,
    title: str = "Heavy loads",
    issue: Issue = Issue.HZ,
) -> UUID:
    with acting(world.tenant):
        fields = FindingFields(
            issue=issue,
            title=title,
            description="Children carry sacks at harvest.",
            source=FindingSource.OWN_CHECK,
            harm=harm,
        )
        return findings.record(world.node_id, fields, act=Act(world.tenant.analyst, NOW)).id


def graded(world: World, finding_id: UUID, *, levels: tuple[int, int, int] = (5, 4, 4)) -> None:
    with acting(world.tenant):
        scale, scope, undo = levels
        grade(
            finding_id,
            Grade(scale=scale, scope=scope, irremediability=undo, reasons=REASONS),
            version=get_finding(finding_id).row_version,
            act=Act(world.tenant.analyst, NOW),
        )


def a_plan(world: World, **changes: object) -> ActionPlan:
    values: dict[str, object] = {
        "title": "Labour teams of adults",
        "description": "Adults carry the sacks at harvest.",
        "success_measure": "No child carries sacks at three visits in a row.",
        "due_on": IN_A_MONTH,
        "control": "CTL-05",
        "indicator": "IND-07",
        "owner_id": world.tenant.analyst.user_id,
        "budget_amount": 12000,
        "budget_currency": "EUR",
        **changes,
    }
    return ActionPlan(**values)  # type: ignore[arg-type]


def planned(world: World, finding_id: UUID, **changes: object) -> UUID:
    with acting(world.tenant):
        wanted = a_plan(world, **changes)
        return mitigation.plan(finding_id, wanted, act=Act(world.tenant.analyst, NOW)).id


def finding_now(world: World, finding_id: UUID) -> Finding:
    with acting(world.tenant):
        return get_finding(finding_id)


def action_now(world: World, action_id: UUID) -> MitigationAction:
    with acting(world.tenant):
        return get_action(action_id)


def site_name(world: World) -> str:
    with acting(world.tenant):
        return get_node(world.node_id).name


def days(count: int) -> timedelta:
    return timedelta(days=count)


def on(day: date) -> datetime:
    return NOW + (day - NOW.date())
