"""What risk registers with earlier packages: each feature for itself."""

from collections.abc import Callable

from ddplatform.risk import jobs
from ddplatform.risk.context_events import registration as context_events
from ddplatform.risk.follow_up import registration as follow_up
from ddplatform.risk.observations import registration as observations
from ddplatform.risk.reassessment import registration as reassessment
from ddplatform.risk.runs import registration as runs
from ddplatform.risk.supplier_figures import registration as supplier_figures

FEATURES: tuple[Callable[[], None], ...] = (
    runs.register,
    follow_up.register,
    observations.register,
    context_events.register,
    reassessment.register,
    supplier_figures.register,
    jobs.register,
)


def register() -> None:
    """Fill the registries of earlier packages."""
    for feature in FEATURES:
        feature()
