"""Register under RM-2.0, ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import band_word, severity_word
from ddplatform.languages import day_in_words, gettext, lazy_gettext
from ddplatform.risk.detail.views.risks import sites_query
from ddplatform.risk.follow_up.queries import FollowUps
from ddplatform.risk.follow_up.views import STEPS
from ddplatform.risk.register.queries.basis import ALL_MAPS, Basis
from ddplatform.risk.register.queries.register import Asked, RegisterPage, View
from ddplatform.risk.register.queries.trend import Trend
from ddplatform.risk.register.views.lines import (
    Row,
    TieLinks,
    address,
    follow_query,
    line_of,
    tier_words,
)
from ddplatform.risk.words.figures import GRADES
from ddplatform.risk.words.register_filter import query_of
from ddplatform.risk.words.stair import Stair, stair_of
from supply_chain.risk.follow_up import NOBODY, FollowUpFilter
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import RiskBand

EVIDENCE: tuple[tuple[str, str], ...] = (
    ("", lazy_gettext("All grades")),
    ("AB", lazy_gettext("A and B, known well")),
    ("C", lazy_gettext("C, partly known")),
    ("DE", lazy_gettext("D and E, nothing known of the place")),
)
PERIODS: tuple[tuple[timedelta, str], ...] = (
    (timedelta(days=92), lazy_gettext("A quarter ago")),
    (timedelta(days=365), lazy_gettext("A year ago")),
)
TABS: Mapping[View, str] = {
    View.ACT: lazy_gettext("Act first"),
    View.FIND: lazy_gettext("Find out first"),
    View.ALL: lazy_gettext("All risks"),
}


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    basis: Basis
    found: RegisterPage
    asked: Asked
    rows: tuple[Row, ...]
    tabs: tuple[dict[str, Any], ...]
    choices: Mapping[str, Sequence[tuple[str, str]]]
    stair: Stair
    grades: tuple[tuple[str, str, int], ...]  # letter, word, places by their highest risk
    places: int
    previous_href: str | None
    next_href: str | None
    map_query: dict[str, Any] | None
    """The filter of the map that shows the same sites, where it can say it."""
    trend: Trend | None = None
    """Against a past day, where it is asked for."""

    @property
    def words(self) -> Mapping[str, tuple[str, str]]:
        """Each grade in words."""
        return GRADES

    @property
    def query(self) -> dict[str, Any]:
        """The filter as written in an address."""
        since = self.asked.since.isoformat() if self.asked.since else None
        asked = self.asked
        return {**query_of(asked.wanted), **follow_query(asked.follow), "since": since}

    @property
    def series(self) -> list[dict[str, Any]]:
        """Risks by band over the days of the trend, the worst band first."""
        assert self.trend is not None, "asked where there is one"
        return [
            {
                "label": band_word(band.value),
                "values": [counts[band.value] for _day, counts in self.trend.days],
            }
            for band in reversed(RiskBand)
        ]


def page_of(
    basis: Basis,
    asked: Asked,
    found: RegisterPage,
    *,
    me: UUID,
    today: date,
    trend: Trend | None = None,
) -> Page:
    """The register of a run, or of the runs of several maps.

    Args:
        me: who reads it.
    """
    many, ties = len(basis.heads) > 1, TieLinks(asked)
    whole = {head.chain_id: head.summary["pairs"] for head in basis.heads}
    same = sites_query(basis.head, found.same_as) if basis.head and found.same_as else None
    return Page(
        basis=basis,
        found=found,
        asked=asked,
        rows=tuple(
            line_of(row, ties, whole=whole[row.of.chain_id], many_maps=many, trend=trend)
            for row in found.rows
        ),
        tabs=tuple(_tab(view, basis, asked, found) for view in TABS),
        choices={
            **_choices(basis),
            "owner": [("", gettext("All owners")), *_owners(found.follow_ups, me)],
            "since": _days(asked.since, today),
        },
        stair=_stair(basis, asked),
        grades=tuple((grade, word[0], basis.coverage[grade]) for grade, word in GRADES.items()),
        places=basis.coverage["nodes"],
        previous_href=address(basis.chain, asked, number=found.number - 1)
        if found.number > 1
        else None,
        next_href=address(basis.chain, asked, number=found.number + 1)
        if found.number < found.last_number
        else None,
        map_query=same,
        trend=trend,
    )


def _tab(view: View, basis: Basis, asked: Asked, found: RegisterPage) -> dict[str, Any]:
    return {
        "label": TABS[view],
        "href": address(basis.chain, asked, view=view.value, tie=None),
        "current": view is asked.view,
        "count": found.counts[view],
    }


def _choices(basis: Basis) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The choices of the filters: only countries and tiers of the runs."""
    countries = sorted(basis.words_of("countries"), key=country_name)
    tiers = sorted(int(tier) for tier in basis.words_of("tiers") if tier != "none")
    by_tier = [(str(tier), tier_words(tier).capitalize()) for tier in tiers]
    maps = [(str(chain.id), chain.name) for chain in basis.maps]
    return {
        "chain": [(ALL_MAPS, gettext("All maps")), *maps] if len(maps) > 1 else maps,
        "issue": [("", gettext("All issues")), *ISSUE_NAMES.items()],
        "risk": [
            ("", gettext("All bands")),
            *((b.value, band_word(b.value)) for b in reversed(RiskBand)),
        ],
        "grade": EVIDENCE,
        "country": [
            ("", gettext("All countries")),
            *((code, country_name(code)) for code in countries),
        ],
        "tier": [("", gettext("All tiers")), *by_tier],
        "step": [("", gettext("All steps")), *((step.value, word) for step, word in STEPS.items())],
    }


