"""Events in the surroundings of sites: entered by people, in step with maps and days.

While a site is inside the area, it is marked, the observations from the event count in its
scores, and the person responsible has 14 days to review it. When the event is over, the mark is
removed, and a person is asked to review the site before anything else changes (ICAT Actions 7
and 8; UNGP 17(c)).
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext
from ddplatform.risk.context_events.models import ContextEvent, ContextEventNode
from ddplatform.risk.context_events.queries.events import (
    EventState,
    area_of,
    get_event,
    list_running_events,
    state_on,
)
from ddplatform.risk.context_events.queries.nodes import (
    list_chains_of,
    list_rows_inside,
    load_candidates,
)
from ddplatform.risk.context_events.services.fields import (
    LABELS,
    EventFields,
    check_fields,
    values_of,
)
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.facts.services.fresh import mark
from ddplatform.risk.reassessment.services.tasks import (
    CONTEXT,
    Wanted,
    close_tasks_of_event,
    open_tasks,
)
from supply_chain.graph.areas import find_inside

REASON_LENGTH = 1000
KEEP_IN_STEP = "context_event:settle"


@dataclass(frozen=True)
class Settled:
    """The changes from bringing an event in step with a day and the maps."""

    entered: int = 0
    left: int = 0
    tasks: int = 0

    def __bool__(self) -> bool:
        return bool(self.entered or self.left or self.tasks)


def add_event(wanted: EventFields, *, act: Act) -> ContextEvent:
    """Enter an event; sites inside are marked, scored again, and given to people at once.

    Raises:
        Invalid: a field breaks a rule.
    """
    check_fields(wanted, today=act.at.date())
    event = ContextEvent(**values_of(wanted), created_at=act.at, created_by_id=act.by.user_id)
    db.session.add(event)
    db.session.flush()  # sites and tasks point to it
    settled = _settle(event, act=act)
    audit.record(
        "context_event:add",
        event,
        act=act,
        **values_of(wanted),
        sites=settled.entered,
        tasks=settled.tasks,
    )
    return event


def change_event(event_id: UUID, wanted: EventFields, *, version: int, act: Act) -> ContextEvent:
    """Correct an event; sites that turn out to stand outside lose mark and score at once.

    Raises:
        NotFound: no such event. Invalid: a field breaks a rule.
        Conflict: it was withdrawn, or somebody changed it meanwhile.
    """
    event = _standing(event_id)
    check_fields(wanted, today=act.at.date())
    new = values_of(wanted)
    changed: dict[str, Any] = {
        name: (getattr(event, name), value)
        for name, value in new.items()
        if getattr(event, name) != value
    }
    if not changed:
        return event
    refuse_stale(
        event,
        version,
        theirs={str(LABELS[name]): before for name, (before, _) in changed.items()},
        mine={str(LABELS[name]): after for name, (_, after) in changed.items()},
    )
    for name, (_, value) in changed.items():
        setattr(event, name, value)
    event.ended_at = None
    settled = _settle(event, act=act)
    _reassess(list_rows_inside(event.id), act=act)  # kind, days and source count as well
    audit.record(
        "context_event:change",
        event,
        act=act,
        **changed,
        sites_entered=settled.entered,
        sites_left=settled.left,
    )
    return event


def end_event(event_id: UUID, last_day: date, *, act: Act) -> ContextEvent:
    """Set the last day of an event: end the marks, and have every site inside reviewed.

    Raises:
        NotFound: no such event. Conflict: it was withdrawn or is over.
        Invalid: the day is not between the first day and today.
    """
    event, today = _standing(event_id), act.at.date()
    if event.ended_at is not None:
        raise Conflict(
            gettext("This event has ended already."), gettext("Edit its dates if they are wrong.")
        )
    if not event.starts_on <= last_day <= today:
        raise Invalid(fields={"ends_on": gettext("Choose a day between the first day and today.")})
    before, event.ends_on = event.ends_on, last_day
    settled = _settle(event, act=act, is_over=True)
    audit.record(
        "context_event:end",
        event,
        act=act,
        ends_on=(before, last_day),
        sites=settled.left,
        tasks=settled.tasks,
    )
    return event


def withdraw_event(event_id: UUID, reason: str, *, act: Act) -> ContextEvent:
    """Take back an event that never was, or not there; it stays readable with the reason.

    What raised scores is taken away again, so this needs a second person (RM-1.0 section 14, P4).

    Raises:
        NotFound: no such event. Invalid: no reason.
        Conflict: it was withdrawn already, or the person entered it.
    """
    event, reason = _standing(event_id), reason.strip()
    if fault := fault_in(reason, label="the reason for the withdrawal", longest=REASON_LENGTH):
        raise Invalid(fields={"reason": fault})
    if event.created_by_id == act.by.user_id:
        raise Conflict(
            gettext("You entered this event yourself."),
            gettext(
                "A withdrawal lowers scores, so another person with this right has to withdraw it."
            ),
        )
    event.withdrawn_at, event.withdrawn_by_id, event.withdrawn_reason = (
        act.at,
        act.by.user_id,
        reason,
    )
    rows = list_rows_inside(event.id)
    left = _take_out(rows.values(), act.at)
    tasks = close_tasks_of_event(event.id, f"The event was withdrawn: {reason}", act=act)
    _reassess(rows, act=act)
    audit.record("context_event:withdraw", event, act=act, reason=reason, sites=left, tasks=tasks)
    return event


def keep_in_step(*, act: Act) -> int:
    """Events that begin or end today, and sites that came into an area; how many events changed.

    Done each day and after changes of maps; one event in the log for each that changed.
    """
    changed = 0
    for event in list_running_events(act.at.date()):
        settled = _settle(event, act=act)
        if settled:
            changed += 1
            audit.record(
                KEEP_IN_STEP,
                event,
                act=act,
                sites_entered=settled.entered,
                sites_left=settled.left,
                tasks=settled.tasks,
            )
    return changed


def _standing(event_id: UUID) -> ContextEvent:
    event = get_event(event_id, for_change=True)
    if event.withdrawn_at is not None:
        raise Conflict(gettext("This event was withdrawn."), gettext("Enter a new one."))
    return event


def _settle(event: ContextEvent, *, act: Act, is_over: bool = False) -> Settled:
    """Bring sites, marks and tasks of an event in step with its days and the maps."""
    rows = list_rows_inside(event.id)
    state = state_on(act.at.date(), event.starts_on, event.ends_on)
    if state is EventState.UPCOMING:
        return Settled(left=_take_out(rows.values(), act.at))
    is_over = is_over or state is EventState.OVER
    inside = _find(event)
    gone = [row for node_id, row in rows.items() if node_id not in inside]
    left = _take_out(gone, act.at)
    back = _take_back(rows, inside, act.at, is_over=is_over)
    new = {node_id: km for node_id, km in inside.items() if node_id not in rows}
    insert_rows(ContextEventNode, list(_new_rows(event, new, act.at)))
    mark(new)
    if is_over:
        left += _end_marks(event, act.at)
    tasks = open_tasks(_reasons(event, inside, is_over=is_over), at=act.at)
    settled = Settled(entered=len(new) + len(back), left=left, tasks=tasks)
    if settled:
        _reassess([*new, *(row.node_id for row in (*gone, *back))], act=act)
    return settled


def _find(event: ContextEvent) -> dict[UUID, float | None]:
    """Node -> its distance to the centre of a circle in km, of all nodes inside."""
    candidates = load_candidates(area_of(event))
    inside = find_inside(area_of(event), candidates.places)
    return {
        candidates.ids[row]: None if km != km else float(km)
        for row, km in zip(inside.rows, inside.distance_km, strict=True)
    }


def _new_rows(
    event: ContextEvent, new: dict[UUID, float | None], at: datetime
) -> Iterator[dict[str, object]]:
    for node_id, km in new.items():
        yield {
            "id": uuid4(),
            "event_id": event.id,
            "node_id": node_id,
            "distance_km": km,
            "entered_at": at,
            "left_at": None,
            "released_at": None,
            "is_mistaken": False,
        }


def _take_back(
    rows: Mapping[UUID, ContextEventNode], inside: Container[UUID], at: datetime, *, is_over: bool
) -> list[ContextEventNode]:
    """Sites that stand inside again: taken for outside before, or a last day set too early."""
    back = [
        row
        for node_id, row in rows.items()
        if node_id in inside and (row.is_mistaken or (row.left_at and not is_over))
    ]
    for row in back:
        if row.is_mistaken:
            row.entered_at = at
        row.left_at, row.released_at, row.is_mistaken = None, None, False
    return back


def _take_out(rows: Iterable[ContextEventNode], at: datetime) -> int:
    """Sites that are not inside after all: mark and score go together; how many there were."""
    out = [row for row in rows if not row.is_mistaken]
    for row in out:
        row.left_at, row.released_at, row.is_mistaken = row.left_at or at, at, True
    return len(out)


def _end_marks(event: ContextEvent, at: datetime) -> int:
    """End the marks; the observations from the event count until each site is reviewed."""
    event.ended_at = at
    db.session.flush()  # rows that were just added lose their mark as well
    marked = [row for row in list_rows_inside(event.id).values() if row.left_at is None]
    for row in marked:
        row.left_at = at
    return len(marked)


def _reasons(event: ContextEvent, inside: Iterable[UUID], *, is_over: bool) -> Iterator[Wanted]:
    kind = context_kinds()[event.kind]
    word, phase = ("is over", "end") if is_over else ("reaches this site", "start")
    reason = f"{kind.title}: “{event.title}” {word}"
    key = f"{CONTEXT}:{event.id}:{phase}"
    if is_over:
        key, reason = f"{key}:{event.ends_on}", f"{reason}; look at what has changed for children"
    for node_id in inside:
        yield Wanted(node_id, kind.trigger, key, reason, event.id)


def _reassess(node_ids: Iterable[UUID], *, act: Act) -> None:
    for chain_id in list_chains_of(list(node_ids)):
        ask_reassessment(chain_id, CONTEXT, act=act)
