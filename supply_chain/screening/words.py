"""Vocabulary of official lists: column headings, statuses, and the known lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from supply_chain.screening.entries import EntryStatus
from supply_chain.search.spelling import bare_words
from supply_chain.vocabulary import Issue
from supply_chain.yaml_files import read_yaml

WORDS_FILE = Path(__file__).resolve().parent.parent / "data" / "screening_words.yaml"


@dataclass(frozen=True)
class OfficialList:
    """A list whose published form is known; `titles` are squeezed words of its page."""

    ref: str
    name: str
    publisher: str
    licence: str
    source_url: str
    issue: Issue
    titles: tuple[str, ...]


@dataclass(frozen=True)
class ListWords:
    """Content of `data/screening_words.yaml`; headings and words are squeezed."""

    columns: Mapping[str, str]  # heading -> field
    personal: frozenset[str]
    kind_columns: frozenset[str]
    person_words: frozenset[str]
    alias_separators: tuple[str, ...]
    statuses: Mapping[str, EntryStatus]
    official: Mapping[str, OfficialList]


@cache
def list_words() -> ListWords:
    """The shipped words, read once."""
    data: dict[str, Any] = read_yaml(WORDS_FILE)
    return ListWords(
        columns=_by_word(data["columns"]),
        personal=frozenset(map(squeeze, data["personal"])),
        kind_columns=frozenset(map(squeeze, data["kind_columns"])),
        person_words=frozenset(map(squeeze, data["person_words"])),
        alias_separators=tuple(data["alias_separators"]),
        statuses=MappingProxyType(
            {word: EntryStatus(status) for word, status in _by_word(data["statuses"]).items()}
        ),
        official=MappingProxyType(
            {ref: _official(ref, told) for ref, told in data["official_lists"].items()}
        ),
    )


def squeeze(text: str) -> str:
    """A heading or word without case, accents, marks and blanks."""
    return "".join(bare_words(text))


def tells_of_ended(heading: str) -> bool:
    """Whether a heading is of entries that do not hold any more: “Inactive orders”.

    “Active and inactive orders” leaves it open, and is not.
    """
    told = {list_words().statuses.get(word) for word in bare_words(heading)}
    return EntryStatus.NO_LONGER_IN_FORCE in told and list_words().statuses["active"] not in told


def official_in(titles: tuple[str, ...]) -> OfficialList | None:
    """The known list that a page is, by its title and headings."""
    squeezed = tuple(map(squeeze, titles))
    for official in list_words().official.values():
        if any(words in title for words in official.titles for title in squeezed):
            return official
    return None


def _by_word(told: Mapping[str, list[str]]) -> Mapping[str, str]:
    return MappingProxyType({squeeze(word): key for key, words in told.items() for word in words})


def _official(ref: str, told: Mapping[str, Any]) -> OfficialList:
    return OfficialList(
        ref=ref,
        name=told["name"],
        publisher=told["publisher"],
        licence=told["licence"],
        source_url=told["source_url"],
        issue=Issue(told["issue"]),
        titles=tuple(map(squeeze, told["titles"])),
    )
