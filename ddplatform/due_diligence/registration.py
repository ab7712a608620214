"""Registrations of due diligence with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.due_diligence import jobs
from ddplatform.due_diligence.actions import registration as actions
from ddplatform.due_diligence.concerns import registration as concerns
from ddplatform.due_diligence.custody import registration as custody
from ddplatform.due_diligence.findings import registration as findings
from ddplatform.due_diligence.handing_over import registration as handing_over
from ddplatform.due_diligence.policies import registration as policies
from ddplatform.due_diligence.remedy import registration as remedy
from ddplatform.due_diligence.risk_evidence import registration as risk_evidence

FEATURES: tuple[Callable[[], None], ...] = (
    findings.register,
    actions.register,
    remedy.register,
    custody.register,
    concerns.register,
    policies.register,
    jobs.register,
    risk_evidence.register,
    handing_over.register,
)
