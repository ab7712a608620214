"""Tasks to reassess a site: opened once for each reason, assigned, closed with a note.

One site has at most one open task of a trigger; a further reason is added to it (UNGP 17(c)).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from ddplatform.accounts.organisations.queries import get_person
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.reassessment import SeenBy, triggers
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.reassessment.models import ReviewCause, ReviewTask
from ddplatform.risk.reassessment.queries.tasks import (
    find_known_causes,
    find_open_tasks,
    find_owners,
    get_task,
    get_task_of_cause,
    list_open_tasks_only_of,
    list_shown_by_ended,
)
from ddplatform.value_chain.mapping.queries.maps import get_node

NOTE_LENGTH = 2000
CONTEXT = "context"


@dataclass(frozen=True)
class Wanted:
    """A reason to look at a site anew.

    Attributes:
        trigger: TRG-nn. cause_key: the same reason never asks twice for one site and trigger.
        reason: in words. event_id: the context event behind it.
    """

    node_id: UUID
    trigger: str
    cause_key: str
    reason: str
    event_id: UUID | None = None


def open_tasks(wanted: Iterable[Wanted], *, at: datetime, by: Identity | None = None) -> int:
    """Open what is not open yet, part of a larger change that writes the event.

    Args:
        by: the person who asked, if a person did.

    Returns:
        How many reasons were new; their tasks were opened or, where open, got one more reason.
    """
    db.session.flush()  # tasks may be as new as their further reasons
    asked = {(one.node_id, one.trigger, one.cause_key): one for one in wanted}
    known = find_known_causes({one.cause_key for one in asked.values()})
    new = [one for key, one in asked.items() if key not in known]
    if not new:
        return 0
    tasks = dict(find_open_tasks({one.trigger for one in new}))
    missing = {(one.node_id, one.trigger): uuid4() for one in new}
    missing = {key: task_id for key, task_id in missing.items() if key not in tasks}
    owners = find_owners() if missing else {}
    insert_rows(
        ReviewTask,
        [
            {
                "id": task_id,
                "node_id": node_id,
                "trigger": trigger,
                "owner_id": owners.get(node_id),
                "due_on": at.date() + timedelta(days=triggers()[trigger].due_days),
                "created_at": at,
                "created_by_id": by.user_id if by else None,
            }
            for (node_id, trigger), task_id in missing.items()
        ],
    )
    tasks |= missing
    insert_rows(ReviewCause, [_cause(one, tasks[one.node_id, one.trigger], at) for one in new])
    return len(new)


def _cause(one: Wanted, task_id: UUID, at: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "task_id": task_id,
        "node_id": one.node_id,
        "trigger": one.trigger,
        "cause_key": one.cause_key,
        "reason": one.reason,
        "event_id": one.event_id,
        "created_at": at,
    }


def report_change(node_id: UUID, trigger: str, note: str, *, act: Act) -> ReviewTask:
    """Somebody knows that something changed at a site: open the task that this asks for.

    Raises:
        NotFound: no such site.
        Invalid: no trigger that people tell of, no note, or a note that leads to a person.
    """
    node, note = get_node(node_id), " ".join(note.split())
    problems = {}
    rule = triggers().get(trigger)
    if rule is None or SeenBy.PERSON not in rule.seen_by:
        problems["trigger"] = gettext("Choose what changed.")
    if fault := fault_in(note, label="the change", longest=NOTE_LENGTH):
        problems["note"] = fault
    if problems:
        raise Invalid(fields=problems)
    key = f"person:{act.at.date()}:{note}"
    open_tasks([Wanted(node.id, trigger, key, note)], by=act.by, at=act.at)
    task = get_task_of_cause(node.id, trigger, key)
    audit.record("review_task:open", task, act=act, trigger=trigger, reason=note)
    return task


def set_owner(task_id: UUID, owner_id: UUID | None, *, act: Act) -> ReviewTask:
    """Set the person who reviews the site.

    Raises:
        NotFound: no such task. Conflict: it is done. Invalid: the person is no member.
    """
    task = _open_task(task_id)
    if owner_id is not None:
        try:
            get_person(owner_id)
        except NotFound as error:
            stranger = gettext("Choose a person of your organisation.")
            raise Invalid(fields={"owner": stranger}) from error
    before, task.owner_id = task.owner_id, owner_id
    audit.record("review_task:owner", task, act=act, owner=(before, owner_id))
    return task


def close_task(task_id: UUID, note: str, *, act: Act) -> ReviewTask:
    """Close a review of a site; `note` states its findings and decisions.

    What an event that is over has shown of the site counts no more from here on, unless the
    words of a factor still speak of it; the map is then assessed again.

    Raises:
        NotFound: no such task. Conflict: it is done. Invalid: no note, or one that leads to a
            person.
    """
    task, note = _open_task(task_id), note.strip()
    if fault := fault_in(note, label="the outcome and the decision", longest=NOTE_LENGTH):
        raise Invalid(fields={"note": fault})
    _close(task, note, act=act)
    if _release(task, act.at):
        ask_reassessment(get_node(task.node_id).chain_id, CONTEXT, act=act)
    audit.record("review_task:close", task, act=act, trigger=task.trigger, note=note)
    return task


def close_tasks_of_event(event_id: UUID, note: str, *, act: Act) -> int:
    """Close the open tasks that have no other reason than one event, as a part of its withdrawal.

    Returns:
        How many were closed.
    """
    tasks = list_open_tasks_only_of(event_id)
    for task in tasks:
        _close(task, note, act=act)
    return len(tasks)


def _open_task(task_id: UUID) -> ReviewTask:
    task = get_task(task_id, for_change=True)
    if task.closed_at is not None:
        raise Conflict(
            gettext("This reassessment is already completed."),
            gettext("Open the list again to see what is left."),
        )
    return task


def _close(task: ReviewTask, note: str, *, act: Act) -> None:
    task.closed_at, task.closed_by_id, task.closed_note = act.at, act.by.user_id, note


def _release(task: ReviewTask, at: datetime) -> int:
    """Let go what ended events have shown of the site; returns of how many events."""
    rows = list_shown_by_ended(task)
    for row in rows:
        row.released_at = at
    return len(rows)
