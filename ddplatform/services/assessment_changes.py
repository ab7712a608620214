"""Assess what changed alone: a run that rests on the last whole one of its map (decision 15).

It says to the last bit what a whole run would say. Where it could not, or not more quickly, the
answer is why, and the whole map is assessed as before.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import Row, select

from ddplatform.access.identity import Identity
from ddplatform.adapters.snapshot_files import MAP, Snapshot, SnapshotPlace
from ddplatform.bulk import rising_keys
from ddplatform.db import db, held
from ddplatform.errors import NotFound
from ddplatform.models.risk import (
    AssessmentRun,
    ReferenceRelease,
    RiskAssessment,
    RunRegister,
    WholeBecause,
)
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.fresh_evidence import list_marks
from ddplatform.queries.map_snapshots import find_sound_part, plan_of, row_of, state_of_run
from ddplatform.queries.risk_evidence import load_evidence, load_self_disclosed
from ddplatform.queries.risk_runs import find_current_run
from ddplatform.queries.run_rows import find_changes
from ddplatform.services import audit
from ddplatform.services.assessment_rows import ISSUES, summary_of_changed
from ddplatform.services.fresh_evidence import clear_marks
from ddplatform.services.node_summaries import Shown, renew_summaries
from ddplatform.services.reference import checksum_in_use
from ddplatform.tenancy import insert_rows
from supply_chain.kept_chain import chain_of
from supply_chain.kept_columns import KeyColumn
from supply_chain.reference import load_reference
from supply_chain.risk.changed_run import ChangedRun, changed_run
from supply_chain.risk.kept_scores import pack, unpack
from supply_chain.risk.method import METHOD, METHOD_VERSION, Bools, Ints
from supply_chain.risk.renewal import MOST, Renewed, renew
from supply_chain.risk.run_state import RunState

REQUEST = "request"
STEPS = 32  # runs that rest on one whole run at most
MOST_ROWS = 5_000  # rows that such a run writes at most

Unit = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class _Base:
    """The last whole run of a map, its numbers, and what is new since then."""

    run: AssessmentRun  # the current one: the base itself, or the last that rests on it
    id: UUID  # of the whole run
    map: Snapshot
    state: RunState
    touched: Ints  # rising rows of all nodes of which something new is known since the base
    rows: Ints  # rising places of which the current run has rows of its own

    @property
    def keys(self) -> KeyColumn:
        """The key of the node in each row of the map."""
        arrays: dict[str, Any] = dict(self.map.arrays)
        return KeyColumn(arrays["key"])

    def keys_of(self, rows: Ints) -> list[UUID]:
        """The keys of the nodes of some rows."""
        keys = self.keys
        return [keys.at(row) for row in rows.tolist()]


def assess_changes(
    chain_id: UUID,
    cause: str,
    *,
    as_of: date,
    by: Identity,
    at: datetime,
    unit: Unit,
    run_id: UUID | None = None,
) -> UUID | WholeBecause:
    """Score the nodes of which something new is known, and what hangs on them; keep the run.

    Returns:
        The run that is the current one now; or why the whole map needs to be assessed.

    Raises:
        NotFound: no such map.
    """
    if cause == REQUEST:
        return WholeBecause.ASKED
    with unit():
        chain = db.session.scalar(held(select(ValueChain).where(ValueChain.id == chain_id)))
        if chain is None:
            raise NotFound()
        run = find_current_run(chain_id)
        if run is None:
            return WholeBecause.FIRST
        if because := _why_whole(chain, run, as_of):
            return because
        marks = list_marks(chain_id)
        if not marks:
            return WholeBecause.UNMARKED
        base = _find_base(chain, run, [mark.node_id for mark in marks])
        if base is None:
            return WholeBecause.SNAPSHOT
        done = _Step(chain, base, cause=cause, by=by, at=at).keep(run_id or uuid4())
        if isinstance(done, UUID):
            clear_marks([mark.id for mark in marks])
        return done


def _why_whole(chain: ValueChain, run: AssessmentRun, as_of: date) -> WholeBecause | None:
    release = db.session.get_one(ReferenceRelease, run.release_id)
    data = release.checksum, run.method_version, run.parameters_sha256
    if run.chain_version != chain.version:
        return WholeBecause.MAP
    if run.as_of != as_of:
        return WholeBecause.DAY
    if data != (checksum_in_use(), METHOD_VERSION, METHOD.parameters_sha256):
        return WholeBecause.RELEASE
    return WholeBecause.STEPS if run.step >= STEPS else None


def _find_base(chain: ValueChain, run: AssessmentRun, nodes: Sequence[UUID]) -> _Base | None:
    place = SnapshotPlace(chain.organisation_id, chain.id, chain.version)
    base_id = run.base_run_id or run.id
    kept = find_sound_part(place, MAP)
    state = find_sound_part(place, state_of_run(base_id), private=True)
    if kept is None or state is None:
        return None
    before = find_changes(run.id) if run.base_run_id else None
    row = row_of(kept)
    new = [row[key] for key in nodes if key in row]  # others left the map
    none = np.zeros(0, dtype=np.int64)
    return _Base(
        run=run,
        id=base_id,
        map=kept,
        state=RunState.from_arrays(state.arrays),
        touched=np.union1d(before[1].touched if before else none, new).astype(np.int64),
        rows=before[1].changed if before else none,
    )


class _Step:
    """One run that rests on a base."""

    def __init__(
        self, chain: ValueChain, base: _Base, *, cause: str, by: Identity, at: datetime
    ) -> None:
        self._chain, self._base = chain, base
        self._cause, self._by, self._at = cause, by, at

    def keep(self, run_id: UUID) -> UUID | WholeBecause:
        """Work the run out and write it as the current one."""
        base = self._base
        if not len(base.touched):
            return base.run.id
        renewed = self._renew() if len(base.touched) <= MOST else None
        if renewed is None:
            return WholeBecause.MANY
        rows = np.union1d(renewed.changed, base.rows)
        if len(rows) > MOST_ROWS:
            return WholeBecause.MANY
        before = self._rows_of_base(rows)
        tiers = np.array([-1 if row.tier is None else row.tier for row in before], dtype=np.int64)
        made = changed_run(
            base.state,
            renewed,
            unpack([row.scores for row in before]),
            chain_of(base.map.arrays).nodes,
            rows=rows,
            touched=base.touched,
            in_remedy=self._in_remedy(renewed.fresh),
            tiers=tiers,
        )
        self._write(run_id, made, before)
        return run_id

    def _renew(self) -> Renewed | None:
        base, as_of = self._base, self._base.run.as_of
        return renew(
            base.state,
            plan_of(base.map),
            chain_of(base.map.arrays).nodes,
            base.touched,
            lambda rows: load_evidence(self._chain.id, base.keys_of(rows), as_of),
            reference=load_reference(),
            as_of=as_of,
        )

    def _rows_of_base(self, rows: Ints) -> Sequence[Row[*tuple[Any, ...]]]:
        row = RiskAssessment
        return db.session.execute(
            select(
                row.place,
                row.node_id,
                row.node_ref,
                row.node_name,
                row.country,
                row.tier,
                row.scores,
            )
            .where(row.run_id == self._base.id, row.place.in_(rows.tolist()))
            .order_by(row.place)
        ).all()

    def _in_remedy(self, fresh: Ints) -> Bools:
        base = self._base
        told = load_self_disclosed(self._chain.id, base.keys_of(fresh), base.run.as_of)
        found = np.zeros((len(fresh), len(ISSUES)), dtype=np.bool_)
        for row, issue in told:
            found[row, ISSUES.index(issue)] = True
        return found

    def _write(self, run_id: UUID, made: ChangedRun, before: Sequence[Row[Any]]) -> None:
        scores = pack(made.records)
        insert_rows(
            RiskAssessment,
            [
                {**row._mapping, "id": key, "run_id": run_id, "scores": content}
                for key, row, content in zip(rising_keys(len(before)), before, scores, strict=True)
            ],
        )
        db.session.add(RunRegister(run_id=run_id, content=made.changes.pack()))
        last, base = self._base.run, self._base
        run = AssessmentRun(
            id=run_id,
            base_run_id=base.id,
            step=last.step + 1,
            chain_id=last.chain_id,
            chain_version=last.chain_version,
            cause=self._cause,
            method_version=last.method_version,
            parameters_sha256=last.parameters_sha256,
            release_id=last.release_id,
            as_of=last.as_of,
            node_count=last.node_count,
            summary=summary_of_changed(
                self._whole_summary(), made, base.state.countries.tolist(), scores
            ),
            scaled=last.scaled,
            created_at=self._at,
            created_by_id=self._by.user_id,
        )
        db.session.add(run)
        db.session.flush()  # the map and the event name it
        self._chain.current_run_id = run_id
        self._show(made, before)
        audit.record(
            "risk:assess",
            run,
            by=self._by,
            at=self._at,
            cause=run.cause,
            as_of=run.as_of,
            chain_version=run.chain_version,
            method=run.method_version,
            nodes=run.node_count,
            rests_on=str(base.id),
            rows=len(before),
        )

    def _whole_summary(self) -> dict[str, Any]:
        whole = select(AssessmentRun.summary).where(AssessmentRun.id == self._base.id)
        summary: dict[str, Any] = db.session.scalars(whole).one()
        return summary

    def _show(self, made: ChangedRun, before: Sequence[Row[Any]]) -> None:
        known = [at for at, row in enumerate(before) if row.node_id is not None]
        records, orders = made.records[known], made.orders[known]
        names = ("residual_index", "exposure", "severity_band", "residual_band", "confidence")
        shown = Shown(orders=orders, **{name: records[name] for name in names})
        renew_summaries(self._chain.id, [before[at].node_id for at in known], shown)
