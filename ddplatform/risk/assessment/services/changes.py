"""Incremental assessment: a run that rests on the last whole run of its map (decision 15).

Its result equals that of a whole run to the last bit. Where it could not, or would not be faster,
the reason is returned, and the whole map is assessed as before.
"""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID, uuid4

import numpy as np

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.risk.assessment.queries import find_own_changes
from ddplatform.risk.assessment.services.incremental_state import (
    IncrementalState,
    Rows,
    after,
    countries_of,
    store_incremental_state,
    take_incremental_state,
    tiers_of,
)
from ddplatform.risk.assessment.services.own_facts import OwnChanges
from ddplatform.risk.assessment.services.rows import ISSUES, summary_of_changed
from ddplatform.risk.assessment.services.summaries import Shown, renew_summaries
from ddplatform.risk.facts.queries.evidence import load_evidence, load_self_disclosed
from ddplatform.risk.facts.queries.fresh import list_marks
from ddplatform.risk.facts.services.fresh import clear_marks
from ddplatform.risk.reference.services import checksum_in_use
from ddplatform.risk.runs.models import (
    AssessmentRun,
    ReferenceRelease,
    RiskAssessment,
    RunRegister,
    WholeBecause,
)
from ddplatform.risk.runs.queries.runs import find_current_run
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change
from supply_chain.reference.release import load_reference
from supply_chain.risk.changed_run import ChangedRun, changed_run
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.renewal import MOST, renew
from supply_chain.risk.rm2.map_assessment import PARAMETERS_SHA256
from supply_chain.risk.stored_scores import Records, unpack

REQUEST = "request"
STEPS = 250  # runs that rest on one whole run at most
MOST_ROWS = 5_000  # places that may differ from the run before
MOST_CHANGED = 20_000  # and from the whole run


def assess_changes(
    chain_id: UUID, cause: str, *, as_of: date, act: Act, unit: Unit, run_id: UUID | None = None
) -> UUID | WholeBecause:
    """Score the nodes with new evidence and those that depend on them; store the run.

    Returns:
        The run that is the current one now; or why the whole map needs to be assessed.

    Raises:
        NotFound: no such map.
    """
    if cause == REQUEST:
        return WholeBecause.ASKED
    with unit():
        chain = get_chain_for_change(chain_id)
        run = find_current_run(chain_id)
        if run is None:
            return WholeBecause.FIRST
        if because := _why_whole(run, as_of):
            return because
        own, marks = find_own_changes(chain, run.chain_version), list_marks(chain_id)
        if own is None:
            return WholeBecause.MAP
        if not marks and run.chain_version == chain.version:
            return WholeBecause.UNMARKED
        standing = take_incremental_state(chain, run)
        if standing is None:
            return WholeBecause.SNAPSHOT
        step = _Step(chain, run, standing, cause=cause, act=act)
        done = step.keep(run_id or uuid4(), [mark.node_id for mark in marks], own)
        if not isinstance(done, IncrementalState):
            return done
        clear_marks([mark.id for mark in marks])
        organisation_id = chain.organisation_id
    store_incremental_state(organisation_id, chain_id, done)
    return done.run_id


def _why_whole(run: AssessmentRun, as_of: date) -> WholeBecause | None:
    release = db.session.get_one(ReferenceRelease, run.release_id)
    data = release.checksum, run.parameters_sha256
    if run.as_of != as_of:
        return WholeBecause.DAY
    if data != (checksum_in_use(), PARAMETERS_SHA256):
        return WholeBecause.RELEASE
    return WholeBecause.STEPS if run.step >= STEPS else None


