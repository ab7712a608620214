"""Registrations of later packages with earlier ones, before the first request (rule 4)."""

from collections.abc import Callable

from ddplatform.accounts import registration as accounts
from ddplatform.api import jobs as api_jobs
from ddplatform.api.webhooks import registration as webhooks
from ddplatform.audit import jobs as audit_jobs
from ddplatform.demo import jobs as demo_jobs
from ddplatform.due_diligence import registration as due_diligence
from ddplatform.evidence import registration as evidence
from ddplatform.operations import registration as operations
from ddplatform.reporting import registration as reporting
from ddplatform.risk import registration as risk
from ddplatform.supplier_engagement import registration as supplier_engagement
from ddplatform.value_chain import registration as value_chain

FEATURES: tuple[Callable[[], None], ...] = (
    audit_jobs.register,
    *accounts.FEATURES,
    *evidence.FEATURES,
    *value_chain.FEATURES,
    *supplier_engagement.FEATURES,
    *risk.FEATURES,
    *due_diligence.FEATURES,
    *reporting.FEATURES,
    *operations.FEATURES,
    api_jobs.register,
    webhooks.register,
    demo_jobs.register,
)


def register() -> None:
    """Fill all registries, in the order of the packages."""
    for feature in FEATURES:
        feature()
