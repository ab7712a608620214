"""Filters of a map in the address: read, written, in words; the same on every view.

Each filter is in the address under its name in `NodeFilter`. An unknown value filters nothing, so
that a mistyped address shows more and never less.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.infrastructure.forms.choices import country_choices, sector_choices
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.typed_values import find_number
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import band_word
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.languages import LazyText, gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.filters.queries.named import Named
from ddplatform.value_chain.saved_views.services import VALUE_LENGTH
from ddplatform.value_chain.words.map_fields import KIND_WORDS
from supply_chain.graph.labels import plain_tag
from supply_chain.reference.release import load_reference
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.search.node_filter import (
    ANY_EVENT,
    FILTERS,
    NO_TIER,
    NOT_KNOWN,
    Coverage,
    NodeFilter,
)
from supply_chain.vocabulary import Issue, NodeKind, RiskBand

Word = TypeVar("Word", bound=StrEnum)
Choices = Sequence[tuple[str, str]]
REGISTER: Final = "register"
RISK_ADDRESSES: Registry[Callable[[UUID, NodeFilter], str | None]] = Registry("lists of risks")
"""Under `REGISTER`: the address of the risks of the sites of a map that a filter means; None where
the list cannot say this filter, or the reader may not open it."""
PAGING = frozenset({"after", "before"})
ALONG = frozenset({"colour"})
"""The parts of an address that all views of a map share besides the filter."""
YES = "1"
EMPTY = NodeFilter()
TIERS = 8  # that can be chosen


@dataclass(frozen=True)
class Chip:
    """One filter that is set, in words, and the address of the same page without it."""

    name: str
    words: str
    href: str


@dataclass(frozen=True)
class FilterBar:
    """The bar above a view: the search, the filters set, the link to change them."""

    wanted: NodeFilter
    action: str
    """The page itself, without its question."""
    hidden: tuple[tuple[str, str], ...]
    """All of the address but the search and the page that was turned to."""
    chips: tuple[Chip, ...]
    kept: tuple[tuple[str, str], ...]
    """The whole of the address but its colour and the page that was turned to."""
    clear_href: str
    change_href: str
    said: Mapping[str, Any]
    """The filter as the address says it."""
    query: Mapping[str, Any]
    """The parts carried to another view: the filter, and the other shared parts."""
    risks_href: str | None = None
    """The register of the risks of the same sites, where it can say this filter."""
    is_like: bool = False
    """No name matches the search: similar names are shown."""


# ---- the address -----------------------------------------------------------------------------


def read_filter(given: MultiDict[str, str], *, standing: bool = False) -> NodeFilter:
    """The filter of an address.

    Args:
        standing: only active nodes of the map, as in every view but the list.
    """
    found = {name: _read(name, _cut(given.get(name, ""))) for name in FILTERS}
    wanted = NodeFilter(**{name: value for name, value in found.items() if value is not None})
    return replace(wanted, archived=False) if standing else wanted


def filter_query(wanted: NodeFilter) -> dict[str, Any]:
    """The query string of this filter; `read_filter` reads the same from it."""
    return {
        one.name: _written(one.name, getattr(wanted, one.name))
        for one in fields(wanted)
        if getattr(wanted, one.name) != getattr(EMPTY, one.name)
    }


def _cut(text: str) -> str:
    return text.strip()[:VALUE_LENGTH].strip()


def _read(name: str, text: str) -> Any:
    """The value of a filter; None where the text says none."""
    return _READ[name](text) if text else None


def _written(name: str, value: Any) -> str:
    if value is True:
        return YES
    if name == "tier" and value == NO_TIER:
        return NOT_KNOWN
    return str(getattr(value, "value", value))


def _flag(text: str) -> bool | None:
    return True if text == YES else None


def _tier(text: str) -> int | None:
    if text == NOT_KNOWN:
        return NO_TIER
    return find_number(text, None) if len(text) < 4 else None


def _one_of(kind: type[Word]) -> Callable[[str], Word | None]:
    def read(text: str) -> Word | None:
        return kind(text) if text in set(kind) else None

    return read


def _known_or(*words: str, otherwise: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: text if text in words else otherwise(text)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


_state = _one_of(QuestionnaireState)
_READ: Mapping[str, Callable[[str], Any]] = {
    "q": str,
    "country": lambda text: text[:4],
    "region": str,
    "tier": _tier,
    "issue": _one_of(Issue),
    "band": _known_or(NOT_KNOWN, otherwise=_one_of(RiskBand)),
    "commodity": str,
    "kind": _one_of(NodeKind),
    "sector": str,
    "owner": _known_or(NOT_KNOWN, otherwise=_uuid),
    "tag": plain_tag,
    "group": str,
    "coverage": _one_of(Coverage),
    "questionnaire": _known_or(
        NOT_KNOWN, otherwise=lambda text: state.value if (state := _state(text)) else None
    ),
    "overdue": _flag,
    "unknown_origin": _flag,
    "event": _known_or(ANY_EVENT, otherwise=_uuid),
    "archived": _flag,
}


# ---- words -----------------------------------------------------------------------------------


def filter_words(said: Mapping[str, Any], named: Named) -> dict[str, str]:
    """The filter in an address, in words by name.

    Args:
        named: the owners and events that it names.
    """
    return {
        name: gettext(_NAMED[name].source, name=named[name, value])
        if (name, value) in named
        else _WORDS["first_issue" if name == "issue" and "band" not in said else name](value)
        for name, value in said.items()
    }


_NAMED = {"owner": _("Owner: %(name)s"), "event": _("In the area of: %(name)s")}


def _country(code: str) -> str:
    return gettext("Country not known") if code == NOT_KNOWN else country_name(code)


def _tier_words(text: str) -> str:
    if text == NOT_KNOWN:
        return gettext("Not linked to our business")
    return gettext("Own business") if text == "0" else gettext("Tier %(tier)s", tier=text)


def _kind(text: str) -> str:
    return str(KIND_WORDS[NodeKind(text)])


def _sector(ref: str) -> str:
    if ref == NOT_KNOWN:
        return gettext("Sector not known")
    known = load_reference().sectors.get(ref)
    return known.name if known else ref


def _commodity(ref: str) -> str:
    if ref == NOT_KNOWN:
        return gettext("Commodity not known")
    known = load_reference().commodities.get(ref)
    return known.name if known else ref


def _owner(text: str) -> str:
    if text == NOT_KNOWN:
        return gettext("Owner: unassigned")
    return gettext("Owner: no longer a member")


def _event(text: str) -> str:
    if text == ANY_EVENT:
        return gettext("In the area of an event")
    return gettext("In the area of an event that is not known")


def _own_word(text: str, named: LazyText, unknown: LazyText) -> str:
    """The value of a filter by a word: the word, or that there is none."""
    return str(unknown) if text == NOT_KNOWN else gettext(named.source, name=text)


def _questionnaire(text: str) -> str:
    if text == NOT_KNOWN:
        return gettext("No questionnaire sent")
    return gettext("Questionnaire: %(state)s", state=questionnaire_word(text).lower())


COVERAGE_WORDS: Mapping[Coverage, str] = {
    Coverage.GOOD: _("High data coverage"),
    Coverage.FAIR: _("Medium data coverage"),
    Coverage.POOR: _("Low data coverage"),
    Coverage.NONE: _("Data coverage: not assessed"),
}
_BANDS: Mapping[str, str] = {
    RiskBand.CRITICAL: _("Critical risk"),
    RiskBand.HIGH: _("High risk"),
    RiskBand.MEDIUM: _("Medium risk"),
    RiskBand.LOW: _("Low risk"),
    NOT_KNOWN: _("Not assessed"),
}
_WORDS: Mapping[str, Callable[[str], str]] = {
    "q": "“{}”".format,
    "country": _country,
    "region": lambda text: _own_word(text, _("Region: %(name)s"), _("Region not known")),
    "tier": _tier_words,
    "issue": lambda text: gettext("Band of: %(issue)s", issue=ISSUE_NAMES[text]),
    "first_issue": lambda text: gettext("Highest risk: %(issue)s", issue=ISSUE_NAMES[text]),
    "band": lambda text: str(_BANDS[text]),
    "commodity": _commodity,
    "kind": _kind,
    "sector": _sector,
    "owner": _owner,
    "tag": lambda text: _own_word(text, _("Tag: %(name)s"), _("Without a tag")),
    "group": lambda text: _own_word(text, _("Group: %(name)s"), _("In no group")),
    "coverage": lambda text: str(COVERAGE_WORDS[Coverage(text)]),
    "questionnaire": _questionnaire,
    "overdue": lambda _text: gettext("Action overdue"),
    "unknown_origin": lambda _text: gettext("Origin not fully known"),
    "event": _event,
    "archived": lambda _text: gettext("Archived"),
}


# ---- the bar above a view --------------------------------------------------------------------


def filter_bar(
    chain_id: UUID,
    endpoint: str,
    wanted: NodeFilter,
    address: MultiDict[str, str],
    named: Named,
    *,
    is_like: bool = False,
) -> FilterBar:
    """The bar for the view that is open; what else stands in its address stays.

    Args:
        endpoint: of the view, for example `value_chain.matrix`.
        address: what pages carry along of the address that is open.
        named: the owners and events that the filter names.
    """
    kept = [
        (name, value)
        for name, value in address.items(multi=True)
        if name not in PAGING and name not in FILTERS and value
    ]
    said = filter_query(wanted)
    chips = [
        Chip(name, words, _address(endpoint, chain_id, kept, said, without=name))
        for name, words in filter_words(said, named).items()
    ]
    return FilterBar(
        wanted=wanted,
        action=url_for(endpoint, chain_id=chain_id),
        hidden=(*kept, *((name, value) for name, value in said.items() if name != "q")),
        chips=tuple(chips),
        kept=tuple(pair for pair in (*kept, *said.items()) if pair[0] not in ALONG),
        clear_href=_address(endpoint, chain_id, kept, {}),
        change_href=_address(
            "value_chain.change_filter",
            chain_id,
            [*kept, ("view", endpoint.rpartition(".")[2])],
            said,
        ),
        said=said,
        query={**said, **{name: value for name, value in kept if name in ALONG}},
        risks_href=RISK_ADDRESSES.get(REGISTER)(chain_id, wanted),
        is_like=is_like,
    )


def _address(
    endpoint: str,
    chain_id: UUID,
    kept: list[tuple[str, str]],
    said: Mapping[str, Any],
    *,
    without: str = "",
) -> str:
    pairs: MultiDict[str, str] = MultiDict(kept)
    pairs.update({name: value for name, value in said.items() if name != without})
    query: dict[str, Any] = pairs.to_dict(flat=False)
    return url_for(endpoint, chain_id=chain_id, **query)


def short_choices(sector: str | None = None) -> Mapping[str, Choices]:
    """The choices of the filters above a list, by their names; without a query."""
    return {
        "country": [
            ("", gettext("All countries")),
            (NOT_KNOWN, gettext("Not known")),
            *country_choices()[1:],
        ],
        "kind": [
            ("", gettext("All kinds")),
            *((kind.value, word) for kind, word in KIND_WORDS.items()),
        ],
        "tier": [
            ("", gettext("All tiers")),
            ("0", gettext("Own business")),
            *((str(n), gettext("Tier %(tier)s", tier=n)) for n in range(1, TIERS + 1)),
            (NOT_KNOWN, gettext("Not linked")),
        ],
        "band": [
            ("", gettext("All bands")),
            *((band.value, band_word(band.value)) for band in reversed(RiskBand)),
            (NOT_KNOWN, gettext("Not assessed")),
        ],
        "sector": [
            ("", gettext("All sectors")),
            (NOT_KNOWN, gettext("Not known")),
            *sector_choices(sector)[1:],
        ],
        "archived": [("", gettext("In the map")), ("1", gettext("Archived"))],
    }
