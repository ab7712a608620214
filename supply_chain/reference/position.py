"""Position of a country's figure among the countries that have one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

from supply_chain.reference.context import LESS_RISK
from supply_chain.reference.context import worse_than as share_better


@dataclass(frozen=True, slots=True)
class Position:
    """Place of a figure; countries without a figure have no place and lower no other.

    `place` 1 is the worst figure, or the largest where neither more nor less is worse. Equal
    figures share the better known place: two worst ones are both 1, and `equal` is 1.
    `worse_than` is the share of the others with a better figure, 0 to 1.
    """

    place: int
    of: int
    equal: int
    worse_than: float | None
    near_median: float | None
    near: int
    """Number of neighbouring countries with a figure, itself left out; `near_median` is theirs."""
    median: float


def position_of(
    alpha2: str, values: Mapping[str, float], near: Collection[str], higher_means: str
) -> Position:
    """Position of a country's figure among `values`, which holds it too."""
    own = values[alpha2]
    sign = -1 if higher_means == LESS_RISK else 1
    worse = sum(1 for value in values.values() if sign * value > sign * own)
    around = [values[code] for code in near if code in values and code != alpha2]
    return Position(
        place=worse + 1,
        of=len(values),
        equal=sum(1 for value in values.values() if value == own) - 1,
        worse_than=share_better(own, sorted(values.values()), higher_means),
        near_median=median(around) if around else None,
        near=len(around),
        median=median(values.values()),
    )
