"""What nodes can be filtered by and marked with: people, groups, tags, events that go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Text, cast, literal, select, type_coerce, union_all

from ddplatform.db import db
from ddplatform.models.context_events import ContextEvent
from ddplatform.models.organisations import Membership, User
from ddplatform.models.value_chain import ValueChainNode

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
    tags = type_coerce(ValueChainNode.tags, Text)
    yield (
        select(literal("owner"), cast(User.id, String), User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(User.is_active.is_(True))
    )
    for what, column in (("group", ValueChainNode.group_name), ("tags", tags)):
        words = (
            select(column.label("word"))
            .where(ValueChainNode.chain_id == chain_id, column.is_not(None))
            .distinct()
            .limit(MOST)
            .subquery()
        )
        yield select(literal(what), nobody, words.c.word)
    yield select(literal("event"), cast(ContextEvent.id, String), ContextEvent.title).where(
        ContextEvent.ended_at.is_(None), ContextEvent.withdrawn_at.is_(None)
    )


def _keyed(pairs: Iterable[tuple[str, str]]) -> Sequence[tuple[UUID, str]]:
    return sorted(((UUID(key), word) for key, word in pairs), key=lambda pair: pair[1].casefold())
