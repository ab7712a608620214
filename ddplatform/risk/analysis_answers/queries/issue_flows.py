"""Propagation of risk of one issue through a map, and the bands of a run on one issue."""

from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import RiskAssessment
from ddplatform.risk.runs.queries.rows import of_run, settled
from ddplatform.risk.runs.queries.runs import RunHead
from ddplatform.risk.runs.queries.scores import list_residuals, residual_band_of
from ddplatform.value_chain.graph.queries.memory import keep, recall
from ddplatform.value_chain.graph.queries.study import Study
from supply_chain.analysis.contributions import IssueFlow
from supply_chain.risk.method import Floats
from supply_chain.risk.rm2.map_assessment import unknown_likelihood
from supply_chain.vocabulary import Issue, RiskBand

KEPT = 12

_kept: OrderedDict[tuple[UUID, UUID, int, Issue], IssueFlow] = OrderedDict()


def load_issue_flow(study: Study, head: RunHead, issue: Issue) -> IssueFlow:
    """Propagation of one issue, by L_res of the current run of a map, one under RM-2.0."""
    key = (head.chain_id, head.id, head.map_version, issue)
    found = recall(_kept, key)
    if found is None:
        residual, column = _residuals(study, head, issue), list(Issue).index(issue)
        found = IssueFlow.of(study.flow, study.network, residual, column)
        keep(_kept, key, found, KEPT)
    return found


def _residuals(study: Study, head: RunHead, issue: Issue) -> Floats:
    """(nodes,) L_res of one issue in a run.

    A node that came after the run is not scored yet: it counts as of unknown origin (11.8).
    """
    known, graph = list_residuals(head.id, issue), study.flow.graph
    values = (known.get(ref, np.nan) for ref in graph.nodes.ids)
    found = np.fromiter(values, dtype=np.float64, count=len(graph))
    new = np.flatnonzero(np.isnan(found))
    if len(new):
        found[new] = unknown_likelihood(graph, new)[:, list(Issue).index(issue)]
    return found


def load_bands(run_id: UUID, keys: Sequence[UUID], issue: Issue) -> dict[UUID, RiskBand | None]:
    """The residual band of some nodes on one issue in a run; None: not assessed."""
    rows = db.session.execute(
        select(RiskAssessment.step, RiskAssessment.node_id, RiskAssessment.scores).where(
            of_run(run_id), RiskAssessment.node_id.in_(keys)
        )
    ).all()
    found = settled(rows, "node_id")
    return {key: residual_band_of(row.scores, issue) for key, row in found.items()}
