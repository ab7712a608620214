"""Columns of observations of factors, in both methods; a method numbers its own cells."""

from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np

from supply_chain.risk.method import Bools, Floats, Ints


@dataclass(frozen=True)
class ObservationColumns:
    """Observations of factors at nodes; all columns have the same length.

    Raises:
        ValueError: a value is outside 0 to 1, or an age is missing or below 0.
    """

    factors: ClassVar[int]
    """How many the method has."""

    node: Ints  # row of the node
    factor: Ints  # position in METHOD.factors
    value: Floats  # s, 0 (benign) to 1 (worst); NaN is no observation
    source_type: Ints  # position in METHOD.source_types
    age_months: Floats  # >= 0
    quality: Floats  # q at age 0; NaN: the reliability of the source type
    source: Ints  # source; of one source >= 0 only the newest counts; below 0: its own source

    def __post_init__(self) -> None:
        seen = ~np.isnan(self.value)
        if not ((self.value >= 0) & (self.value <= 1) | ~seen).all():
            raise ValueError("An observation has a value outside 0 to 1.")
        if not (self.age_months[seen] >= 0).all():
            raise ValueError("An observation has no age, or one below 0 months.")

    def take(self, index: Ints | Bools) -> Self:
        """The rows at `index`."""
        return type(self)(*(column[index] for column in vars(self).values()))

    @property
    def cell(self) -> Ints:
        """Number of the (node, factor) pair of each row."""
        return self.node * self.factors + self.factor

    def newest_of_each_source(self) -> Self:
        """The rows without older ones of the same source on the same factor of the same node."""
        if not (self.source >= 0).any():
            return self
        order = np.lexsort((self.age_months, self.cell, self.source))
        cell, source, age = self.cell[order], self.source[order], self.age_months[order]
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (cell[1:] != cell[:-1]) | (source[1:] != source[:-1])
        newest_age = age[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
        # Statements of equal age all count: none of them is the older one.
        return self.take(order[(source < 0) | (age == newest_age)])


Observed = TypeVar("Observed", bound=ObservationColumns)


def join_observations(*parts: Observed) -> Observed:
    """All rows of `parts`, one after the other."""
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return type(parts[0])(*map(np.concatenate, columns))


def normalise(raw: Floats, lo: Floats, hi: Floats) -> Floats:
    """Score of an indicator between its benign and its worst anchor, 0-1 (section 3.1)."""
    return np.clip((raw - lo) / (hi - lo), 0.0, 1.0)


def data_quality(reliability: Floats, age_months: Floats, half_life: Floats) -> Floats:
    """Quality q of observations, 0-1, halved with each half-life (section 3.2)."""
    return reliability * 0.5 ** (age_months / half_life)
