"""First rows of the register over several maps: act first, and find out first."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

import numpy as np

from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.register.queries.register import (
    Asked,
    MapRun,
    TieRow,
    View,
    positions_of,
    row_starts,
)
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import RiskScore, list_at_runs
from supply_chain.risk.method import Ints
from supply_chain.risk.register import Register, RiskFilter
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.salience import DELAY, EMERGENCY, UNITS

SHOWN = 10
KEPT = 100  # pairs of lists, some 50 KB each
_DELAY_STEPS = round(CHAIN.salience.delay_points * UNITS)
Key = tuple[int, ...]


@dataclass(frozen=True)
class FirstRow:
    """One row of a list over several maps; positions are those within its own map."""

    of: MapRun
    row: TieRow


@dataclass(frozen=True)
class FirstRows:
    """The first risks to act on and, among the other places, the first to find out about."""

    act: Sequence[FirstRow]
    find: Sequence[FirstRow]


@dataclass(frozen=True)
class _Row:
    """A row by its positions (salience rank less one) in the run of a map."""

    run: int  # position among the maps
    key: Key  # the lower one comes first
    position: int
    first: int
    after: int
    count: int


_Lists = tuple[Sequence[_Row], Sequence[_Row]]
_kept: OrderedDict[tuple[UUID, tuple[MapRun, ...]], FirstRows] = OrderedDict()
_lock = Lock()


def load_first(runs: Sequence[MapRun]) -> FirstRows:
    """Ten rows of each list over all of these maps.

    No statement but the first time in a process: a run never changes.
    """
    key = current_organisation(), tuple(runs)
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = _read(runs, _find([load_register(run.run_id) for run in runs]))
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def _find(registers: Sequence[Register]) -> _Lists:
    act, shown = _first_of(registers, View.ACT, {})
    find, _ = _first_of(registers, View.FIND, shown)
    return act, find


def _first_of(
    registers: Sequence[Register], view: View, left_out: Mapping[int, Ints]
) -> tuple[list[_Row], dict[int, Ints]]:
    """The first rows of a list, and by map the places that stand in them.

    Args:
        left_out: by map the places that are not listed.
    """
    rows: list[tuple[_Row, Ints]] = []
    for at, register in enumerate(registers):
        found = positions_of(register, Asked(view, RiskFilter()))
        if at in left_out:
            found = found[~np.isin(register.place[found], left_out[at])]
        rows += _rows_of(at, register, found, view)
    first = sorted(rows, key=lambda one: one[0].key)[:SHOWN]
    places = {
        at: np.concatenate([places for row, places in first if row.run == at])
        for at in {row.run for row, _ in first}
    }
    return [row for row, _ in first], places


def _rows_of(at: int, register: Register, found: Ints, view: View) -> Iterable[tuple[_Row, Ints]]:
    starts = row_starts(register, found)
    ends = np.append(starts, len(found))[1:]
    for start, end in zip(starts[:SHOWN].tolist(), ends[:SHOWN].tolist(), strict=True):
        position, count = int(found[start]), end - start
        first, after = register.span_of(position) if count > 1 else (position, position + 1)
        row = _Row(at, _key(register, position, view), position, first, after, count)
        yield row, register.place[found[start:end]].astype(np.int64)


def _key(register: Register, position: int, view: View) -> Key:
    """The order of both lists (RM-2.0 section 12), as far as the register holds its keys.

    Bands stand for severity here: of two risks with an equal score and band the one that comes
    sooner in its own map is first.
    """
    urgency, highest = int(register.urgency[position]), int(register.highest[position])
    salience = int(register.index[position]) + (_DELAY_STEPS if urgency & DELAY else 0)
    severity = int(register.severity_band[position])
    order = (-(urgency & EMERGENCY), -salience, -severity, -highest, position)
    return (-highest, *order) if view is View.FIND else order


def _read(runs: Sequence[MapRun], lists: _Lists) -> FirstRows:
    asked: dict[UUID, list[int]] = {}
    for row in (*lists[0], *lists[1]):
        asked.setdefault(runs[row.run].run_id, []).append(row.position)
    found = {
        (run_id, position): risk
        for run_id, risks in list_at_runs(asked).items()
        for position, risk in zip(asked[run_id], risks, strict=True)
    }

    def read(row: _Row) -> FirstRow:
        run = runs[row.run]
        risk: RiskScore = found[run.run_id, row.position]
        return FirstRow(run, TieRow(risk, row.first + 1, row.after, row.count))

    return FirstRows(*(tuple(read(row) for row in rows) for rows in lists))
