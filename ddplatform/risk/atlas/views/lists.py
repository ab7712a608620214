"""Lists of countries and goods: search, filters, order, pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import url_for

from ddplatform.risk.atlas.queries.exposure import NOWHERE, Presence
from ddplatform.risk.atlas.queries.goods import GoodRow
from supply_chain.reference.types import Commodity, Country
from supply_chain.risk.rm2.country_profile import IssueVulnerability
from supply_chain.search.spelling import bare_words, latin

PAGE_SIZE = 50
LONGEST = 100
Row = TypeVar("Row")


@dataclass(frozen=True)
class CountryRow:
    """A country in the list; `presence` is of our maps, `observed` of 13 indicators."""

    country: Country
    place: str
    vulnerable: IssueVulnerability
    observed: int
    listed: int
    presence: Presence = NOWHERE


@dataclass(frozen=True)
class GoodLine:
    """A good in the list; `ours` is how many of our sites name or deliver it."""

    good: GoodRow
    ours: int


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page of a list with the addresses that lead on."""

    rows: Sequence[Row]
    first: int
    last: int
    total: int
    previous_href: str | None
    next_href: str | None


def _country_key(sort: str) -> Callable[[CountryRow], Any]:
    keys: Mapping[str, Callable[[CountryRow], Any]] = {
        "ours": lambda row: (-row.presence.total, -row.vulnerable.value),
        "score": lambda row: -row.vulnerable.value,
        "known": lambda row: row.observed,
        "listed": lambda row: -row.listed,
    }
    return keys.get(sort, lambda row: 0)


def _good_key(sort: str) -> Callable[[GoodLine], Any]:
    keys: Mapping[str, Callable[[GoodLine], Any]] = {
        "ours": lambda row: (-row.ours, -row.good.countries),
        "rate": lambda row: -row.good.rate,
        "countries": lambda row: -row.good.countries,
    }
    return keys.get(sort, lambda row: 0)


COUNTRY_SORTS = ("name", "ours", "score", "known", "listed")
GOOD_SORTS = ("name", "ours", "rate", "countries")


def countries_in_order(rows: Sequence[CountryRow], sort: str) -> list[CountryRow]:
    """The countries in the requested order, then by name."""
    named = sorted(rows, key=lambda row: latin(row.country.short_name))
    return sorted(named, key=_country_key(sort))


def goods_in_order(rows: Sequence[GoodLine], sort: str) -> list[GoodLine]:
    """The goods in the requested order, then by name."""
    named = sorted(rows, key=lambda row: latin(row.good.commodity.name))
    return sorted(named, key=_good_key(sort))


def is_meant(text: str, country: Country) -> bool:
    """Whether a search means a country: a code, or words of a name in any of six languages."""
    if text.strip().upper() in (country.alpha2, country.alpha3):
        return True
    return _in_one_of(text, (country.short_name, country.name, *country.names.values()))


def is_good_meant(text: str, commodity: Commodity) -> bool:
    """Whether a search means a good: a name of it or of what it covers, or an HS code."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits and len(digits) >= len(text.strip()) - 2:
        return any(
            code.startswith(digits) or digits.startswith(code) for code in commodity.hs_codes
        )
    names = (commodity.name, commodity.ref, *commodity.goods, *commodity.also_named)
    return _in_one_of(text, names)


def _in_one_of(text: str, names: Sequence[str]) -> bool:
    """Each word of the search begins a word of one of the names, accents aside."""
    wanted = bare_words(text)
    return any(
        all(any(word.startswith(part) for word in bare_words(name)) for part in wanted)
        for name in names
    )


@dataclass(frozen=True)
class Here:
    """The list that is open: its page, and the values in its address."""

    endpoint: str
    given: Mapping[str, str]

    def address(self, **changes: Any) -> str:
        """This list with other filters; each change but `from` begins at the first page."""
        kept = {name: value for name, value in self.given.items() if value and name != "from"}
        return url_for(self.endpoint, **{**kept, **changes})


def page_of(rows: Sequence[Row], asked: int, here: Here) -> Page[Row]:
    """The page with the row at `asked`; behind the end, the last one."""
    start = min(asked // PAGE_SIZE * PAGE_SIZE, max(0, (len(rows) - 1)) // PAGE_SIZE * PAGE_SIZE)
    end = start + PAGE_SIZE
    return Page(
        rows=rows[start:end],
        first=start + 1,
        last=min(end, len(rows)),
        total=len(rows),
        previous_href=here.address(**{"from": start - PAGE_SIZE or None}) if start else None,
        next_href=here.address(**{"from": end}) if end < len(rows) else None,
    )


def columns(here: Here, labels: Sequence[tuple[str, str, bool]], sort: str) -> list[dict[str, Any]]:
    """Headings of a list: (order or "", label, whether it holds numbers)."""
    return [
        {
            "label": label,
            "number": is_number,
            **(
                {
                    "href": here.address(sort=key),
                    "direction": ("ascending" if key in ("name", "known") else "descending")
                    if key == sort
                    else None,
                }
                if key
                else {}
            ),
        }
        for key, label, is_number in labels
    ]
