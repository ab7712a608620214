"""Requests for approval in words, ready for their pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.infrastructure.web.filters import number
from ddplatform.infrastructure.web.list_pages import Paging
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
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
    View.WAITING: _("Waiting"),
    View.IN_FORCE: _("In force"),
    View.PAST: _("Decided and ended"),
    View.SHARES: _("Confirmed shares above %(share)s %%", share=100),
}
KINDS: Mapping[ApprovalKind, str] = {
    ApprovalKind.FLOW: _("Confirmed flow"),
    ApprovalKind.ORIGIN: _("Origin"),
    ApprovalKind.NOT_APPLICABLE: _("Factor not applicable"),
}
EFFECTS: Mapping[ApprovalKind, str] = {
    ApprovalKind.FLOW: _("Until approval, flows count as probable."),
    ApprovalKind.ORIGIN: _("Until approval, unmapped input of the site counts as risk."),
    ApprovalKind.NOT_APPLICABLE: _("Until approval, the factor counts as not known."),
}
STATES: Mapping[ApprovalState, tuple[str, str]] = {
    ApprovalState.WAITING: (_("waiting"), "warn"),
    ApprovalState.IN_FORCE: (_("in force"), "ok"),
    ApprovalState.REFUSED: (_("refused"), "danger"),
    ApprovalState.ENDED: (_("ended"), "line"),
}
END_CAUSES: Mapping[EndCause, str] = {
    EndCause.EXPIRED: _("expired"),
    EndCause.BY_HAND: _("ended by a person"),
    EndCause.SET_BACK: _("the entry was changed"),
    EndCause.UNDONE: _("the import was undone"),
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


def rows_of(found: AskedPage) -> Sequence[Row]:
    """The requests of a page."""
    return [row_of(asked) for asked in found.rows]


def row_of(asked: Asked) -> Row:
    """A request in words."""
    states = [
        (f"{number(count)} {word}" if asked.parts > 1 else str(word), kind)
        for state, (word, kind) in STATES.items()
        if (count := asked.counts.get(state, 0))
    ]
    work = work_of(asked)
    if work is not None and work.of.is_going_on:
        states = [(work.title.lower(), work.tone), *states]
    return Row(
        of=asked,
        title=title_of(asked),
        kind=str(KINDS[asked.kind]),
        reason=_reason(asked),
        states=states,
        href=url_for("approvals.request_page", request_id=asked.id),
    )


def title_of(asked: Asked) -> str:
    """The subject of a request: its part, or the number of parts from a list."""
    if asked.only is not None:
        return part_title(asked.only)
    files = ", ".join(str(file["name"]) for file in asked.files or ())
    if asked.kind is ApprovalKind.FLOW:
        return ngettext(
            "%(count)s flow stated as confirmed in %(files)s",
            "%(count)s flows stated as confirmed in %(files)s",
            asked.parts,
            count=number(asked.parts),
            files=files,
        )
    return ngettext(
        "%(count)s site stated as origin in %(files)s",
        "%(count)s sites stated as origin in %(files)s",
        asked.parts,
        count=number(asked.parts),
        files=files,
    )


def part_title(part: PartNames) -> str:
    """The subject of one part."""
    if part.kind is ApprovalKind.FLOW:
        return gettext(
            "%(supplier)s supplies %(buyer)s", supplier=part.node_name, buyer=part.buyer_name
        )
    if part.kind is ApprovalKind.ORIGIN:
        return gettext("The chain begins at %(place)s", place=part.node_name)
    return gettext(
        "“%(factor)s” does not apply at %(place)s",
        factor=name_of(part.factor),
        place=part.node_name,
    )


def name_of(factor: str | None) -> str:
    """The name of a factor, beginning with a capital."""
    return factor_title(METHOD.factor_names[METHOD.factor_index[factor or ""]])


def _reason(asked: Asked) -> str:
    absence = f"{ABSENCES[asked.reason_code]}. " if asked.reason_code else ""
    return absence + asked.reason


def parts_of(found: PartPage) -> Sequence[PartLine]:
    """The parts of a request, each with the page of what it is about."""
    return [
        PartLine(part, part_title(part), part_href(part), STATES[part.state], _note_of(part))
        for part in found.rows
    ]


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
    """The choices of the filter by kind."""
    return [("", gettext("All kinds")), *((kind.value, word) for kind, word in KINDS.items())]


def paging_of(found: AskedPage, view: View, kind: ApprovalKind | None) -> Paging:
    """The position in a list."""

    def href(at: int) -> str:
        chosen = kind.value if kind else None
        return url_for("approvals.show", view=view.value, kind=chosen, page=at)

    return _paging(found.number, len(found.rows), found.total, PAGE, href)


def paging_of_parts(found: PartPage, request_id: UUID) -> Paging:
    """The position in the parts of a request."""

    def href(at: int) -> str:
        return url_for("approvals.request_page", request_id=request_id, page=at)

    return _paging(found.number, len(found.rows), found.total, PAGE, href)


def paging_of_shares(found: OverConfirmedPage) -> Paging:
    """The position in the list of buyers."""

    def href(at: int) -> str:
        return url_for("approvals.show", view=View.SHARES.value, page=at)

    return _paging(found.number, len(found.rows), found.total, BUYERS, href)


def _paging(at: int, shown: int, total: int, size: int, href: Any) -> Paging:
    first = (at - 1) * size + 1
    last = first + shown - 1
    return Paging(
        first=first if shown else 0,
        last=last if shown else 0,
        total=total,
        previous_href=href(at - 1) if at > 1 else None,
        next_href=href(at + 1) if last < total else None,
    )


@dataclass(frozen=True)
class WorkProgress:
    """The progress of a decision that is taken in the background, in words."""

    of: Progress
    title: str
    text: str
    tone: str


_TITLES: Mapping[DecisionKind, tuple[str, str, str, str]] = {
    DecisionKind.APPROVE: (
        _("Approval in progress"),
        _("Approval ended early"),
        _("Approval stopped"),
        _("Approval completed"),
    ),
    DecisionKind.REFUSE: (
        _("Refusal in progress"),
        _("Refusal ended early"),
        _("Refusal stopped"),
        _("Refusal completed"),
    ),
    DecisionKind.END: (
        _("Ending in progress"),
        _("Ending ended early"),
        _("Ending stopped"),
        _("Ending completed"),
    ),
}
"""While it goes on, failed, stopped and completed."""
_SO_FAR: Mapping[tuple[bool, DecisionKind], str] = {
    (False, DecisionKind.APPROVE): _("flows confirmed so far."),
    (False, DecisionKind.REFUSE): _("flows refused so far."),
    (False, DecisionKind.END): _("flows ended so far."),
    (True, DecisionKind.APPROVE): _("origins approved so far."),
    (True, DecisionKind.REFUSE): _("origins refused so far."),
    (True, DecisionKind.END): _("origins ended so far."),
}
"""Whether it is about origins, and the decision -> words after the count."""
_REST: Mapping[DecisionKind, str] = {
    DecisionKind.APPROVE: _("The others are unchanged and wait for a decision."),
    DecisionKind.REFUSE: _("The others are unchanged and wait for a decision."),
    DecisionKind.END: _("The others are unchanged."),
}


def work_of(asked: Asked) -> WorkProgress | None:
    """The newest decision that the parts of a request take in the background."""
    found = asked.decision
    if found is None:
        return None
    going_on, failed, stopped, completed = map(str, _TITLES[found.kind])
    is_origin = asked.kind is ApprovalKind.ORIGIN
    if found.is_going_on:
        return WorkProgress(found, going_on, str(_SO_FAR[is_origin, found.kind]), "info")
    so_far, rest = _taken(found, is_origin=is_origin), _REST[found.kind]
    if found.has_failed:
        text = f"{so_far} {rest} {found.error or ''}".strip()
        return WorkProgress(found, failed, text, "danger")
    if found.stopped_at is not None:
        by = gettext("Stopped by %(name)s.", name=found.stopped_by)
        return WorkProgress(found, stopped, f"{so_far} {rest} {by}", "warn")
    missing = found.parts - found.done
    gone = gettext("%(num)s had changed or left the map in the meantime.", num=number(missing))
    text = f"{so_far} {gone}" if missing > 0 else so_far
    return WorkProgress(found, completed, text, "ok")


def _taken(found: Progress, *, is_origin: bool) -> str:
    """`12,000 of 100,000 flows confirmed.`"""
    parts = found.parts
    num = number(parts)
    if found.done != parts:
        num = gettext("%(done)s of %(parts)s", done=number(found.done), parts=num)
    if found.kind is DecisionKind.APPROVE:
        if is_origin:
            return ngettext(
                "%(count)s origin approved.", "%(count)s origins approved.", parts, count=num
            )
        return ngettext("%(count)s flow confirmed.", "%(count)s flows confirmed.", parts, count=num)
    if found.kind is DecisionKind.REFUSE:
        if is_origin:
            return ngettext(
                "%(count)s origin refused.", "%(count)s origins refused.", parts, count=num
            )
        return ngettext("%(count)s flow refused.", "%(count)s flows refused.", parts, count=num)
    if is_origin:
        return ngettext("%(count)s origin ended.", "%(count)s origins ended.", parts, count=num)
    return ngettext("%(count)s flow ended.", "%(count)s flows ended.", parts, count=num)


def decided_words(done: Decided, *, approve: bool) -> str:
    """The effect of a decision, for the message after it."""
    message = _going_on(done.parts, approve) if done.is_going_on else _done(done.parts, approve)
    if not done.left:
        return message
    left = ngettext(
        "%(count)s waits for another approver: you are the owner of the site, you belong to its "
        "organisation, or it has left the map.",
        "%(count)s wait for another approver: you are the owner of the site, you belong to its "
        "organisation, or it has left the map.",
        done.left,
        count=number(done.left),
    )
    return f"{message} {left}"


def _going_on(parts: int, approve: bool) -> str:
    if approve:
        return ngettext(
            "Your decision is recorded. %(count)s entry is being approved in the background.",
            "Your decision is recorded. %(count)s entries are being approved in the background.",
            parts,
            count=number(parts),
        )
    return ngettext(
        "Your decision is recorded. %(count)s entry is being refused in the background.",
        "Your decision is recorded. %(count)s entries are being refused in the background.",
        parts,
        count=number(parts),
    )


def _done(parts: int, approve: bool) -> str:
    num = number(parts)
    if approve:
        return ngettext(
            "%(count)s entry approved.", "%(count)s entries approved.", parts, count=num
        )
    return ngettext("%(count)s entry refused.", "%(count)s entries refused.", parts, count=num)


def ended_words(done: Ended) -> str:
    """The effect of an end, for the message after it."""
    num = number(done.parts)
    if done.is_going_on:
        return ngettext(
            "Your decision is recorded. %(count)s entry is being ended.",
            "Your decision is recorded. %(count)s entries are being ended.",
            done.parts,
            count=num,
        )
    return ngettext("%(count)s entry ended.", "%(count)s entries ended.", done.parts, count=num)
