"""Factors that may be declared not applicable at a node (RM-2.0 section 3.8)."""

from enum import StrEnum

import numpy as np

from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.subject import Subject

OF_SITE = ("WRK", "ONL")
"""Groups of factors that may be absent; what is not there of a place is an observation of 0."""


class Obstacle(StrEnum):
    """Reason why a factor cannot be declared not applicable."""

    OF_PLACE = "of_place"  # CTY, SEC, COM: belongs to the place or the activity
    OBSERVED = "observed"
    BLANK = "blank"  # asked and left unanswered
    OUTSIDE = "outside"  # does not count here already


def obstacle_to(subject: Subject, factor: str) -> Obstacle | None:
    """Obstacle to declaring a factor not applicable at a node; None where there is none."""
    at, rows = METHOD.factor_index[factor], subject.inputs.factors
    if not factor.startswith(OF_SITE):
        return Obstacle.OF_PLACE
    if rows.observed[0, at]:
        return Obstacle.OBSERVED
    if rows.blank[0, at]:
        return Obstacle.BLANK
    return None if rows.applies[0, at] else Obstacle.OUTSIDE


def missing_factors(subject: Subject) -> tuple[str, ...]:
    """Factors of the site that count for the issue and of which nothing is known.

    Those that could raise it most come first, equal ones by id.
    """
    weights = METHOD.up[:, subject.issue]
    linked = (METHOD.factors[at] for at in np.flatnonzero(weights > 0).tolist())
    found = [factor for factor in linked if obstacle_to(subject, factor) is None]
    return tuple(sorted(found, key=lambda one: (-weights[METHOD.factor_index[one]], one)))
