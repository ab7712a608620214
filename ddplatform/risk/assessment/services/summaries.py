"""Summary of each node after a run for lists and maps: highest band, first issue, exposure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, delete

from ddplatform.infrastructure.bulk import many_objects, rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.risk.assessment.queries import hold_summaries
from ddplatform.risk.assessment.services.rows import ISSUES
from ddplatform.value_chain.mapping.models import NodeSummary
from supply_chain.risk.method import Floats, Ints
from supply_chain.risk.register_changes import order_of
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.risk.stored_run import StoredRun

_LETTERS = np.array(GRADES)


@many_objects()
def refresh_summaries(chain_id: UUID, run: StoredRun, keys: Sequence[UUID]) -> None:
    """Write the summary of every node of a map anew; what other columns keep there stays.

    So do the summaries of nodes that were archived, or came while the map was assessed.
    """
    which = NodeSummary.chain_id == chain_id
    kept = hold_summaries(which)
    columns = _columns(run, len(keys))
    assessed = set(keys)
    others = [key for key in kept if key not in assessed]
    for name, values in columns.items():
        values += [kept[key].tier if name == "tier" else None for key in others]
    _rewrite(chain_id, which, kept, [*keys, *others], columns)


def renew_summaries(chain_id: UUID, keys: Sequence[UUID], shown: "Shown") -> None:
    """Write the summaries of few nodes of a map anew, whose tiers are what they were.

    What says the same as before is left as it is.
    """
    columns = shown.columns()
    kept = hold_summaries(NodeSummary.node_id.in_(keys), *columns)
    told = zip(*columns.values(), strict=True)
    other = [
        at
        for at, (key, values) in enumerate(zip(keys, told, strict=True))
        if tuple(getattr(kept[key], name) for name in columns) != values
    ]
    few = [keys[at] for at in other]
    taken = {name: [values[at] for at in other] for name, values in columns.items()}
    tiers = [kept[key].tier for key in few]
    _rewrite(chain_id, NodeSummary.node_id.in_(few), kept, few, {"tier": tiers, **taken})


def _rewrite(
    chain_id: UUID,
    which: ColumnElement[bool],
    kept: Mapping[UUID, Row[*tuple[Any, ...]]],
    keys: Sequence[UUID],
    columns: Mapping[str, Sequence[Any]],
) -> None:
    """Rewriting rows is several times faster than changing each of them."""
    db.session.execute(
        delete(NodeSummary).where(which).execution_options(synchronize_session=False)
    )
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    for key, row_id, row in zip(keys, rising_keys(len(keys)), rows, strict=True):
        before = kept.get(key)
        row.update(
            id=row_id,
            node_id=key,
            chain_id=chain_id,
            open_findings=before.open_findings if before else 0,
            overdue_actions=before.overdue_actions if before else 0,
            questionnaire_status=before.questionnaire_status if before else None,
        )
    insert_rows(NodeSummary, rows)


def _columns(run: StoredRun, count: int) -> dict[str, list[Any]]:
    found, scored = run.found, run.found.scored[:count]
    is_graded = run.levels is GRADES
    shown = Shown(
        orders=np.where(scored, order_of(found.salience_rank[:count]), -1),
        residual_index=run.column("residual_index")[:count],
        exposure=found.exposure[:count],
        severity_band=found.severity_band[:count],
        residual_band=run.column("residual_band")[:count],
        confidence=None if is_graded else run.column("confidence")[:count],
        grade=run.column("grade")[:count] if is_graded else None,
    )
    tiers = found.chain.tiers[:count].tolist()
    return {"tier": [None if tier < 0 else tier for tier in tiers], **shown.columns()}


@dataclass(frozen=True)
class Shown:
    """The content of the summaries of some nodes; arrays (nodes, 16)."""

    orders: Ints  # `order_of` of their ranks, -1 not scored
    residual_index: Floats
    exposure: Floats
    severity_band: Ints
    residual_band: Ints
    confidence: Floats | None = None  # of RM-1.0
    grade: Ints | None = None  # position in GRADES, of RM-2.0

    def columns(self) -> dict[str, list[Any]]:
        """Column -> its value for each node; None where a node is not scored."""
        scored, node = self.orders > 0, np.arange(len(self.orders))
        order = np.where(scored, self.orders, np.iinfo(np.int64).max)
        top = order.argmin(axis=1)
        bands = np.where(scored, self.residual_band, -1).max(axis=1, initial=-1).tolist()
        known = {
            "band": [RISK_BANDS[band] for band in bands],
            "severity_band": [SEVERITY_BANDS[at] for at in self.severity_band[node, top].tolist()],
            "top_issue": [ISSUES[column].value for column in top.tolist()],
            "best_order": order[node, top].tolist(),
            "residual_index": np.where(scored, self.residual_index, -1).max(axis=1).tolist(),
            "exposure": np.where(scored, self.exposure, -1).max(axis=1).tolist(),
            "confidence": _of_first(self.confidence, top),
            "grade": _of_first(None if self.grade is None else _LETTERS[self.grade], top),
        }
        is_scored = np.asarray(scored.any(axis=1)).tolist()
        return {
            name: [value if yes else None for value, yes in zip(values, is_scored, strict=True)]
            for name, values in known.items()
        }


def _of_first(values: NDArray[Any] | None, top: Ints) -> list[Any]:
    """The value of the first issue of each node; None where the method has no such value."""
    return [None] * len(top) if values is None else values[np.arange(len(top)), top].tolist()
