"""A step on many risks in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ddplatform.risk.follow_up.models import RiskVerb
from ddplatform.risk.follow_up.queries import FollowUps
from ddplatform.risk.follow_up.views import owner_words
from ddplatform.risk.many.queries import (
    KEEP,
    Noted,
    Plan,
    Target,
    Why,
    Wish,
)
from ddplatform.risk.words.codes import INVOLVEMENTS
from supply_chain.risk.issue_names import ISSUE_NAMES

SHOWN = 20
"""Risks of a preview that are shown before and after."""
NAMED = 5
"""Risks that are named for each reason why they are left out."""
VERBS: Mapping[RiskVerb, str] = {
    RiskVerb.OWNER: "Set owner",
    RiskVerb.DEFER: "Defer",
    RiskVerb.END: "End deferral",
    RiskVerb.URGENCY: "Set urgency",
}
LEFT: Mapping[Why, str] = {
    Why.SAME: "No change: already set",
    Why.DANGER: "A child is known to be in danger now: it cannot be deferred. Act now",
    Why.SEVERE: "Very severe, with a likelihood of 25 % or more: it cannot be deferred. "
    "Plan an action",
    Why.NO_OWNER: "No owner: choose one in this step, or set one first",
    Why.NOT_DEFERRED: "Not deferred",
    Why.NO_PLACE: "Unknown origin: map it first",
}
EMERGENCY = (
    (KEEP, "Leave as it is"),
    ("yes", "A child is known to be in danger now"),
    ("no", "No child is known to be in danger"),
)
DELAY = (
    (KEEP, "Leave as it is"),
    ("", "Not judged"),
    ("yes", "Delay makes the harm irremediable"),
    ("no", "Delay does not make the harm irremediable"),
)
INVOLVEMENT = ((KEEP, "Leave as it is"), ("", "Not judged"), *INVOLVEMENTS.items())
_DELAYS = {None: "delay not judged", True: "delay makes it worse", False: "delay does not matter"}


@dataclass(frozen=True)
class Line:
    """A risk that would change."""

    name: str
    issue: str
    map_name: str
    now: str
    then: str


def lines_of(plan: Plan, wish: Wish) -> Iterator[Line]:
    """The first risks that would change, each before and after."""
    for one in plan.change[:SHOWN]:
        now, then = _before_and_after(one, wish, plan.follow_ups)
        issue = ISSUE_NAMES[one.risk.issue]
        yield Line(one.risk.node_name, issue, one.of.name, now, then)


def left_of(plan: Plan) -> list[tuple[str, Sequence[str], int]]:
    """Why risks are left out, the first of them, and how many they are."""
    return [
        (LEFT[why], [_name(one) for one in risks[:NAMED]], len(risks))
        for why, risks in plan.left.items()
    ]


def _name(one: Target) -> str:
    return f"{one.risk.node_name} ({ISSUE_NAMES[one.risk.issue]})"


def _before_and_after(one: Target, wish: Wish, found: FollowUps) -> tuple[str, str]:
    assert one.risk.node_id is not None, "the plan leaves unknown origins out"
    standing = found.of(one.risk.node_id, one.risk.issue)
    if wish.verb is RiskVerb.OWNER:
        return owner_words(standing), _person(wish, found) or "The owner of the place"
    if wish.verb is RiskVerb.URGENCY:
        note = found.notes.get(one.pair)
        return _urgency(Noted.of(note)), _urgency(wish.urgency_after(note))
    deferral = standing.deferral
    now = f"Deferred until {_day(deferral.review_on)}" if deferral else "Not deferred"
    if wish.verb is RiskVerb.END:
        return now, "Not deferred"
    assert wish.review_on is not None, "checked when it was read"
    owner = _person(wish, found) or (standing.owner.name if standing.owner else "")
    return now, f"Deferred until {_day(wish.review_on)}, owner {owner}"


def _person(wish: Wish, found: FollowUps) -> str:
    person = found.people.get(wish.owner_id.hex) if wish.owner_id else None
    return person.name if person else ""


def _urgency(noted: Noted) -> str:
    emergency, delay, involvement = noted
    words = ["child in danger now"] if emergency else []
    words += [_DELAYS[delay]]
    words += [INVOLVEMENTS[involvement].lower() if involvement else "involvement not judged"]
    return ", ".join(words)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
