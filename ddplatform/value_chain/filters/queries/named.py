"""Owners and events named in the addresses of views."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.value_chain.filters.queries.events import events

Named = Mapping[tuple[str, str], str]
"""(name of a filter, its value) -> the person or the event that it means."""


def load_names(parts: Iterable[tuple[str, str]]) -> Named:
    """Owners and events that parts of addresses name; a statement for each of both at most."""
    asked: dict[str, set[UUID]] = {"owner": set(), "event": set()}
    for name, value in parts:
        if name in asked:
            with suppress(ValueError):
                asked[name].add(UUID(value.strip()))
    found: dict[tuple[str, str], str] = {}
    if asked["owner"]:
        found |= {("owner", str(one.user_id)): one.name for one in list_people()}
    if asked["event"]:
        titles = events().list_titles(sorted(asked["event"]))
        found |= {("event", str(key)): title for key, title in titles}
    return found
