"""Queueing of background jobs, atomic with the change that needs them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.queries import find_going_on, find_queued
from ddplatform.infrastructure.tenancy import acting_in

MAX_ATTEMPTS = 5


def enqueue(
    name: str,
    payload: Mapping[str, Any],
    *,
    act: Act,
    run_after: datetime | None = None,
    unique_key: str | None = None,
) -> Job:
    """Add a job to the current unit of work.

    Args:
        name: a key of `handlers.HANDLERS`.
        payload: ids and plain settings, no data of people.
        act: by whose rights the job runs, looked up again when it runs; and since when it waits.
        unique_key: while a job of the organisation waits with this key, it is returned instead.
    """
    db.session.flush()  # what was changed before is written by whoever acts until here
    with acting_in(act.by.organisation_id):
        if unique_key is not None:
            waiting = find_queued(unique_key, act.by.organisation_id)
            if waiting is not None:
                return waiting
        job = Job(
            name=name,
            organisation_id=act.by.organisation_id,
            user_id=act.by.user_id,
            payload=dict(payload),
            unique_key=unique_key,
            run_after=run_after or act.at,
            created_at=act.at,
        )
        db.session.add(job)
        db.session.flush()  # the caller links to the job's progress page
        return job


def enqueue_once(name: str, payload: Mapping[str, Any], *, unique_key: str, act: Act) -> Job:
    """The job with this key that waits or is at work; where there is none, a new one.

    For work whose outcome all may use who ask for it: whoever asks while it goes on waits for it.
    """
    going_on = find_going_on(unique_key)
    return going_on or enqueue(name, payload, act=act, unique_key=unique_key)
