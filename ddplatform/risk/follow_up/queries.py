"""Owner, deferral, urgency and open steps of risks: of some places, or of whole maps.

One statement either way; for a whole map the result is columns beside its register.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
)

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.among import among_given, given
from ddplatform.infrastructure.db import UtcDateTime, db
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.together import Prepared, Rows
from ddplatform.risk.follow_up.models import FollowUpKind, RiskFollowUp
from ddplatform.risk.runs.models import SalienceNote
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import WAITING
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires.library.modules import Answerer
from supply_chain.risk.follow_up import (
    Deferral,
    FollowUpColumns,
    OpenStep,
    Said,
    bit_of,
    columns_of,
)
from supply_chain.risk.register import ISSUES, Register
from supply_chain.vocabulary import Issue

Pair = tuple[str, str]
"""Key of a node as 32 hexadecimal digits, and the code of an issue."""
Within: TypeAlias = Callable[[Any], ColumnElement[bool]]
"""Whether the node in a column is one of those that are asked about."""
OPEN_STEPS: Registry[Callable[[Within], Select[*tuple[Any, ...]]]] = Registry("open steps")
"""`OpenStep` -> steps of a later package that are not done: finding, action and visit.

They select `node_id`; a finding also `issue` and `is_emergency`, an action `issue` and `due_on`.
"""
_ISSUE_AT = {issue.value: at for at, issue in enumerate(ISSUES)}
_OF_PLACES: Mapping[OpenStep, Sequence[str]] = {
    OpenStep.QUESTIONNAIRE: (Answerer.SUPPLIER.value,),
    OpenStep.VISIT: (Answerer.ASSESSOR.value, OpenStep.VISIT.value),
}
"""Steps at whole places, and the parts of the statement that tell of them."""
_NO_TEXT = literal("", String)
_PLACES = "places"
"""Name of the value of a statement: the keys of the places."""
_OWNER, _DEFERRAL = FollowUpKind.OWNER.value, FollowUpKind.DEFERRAL.value


class Person(NamedTuple):
    """A member of the organisation."""

    id: UUID
    name: str


class Decided(NamedTuple):
    """The newest row of one kind about a risk."""

    id: UUID
    kind: str
    who: str  # key of the owner, empty: none
    review_on: date | None
    reason: str
    author: str
    at: datetime


class Urgency(NamedTuple):
    """The newest note about the urgency of a risk."""

    id: UUID
    is_emergency: bool
    delay_harms: bool | None
    involvement: str | None
    reason: str


@dataclass(frozen=True)
class FollowUp:
    """The follow-up of one risk."""

    owner: Person | None
    is_of_place: bool  # the owner is that of the place, since none is set for the risk
    deferral: Deferral | None  # that counts: with no child known to be in danger
    deferred_by: str
    deferred_at: datetime | None
    is_emergency: bool
    steps: frozenset[OpenStep]


@dataclass(frozen=True)
class FollowUps:
    """The same of many; what is not named is not there."""

    today: date
    people: Mapping[str, Person]  # active members, by key as 32 digits
    place_owners: Mapping[str, str]
    owners: Mapping[Pair, Decided]
    deferrals: Mapping[Pair, Decided]  # or their ends
    notes: Mapping[Pair, Urgency]
    of_places: Mapping[OpenStep, frozenset[str]]
    of_risks: Mapping[OpenStep, frozenset[Pair]]
    emergencies: frozenset[Pair]
    danger_at: Mapping[Pair, datetime]  # when a child was last noted to be in danger

    def of(self, node_id: UUID, issue: Issue) -> FollowUp:
        """The follow-up of one risk."""
        pair = node_id.hex, issue.value
        owner, is_of_place = self._owner(pair)
        row, deferral = self.deferrals.get(pair), self.deferral_of(pair)
        counts = row if deferral is not None else None
        return FollowUp(
            owner=owner,
            is_of_place=is_of_place,
            deferral=deferral,
            deferred_by=counts.author if counts else "",
            deferred_at=counts.at if counts else None,
            is_emergency=pair in self.emergencies,
            steps=frozenset(self._steps(pair, deferral)),
        )

    def _owner(self, pair: Pair) -> tuple[Person | None, bool]:
        """The owner of a risk; a person who left the organisation owns nothing any more."""
        row = self.owners.get(pair)
        own = self.people.get(row.who) if row else None
        if own is not None:
            return own, False
        of_place = self.people.get(self.place_owners.get(pair[0], ""))
        return of_place, of_place is not None

    def deferral_of(self, pair: Pair) -> Deferral | None:
        """The deferral that counts; none that a child in danger was known of since."""
        row, danger = self.deferrals.get(pair), self.danger_at.get(pair)
        if row is None or row.kind != _DEFERRAL or pair in self.emergencies:
            return None
        if danger is not None and danger >= row.at:
            return None
        assert row.review_on is not None, "a constraint of the table"
        return Deferral(row.review_on, row.reason, UUID(row.who))

    def _steps(self, pair: Pair, deferral: Deferral | None) -> Iterator[OpenStep]:
        yield from (step for step, nodes in self.of_places.items() if pair[0] in nodes)
        yield from (step for step, pairs in self.of_risks.items() if pair in pairs)
        if deferral is not None:
            yield OpenStep.REVIEW_DUE if deferral.is_due(self.today) else OpenStep.DEFERRED

    def columns(self, register: Register) -> FollowUpColumns:
        """The columns beside the register of a run."""
        at = {key: position for position, key in enumerate(self.people)}
        own = {pair: row.who for pair, row in self.owners.items() if row.who in at}
        places = {node: who for node, who in self.place_owners.items() if who in at}
        deferred = {
            pair: OpenStep.REVIEW_DUE if found.is_due(self.today) else OpenStep.DEFERRED
            for pair in self.deferrals
            if (found := self.deferral_of(pair)) is not None
        }
        steps = [Said(list(nodes), [bit_of(s)] * len(nodes)) for s, nodes in self.of_places.items()]
        steps += [
            _said({pair: bit_of(step) for pair in pairs}) for step, pairs in self.of_risks.items()
        ]
        steps.append(_said({pair: bit_of(step) for pair, step in deferred.items()}))
        return columns_of(
            register,
            {str(self.people[key].id): position for key, position in at.items()},
            owners=[
                Said(list(places), [at[who] for who in places.values()]),
                _said({pair: at[who] for pair, who in own.items()}),
            ],
            steps=steps,
        )


def _said(values: Mapping[Pair, int]) -> Said:
    nodes = [node for node, _ in values]
    return Said(nodes, list(values.values()), [_ISSUE_AT[issue] for _, issue in values])


# ---- reading ---------------------------------------------------------------------------------


def load_of_places(node_ids: Iterable[UUID], today: date) -> FollowUps:
    """The follow-up of all risks of some places."""
    keys = list(dict.fromkeys(node_ids))
    rows = _of_places(db.engine.dialect.name).rows({_PLACES: given(keys)})
    return _follow_ups(rows, today)


@cache
def _of_places(_dialect: str) -> Prepared:
    return Prepared(_selects(lambda column: among_given(column, _PLACES)))


def load_of_maps(chain_ids: Sequence[UUID], today: date) -> FollowUps:
    """The same of all places of some maps."""
    of_maps = ValueChainNode.chain_id.in_(chain_ids)

    def within(column: Any) -> ColumnElement[bool]:
        if column is ValueChainNode.id:
            return of_maps
        return exists().where(ValueChainNode.id == column, of_maps)

    return _follow_ups(Prepared(_selects(within)).rows({}), today)


def _follow_ups(rows: Rows, today: date) -> FollowUps:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.part].append(row)
    decided = [*found["owner"], *found["deferral"], *found["end"]]
    decided.sort(key=lambda row: (row.moment, row.key))  # of each kind the newest comes last
    noted = sorted(found["note"], key=lambda row: (row.moment, row.key))
    notes = {_pair(row): _urgency(row) for row in noted}
    findings, actions = found[OpenStep.FINDING.value], found[OpenStep.ACTION.value]
    return FollowUps(
        today=today,
        people={_hex(row.who): Person(UUID(row.who), row.text) for row in found["person"]},
        place_owners={
            node: who for row in found["place"] for who in [_hex(row.who)] for node in _nodes(row)
        },
        owners={_pair(row): _decided(row) for row in decided if row.part == _OWNER},
        deferrals={_pair(row): _decided(row) for row in decided if row.part != _OWNER},
        notes=notes,
        of_places={
            step: frozenset(node for part in parts for row in found[part] for node in _nodes(row))
            for step, parts in _OF_PLACES.items()
        },
        of_risks={
            OpenStep.FINDING: frozenset(map(_pair, findings)),
            OpenStep.ACTION: frozenset(map(_pair, actions)),
            OpenStep.OVERDUE: frozenset(_pair(row) for row in actions if row.day < str(today)),
        },
        emergencies=frozenset(
            [
                *(pair for pair, note in notes.items() if note.is_emergency),
                *(_pair(row) for row in findings if row.text == "1"),
            ]
        ),
        danger_at={_pair(row): row.moment for row in noted if _urgency(row).is_emergency},
    )


def _hex(key: str) -> str:
    return key.replace("-", "")


def _nodes(row: Any) -> list[str]:
    """The nodes of a row about several of them."""
    return _hex(row.node).split(",")


def _pair(row: Any) -> Pair:
    return _hex(row.node), row.issue


def _decided(row: Any) -> Decided:
    day = date.fromisoformat(row.day) if row.day else None
    return Decided(UUID(row.key), row.part, _hex(row.who), day, row.text, row.author, row.moment)


_DELAY: Mapping[str, bool | None] = {"": None, "1": True, "0": False}


def _urgency(row: Any) -> Urgency:
    """`who` holds the involvement, `day` whether delay harms and whether it is an emergency."""
    delay, emergency = row.day.split("|")
    return Urgency(UUID(row.key), emergency == "1", _DELAY[delay], row.who or None, row.text)


# ---- statements ------------------------------------------------------------------------------


def _row(
    part: Any,
    *,
    node: Any = "",
    issue: Any = "",
    who: Any = "",
    day: Any = "",
    text: Any = "",
    author: Any = "",
    key: Any = "",
    moment: Any = None,
) -> Select[*tuple[Any, ...]]:
    """One part of the statement; all parts have these columns, of text but for the moment."""
    texts = {
        **{"part": part, "node": node, "issue": issue, "who": who},
        **{"day": day, "text": text, "author": author, "key": key},
    }
    at = cast(null(), UtcDateTime()) if moment is None else moment
    return select(*(_text(value).label(name) for name, value in texts.items()), at.label("moment"))


def _text(value: Any) -> ColumnElement[str]:
    return literal(value, String) if isinstance(value, str) else cast(value, String)


def _selects(within: Within) -> Iterator[Select[*tuple[Any, ...]]]:
    yield from _of_people(within)
    yield from (_of_step(step, select_open(within)) for step, select_open in OPEN_STEPS.items())
    asked = Assignment
    yield (
        _row(asked.answered_by, node=_together(asked.node_id))
        .where(
            within(asked.node_id),
            asked.status.in_(WAITING),
            asked.answered_by.in_((Answerer.SUPPLIER, Answerer.ASSESSOR)),
        )
        .group_by(asked.answered_by)
    )


def _of_people(within: Within) -> Iterator[Select[*tuple[Any, ...]]]:
    yield (
        _row("person", who=User.id, text=User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(User.is_active.is_(True))
    )
    node, said, note = ValueChainNode, RiskFollowUp, SalienceNote
    yield (
        _row("place", node=_together(node.id), who=node.owner_id)
        .where(within(node.id), node.owner_id.is_not(None))
        .group_by(node.owner_id)
    )
    yield (
        _row(
            said.kind,
            node=said.node_id,
            issue=said.issue,
            who=_or_empty(said.owner_id),
            day=_or_empty(said.review_on),
            text=said.reason,
            author=User.name,
            key=said.id,
            moment=said.created_at,
        )
        .join(User, User.id == said.created_by_id)
        .where(within(said.node_id))
    )
    yield _row(
        "note",
        node=note.node_id,
        issue=note.issue,
        who=_or_empty(note.involvement),
        day=_or_empty(_flag(note.delay_harms)) + "|" + _flag(note.is_emergency),
        text=note.reason,
        key=note.id,
        moment=note.created_at,
    ).where(within(note.node_id))


def _of_step(step: str, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A step of a later package as a part; `text` says "1" where it is an emergency."""
    found = statement.selected_columns
    part = _row(
        step,
        node=found["node_id"],
        issue=found.get("issue", _NO_TEXT),
        day=found.get("due_on", _NO_TEXT),
        text=_flag(found["is_emergency"]) if "is_emergency" in found else "",
    )
    return statement.with_only_columns(*part.selected_columns)


def _together(column: Any) -> ColumnElement[str]:
    """The keys of a group as one text: a large map has very many."""
    return func.aggregate_strings(cast(column, String), ",")


def _flag(column: Any) -> ColumnElement[str | None]:
    return case((column.is_(True), "1"), (column.is_(False), "0"), else_=None)


def _or_empty(column: Any) -> ColumnElement[str]:
    return func.coalesce(cast(column, String), "")
