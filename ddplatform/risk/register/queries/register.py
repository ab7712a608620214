"""Page of the register under RM-2.0, of one map or of several: a row for each tie.

Two statements however large the maps are, and one more where the follow-up is filtered by.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from threading import Lock
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.follow_up.queries import FollowUp, FollowUps, load_of_maps, load_of_places
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import RiskScore, list_at_runs
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.risk.follow_up import EVERY, FollowUpColumns, FollowUpFilter
from supply_chain.risk.method import Ints
from supply_chain.risk.register import Register, RiskFilter, starts_of
from supply_chain.risk.rm2.register_order import order_keys
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import NodeKind, RiskBand

ROWS = 50
AT_ONCE = 5_000  # risks whose scores are read together
KEPT_RISKS = 10_000_000  # in the registers behind the lists that are kept; 12 bytes for each found
_CRITICAL = RISK_BANDS.index(RiskBand.CRITICAL)


_lock = Lock()
_lists: OrderedDict[tuple[UUID, "MapRun", "View", RiskFilter], "ListedMap"] = OrderedDict()


def count_unknown_activities(chain_id: UUID) -> int:
    """The number of places of a map without an activity; unknown origins do not count."""
    places = select(func.count()).where(
        ValueChainNode.chain_id == chain_id,
        ValueChainNode.archived_at.is_(None),
        ValueChainNode.sector_ref.is_(None),
        ValueChainNode.kind != NodeKind.UNKNOWN_ORIGIN,
    )
    return db.session.scalar(places) or 0


class View(StrEnum):
    """The list of the register."""

    ACT = "act"  # critical risks, and those where a child is known to be in danger now
    FIND = "find"  # what could be critical and is not known well, by how high it could be
    ALL = "all"


@dataclass(frozen=True)
class MapRun:
    """A map with its current run, one under RM-2.0."""

    chain_id: UUID
    name: str
    run_id: UUID


@dataclass(frozen=True)
class Asked:
    """The request to the register."""

    view: View
    wanted: RiskFilter
    tie: int | None = None  # position, from 1 on, of one of risks with an equal score: these alone
    number: int = 1  # of the page
    follow: FollowUpFilter = EVERY
    since: date | None = None  # the past day that the list is compared with


@dataclass(frozen=True)
class TieRow:
    """Risks with an equal score, most of them one; positions are those in the whole map."""

    risk: RiskScore  # the first of those that are asked for
    first: int
    last: int
    count: int  # of those that are asked for


@dataclass(frozen=True)
class ListedRow:
    """A row of the register, the map that it is of, and what is under way about it."""

    of: MapRun
    row: TieRow
    follow: FollowUp | None  # None: an unknown origin, or several risks


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register."""

    rows: Sequence[ListedRow]
    first: int  # number of the first row among all rows
    ties: int  # all rows
    risks: int  # that are asked for
    sites: int  # places of the maps at which these stand
    number: int
    last_number: int
    counts: Mapping[View, int]  # risks of each list under the same filter
    same_as: RiskFilter | None  # the filter that lists the same risks; None: there is none
    follow_ups: FollowUps
    maps: Sequence["ListedMap"]


@dataclass(frozen=True)
class ListedMap:
    """The risks of one map that are asked for."""

    of: MapRun
    register: Register
    columns: FollowUpColumns | None  # where the follow-up is filtered by
    found: Ints  # positions, in the order of the list
    starts: NDArray[np.int32]  # where each row begins among them
    counts: Mapping[View, int]  # risks of each list under the same filter

    @cached_property
    def sites(self) -> int:
        """Places of the map at which these risks stand."""
        return self.register.count_sites(self.found)


