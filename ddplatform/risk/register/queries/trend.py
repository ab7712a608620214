"""Comparison of the register with a past day: each risk, and the bands of the runs between."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ddplatform.infrastructure.db import db
from ddplatform.risk.register.queries.register import Asked, ListedMap, MapRun, positions_of
from ddplatform.risk.runs.models import AssessmentRun
from ddplatform.risk.runs.queries.rows import load_register
from supply_chain.risk.follow_up import EVERY
from supply_chain.risk.method import Ints
from supply_chain.risk.register import ISSUES, Register
from supply_chain.risk.rm2.method import METHOD_VERSION
from supply_chain.risk.rm2.salience import UNITS
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.vocabulary import RiskBand

POINTS = 12  # days of the chart at most
_NOT_SCORED = -1


@dataclass(frozen=True)
class PastRun:
    """A run between the past day and today."""

    id: UUID
    chain_id: UUID
    as_of: date
    created_at: datetime
    method_version: str
    bands: Mapping[str, int]  # risks

    @property
    def is_comparable(self) -> bool:
        """Whether its scores are of the method of today."""
        return self.method_version == METHOD_VERSION


@dataclass(frozen=True)
class Then:
    """A risk on the past day."""

    index: float  # residual, 0-100
    band: RiskBand
    as_of: date


@dataclass(frozen=True)
class _Compared:
    """The risks of a map beside those of its earlier run."""

    before: PastRun
    register: Register
    place: Ints  # of each place of today the place then; -1 for one that was not there
    index: NDArray[np.int32]  # (places then, 16) steps of a comparison; -1 not scored
    band: NDArray[np.int8]


@dataclass(frozen=True)
class Trend:
    """The development of the listed risks. Unknown origins are not compared."""

    day: date
    compared: Mapping[UUID, _Compared]  # by map
    other_method: Sequence[MapRun]  # scored by RM-1.0 on that day: not comparable
    not_assessed: Sequence[MapRun]  # on that day
    rose: int  # by a band or more
    fell: int
    same: int
    new: int
    gone: int | None  # None: the list is narrowed by what is not known of the past
    days: Sequence[tuple[date, Mapping[str, int]]]  # risks by band, the earliest first

    def then_of(self, of: MapRun, position: int) -> Then | None:
        """A risk, by its position in the run of today, on that day; None: it is new."""
        found = self.compared.get(of.chain_id)
        if found is None:
            return None
        place = int(found.register.place[position])
        before = int(found.place[place])
        issue = int(found.register.issue[position])
        if before < 0 or found.index[before, issue] == _NOT_SCORED:
            return None
        band = RISK_BANDS[found.band[before, issue]]
        return Then(int(found.index[before, issue]) / UNITS, band, found.before.as_of)

    def is_new(self, of: MapRun, position: int) -> bool:
        """Whether a risk of a map that is compared has come since; unknown origins have not."""
        found = self.compared.get(of.chain_id)
        if found is None or found.register.place[position] >= len(found.register.key):
            return False
        return self.then_of(of, position) is None


def load_trend(maps: Sequence[ListedMap], asked: Asked, day: date) -> Trend:
    """The risks that are listed against those of a past day; one statement once runs are known."""
    runs = _list_runs([one.of.chain_id for one in maps], day)
    before = {one.of.chain_id: _run_on(runs.get(one.of.chain_id, ()), day) for one in maps}
    compared: dict[UUID, _Compared] = {}
    counts = np.zeros(4, dtype=np.int64)
    gone = 0
    for one in maps:
        run = before[one.of.chain_id]
        if run is None or not run.is_comparable:
            continue
        compared[one.of.chain_id] = found = _compare(one.register, run)
        counts += _count(one, found)
        gone += _count_gone(found, asked)
    rose, fell, same, new = counts.tolist()
    is_narrowed = asked.tie is not None or not asked.follow.is_empty
    return Trend(
        day=day,
        compared=compared,
        other_method=[one.of for one in maps if (run := before[one.of.chain_id]) is not None
                      and not run.is_comparable],
        not_assessed=[one.of for one in maps if before[one.of.chain_id] is None],
        rose=rose,
        fell=fell,
        same=same,
        new=new,
        gone=None if is_narrowed else gone,
        days=list(_days(runs, set(compared), day)),
    )  # fmt: skip


def _list_runs(chain_ids: Sequence[UUID], day: date) -> Mapping[UUID, Sequence[PastRun]]:
    """The runs of each map since the last one on or before a day, the earliest first."""
    earlier = aliased(AssessmentRun)
    last = (
        select(func.max(earlier.as_of))
        .where(earlier.chain_id == AssessmentRun.chain_id, earlier.as_of <= day)
        .correlate(AssessmentRun)
        .scalar_subquery()
    )
    bands: Any = AssessmentRun.summary["residual_bands"]
    rows = db.session.execute(
        select(
            AssessmentRun.id,
            AssessmentRun.chain_id,
            AssessmentRun.as_of,
            AssessmentRun.created_at,
            AssessmentRun.method_version,
            bands.label("bands"),
        )
        .where(
            AssessmentRun.chain_id.in_(chain_ids), AssessmentRun.as_of >= func.coalesce(last, day)
        )
        .order_by(AssessmentRun.as_of, AssessmentRun.created_at, AssessmentRun.id)
    )
    found: dict[UUID, list[PastRun]] = {}
    for row in rows:
        run = PastRun(**{**row._mapping, "bands": row.bands or {}})
        found.setdefault(run.chain_id, []).append(run)
    return found


def _run_on(runs: Sequence[PastRun], day: date) -> PastRun | None:
    """The newest run as of a day or before it."""
    return next((run for run in reversed(runs) if run.as_of <= day), None)


def _compare(now: Register, run: PastRun) -> _Compared:
    before = load_register(run.id)
    place = np.full(len(now.tier), _NOT_SCORED, dtype=np.int64)
    place[: len(now.key)] = before.rows_of(now.key.tobytes())
    shape = len(before.tier), len(ISSUES)
    index = np.full(shape, _NOT_SCORED, dtype=np.int32)
    index[before.place, before.issue] = before.index
    band = np.full(shape, _NOT_SCORED, dtype=np.int8)
    band[before.place, before.issue] = before.residual_band
    return _Compared(run, now, place, index, band)


def _count(one: ListedMap, found: _Compared) -> Ints:
    """The number of listed risks that rose by a band, fell, did neither, are new."""
    at = one.found[one.register.place[one.found] < len(one.register.key)]
    place, issue = found.place[one.register.place[at]], one.register.issue[at]
    then = np.where(place < 0, _NOT_SCORED, found.band[place, issue])
    now = one.register.residual_band[at]
    stood = then != _NOT_SCORED
    parts = (stood & (now > then), stood & (now < then), stood & (now == then), ~stood)
    return np.array([np.count_nonzero(part) for part in parts])


def _count_gone(found: _Compared, asked: Asked) -> int:
    """The number of risks that the same request listed then and that are not scored any more."""
    before = load_register(found.before.id)
    at = positions_of(before, replace(asked, follow=EVERY, tie=None))
    at = at[before.place[at] < len(before.key)]
    now = found.register
    scored = np.zeros((len(now.tier), len(ISSUES)), dtype=np.bool_)
    scored[now.place, now.issue] = True
    place = now.rows_of(before.key.tobytes())[before.place[at]]
    stands = (place >= 0) & scored[place, before.issue[at]]
    return int(np.count_nonzero(~stands))


def _days(
    runs: Mapping[UUID, Sequence[PastRun]], chain_ids: set[UUID], day: date
) -> Iterator[tuple[date, Mapping[str, int]]]:
    """Days from the first to the last on which a map was assessed, with the risks by band."""
    of_maps = [[run for run in runs[key] if run.is_comparable] for key in chain_ids]
    found = sorted({max(run.as_of, day) for of_map in of_maps for run in of_map})
    for shown in _some(found):
        newest = [_run_on(of_map, shown) for of_map in of_maps]
        yield (
            shown,
            {
                band.value: sum(run.bands.get(band.value, 0) for run in newest if run)
                for band in reversed(RISK_BANDS)
            },
        )


def _some(days: Sequence[date]) -> Sequence[date]:
    """As many days as a chart bears, with the first and the last."""
    if len(days) <= POINTS:
        return days
    return [days[round(at * (len(days) - 1) / (POINTS - 1))] for at in range(POINTS)]
