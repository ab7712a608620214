"""Effects of a what-if, as rows of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.languages import gettext
from ddplatform.risk.scenarios.queries.scenarios import Moved, NodeName, OpenFinding, Tried
from ddplatform.risk.scenarios.views.addresses import text_of, try_address, without
from ddplatform.risk.scenarios.views.words import change_words, name_of, percent
from supply_chain.analysis.what_if import Counts, Effect, Side
from supply_chain.analysis.what_if_changes import (
    AddControl,
    Change,
    ChangeShare,
    CloseNode,
    KnowOrigin,
)
from supply_chain.risk.control_names import CONTROL_NAMES
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue

ROWS = 50
COMPARED = 25
LEAST_SHOWN = 0.0001


@dataclass(frozen=True)
class EffectRow:
    """The effect at a node."""

    name: str
    country: str | None
    href: str | None
    issue: str
    before: Side | None
    after: Side | None
    crosses: bool  # another band
    moved: str
    """The change of the exposure, with its sign; a missing value counts as 0."""


@dataclass(frozen=True)
class ChangeRow:
    """A change in words, why it cannot be tried, and the address without it."""

    words: str
    text: str
    problem: str
    remove_href: str
    is_closing: bool


@dataclass(frozen=True)
class Shown:
    """The outcome of a try, as `_effects.html` shows it."""

    own: list[EffectRow]
    rows: list[EffectRow]
    small: list[EffectRow]  # of less than a point, folded away
    counts: Counts
    more: int


def shown(moved: Moved) -> Shown:
    """Own business first, then what changes most."""
    counts, names = moved.counts, moved.names
    changed = counts.higher + counts.lower - sum(1 for effect in moved.own if effect.size)
    return Shown(
        own=[_row(effect, names) for effect in moved.own],
        rows=[_row(effect, names) for effect in moved.effects if not effect.is_small],
        small=[_row(effect, names) for effect in moved.effects if effect.is_small],
        counts=counts,
        more=max(0, changed - len(moved.effects)),
    )


def _row(effect: Effect, names: Mapping[str, NodeName]) -> EffectRow:
    node = names[effect.node]
    return EffectRow(
        name=name_of(node),
        country=node.country,
        href=url_for("value_chain.node", node_id=node.id) if node.id else None,
        issue=ISSUE_NAMES[effect.issue.value],
        before=effect.before,
        after=effect.after,
        crosses=effect.crosses,
        moved=signed(_exposure(effect.after) - _exposure(effect.before)),
    )


def signed(change: float) -> str:
    """A change in words of four decimals at most: "+0.033", "hardly lower", "no change"."""
    if not round(change, 9):
        return gettext("no change")
    if abs(change) < LEAST_SHOWN:
        return gettext("hardly higher") if change > 0 else gettext("hardly lower")
    return f"{change:+.4f}".rstrip("0").replace("-", "\N{MINUS SIGN}")


def _exposure(side: Side | None) -> float:
    return side.exposure if side else 0.0


def change_rows(
    chain_id: UUID,
    changes: Sequence[Change],
    problems: Mapping[int, str],
    names: Mapping[str, NodeName],
) -> list[ChangeRow]:
    """All changes of a try in words."""
    return [
        ChangeRow(
            words=change_words(change, names),
            text=text_of(change),
            problem=problems.get(place, ""),
            remove_href=try_address(chain_id, without(changes, place)),
            is_closing=isinstance(change, CloseNode),
        )
        for place, change in enumerate(changes)
    ]


@dataclass(frozen=True)
class Pair:
    """A node and an issue on which two what-ifs are compared."""

    node: str
    issue: Issue
    is_own: bool


@dataclass(frozen=True)
class Compared:
    """One node and issue under two what-ifs; a side that changes nothing there is as today."""

    name: str
    country: str | None
    href: str | None
    issue: str
    is_own: bool
    today: Side | None
    first: Side | None
    second: Side | None


def pairs_of(first: Tried, second: Tried) -> list[Pair]:
    """Own business first, then the nodes that either changes most."""
    both = (first.what_if, second.what_if)
    own = [(effect.node, effect.issue) for one in both for effect in one.own_effects()]
    found = [effect for one in both for effect in one.effects(limit=COMPARED)]
    found.sort(key=lambda effect: (-effect.size, effect.node))
    pairs = list(dict.fromkeys([*own, *((effect.node, effect.issue) for effect in found)]))
    return [Pair(node, issue, (node, issue) in own) for node, issue in pairs[: 2 * COMPARED]]


def compared(
    pairs: Sequence[Pair], first: Tried, second: Tried, names: Mapping[str, NodeName]
) -> list[Compared]:
    """Both what-ifs side by side, a row a pair."""
    return [_compared(pair, first, second, names[pair.node]) for pair in pairs]


def _compared(pair: Pair, first: Tried, second: Tried, node: NodeName) -> Compared:
    return Compared(
        name=name_of(node),
        country=node.country,
        href=url_for("value_chain.node", node_id=node.id) if node.id else None,
        issue=ISSUE_NAMES[pair.issue.value],
        is_own=pair.is_own,
        today=first.what_if.before_of(pair.node, pair.issue),
        first=first.what_if.after_of(pair.node, pair.issue),
        second=second.what_if.after_of(pair.node, pair.issue),
    )


@dataclass(frozen=True)
class Doing:
    """The steps to make a change real: actions to plan, and the pages for them."""

    words: str
    is_closing: bool
    place: str  # name of the node where the finding belongs
    plans: list[tuple[str, str]]  # title of an open finding, address of the form
    record_href: str | None


def doings(
    changes: Sequence[Change], findings: Sequence[OpenFinding], names: Mapping[str, NodeName]
) -> list[Doing]:
    """Each change with the open findings at its node and the prefilled form of an action."""
    return [_doing(change, names, findings) for change in changes]


def _doing(change: Change, names: Mapping[str, NodeName], findings: Sequence[OpenFinding]) -> Doing:
    ref = change.supplier if isinstance(change, ChangeShare) else change.node
    closing = isinstance(change, CloseNode)
    node = names[ref]
    plans = [
        (
            f"{found.title} ({ISSUE_NAMES[found.issue]})",
            url_for("findings.leverage", finding_id=found.id)
            if closing
            else url_for("findings.plan", finding_id=found.id, **prefilled(change, names)),
        )
        for found in findings
        if found.node_ref == ref
    ]
    return Doing(
        words=change_words(change, names),
        is_closing=closing,
        place=name_of(node),
        plans=plans,
        record_href=url_for("findings.record", node=node.id) if node.id else None,
    )


def prefilled(change: Change, names: Mapping[str, NodeName]) -> dict[str, Any]:
    """Fields of a new action that make a change real."""
    if isinstance(change, AddControl):
        return {
            "title": CONTROL_NAMES[change.control],
            "control": change.control,
            "success_measure": gettext(
                "It reaches %(share)s of the people, sites or volume concerned, and the evidence "
                "shows that it works.",
                share=percent(change.coverage),
            ),
        }
    if isinstance(change, KnowOrigin):
        return {
            "title": gettext(
                "Trace the origin of what %(site)s buys", site=name_of(names[change.node])
            ),
            "control": "CTL-12",
            "success_measure": gettext(
                "The origin of the volume is identified by country and site."
            ),
        }
    return {
        "title": gettext("Change our share of purchases step by step"),
        "control": "CTL-11",
        "is_own_practice": "y",
        "success_measure": gettext(
            "The share is reached with notice and without harm to workers and their families at "
            "the site that loses orders."
        ),
    }
