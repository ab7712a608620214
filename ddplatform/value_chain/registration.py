"""Registrations of the value chain with earlier packages, feature by feature."""

from collections.abc import Callable

from ddplatform.value_chain import jobs
from ddplatform.value_chain.approvals import registration as approvals
from ddplatform.value_chain.history import registration as history
from ddplatform.value_chain.imports import registration as imports
from ddplatform.value_chain.mapping import registration as mapping
from ddplatform.value_chain.matching import registration as matching
from ddplatform.value_chain.screening import registration as screening

FEATURES: tuple[Callable[[], None], ...] = (
    mapping.register,
    history.register,
    imports.register,
    matching.register,
    approvals.register,
    screening.register,
    jobs.register,
)
