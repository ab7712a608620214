"""Completeness and order of events, each with the hash of its predecessor.

The lines with rising numbers are taken as correctly placed; every other line, every
gap between two of them and every broken hash is a fault.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ddplatform.core.ledger.events import FIRST_PREVIOUS
from ddplatform.core.ledger.faults import Fault, FaultKind, LogLine


@dataclass(frozen=True, slots=True)
class _Gap:
    """Two neighbours in place; `before` is None at the start, `after` None at the end."""

    before: LogLine | None
    after: LogLine | None

    @property
    def first(self) -> int:
        """The number that should follow."""
        return self.before.sequence + 1 if self.before else 1

    @property
    def previous(self) -> str:
        """The hash that the next event should hold."""
        return self.before.leaf.hex() if self.before else FIRST_PREVIOUS

    @property
    def misses_one(self) -> bool:
        return self.after is None or self.after.sequence > self.first


def order_faults(lines: Sequence[LogLine], *, signed_size: int) -> list[Fault]:
    """Faults of number, order and chain.

    Args:
        lines: the file, in its order.
        signed_size: number of events under the largest signed head, 0 without one.
    """
    in_place = longest_rise(lines)
    gaps = [_Gap(*pair) for pair in pairwise([None, *in_place, None])]
    largest = max(signed_size, len(lines))
    strays = list(_stray_faults(lines, gaps, largest))
    explained = {fault.event for fault in strays}
    return strays + [
        fault for gap in gaps for fault in _gap_faults(gap, explained, signed_size=signed_size)
    ]


def longest_rise(lines: Sequence[LogLine]) -> list[LogLine]:
    """The longest run of lines, not all adjacent, whose numbers rise (patience sorting)."""
    tops: list[int] = []
    ends: list[LogLine] = []
    before: dict[int, LogLine] = {}
    for line in lines:
        if line.event is None:
            continue
        pile = bisect_left(tops, line.sequence)
        previous = ends[pile - 1].leaf.hex() if pile else FIRST_PREVIOUS
        if tops[pile : pile + 1] == [line.sequence] and not line.follows(previous):
            continue  # of two lines with one number, the one that the chain leads to stays
        if pile:
            before[line.position] = ends[pile - 1]
        tops[pile : pile + 1] = [line.sequence]
        ends[pile : pile + 1] = [line]
    rise = ends[-1:]
    while rise and rise[-1].position in before:
        rise.append(before[rise[-1].position])
    return rise[::-1]


def _stray_faults(lines: Sequence[LogLine], gaps: Sequence[_Gap], largest: int) -> Iterator[Fault]:
    """One fault for each line out of place; `gaps` are walked along with the lines."""
    in_place = {gap.before.sequence: gap.before for gap in gaps if gap.before}
    number, taken = 0, set[int]()
    for line in lines:
        if in_place.get(line.sequence) is line:
            number += 1
            continue
        fault = _stray_fault(line, gaps[number], in_place, largest, taken)
        taken.add(fault.event)
        yield fault


def _stray_fault(
    line: LogLine,
    gap: _Gap,
    in_place: dict[int, LogLine],
    largest: int,
    taken: set[int],
) -> Fault:
    where = f"Line {line.position + 1}"
    fills_gap = gap.misses_one and gap.first not in taken
    if line.event is None:
        kind = FaultKind.EDIT if fills_gap else FaultKind.INSERT
        return Fault(gap.first, kind, f"{where} is no event of the log: {line.problem}")
    if fills_gap and line.follows(gap.previous):
        return Fault(gap.first, FaultKind.EDIT, f"{where} should have the number {gap.first}.")
    twin = in_place.get(line.sequence)
    if twin is None and line.sequence <= largest:
        return Fault(line.sequence, FaultKind.SWAP, f"{where} is not in its place.")
    if twin is not None and twin.raw == line.raw:
        return Fault(line.sequence, FaultKind.DUPLICATE, f"{where} stands in the log twice.")
    return Fault(line.sequence, FaultKind.INSERT, f"{where} was put in; its number is not free.")


def _gap_faults(gap: _Gap, explained: set[int], *, signed_size: int) -> Iterator[Fault]:
    """The fault between two neighbours, or after the last one."""
    first, after = gap.first, gap.after
    if after is None:
        if (missing := _first_missing(first, signed_size, explained)) is not None:
            message = f"Events {missing} to {signed_size} were signed and are missing at the end."
            yield Fault(missing, FaultKind.CUT, message)
    elif after.follows(gap.previous):
        if after.sequence != first:
            message = f"The event after {first - 1} has the number {after.sequence}."
            yield Fault(first, FaultKind.EDIT, message)
    elif after.sequence == first:
        changed = max(first - 1, 1)
        message = f"Event {changed} is not what event {first} says comes before it."
        yield Fault(changed, FaultKind.EDIT, message)
    elif (missing := _first_missing(first, after.sequence - 1, explained)) is not None:
        message = f"Events {missing} to {after.sequence - 1} are missing."
        yield Fault(missing, FaultKind.DELETE, message)


def _first_missing(first: int, last: int, explained: set[int]) -> int | None:
    return next((number for number in range(first, last + 1) if number not in explained), None)
