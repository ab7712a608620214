"""Record of nodes with new evidence, written in the transaction of the change itself.

Flushed objects are recorded automatically, so that no service can omit it; a service that adds
rows by a statement marks their nodes (`mark`). The next run scores these nodes alone, where it can.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, event, inspect
from sqlalchemy.orm import Session

from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import PlatformSession, db
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.tenancy import current_organisation, insert_rows
from ddplatform.risk.context_events.models import ContextEvent, ContextEventNode
from ddplatform.risk.context_events.queries.nodes import list_node_ids
from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.risk.observations.queries.evidence import sites_of_region
from ddplatform.risk.runs.models import (
    ControlRecord,
    FreshEvidence,
    RiskFact,
    SalienceNote,
    ScoreChange,
    SeverityJudgement,
)
from ddplatform.supplier_engagement.responses.models import RiskSignal

CHUNK = 5_000  # marks that one statement takes away
_EVERY: Final = ()
_OWN_EVIDENCE: Final[Mapping[type, Sequence[str]]] = {
    RiskSignal: _EVERY,
    RiskFact: _EVERY,
    ControlRecord: _EVERY,
    SeverityJudgement: _EVERY,
    SalienceNote: _EVERY,
    ScoreChange: _EVERY,
    ContextEventNode: _EVERY,
    PlaceObservation: _EVERY,
    ContextEvent: ("kind", "starts_on", "ends_on", "source_type"),
}
"""What `risk/facts/queries/evidence` reads -> the columns it looks at; none named: any of them."""
FURTHER_EVIDENCE: Final[Registry[tuple[type, Sequence[str]]]] = Registry("further evidence")
"""Table -> the same of a model of a later package: it has a column `node_id`."""
_NOTED: Final = "fresh_evidence"


def mark(node_ids: Iterable[UUID]) -> None:
    """Note that something new is known of nodes; for rows that were added by a statement."""
    keys = list(node_ids)
    rows = zip(rising_keys(len(keys)), keys, strict=True)
    insert_rows(FreshEvidence, [{"id": row_id, "node_id": key} for row_id, key in rows])


def clear_marks(ids: Sequence[UUID]) -> None:
    """Take away marks that a run has scored, in the unit of work that keeps the run."""
    for at in range(0, len(ids), CHUNK):
        db.session.execute(
            delete(FreshEvidence)
            .where(FreshEvidence.id.in_(ids[at : at + CHUNK]))
            .execution_options(synchronize_session=False)
        )


@event.listens_for(PlatformSession, "before_flush")
def _note_evidence(session: PlatformSession, _context: object, _instances: object) -> None:
    noted: set[UUID] = session.info.setdefault(_NOTED, set())
    evidence = {**_OWN_EVIDENCE, **dict(FURTHER_EVIDENCE)}
    changed = [
        row
        for row in session.dirty
        if type(row) in evidence and _says_other(row, evidence[type(row)])
    ]
    for row in (*session.new, *changed, *session.deleted):
        if type(row) in evidence:
            organisation_id = row.organisation_id or current_organisation()
            for node_id in _nodes_of(row):
                if node_id not in noted:
                    noted.add(node_id)
                    session.add(FreshEvidence(node_id=node_id, organisation_id=organisation_id))


def _says_other(row: Any, columns: Sequence[str]) -> bool:
    """Whether one of the columns that count was set."""
    state = inspect(row)
    return any(name not in state.unmodified for name in columns or state.attrs.keys())


def _nodes_of(row: Any) -> Iterator[UUID]:
    if isinstance(row, PlaceObservation) and row.country and row.region_key:
        yield from (node_id for node_id, _ in sites_of_region(row.country, row.region_key))
    elif not isinstance(row, ContextEvent):
        yield row.node_id
    elif row.id is not None:
        yield from list_node_ids(row.id)


@event.listens_for(PlatformSession, "after_commit")
@event.listens_for(PlatformSession, "after_soft_rollback")
def _forget(session: Session, *_previous: object) -> None:
    session.info.pop(_NOTED, None)
