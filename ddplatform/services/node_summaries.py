"""What lists and maps show of each node after a run: highest band, first issue, exposure."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import delete, select

from ddplatform.bulk import many_objects, rising_keys
from ddplatform.db import db
from ddplatform.models.value_chain import NodeSummary
from ddplatform.services.assessment_rows import ISSUES, highest_bands
from ddplatform.tenancy import insert_rows
from supply_chain.risk.assessment import Assessment
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS


@many_objects()
def refresh_summaries(chain_id: UUID, assessment: Assessment, keys: Sequence[UUID]) -> None:
    """Write the summary of every node of a map anew; what other columns keep there stays.

    So do the summaries of nodes that were archived, or came while the map was assessed.
    Rewriting all rows is several times faster than changing each of them.
    """
    kept = {
        row.node_id: row
        for row in db.session.execute(
            select(
                NodeSummary.node_id,
                NodeSummary.tier,
                NodeSummary.open_findings,
                NodeSummary.overdue_actions,
                NodeSummary.questionnaire_status,
            )
            .where(NodeSummary.chain_id == chain_id)
            .with_for_update()
        )
    }
    db.session.execute(
        delete(NodeSummary)
        .where(NodeSummary.chain_id == chain_id)
        .execution_options(synchronize_session=False)
    )
    columns = _columns(assessment, len(keys))
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    not_scored = dict.fromkeys(columns)
    assessed = set(keys)
    others = [key for key in kept if key not in assessed]
    rows += [{**not_scored, "tier": kept[key].tier} for key in others]
    every = [*keys, *others]
    for key, row_id, row in zip(every, rising_keys(len(every)), rows, strict=True):
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


def _columns(assessment: Assessment, count: int) -> dict[str, list[Any]]:
    scores, scored = assessment.scores, assessment.scored[:count]
    rank = np.where(scored, assessment.salience_rank[:count], np.iinfo(np.int64).max)
    top, node = rank.argmin(axis=1), np.arange(count)
    is_scored = np.asarray(scored.any(axis=1)).tolist()
    index = np.where(scored, scores.residual_index[:count], -1).max(axis=1, initial=-1).tolist()
    exposed = np.where(scored, assessment.exposure[:count], -1).max(axis=1, initial=-1).tolist()
    severity = assessment.severity_band[:count][node, top].tolist()
    bands = highest_bands(assessment)[:count].tolist()
    known = {
        "band": [RISK_BANDS[band] for band in bands],
        "severity_band": [SEVERITY_BANDS[band] for band in severity],
        "top_issue": [ISSUES[column].value for column in top.tolist()],
        "best_rank": rank[node, top].tolist(),
        "residual_index": index,
        "exposure": exposed,
        "confidence": scores.confidence[:count][node, top].tolist(),
    }
    tiers = assessment.chain.tiers[:count].tolist()
    return {
        "tier": [None if tier < 0 else tier for tier in tiers],
        **{
            name: [value if yes else None for value, yes in zip(values, is_scored, strict=True)]
            for name, values in known.items()
        },
    }