def load_page(runs: Sequence[MapRun], asked: Asked, today: date) -> RegisterPage:
    """One page; a number outside of the list is the nearest page inside.

    Args:
        today: decides which actions are overdue and which deferrals are due.
    """
    of_maps = _of_maps(runs, asked, today)
    maps = [_listed(run, asked, of_maps) for run in runs]
    order = _order(maps, asked.view)
    last = max(1, -(-len(order) // ROWS))
    number = min(max(asked.number, 1), last)
    first = (number - 1) * ROWS
    rows, follow_ups = _read(maps, order[first : first + ROWS], of_maps, today)
    return RegisterPage(
        rows=rows,
        first=first + 1 if rows else 0,
        ties=len(order),
        risks=sum(len(one.found) for one in maps),
        sites=sum(one.sites for one in maps),
        number=number,
        last_number=last,
        counts={view: sum(one.counts[view] for one in maps) for view in View},
        same_as=_same_as(maps[0], asked) if len(maps) == 1 else None,
        follow_ups=follow_ups,
        maps=maps,
    )


def _listed(run: MapRun, asked: Asked, of_maps: FollowUps | None) -> ListedMap:
    """The risks of a map; those of the lists that were asked for last are kept.

    A run never changes, and who turns the pages of a list asks for the same risks each time.
    """
    register = load_register(run.run_id)
    if of_maps is not None or asked.tie is not None:
        return _found(run, register, asked, of_maps)
    key = (current_organisation(), run, asked.view, asked.wanted)
    with _lock:
        if key in _lists:
            _lists.move_to_end(key)
            return _lists[key]
    made = _found(run, register, asked, None)
    with _lock:
        _lists[key] = made
        while len(_lists) > 1 and sum(len(one.register) for one in _lists.values()) > KEPT_RISKS:
            _lists.popitem(last=False)
    return made


def _found(run: MapRun, register: Register, asked: Asked, of_maps: FollowUps | None) -> ListedMap:
    columns = of_maps.columns(register) if of_maps else None
    wanted = _wanted(register, asked, columns)
    found = _of_list(register, wanted, asked.view)
    counts = {view: _count(register, wanted, view) for view in View}
    if asked.tie is not None:
        found = _of_tie(register, found, asked.tie)
        return ListedMap(run, register, columns, found, each_alone(found), counts)
    is_all = wanted is None and asked.view is View.ALL
    starts = register.tie_starts if is_all else row_starts(register, found)
    return ListedMap(run, register, columns, found, starts, counts)


def list_maps(runs: Sequence[MapRun], asked: Asked, today: date) -> list[ListedMap]:
    """The risks of each map that are asked for; one statement where the follow-up is."""
    of_maps = _of_maps(runs, asked, today)
    return [_listed(run, asked, of_maps) for run in runs]


def _of_maps(runs: Sequence[MapRun], asked: Asked, today: date) -> FollowUps | None:
    ids = [run.chain_id for run in runs]
    return None if asked.follow.is_empty else load_of_maps(ids, today)


def _order(maps: Sequence[ListedMap], view: View) -> Ints:
    """The rows of all maps in one order, as numbers of their rows one map after the other.

    Within a map the order of its register stands; between maps the keys of the method decide
    (RM-2.0 section 12), as far as the register holds them.
    """
    if len(maps) == 1:
        return np.arange(len(maps[0].starts))
    keys = [
        order_keys(one.register, one.found[one.starts], by_high=view is View.FIND) for one in maps
    ]
    return np.argsort(np.concatenate([np.empty(0, dtype=np.int64), *keys]), kind="stable")


def _read(
    maps: Sequence[ListedMap], shown: Ints, of_maps: FollowUps | None, today: date
) -> tuple[list[ListedRow], FollowUps]:
    """The rows with these numbers, and what is under way at their places."""
    placed = [place_of_row(maps, number) for number in shown.tolist()]
    asked: dict[UUID, list[int]] = {}
    for one, start in placed:
        asked.setdefault(one.of.run_id, []).append(int(one.found[start]))
    scores = {run: iter(risks) for run, risks in list_at_runs(asked).items()}
    ties = [(one, _tie(one, start, next(scores[one.of.run_id]))) for one, start in placed]
    nodes = [tie.risk.node_id for _, tie in ties if tie.risk.node_id and tie.count == 1]
    follow_ups = of_maps or load_of_places(nodes, today)
    return [ListedRow(one.of, tie, _follow(tie, follow_ups)) for one, tie in ties], follow_ups


def place_of_row(maps: Sequence[ListedMap], number: int) -> tuple[ListedMap, int]:
    """The map of a row of all maps, and where it begins among the risks of its map."""
    for one in maps:
        if number < len(one.starts):
            return one, int(one.starts[number])
        number -= len(one.starts)
    raise IndexError("There are fewer rows.")


def _tie(one: ListedMap, start: int, risk: RiskScore) -> TieRow:
    at = int(np.searchsorted(one.starts, start, side="right"))
    end = int(one.starts[at]) if at < len(one.starts) else len(one.found)
    position, count = int(one.found[start]), end - start
    first, after = one.register.span_of(position) if count > 1 else (position, position + 1)
    return TieRow(risk, first + 1, after, count)


def _follow(tie: TieRow, follow_ups: FollowUps) -> FollowUp | None:
    node_id = tie.risk.node_id
    return follow_ups.of(node_id, tie.risk.issue) if node_id and tie.count == 1 else None


def _same_as(one: ListedMap, asked: Asked) -> RiskFilter | None:
    if asked.view is View.FIND or asked.tie is not None or not asked.follow.is_empty:
        return None
    if asked.view is View.ALL:
        return asked.wanted
    only_critical = bool((one.register.residual_band[one.found] == _CRITICAL).all())
    return replace(asked.wanted, residual=RiskBand.CRITICAL) if only_critical else None


def positions_of(register: Register, asked: Asked) -> Ints:
    """Positions, in the order of the list, of the risks that are asked for.

    The follow-up, which a register does not hold, filters nothing here.
    """
    found = _of_list(register, _wanted(register, asked, None), asked.view)
    return found if asked.tie is None else _of_tie(register, found, asked.tie)


def _wanted(register: Register, asked: Asked, columns: FollowUpColumns | None) -> Ints | None:
    """Positions, rising, of the risks of all lists that pass the filters; None: all do."""
    if columns is None:
        return None if asked.wanted.is_empty else register.matching(asked.wanted)
    return columns.matching(register, register.matching(asked.wanted), asked.follow)


def _of_list(register: Register, wanted: Ints | None, view: View) -> Ints:
    """The requested risks that are in a list, in its order."""
    if view is View.ALL:
        return np.arange(len(register)) if wanted is None else wanted
    whole = register.act_first if view is View.ACT else register.find_first
    if wanted is None:
        return whole.astype(np.int64)
    if view is View.ACT:
        return wanted[np.take(register.is_to_act, wanted)]
    is_wanted = np.zeros(len(register), dtype=np.bool_)
    is_wanted[wanted] = True
    return whole[np.take(is_wanted, whole)].astype(np.int64)


def _count(register: Register, wanted: Ints | None, view: View) -> int:
    """The number of requested risks in a list."""
    if view is View.ALL:
        return len(register if wanted is None else wanted)
    listed = register.is_to_act if view is View.ACT else register.is_to_find
    return int(np.count_nonzero(listed if wanted is None else np.take(listed, wanted)))


def _of_tie(register: Register, found: Ints, position: int) -> Ints:
    """Of some risks those of the tie of one; of no risk there is no tie."""
    tie = register.ties[position - 1 : position]
    return found[np.isin(register.ties[found], tie)]


def each_alone(found: Ints) -> NDArray[np.int32]:
    """The start of each row among some risks, where each has a row of its own."""
    return np.arange(len(found), dtype=np.int32)


def row_starts(register: Register, found: Ints) -> NDArray[np.int32]:
    """The start of each row among the risks at some positions; risks of a tie share a row."""
    return starts_of(np.take(register.ties, found))


def order_of_risks(maps: Sequence[ListedMap], view: View) -> tuple[Ints, Ints]:
    """All risks of several maps in one order: the number of the map of each, and its position."""
    of_map = np.repeat(np.arange(len(maps)), [len(one.found) for one in maps])
    found = np.concatenate([one.found for one in maps])
    if len(maps) > 1:
        keys = [order_keys(one.register, one.found, by_high=view is View.FIND) for one in maps]
        order = np.argsort(np.concatenate(keys), kind="stable")
        of_map, found = of_map[order], found[order]
    return of_map, found


def iterate_risks(
    maps: Sequence[ListedMap], view: View, *, most: int
) -> Iterator[tuple[MapRun, RiskScore]]:
    """All risks that are asked for, without ties, `most` at most."""
    of_map, found = (column[:most] for column in order_of_risks(maps, view))
    for start in range(0, len(found), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        numbers, positions = of_map[part].tolist(), found[part].tolist()
        asked: dict[UUID, list[int]] = {}
        for number, position in zip(numbers, positions, strict=True):
            asked.setdefault(maps[number].of.run_id, []).append(position)
        scores = {run: iter(risks) for run, risks in list_at_runs(asked).items()}
        for number in numbers:
            yield maps[number].of, next(scores[maps[number].of.run_id])
