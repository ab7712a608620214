"""Registrations of later packages with earlier ones, before the first request (rule 4)."""

from ddplatform.accounts import registration as accounts
from ddplatform.api import registration as api
from ddplatform.audit import registration as audit
from ddplatform.demo import registration as demo
from ddplatform.due_diligence import registration as due_diligence
from ddplatform.evidence import registration as evidence
from ddplatform.operations import registration as operations
from ddplatform.reporting import registration as reporting
from ddplatform.risk import registration as risk
from ddplatform.supplier_engagement import registration as supplier_engagement
from ddplatform.value_chain import registration as value_chain

DOMAINS = (
    audit,
    accounts,
    evidence,
    value_chain,
    supplier_engagement,
    risk,
    due_diligence,
    reporting,
    operations,
    api,
    demo,
)


def register() -> None:
    """Fill all registries, in the order of the packages."""
    for domain in DOMAINS:
        domain.register()