def _days(since: date | None, today: date) -> list[tuple[str, str]]:
    """Past days to compare with."""
    ago = {today - days: str(word) for days, word in PERIODS}
    if since is not None and since not in ago:
        ago[since] = day_in_words(since)
    return [("", gettext("No comparison")), *((day.isoformat(), word) for day, word in ago.items())]


def _owners(follow_ups: FollowUps, me: UUID) -> list[tuple[str, str]]:
    """The reader first, then those who are not assigned, then everybody else by name."""
    others = [person for person in follow_ups.people.values() if person.id != me]
    others.sort(key=lambda person: person.name.casefold())
    return [
        (str(me), gettext("Me")),
        (NOBODY, gettext("Unassigned")),
        *((str(person.id), person.name) for person in others),
    ]


def _stair(basis: Basis, asked: Asked) -> Stair:
    def href(cell: int | None) -> str:
        wanted = replace(asked.wanted, cell=cell)
        return address(basis.chain, replace(asked, wanted=wanted, view=View.ALL, tie=None))

    return stair_of(basis.cells(asked.wanted.issue), href, asked.wanted.cell)


def filter_words(
    wanted: RiskFilter, follow: FollowUpFilter, follow_ups: FollowUps | None = None
) -> list[str]:
    """The filter in words, for a heading and for files."""
    words = [ISSUE_NAMES[wanted.issue]] if wanted.issue else []
    words += [band_word(wanted.residual.value)] if wanted.residual else []
    words += [_grades(wanted.grades)] if wanted.grades else []
    words += [country_name(wanted.country)] if wanted.country else []
    words += [tier_words(wanted.tier)] if wanted.tier is not None else []
    words += [severity_word(wanted.severity.value)] if wanted.severity else []
    if follow.owner:
        words += [gettext("owner: %(name)s", name=_owner(follow.owner, follow_ups))]
    words += [str(STEPS[follow.step])] if follow.step is not None else []
    return words


def _grades(letters: str) -> str:
    known = dict(EVIDENCE).get(letters)
    return gettext("Grades %(letters)s", letters=letters) if known is None else str(known)


def _owner(key: str, follow_ups: FollowUps | None) -> str:
    if key == NOBODY:
        return gettext("unassigned")
    person = follow_ups.people.get(key.replace("-", "")) if follow_ups else None
    return person.name if person else key
