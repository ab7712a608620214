"""Pages of the audit trail."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.audit.models import Outcome
from ddplatform.audit.queries.actors import actors
from ddplatform.audit.queries.log import (
    PAGE_SIZE,
    LogFilter,
    LogRow,
    find_actor_name,
    get_event,
    list_actions,
    list_event_values,
    list_events,
    load_end,
)
from ddplatform.audit.services.log import verify
from ddplatform.audit.services.proof import prove_event
from ddplatform.audit.views import (
    OUTCOME_WORDS,
    HiddenEvents,
    action_words,
    target_words,
    with_gaps,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import day, number
from ddplatform.infrastructure.web.list_pages import going_on
from ddplatform.infrastructure.web.page_context import role_title

bp = Blueprint("audit", __name__)


@bp.get("/")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    """The events of the log: newest first, filtered by the address."""
    wanted = _filter()
    before = request.args.get("before", type=number)
    events = list_events(wanted, before=before, limit=PAGE_SIZE + 1)
    last = events[PAGE_SIZE - 1] if len(events) > PAGE_SIZE else None
    return render_template(
        "audit/index.html",
        events=_shown(wanted, events, before),
        action_words=action_words,
        wanted=wanted,
        older=going_on(before=last.sequence) if last else None,
        actions=sorted(list_actions(wanted), key=action_words),
        people=actors().list_members(),
        roles=ROLES,
        outcomes=list(Outcome),
        outcome_words=OUTCOME_WORDS,
        is_first_page=before is None,
    )


def _shown(
    wanted: LogFilter, events: Sequence[LogRow], before: int | None
) -> Sequence[LogRow | HiddenEvents]:
    """The events of a page, with marks for events hidden by role; a filter omits these marks."""
    rows = events[:PAGE_SIZE]
    if wanted != replace(_readable(), since=wanted.since, until=wanted.until):
        return rows
    above = before if before or wanted.until else load_end().size + 1
    is_last = len(events) <= PAGE_SIZE and wanted.since is None
    return with_gaps(rows, above=above, below=0 if is_last else None)


@bp.get("/check")
@requires(Permission.AUDIT_READ)
def check() -> ResponseReturnValue:
    """Check the whole log now: order, chain, tree, signed heads."""
    return render_template("audit/check.html", found=verify())


@bp.get("/<int:sequence>")
@requires(Permission.AUDIT_READ)
def show(sequence: int) -> ResponseReturnValue:
    """One event: its line as it was hashed, and the values it commits to."""
    event = get_event(sequence, _readable())
    return render_template(
        "audit/show.html",
        event=event,
        actor=find_actor_name(event),
        role=role_title(ROLES[RoleId(event.actor_role)]) if event.actor_role else None,
        values=list_event_values(event.id),
        proof=prove_event(event),
        action_words=action_words,
        target_words=target_words,
        outcome_words=OUTCOME_WORDS,
    )


def _readable() -> LogFilter:
    """The part of the log that this reader may read (docs/security.md 2)."""
    works_on_cases = bool(g.identity.has(Permission.CASE_WORK))
    is_supplier = g.identity.role_id is RoleId.SUPPLIER
    return LogFilter(
        with_restricted=works_on_cases,
        only_restricted=works_on_cases,
        only_role=RoleId.SUPPLIER if is_supplier else None,
    )


def _filter() -> LogFilter:
    actor, outcome = request.args.get("actor", type=UUID), request.args.get("outcome", "")
    return replace(
        _readable(),
        action=request.args.get("action", ""),
        target_id=request.args.get("target", ""),
        actor_id=actor,
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        since=request.args.get("since", type=day),
        until=request.args.get("until", type=day),
    )
