"""Refused tries in the log: the first one is an event, and a summary follows for the others.

A browser or a program that asks for the same forbidden page again and again would otherwise fill
the log, which nothing is ever removed from. Of one person, endpoint and reason the first try is an
event at once; those of the 15 minutes from then on are counted, each in a unit of work of its own
before its answer leaves, so that a crash loses none that was answered. One event with their number
follows: at the next such try after the 15 minutes, or when the job of every 15 minutes runs, so at
most half an hour after the first one while a worker runs.
"""

from datetime import datetime, timedelta
from uuid import UUID

from ddplatform.audit.models import Outcome, RefusalCount
from ddplatform.audit.queries.refusals import find_count_for_change, list_counts_begun_before
from ddplatform.audit.services.log import lock_log, record
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, current_organisation

WINDOW = timedelta(minutes=15)


def record_refusal(act: Act, endpoint: str, reason: str) -> None:
    """A refused try, apart from the unit of work of the try, which rolls back.

    Args:
        reason: why, as a word: of the same reason and endpoint tries are summed up.
    """
    assert act.by.user_id is not None, "only members are refused by name"
    with acting_in(act.by.organisation_id):
        with unit_of_work():
            is_over = _count(act, act.by.user_id, endpoint, reason)
        if is_over:
            with unit_of_work():
                _begin(act, act.by.user_id, endpoint, reason)


def summarise_refusals(*, at: datetime) -> int:
    """Write the summaries that are due in the acting organisation; returns their number."""
    lock_log()
    written = 0
    for row in list_counts_begun_before(at - WINDOW):
        written += _end(row, at)
    return written


def _count(act: Act, actor_id: UUID, endpoint: str, reason: str) -> bool:
    """Count a try where its 15 minutes go on; else end them. Whether new ones begin."""
    lock_log()
    row = find_count_for_change(actor_id, endpoint, reason)
    if row is None:
        return True
    if act.at < row.begins_at + WINDOW:
        row.count += 1
        return False
    _end(row, act.at)
    return True


def _begin(act: Act, actor_id: UUID, endpoint: str, reason: str) -> None:
    record(
        "access:refuse",
        None,
        act=act,
        outcome=Outcome.REFUSED,
        endpoint=endpoint,
        reason=reason,
    )
    row = find_count_for_change(actor_id, endpoint, reason)
    if row is not None:
        return  # another request began in the same moment: its 15 minutes stand
    db.session.add(
        RefusalCount(
            actor_id=actor_id,
            actor_role=act.by.role_id.value if act.by.role_id else "",
            endpoint=endpoint,
            reason=reason,
            begins_at=act.at,
        )
    )


def _end(row: RefusalCount, at: datetime) -> int:
    """Sum up and forget a count; returns the number of events, 0 where nothing was repeated."""
    is_repeated = row.count > 0
    if is_repeated:
        person = Identity(
            user_id=row.actor_id,
            organisation_id=current_organisation(),
            role_id=RoleId(row.actor_role) if row.actor_role else None,
            name="",
        )
        record(
            "access:refuse_again",
            None,
            act=Act(person, at),
            outcome=Outcome.REFUSED,
            endpoint=row.endpoint,
            reason=row.reason,
            times=row.count,
            since=row.begins_at,
        )
    db.session.delete(row)
    db.session.flush()  # a new count of the same may begin in this unit of work
    return int(is_repeated)
