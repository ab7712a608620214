"""Leftover scores of an assessment whose worker was killed before its run was stored.

Scores are written before the row of their run, so no page has ever shown them. A job that gets the
key of a run that was begun deletes them before it begins the run again.
"""

from uuid import UUID

from sqlalchemy import delete

from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.infrastructure.tenancy import erasing
from ddplatform.risk.runs.models import RiskAssessment
from ddplatform.risk.runs.queries.rows import find_last_begun, of_begun_run
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change

CHUNK = 5_000  # nodes taken away in one unit of work


def clear_begun(
    run_id: UUID,
    chain_id: UUID,
    *,
    by: Identity,
    unit: Unit,
) -> None:
    """Delete the scores of a run without a row; those of a stored run are never deleted.

    Args:
        chain_id: the map of the run; a worker that still keeps it is waited for.
        unit: opens a unit of work in the tenant of the run.
    """
    left = True
    while left:
        with unit(), erasing(by.organisation_id):
            get_chain_for_change(chain_id)
            left = _clear_last(run_id)


def _clear_last(run_id: UUID) -> bool:
    """Delete the last rows; False where there is none."""
    last = find_last_begun(run_id)
    if last is None:
        return False
    db.session.execute(
        delete(RiskAssessment)
        .where(*of_begun_run(run_id), RiskAssessment.place > last - CHUNK)
        .execution_options(synchronize_session=False)
    )
    return True
