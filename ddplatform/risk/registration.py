"""Registrations of risk with earlier packages, feature by feature."""

from collections.abc import Callable

from ddplatform.risk import jobs
from ddplatform.risk.assessment_plan import registration as assessment_plan
from ddplatform.risk.context_events import registration as context_events
from ddplatform.risk.detail import registration as detail
from ddplatform.risk.facts import registration as facts
from ddplatform.risk.follow_up import registration as follow_up
from ddplatform.risk.observations import registration as observations
from ddplatform.risk.reassessment import registration as reassessment
from ddplatform.risk.runs import registration as runs
from ddplatform.risk.supplier_figures import registration as supplier_figures

FEATURES: tuple[Callable[[], None], ...] = (
    runs.register,
    facts.register,
    follow_up.register,
    observations.register,
    context_events.register,
    detail.register,  # before reassessment: on the page of a node risks stand above open tasks
    reassessment.register,
    supplier_figures.register,
    assessment_plan.register,
    jobs.register,
)
