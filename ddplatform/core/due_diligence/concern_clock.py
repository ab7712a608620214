"""Time limits of a concern, in days: the complainant and the officers are shown the same ones.

Moments are not kept of what strangers send, so that a limit is a day: the last one in time. The
limits themselves stand in `data/lifecycles.yaml` (ST-GRIEVANCE). Working days are Monday to Friday
and public holidays count as such, which only makes a limit stricter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from ddplatform.core.due_diligence.lifecycle import due_by, lifecycle
from ddplatform.core.due_diligence.vocabulary import GrievanceState, Machine

ENDED: Final = frozenset(
    {
        GrievanceState.CLOSED_SATISFIED,
        GrievanceState.CLOSED_UNSATISFIED,
        GrievanceState.WITHDRAWN,
    }
)
"""States in which nobody has to do anything, unless the complainant appeals."""
_REMEDY: Final = GrievanceState.REMEDY_PROPOSED
_TALKING: Final = (GrievanceState.IN_DIALOGUE, GrievanceState.INVESTIGATION)
_WAITS_FOR: Final[Mapping[GrievanceState, GrievanceState]] = {
    GrievanceState.RECEIVED: GrievanceState.ACKNOWLEDGED,
    GrievanceState.ACKNOWLEDGED: GrievanceState.SCREENED,
    GrievanceState.IN_DIALOGUE: _REMEDY,
    GrievanceState.INVESTIGATION: _REMEDY,
    GrievanceState.APPEAL: _REMEDY,
}
"""State -> the next state that has a limit, on the way that every concern takes."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """The next step with a limit, and the last day that is in time."""

    to: GrievanceState
    day: date

    def is_late(self, today: date) -> bool:
        """Whether the last day has passed."""
        return self.day < today


def due_day(entered: Mapping[GrievanceState, date], status: GrievanceState) -> DueDay | None:
    """The step that is due next; None where none has a limit.

    Going from dialogue to investigation and back does not start the time for a remedy anew, unless
    an appeal came between.

    Args:
        entered: state -> the day on which the concern first entered it, since its last appeal.
        status: the state it is in.
    """
    to = _WAITS_FOR.get(status)
    if to is None:
        return None
    since = entered[status]
    if status in _TALKING:
        since = min(entered[state] for state in _TALKING if state in entered)
    return DueDay(to, _end(status, to, since))


def danger_day(received_on: date, status: GrievanceState, *, in_danger: bool | None) -> date | None:
    """The day on which possible danger has to be looked at; None: none is left to look at.

    Nobody has said whether there is danger (None): counts as danger until the concern is screened.
    """
    unseen = status in (GrievanceState.RECEIVED, GrievanceState.ACKNOWLEDGED)
    return received_on if unseen and in_danger is not False else None


def promised_days(received_on: date) -> Mapping[GrievanceState, date]:
    """What a complainant is told on the first day: state -> the last day on which it is reached.

    Each limit counts from the last day of the one before, so that no promise is earlier than the
    clock of the officers.
    """
    acknowledged = _end(GrievanceState.RECEIVED, GrievanceState.ACKNOWLEDGED, received_on)
    screened = _end(GrievanceState.ACKNOWLEDGED, GrievanceState.SCREENED, acknowledged)
    return {
        GrievanceState.ACKNOWLEDGED: acknowledged,
        GrievanceState.SCREENED: screened,
        _REMEDY: _end(GrievanceState.IN_DIALOGUE, _REMEDY, screened),
    }


def _end(state: GrievanceState, to: GrievanceState, since: date) -> date:
    step = lifecycle(Machine.GRIEVANCE).steps[state, to]
    end = due_by(step, datetime.combine(since, time.min, tzinfo=UTC))
    assert end is not None, f"{state} to {to} has a limit"
    return end.date()
