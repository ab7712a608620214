"""Largest moves of the highest risk between an earlier run of a map and its current one."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.register.queries.register import MapRun
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import RiskScore, list_at_runs
from supply_chain.risk.method import Ints
from supply_chain.risk.register import ISSUES, Register
from supply_chain.risk.rm2.salience import UNITS

SHOWN = 5  # each way
LEAST = 1.0  # points; what moves less is not told
KEPT = 100
_NOT_SCORED = -1
_CONTEXT = ("base", "country", "activity", "listing")


@dataclass(frozen=True)
class Since:
    """A map with its current run and the one that it is compared with, both under RM-2.0."""

    now: MapRun
    before_id: UUID
    before_as_of: date


@dataclass(frozen=True)
class Move:
    """A risk then and now, and the part of the score that moved most."""

    of: MapRun
    before: RiskScore
    now: RiskScore

    @property
    def points(self) -> float:
        """By how much the residual index moved."""
        return self.now.residual_index - self.before.residual_index

    @property
    def reason(self) -> str:
        """The part that moved most: "evidence", "judged", "fact", "context", "controls", ..."""
        then, parts = _parts(self.before), _parts(self.now)
        return max(parts, key=lambda name: abs(parts[name] - then[name]))


def _parts(risk: RiskScore) -> Mapping[str, float]:
    known = risk.known
    assert known is not None, "a run under RM-2.0 keeps its lines"
    lines = known.lines
    return {
        "evidence": lines["evidence"],
        "judged": lines["judged"],
        "fact": lines["fact"],
        "context": sum(lines[name] for name in _CONTEXT),
        "controls": known.residual_points - known.points,
        "severity": risk.residual_index - known.residual_points,
    }


@dataclass(frozen=True)
class Moves:
    """The largest moves over some maps."""

    rose: Sequence[Move]  # the largest first
    fell: Sequence[Move]
    risen: int  # places whose risk on any issue rose by a point or more, and on none fell more
    fallen: int


_kept: OrderedDict[tuple[UUID, tuple[Since, ...]], Moves] = OrderedDict()
_lock = Lock()


def load_moves(maps: Sequence[Since]) -> Moves:
    """The places whose risk moved most, of each that issue on which it did.

    No statement but the first time in a process: a run never changes. Places that are new since
    then, or are not there any more, have not moved; unknown origins are no places.
    """
    key = current_organisation(), tuple(maps)
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = _find(maps)
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


@dataclass(frozen=True)
class _Moved:
    """Places of a map that moved; rows are those of both registers."""

    step: Ints  # by which the index moved, in steps of a comparison
    now: Ints  # row
    before: Ints
    issue: Ints


def _find(maps: Sequence[Since]) -> Moves:
    registers = [(load_register(one.now.run_id), load_register(one.before_id)) for one in maps]
    moved = [_moved(*pair) for pair in registers]
    rose, fell = [], []
    for at, of_map in enumerate(moved):
        order = np.argsort(-of_map.step, kind="stable")
        rose += [(at, row) for row in order[:SHOWN].tolist() if of_map.step[row] > 0]
        fell += [(at, row) for row in order[::-1][:SHOWN].tolist() if of_map.step[row] < 0]
    rose.sort(key=lambda one: -moved[one[0]].step[one[1]])
    fell.sort(key=lambda one: moved[one[0]].step[one[1]])
    shown = [*rose[:SHOWN], *fell[:SHOWN]]
    read = list(_read(maps, registers, moved, shown))
    return Moves(
        rose=[move for move in read if move.points > 0],
        fell=[move for move in read if move.points < 0],
        risen=sum(int((one.step > 0).sum()) for one in moved),
        fallen=sum(int((one.step < 0).sum()) for one in moved),
    )


def _moved(now: Register, before: Register) -> _Moved:
    _, row, was = np.intersect1d(_keys(now), _keys(before), return_indices=True)
    here, there = _indices(now)[row], _indices(before)[was]
    steps = np.where((here >= 0) & (there >= 0), here - there, 0)
    issue = np.abs(steps).argmax(axis=1)
    step = steps[np.arange(len(steps)), issue]
    at = np.flatnonzero(np.abs(step) >= LEAST * UNITS)
    return _Moved(step[at], row[at], was[at], issue[at])


def _keys(register: Register) -> NDArray[np.void]:
    return np.ascontiguousarray(register.key).view("V16").reshape(-1)


def _indices(register: Register) -> Ints:
    """(places, 16) residual index in steps of a comparison."""
    found = np.full((len(register.tier), len(ISSUES)), _NOT_SCORED, dtype=np.int64)
    found[register.place, register.issue] = register.index
    return found


def _read(
    maps: Sequence[Since],
    registers: Sequence[tuple[Register, Register]],
    moved: Sequence[_Moved],
    shown: Sequence[tuple[int, int]],
) -> Iterator[Move]:
    now: dict[UUID, list[int]] = {}
    before: dict[UUID, list[int]] = {}
    for at, row in shown:
        of, one = maps[at], moved[at]
        issue = int(one.issue[row])
        here, there = registers[at]
        now.setdefault(of.now.run_id, []).append(_position(here, int(one.now[row]), issue))
        before.setdefault(of.before_id, []).append(_position(there, int(one.before[row]), issue))
    scores = {run: iter(risks) for run, risks in list_at_runs(now).items()}
    olds = {run: iter(risks) for run, risks in list_at_runs(before).items()}
    for at, _ in shown:
        of = maps[at]
        yield Move(of.now, next(olds[of.before_id]), next(scores[of.now.run_id]))


def _position(register: Register, place: int, issue: int) -> int:
    return int(np.flatnonzero((register.place == place) & (register.issue == issue))[0])
