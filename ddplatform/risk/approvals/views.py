"""Requests for a second person in words, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.documents.words import counted
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.risk.approvals.queries.requests import (
    PAGE,
    Asked,
    AskedPage,
    PartNames,
    PartPage,
    View,
)
from ddplatform.risk.approvals.queries.shares import PAGE as BUYERS
from ddplatform.risk.approvals.queries.shares import OverConfirmedPage
from ddplatform.risk.approvals.services.steps import Decided, Ended
from ddplatform.risk.words.absences import ABSENCES
from ddplatform.value_chain.approvals.models import (
    ApprovalKind,
    ApprovalState,
    DecisionKind,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.decisions import Progress
from supply_chain.risk.rm2.method import METHOD

TABS: Mapping[View, str] = {
    View.WAITING: "Waiting",
    View.IN_FORCE: "In force",
    View.PAST: "Decided and ended",
    View.SHARES: "Confirmed shares above 100 %",
}
KINDS: Mapping[ApprovalKind, str] = {
    ApprovalKind.FLOW: "Confirmed flow",
    ApprovalKind.ORIGIN: "Origin",
    ApprovalKind.NOT_APPLICABLE: "Factor not applicable",
}
EFFECTS: Mapping[ApprovalKind, str] = {
    ApprovalKind.FLOW: "Until approval, flows count as probable.",
    ApprovalKind.ORIGIN: "Until approval, unmapped input of the site counts as risk.",
    ApprovalKind.NOT_APPLICABLE: "Until approval, the factor counts as not known.",
}
STATES: Mapping[ApprovalState, tuple[str, str]] = {
    ApprovalState.WAITING: ("waiting", "warn"),
    ApprovalState.IN_FORCE: ("in force", "ok"),
    ApprovalState.REFUSED: ("refused", "danger"),
    ApprovalState.ENDED: ("ended", "line"),
}
END_CAUSES: Mapping[EndCause, str] = {
    EndCause.EXPIRED: "its last day has passed",
    EndCause.BY_HAND: "ended by a person",
    EndCause.SET_BACK: "the entry was changed",
    EndCause.UNDONE: "the list was taken back",
}


@dataclass(frozen=True)
class Row:
    """One request as a row of a list."""

    of: Asked
    title: str
    kind: str
    reason: str
    states: Sequence[tuple[str, str]]  # words and kind of the tag
    href: str


@dataclass(frozen=True)
class PartLine:
    """One part of a request as a row of its page."""

    of: PartNames
    title: str
    href: str
    state: tuple[str, str]
    note: str


@dataclass(frozen=True)
class Paging:
    """Where a page stands in its list."""

    first: int
    last: int
    total: int
    previous_href: str | None
    next_href: str | None


def rows_of(found: AskedPage) -> Sequence[Row]:
    """The requests of a page."""
    return [row_of(asked) for asked in found.rows]


def row_of(asked: Asked) -> Row:
    """A request in words."""
    states = [
        (f"{count:,} {STATES[state][0]}" if asked.parts > 1 else STATES[state][0],
         STATES[state][1])
        for state in ApprovalState
        if (count := asked.counts.get(state, 0))
    ]  # fmt: skip
    work = work_of(asked)
    if work is not None and work.of.is_going_on:
        states = [(work.title.lower(), work.tone), *states]
    return Row(
        of=asked,
        title=title_of(asked),
        kind=KINDS[asked.kind],
        reason=_reason(asked),
        states=states,
        href=url_for("approvals.request_page", request_id=asked.id),
    )


def title_of(asked: Asked) -> str:
    """What a request is about: its part, or how many a list brought."""
    if asked.only is not None:
        return part_title(asked.only)
    files = ", ".join(str(file["name"]) for file in asked.files or ())
    if asked.kind is ApprovalKind.FLOW:
        return f"{counted(asked.parts, 'flow')} stated as confirmed in {files}"
    return f"{counted(asked.parts, 'site')} stated as origin in {files}"


def part_title(part: PartNames) -> str:
    """What one part is about."""
    if part.kind is ApprovalKind.FLOW:
        return f"{part.node_name} supplies {part.buyer_name}"
    if part.kind is ApprovalKind.ORIGIN:
        return f"The chain begins at {part.node_name}"
    return f"“{name_of(part.factor)}” does not apply at {part.node_name}"


def name_of(factor: str | None) -> str:
    """What a factor is called, beginning with a capital."""
    return factor_title(METHOD.factor_names[METHOD.factor_index[factor or ""]])


def _reason(asked: Asked) -> str:
    absence = f"{ABSENCES[asked.reason_code]}. " if asked.reason_code else ""
    return absence + asked.reason


def parts_of(found: PartPage) -> Sequence[PartLine]:
    """The parts of a request, each with the page of what it is about."""
    return [
        PartLine(
            part, part_title(part), part_href(part), STATES[part.state], _note_of(part)
        )
        for part in found.rows
    ]  # fmt: skip


def part_href(part: PartNames) -> str:
    """The page of a link or a site."""
    if part.link_id is not None:
        return url_for("value_chain.node", node_id=part.buyer_id)
    return url_for("value_chain.node", node_id=part.node_id)


def _note_of(part: PartNames) -> str:
    words = []
    if part.end_cause is not None:
        who = f" ({part.ended_by})" if part.ended_by else ""
        words.append(f"{END_CAUSES[part.end_cause]}{who}")
    words += [text for text in (part.end_reason, part.decision_note) if text]
    return "; ".join(words)


def tabs_of(
    found: AskedPage | None, view: View, kind: ApprovalKind | None, buyers: int | None
) -> Sequence[dict[str, Any]]:
    """The lists of the page with their counts."""
    counts: dict[View, int | None] = dict(found.counts) if found else {}
    counts[View.SHARES] = buyers
    return [
        {
            "label": label,
            "href": url_for("approvals.show", view=one.value, kind=kind.value if kind else None),
            "current": one is view,
            "count": counts.get(one),
        }
        for one, label in TABS.items()
    ]


def kind_choices() -> Sequence[tuple[str, str]]:
    """What the filter by kind offers."""
    return [("", "All kinds"), *((kind.value, word) for kind, word in KINDS.items())]


def paging_of(found: AskedPage, view: View, kind: ApprovalKind | None) -> Paging:
    """Where a list stands."""

    def href(number: int) -> str:
        chosen = kind.value if kind else None
        return url_for("approvals.show", view=view.value, kind=chosen, page=number)

    return _paging(found.number, len(found.rows), found.total, PAGE, href)


def paging_of_parts(found: PartPage, request_id: UUID) -> Paging:
    """Where the parts of a request stand."""

    def href(number: int) -> str:
        return url_for("approvals.request_page", request_id=request_id, page=number)

    return _paging(found.number, len(found.rows), found.total, PAGE, href)


def paging_of_shares(found: OverConfirmedPage) -> Paging:
    """Where the buyers stand."""

    def href(number: int) -> str:
        return url_for("approvals.show", view=View.SHARES.value, page=number)

    return _paging(found.number, len(found.rows), found.total, BUYERS, href)


def _paging(number: int, shown: int, total: int, size: int, href: Any) -> Paging:
    first = (number - 1) * size + 1
    last = first + shown - 1
    return Paging(
        first=first if shown else 0,
        last=last if shown else 0,
        total=total,
        previous_href=href(number - 1) if number > 1 else None,
        next_href=href(number + 1) if last < total else None,
    )


@dataclass(frozen=True)
class WorkTold:
    """How far a decision that is taken in the background is, in words."""

    of: Progress
    title: str
    text: str
    tone: str


_SUBJECTS: Mapping[DecisionKind, str] = {
    DecisionKind.APPROVE: "Approval",
    DecisionKind.REFUSE: "Refusal",
    DecisionKind.END: "Ending",
}
_REST: Mapping[DecisionKind, str] = {
    DecisionKind.APPROVE: "The others are unchanged and wait for a decision.",
    DecisionKind.REFUSE: "The others are unchanged and wait for a decision.",
    DecisionKind.END: "The others are unchanged.",
}


def work_of(asked: Asked) -> WorkTold | None:
    """The newest decision that the parts of a request take in the background."""
    found = asked.decision
    if found is None:
        return None
    subject, so_far = _SUBJECTS[found.kind], _taken(asked.kind, found)
    if found.is_going_on:
        text = f"{_nouns(asked.kind)} {_verb(asked.kind, found.kind)} so far."
        return WorkTold(found, f"{subject} in progress", text, "info")
    rest = _REST[found.kind]
    if found.has_failed:
        text = f"{so_far}. {rest} {found.error or ''}".strip()
        return WorkTold(found, f"{subject} ended early", text, "danger")
    if found.stopped_at is not None:
        text = f"{so_far}. {rest} Stopped by {found.stopped_by}."
        return WorkTold(found, f"{subject} stopped", text, "warn")
    missing = found.parts - found.done
    gone = f" {missing:,} had changed or left the map in the meantime." if missing > 0 else ""
    return WorkTold(found, f"{subject} completed", f"{so_far}.{gone}", "ok")


def _taken(kind: ApprovalKind, found: Progress) -> str:
    """`12,000 of 100,000 flows confirmed`."""
    what = counted(found.parts, _nouns(kind).removesuffix("s"))
    done = what if found.done == found.parts else f"{found.done:,} of {what}"
    return f"{done} {_verb(kind, found.kind)}"


def _nouns(kind: ApprovalKind) -> str:
    return "origins" if kind is ApprovalKind.ORIGIN else "flows"


def _verb(kind: ApprovalKind, decision: DecisionKind) -> str:
    if decision is DecisionKind.APPROVE:
        return "approved" if kind is ApprovalKind.ORIGIN else "confirmed"
    return "refused" if decision is DecisionKind.REFUSE else "ended"


def decided_words(done: Decided, *, approve: bool) -> str:
    """What a decision did, for the message after it."""
    verb = "approved" if approve else "refused"
    entries = "1 entry" if done.parts == 1 else f"{done.parts:,} entries"
    if done.is_going_on:
        message = f"Your decision is recorded. {entries} are being {verb} in the background."
    else:
        message = f"{entries} {verb}."
    if not done.left:
        return message
    waits = "waits" if done.left == 1 else "wait"
    return (
        f"{message} {done.left:,} {waits} for another approver: you are the owner of the site, you "
        "belong to its organisation, or it has left the map."
    )


def ended_words(done: Ended) -> str:
    """What ending did, for the message after it."""
    if done.is_going_on:
        return f"Your decision is recorded. {done.parts:,} entries are being ended."
    return "The entry has ended." if done.parts == 1 else f"{done.parts:,} entries have ended."
