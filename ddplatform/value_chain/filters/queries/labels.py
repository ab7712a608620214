"""Labels of nodes for filters and marks: people, groups, tags, current events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    Text,
    cast,
    exists,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.filters.queries.events import events
from ddplatform.value_chain.mapping.models import ValueChainNode

MOST = 500
"""Most words of one kind on a page."""


@dataclass(frozen=True)
class Labels:
    """The words in use; pairs are key and name."""

    owners: Sequence[tuple[UUID, str]]
    groups: Sequence[str]
    tags: Sequence[str]
    events: Sequence[tuple[UUID, str]]


def load_labels(chain_id: UUID) -> Labels:
    """People of the organisation, groups and tags of a map, events that go on; one statement."""
    found: dict[str, list[tuple[str, str]]] = {"owner": [], "group": [], "tags": [], "event": []}
    for what, key, word in db.session.execute(union_all(*_selects(chain_id))).all():
        found[what].append((key, word))
    return Labels(
        owners=_keyed(found["owner"]),
        groups=sorted({word for _, word in found["group"]}, key=str.casefold),
        tags=sorted({tag for _, words in found["tags"] for tag in words.strip("|").split("|")}),
        events=_keyed(found["event"]),
    )


def _selects(chain_id: UUID) -> Iterable[Select[*tuple[Any, ...]]]:
    nobody = literal("")
    yield (
        select(literal("owner"), cast(User.id, String), User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(User.is_active.is_(True))
    )
    for what, column in _WORDS.items():
        words = _words(chain_id, column)
        yield select(literal(what), nobody, words.c.word)
    going_on = events().select_going_on()
    yield going_on.with_only_columns(literal("event"), *going_on.selected_columns)


_WORDS: Mapping[str, Callable[[type[ValueChainNode]], ColumnElement[Any]]] = {
    "group": lambda node: type_coerce(node.group_name, Text),
    "tags": lambda node: type_coerce(node.tags, Text),
}


def _words(
    chain_id: UUID, column: Callable[[type[ValueChainNode]], ColumnElement[Any]]
) -> Subquery:
    """The first words in the order of the alphabet that a node carries which stands in the map.

    Each word is read from the index once; only then is one such node looked for.
    """
    word = column(ValueChainNode)
    used = (
        select(word.label("word"))
        .where(ValueChainNode.chain_id == chain_id, word.is_not(None))
        .distinct()
        .subquery()
    )
    standing = aliased(ValueChainNode)
    is_carried = exists().where(
        standing.chain_id == chain_id,
        column(standing) == used.c.word,
        standing.archived_at.is_(None),
    )
    return select(used.c.word).where(is_carried).order_by(used.c.word).limit(MOST).subquery()


def _keyed(pairs: Iterable[tuple[str, str]]) -> Sequence[tuple[UUID, str]]:
    return sorted(((UUID(key), word) for key, word in pairs), key=lambda pair: pair[1].casefold())
