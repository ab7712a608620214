"""Periodic jobs: each kind once per time slot and organisation."""

from datetime import datetime

from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.jobs.handlers import list_periodic
from ddplatform.infrastructure.jobs.queries import list_known_keys
from ddplatform.infrastructure.jobs.services import enqueue


def enqueue_due(at: datetime) -> int:
    """Queue the jobs of this time slot that are not queued yet; returns their number."""
    wanted = {
        f"{name}:{organisation_id}:{int(at.timestamp()) // every}": (name, organisation_id)
        for organisation_id in accounts().list_organisation_ids()
        for name, every in list_periodic()
    }
    known = list_known_keys(wanted.keys())
    for key, (name, organisation_id) in wanted.items():
        if key not in known:
            enqueue(name, {}, act=Act(system_identity(organisation_id), at), unique_key=key)
    return len(wanted) - len(known)
