"""Selected risks, and the effect of a step on each of them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.risk.follow_up.models import RiskFollowUp, RiskLot, RiskLotLine, RiskVerb
from ddplatform.risk.follow_up.queries import FollowUps, Pair, Urgency, load_of_places
from ddplatform.risk.register.queries.register import (
    Asked,
    ListedMap,
    MapRun,
    each_alone,
    list_maps,
    order_of_risks,
)
from ddplatform.risk.runs.models import SalienceNote
from ddplatform.risk.runs.queries.scores import RiskScore, list_at_runs
from supply_chain.risk.follow_up import MOST_AT_ONCE, is_too_severe
from supply_chain.risk.method import Ints
from supply_chain.vocabulary import Issue

RECENT = 10
KEEP = "keep"
"""A part of the urgency that stays as it is."""
Made = RiskFollowUp | SalienceNote
"""A row that a step adds."""


class Mark(NamedTuple):
    """A row of the register that was ticked; of a tie it is the first risk."""

    is_tie: bool
    node_id: UUID
    issue: Issue


class Target(NamedTuple):
    """A risk that was chosen."""

    of: MapRun
    risk: RiskScore

    @property
    def pair(self) -> Pair:
        """The key of its follow-up; an unknown origin has none."""
        node_id = self.risk.node_id
        return node_id.hex if node_id else "", self.risk.issue.value


@dataclass(frozen=True)
class Chosen:
    """The risks that were chosen; none is read where they are more than `MOST_AT_ONCE`."""

    targets: Sequence[Target]
    total: int


def choose(
    runs: Sequence[MapRun], asked: Asked, marks: Sequence[Mark] | None, today: date
) -> Chosen:
    """The risks of ticked rows, or all that are asked for.

    Args:
        asked: the list in which rows were ticked; a tie stands for those of its risks that are in
            it.
        marks: None: all of the list.
    """
    maps = list_maps(runs, asked, today)
    if marks is not None:
        maps = [_ticked(one, marks) for one in maps]
    total = sum(len(one.found) for one in maps)
    if total > MOST_AT_ONCE or not total:
        return Chosen((), total)
    of_map, positions = order_of_risks(maps, asked.view)
    by_run = {
        one.of.run_id: positions[of_map == at].tolist()
        for at, one in enumerate(maps)
        if len(one.found)
    }
    scores = {run: iter(risks) for run, risks in list_at_runs(by_run).items()}
    numbers = of_map.tolist()
    return Chosen([Target(maps[at].of, next(scores[maps[at].of.run_id])) for at in numbers], total)


def _ticked(one: ListedMap, marks: Sequence[Mark]) -> ListedMap:
    """Of the risks of a map those that were ticked."""
    register = one.register
    places = register.rows_of(b"".join(mark.node_id.bytes for mark in marks))
    at = register.positions_at(places, [mark.issue for mark in marks])
    pairs = [(mark, place) for mark, place in zip(marks, at, strict=True) if place >= 0]
    single = [place for mark, place in pairs if not mark.is_tie]
    ties = register.ties[[place for mark, place in pairs if mark.is_tie]]
    chosen: Ints = one.found[np.isin(one.found, single) | np.isin(register.ties[one.found], ties)]
    return replace(one, found=chosen, starts=each_alone(chosen))


# ---- what would change -----------------------------------------------------------------------


class Noted(NamedTuple):
    """The urgency of a risk that counts."""

    is_emergency: bool
    delay_harms: bool | None
    involvement: str | None

    @classmethod
    def of(cls, note: Urgency | None) -> "Noted":
        """The values of a note that count; without a note nothing is judged."""
        if note is None:
            return cls(False, None, None)
        return cls(note.is_emergency, note.delay_harms, note.involvement)


_YES_NO: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}


@dataclass(frozen=True)
class Wish:
    """The requested change to each risk; which fields count depends on the verb."""

    verb: RiskVerb
    owner_id: UUID | None = None  # of a deferral: None is the owner of each risk
    review_on: date | None = None
    reason: str = ""
    emergency: str = KEEP  # KEEP, "yes" or "no"
    delay: str = KEEP  # KEEP, "", "yes" or "no"
    involvement: str = KEEP  # KEEP, "" or an Involvement

    def urgency_after(self, note: Urgency | None) -> Noted:
        """The urgency after the change; unspecified values remain."""
        before = Noted.of(note)
        return Noted(
            before.is_emergency if self.emergency == KEEP else self.emergency == "yes",
            before.delay_harms if self.delay == KEEP else _YES_NO[self.delay],
            before.involvement if self.involvement == KEEP else self.involvement or None,
        )

    def as_values(self) -> dict[str, str]:
        """The wish as it stands in a form and is stored."""
        return {
            "verb": self.verb.value,
            "person": str(self.owner_id or ""),
            "review_on": self.review_on.isoformat() if self.review_on else "",
            "reason": self.reason,
            "emergency": self.emergency,
            "delay": self.delay,
            "involvement": self.involvement,
        }


class Why(StrEnum):
    """The reason why a selected risk is not changed."""

    SAME = "same"
    DANGER = "danger"
    SEVERE = "severe"
    NO_OWNER = "no_owner"
    NOT_DEFERRED = "not_deferred"
    NO_PLACE = "no_place"


@dataclass(frozen=True)
class Plan:
    """The effect of a request: the risks that change, and by reason those that do not."""

    change: Sequence[Target]
    left: Mapping[Why, Sequence[Target]]
    follow_ups: FollowUps


def plan_step(targets: Sequence[Target], wish: Wish, today: date) -> Plan:
    """Look at each risk; one statement, however many they are."""
    nodes = [one.risk.node_id for one in targets if one.risk.node_id]
    found = load_of_places(nodes, today)
    change, left = [], dict[Why, list[Target]]()
    for target in targets:
        why = _why_not(target, wish, found) if target.risk.node_id else Why.NO_PLACE
        if why is None:
            change.append(target)
        else:
            left.setdefault(why, []).append(target)
    return Plan(change, left, found)


def _why_not(target: Target, wish: Wish, found: FollowUps) -> Why | None:
    if wish.verb is RiskVerb.OWNER:
        row = found.owners.get(target.pair)
        wanted = wish.owner_id.hex if wish.owner_id else ""
        return Why.SAME if (row.who if row else "") == wanted else None
    if wish.verb is RiskVerb.URGENCY:
        before = found.notes.get(target.pair)
        return Why.SAME if wish.urgency_after(before) == Noted.of(before) else None
    if wish.verb is RiskVerb.END:
        return None if found.deferral_of(target.pair) else Why.NOT_DEFERRED
    return _why_not_deferred(target, wish, found)


def _why_not_deferred(target: Target, wish: Wish, found: FollowUps) -> Why | None:
    risk = target.risk
    assert risk.node_id is not None, "asked of risks that have a place"
    if target.pair in found.emergencies:
        return Why.DANGER
    if is_too_severe(risk.severity, risk.likelihood):
        return Why.SEVERE
    owner = found.of(risk.node_id, risk.issue).owner
    if wish.owner_id is None and owner is None:
        return Why.NO_OWNER
    return None


def mark_of(targets: Iterable[Target]) -> str:
    """A short mark of which risks are changed, in whatever order."""
    pairs = sorted("".join(target.pair) for target in targets)
    return hashlib.sha256("".join(pairs).encode()).hexdigest()[:16]


# ---- steps that were carried out -------------------------------------------------------------


def get_lot(lot_id: UUID, *, for_change: bool = False) -> RiskLot:
    """A step on many risks, or NotFound."""
    return get_one(select(RiskLot).where(RiskLot.id == lot_id), for_change=for_change)


def list_lots() -> Sequence[RiskLot]:
    """The newest steps on many risks."""
    return db.session.scalars(
        select(RiskLot).order_by(RiskLot.created_at.desc(), RiskLot.id).limit(RECENT)
    ).all()


def list_made(lot: RiskLot) -> Sequence[tuple[Made, Made | None]]:
    """The rows that a step added and that are still there, each with the one before it."""
    model: Any = SalienceNote if lot.verb is RiskVerb.URGENCY else RiskFollowUp
    lines = _lines(lot.id)
    keys = [key for line in lines for key in line if key is not None]
    rows = {row.id: row for row in db.session.scalars(select(model).where(among(model.id, keys)))}
    return [
        (rows[made], rows.get(before) if before else None) for made, before in lines if made in rows
    ]


def _lines(lot_id: UUID) -> Sequence[tuple[UUID, UUID | None]]:
    """The keys of the rows that a step added, each with the one that counted before."""
    rows = db.session.execute(
        select(RiskLotLine.made_id, RiskLotLine.before_id).where(RiskLotLine.lot_id == lot_id)
    )
    return [(made, before) for made, before in rows]
