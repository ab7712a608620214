"""Step on many risks in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ddplatform.languages import day_in_words, gettext
from ddplatform.languages import lazy_gettext as _
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
    RiskVerb.OWNER: _("Set owner"),
    RiskVerb.DEFER: _("Defer"),
    RiskVerb.END: _("End deferral"),
    RiskVerb.URGENCY: _("Set urgency"),
}
LEFT: Mapping[Why, str] = {
    Why.SAME: _("No change: already set"),
    Why.DANGER: _("A child is known to be in danger now: it cannot be deferred. Act now"),
    Why.SEVERE: _(
        "Very severe, with a likelihood of %(share)s %% or more: it cannot be deferred. "
        "Plan an action",
        share=25,
    ),
    Why.NO_OWNER: _("No owner: choose one in this step, or set one first"),
    Why.NOT_DEFERRED: _("Not deferred"),
    Why.NO_PLACE: _("Unknown origin: map it first"),
}
EMERGENCY = (
    (KEEP, _("Leave as it is")),
    ("yes", _("A child is known to be in danger now")),
    ("no", _("No child is known to be in danger")),
)
DELAY = (
    (KEEP, _("Leave as it is")),
    ("", _("Not assessed")),
    ("yes", _("Delay makes the harm irremediable")),
    ("no", _("Delay does not make the harm irremediable")),
)
INVOLVEMENT = ((KEEP, _("Leave as it is")), ("", _("Not assessed")), *INVOLVEMENTS.items())
_DELAYS: Mapping[bool | None, str] = {
    None: _("delay not assessed"),
    True: _("delay makes the harm irremediable"),
    False: _("delay does not make the harm irremediable"),
}


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
    """A reason why risks are left out, the first of them, and their number."""
    return [
        (str(LEFT[why]), [_name(one) for one in risks[:NAMED]], len(risks))
        for why, risks in plan.left.items()
    ]


def _name(one: Target) -> str:
    return f"{one.risk.node_name} ({ISSUE_NAMES[one.risk.issue]})"


def _before_and_after(one: Target, wish: Wish, found: FollowUps) -> tuple[str, str]:
    assert one.risk.node_id is not None, "the plan leaves unknown origins out"
    standing = found.of(one.risk.node_id, one.risk.issue)
    if wish.verb is RiskVerb.OWNER:
        return owner_words(standing), _person(wish, found) or gettext("The owner of the place")
    if wish.verb is RiskVerb.URGENCY:
        note = found.notes.get(one.pair)
        return _urgency(Noted.of(note)), _urgency(wish.urgency_after(note))
    deferral = standing.deferral
    none = gettext("Not deferred")
    now = (
        gettext("Deferred until %(day)s", day=day_in_words(deferral.review_on))
        if deferral
        else none
    )
    if wish.verb is RiskVerb.END:
        return now, none
    assert wish.review_on is not None, "checked when it was read"
    owner = _person(wish, found) or (standing.owner.name if standing.owner else "")
    day = day_in_words(wish.review_on)
    return now, gettext("Deferred until %(day)s, owner %(name)s", day=day, name=owner)


def _person(wish: Wish, found: FollowUps) -> str:
    person = found.people.get(wish.owner_id.hex) if wish.owner_id else None
    return person.name if person else ""


def _urgency(noted: Noted) -> str:
    emergency, delay, involvement = noted
    words = [gettext("child in danger now")] if emergency else []
    words += [str(_DELAYS[delay])]
    words += [
        str(INVOLVEMENTS[involvement]).lower()
        if involvement
        else gettext("involvement not assessed")
    ]
    return ", ".join(words)
