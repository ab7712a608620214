"""Supplier figures of the sample, computed twice so that the first set is with the buyer."""

from datetime import datetime
from functools import partial

from ddplatform.demo.world import Timeline, World
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.risk.supplier_figures.services import figures as supplier_figures

DAYS_AGO = (12, 0)
"""The first are the buyer's by now; what changed since is with the suppliers."""


def plan_figures(timeline: Timeline) -> None:
    """Schedule the daily job of the worker."""
    for days_ago in DAYS_AGO:
        timeline.add(days_ago, _renew)


def _renew(world: World, at: datetime) -> None:
    for slug, chain_id in world.chains.items():
        organisation_id = world.organisations[slug]
        unit = partial(world.unit, organisation_id)
        supplier_figures.renew(
            chain_id, act=Act(system_identity(organisation_id), at), look=unit, unit=unit
        )