class _Step:
    """One run that goes on from the last one."""

    def __init__(
        self,
        chain: ValueChain,
        last: AssessmentRun,
        standing: IncrementalState,
        *,
        cause: str,
        act: Act,
    ) -> None:
        self._chain, self._last, self._standing = chain, last, standing
        self._cause, self._by, self._at = cause, act.by, act.at

    def keep(
        self, run_id: UUID, marked: Iterable[UUID], changed: Collection[UUID]
    ) -> IncrementalState | WholeBecause:
        """Work the run out and write it as the current one; where it stands then.

        Args:
            marked: nodes with new evidence. changed: those that are other now.
        """
        touched = self._standing.rows_of({*marked, *changed})
        if not len(touched) and self._last.chain_version == self._chain.version:
            return self._standing
        if len(touched) > MOST:
            return WholeBecause.MANY
        own = OwnChanges.of(self._standing, changed)
        if own is None:
            return WholeBecause.MAP
        before = own.standing
        renewed = renew(
            before.run,
            before.whole,
            before.network,
            before.nodes,
            touched,
            lambda rows: load_evidence(self._chain.id, before.keys_of(rows), self._last.as_of),
            own=own.rows,
            reference=load_reference(),
        )
        if renewed is None or len(renewed.changed) > MOST_ROWS:
            return WholeBecause.MANY
        rows = before.rows_at(renewed.changed, self._last.step)
        made = changed_run(
            before.run,
            renewed,
            unpack([row.scores for row in rows]),
            before.nodes,
            in_remedy=self._in_remedy(renewed.fresh),
            tiers=tiers_of(rows),
            countries=countries_of(rows),
        )
        if len(made.standing.changes.changed) > MOST_CHANGED:
            return WholeBecause.MANY
        self._write(run_id, made, rows, own)
        return after(before, run_id, made.standing)

    def _in_remedy(self, fresh: Ints) -> Bools:
        keys = self._standing.keys_of(fresh)
        found = np.zeros((len(fresh), len(ISSUES)), dtype=np.bool_)
        for row, issue in load_self_disclosed(self._chain.id, keys, self._last.as_of):
            found[row, ISSUES.index(issue)] = True
        return found

    def _write(self, run_id: UUID, made: ChangedRun, before: Rows, own: OwnChanges) -> None:
        base_id, last = self._standing.base_id, self._last
        written, content = (
            own.written(before, made.records, made.differs, last.step),
            made.standing.changes.pack(),
        )
        insert_rows(RiskAssessment, written)
        db.session.add(RunRegister(run_id=run_id, content=content))
        run = AssessmentRun(
            id=run_id,
            base_run_id=base_id,
            step=last.step + 1,
            chain_id=last.chain_id,
            chain_version=self._chain.version,
            cause=self._cause,
            method_version=last.method_version,
            parameters_sha256=last.parameters_sha256,
            release_id=last.release_id,
            as_of=last.as_of,
            node_count=last.node_count,
            summary=summary_of_changed(
                own.summary(last.summary, before),
                made.standing,
                [content, *(row["scores"] for row in written)],
            ),
            scaled=last.scaled,
            created_at=self._at,
            created_by_id=self._by.user_id,
        )
        db.session.add(run)
        db.session.flush()  # the map and the event name it
        self._chain.current_run_id = run_id
        self._show(before, made.records, made.orders)
        self._show_shifted(made)
        audit.record(
            "risk:assess",
            run,
            act=Act(self._by, self._at),
            cause=run.cause,
            as_of=run.as_of,
            chain_version=run.chain_version,
            method=run.method_version,
            nodes=run.node_count,
            rests_on=str(base_id),
            rows=len(written),
        )

    def _show_shifted(self, made: ChangedRun) -> None:
        """Summaries of nodes whose scores stay, but whose number in the order of a list moved."""
        if not len(made.shifted):
            return
        rows = self._standing.rows_at(made.shifted, self._last.step)
        records = unpack([row.scores for row in rows])
        orders = made.standing.changes.orders_of(made.shifted, records["salience_rank"])
        self._show(rows, records, orders)

    def _show(self, rows: Rows, records: Records, orders: Ints) -> None:
        known = [at for at, row in enumerate(rows) if row.node_id is not None]
        names = ("residual_index", "exposure", "severity_band", "residual_band", "grade")
        shown = Shown(orders=orders[known], **{name: records[name][known] for name in names})
        renew_summaries(self._chain.id, [rows[at].node_id for at in known], shown)
