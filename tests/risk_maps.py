"""A small cocoa map for risk tests: own business <- exporter <- farm group, and an assessment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.value_chain.mapping.queries.maps import find_own_business
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.reference.release import load_reference
from tests.approved import add_confirmed, add_origin
from tests.conftest import NOW
from tests.factories import Tenant

COCOA = next(c.ref for c in load_reference().commodities.values() if "Cocoa" in c.goods)


@dataclass(frozen=True)
class CocoaMap:
    """Ids of a map with three nodes; the exporter knows where 60 % of its cocoa comes from."""

    chain: UUID
    own: UUID
    exporter: UUID
    farms: UUID


@contextmanager
def acting(tenant: Tenant) -> Iterator[None]:
    """One unit of work of a tenant."""
    with unit_of_work(), acting_in(tenant.id):
        yield


def make_cocoa_map(tenant: Tenant, *, at: datetime = NOW) -> CocoaMap:
    """Own business in France, exporter and farm group in Côte d'Ivoire."""
    by = tenant.analyst
    with acting(tenant):
        chain = value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            country="FR",
            act=Act(by, at),
        )
        own = find_own_business(chain.id)
        assert own is not None
        wanted = {"country": "CI", "commodity_refs": (COCOA,)}
        exporter = value_chain.add_node(
            chain.id,
            NodeFields(name="Lagune Export", **wanted),  # type: ignore[arg-type]
            act=Act(by, at),
        )
        farms = add_origin(
            chain.id,
            NodeFields(name="Espoir farm group", **wanted),  # type: ignore[arg-type]
            act=Act(by, at),
        )
        for supplier, buyer, share in ((exporter.id, own.id, 1.0), (farms.id, exporter.id, 0.6)):
            add_confirmed(supplier, buyer, LinkFields(share=share), act=Act(by, at))
        return CocoaMap(chain.id, own.id, exporter.id, farms.id)


def assess(
    tenant: Tenant,
    chain_id: UUID,
    *,
    cause: str = "request",
    at: datetime = NOW,
    as_of: date | None = None,
    method: str = "RM-2.0",
) -> UUID:
    """Assess a map outside any unit of work; the id of the run."""
    assessed = assess_chain(
        chain_id,
        cause,
        as_of=as_of or at.date(),
        act=Act(tenant.analyst, at),
        unit=lambda: acting(tenant),
        progress=lambda done, total: None,
        method=method,
    )
    return assessed.run_id
