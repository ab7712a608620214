"""Follow-up on the risks of a run, as columns: filtered beside the register.

Nothing here changes a score, a rank or a total: a deferred risk keeps its position.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Ints
from supply_chain.risk.register import ISSUES, Register

NOBODY = "nobody"
MOST_AT_ONCE = 5_000
"""Risks that one step changes at most."""
LONGEST_DAYS = 366
"""A deferral ends at most 12 months ahead (RM-2.0 section 12)."""
VERY_SEVERE, LIKELY = 4.5, 0.25
"""From these on a risk cannot be deferred, as in the life of a finding (ST-RISK)."""
_NO_OWNER = -1


class OpenStep(StrEnum):
    """Step under way about a risk; several can be open at once."""

    QUESTIONNAIRE = "questionnaire"  # out at the place, not answered
    VISIT = "visit"  # planned at the place
    FINDING = "finding"  # open
    ACTION = "action"  # planned or being done
    OVERDUE = "overdue"  # an action whose day has passed
    DEFERRED = "deferred"
    REVIEW_DUE = "review_due"  # a deferral whose day has come
    NONE = "none"


_BITS: Mapping[OpenStep, int] = {
    step: 1 << at for at, step in enumerate(OpenStep) if step is not OpenStep.NONE
}


@dataclass(frozen=True)
class FollowUpFilter:
    """Filter of risks; empty means all. `owner` is the key of a person or NOBODY."""

    owner: str = ""
    step: OpenStep | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered out."""
        return self == FollowUpFilter()


EVERY = FollowUpFilter()


@dataclass(frozen=True)
class Deferral:
    """A deferral that counts; a day after today at first."""

    review_on: date
    reason: str
    owner_id: UUID

    def is_due(self, today: date) -> bool:
        """Whether its day has come: it is due for review."""
        return self.review_on <= today


def is_day_allowed(review_on: date, today: date) -> bool:
    """Whether a deferral may last until a day: after today, at most 12 months ahead."""
    return 0 < (review_on - today).days <= LONGEST_DAYS


def is_too_severe(severity: float, likelihood: float) -> bool:
    """Whether a risk is too severe and too likely to be deferred.

    Args:
        severity: S, 1-5. likelihood: L, 0-1.
    """
    return severity >= VERY_SEVERE and likelihood >= LIKELY


@dataclass(frozen=True)
class FollowUpColumns:
    """By place of a run and issue: who owns a risk, and what is under way about it."""

    owner: NDArray[np.int32]  # (places, 16) position in `people`; -1 nobody
    steps: NDArray[np.uint8]  # (places, 16) a bit for each OpenStep
    people: Mapping[str, int]  # key of a person -> position

    def matching(self, register: Register, found: Ints, wanted: FollowUpFilter) -> Ints:
        """Of the risks at some positions of the register those that are asked for."""
        if wanted.owner:
            position = self.people.get(wanted.owner, _NO_OWNER)
            is_known = wanted.owner in self.people or wanted.owner == NOBODY
            at = register.place[found], register.issue[found]
            found = found[(self.owner[at] == position) & is_known]
        if wanted.step is not None:
            steps = self.steps[register.place[found], register.issue[found]]
            bit = _BITS.get(wanted.step, 0)
            found = found[(steps & bit) > 0 if bit else steps == 0]
        return found


@dataclass(frozen=True)
class Said:
    """Something about places of a map: node keys as 32 hexadecimal digits each."""

    nodes: list[str]
    values: list[int]  # position of a person, or a bit
    issues: list[int] | None = None  # position in Issue; None: about every issue of the place


def columns_of(
    register: Register,
    people: Mapping[str, int],
    *,
    owners: Iterable[Said],
    steps: Iterable[Said],
) -> FollowUpColumns:
    """The columns of a run; what is said of nodes that are not in it is left out.

    Args:
        owners: the later one counts where two name an owner.
    """
    shape = len(register.tier), len(ISSUES)
    owner = np.full(shape, _NO_OWNER, dtype=np.int32)
    for said in owners:
        at, values = _placed(register, said)
        owner[at] = values
    bits = np.zeros(shape, dtype=np.uint8)
    for said in steps:
        at, values = _placed(register, said)
        np.bitwise_or.at(bits, at, values.astype(np.uint8))
    return FollowUpColumns(owner, bits, people)


def bit_of(step: OpenStep) -> int:
    """The bit of a step in `FollowUpColumns.steps`."""
    return _BITS[step]


def _placed(register: Register, said: Said) -> tuple[tuple[Ints, Ints] | Ints, Ints]:
    rows = register.rows_of(bytes.fromhex("".join(said.nodes)))
    stands = rows >= 0
    values = np.array(said.values, dtype=np.int64)[stands]
    if said.issues is None:
        return rows[stands], values[:, None]
    return (rows[stands], np.array(said.issues, dtype=np.int64)[stands]), values
