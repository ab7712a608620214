"""Page of figures for the supplier, ready for the template."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import gettext, ngettext
from ddplatform.risk.response.views.card import ResponseCard, card_of, figure_of
from ddplatform.risk.response.views.words import LABELS
from ddplatform.risk.supplier_figures.models import SupplierFigures
from ddplatform.risk.supplier_figures.queries import OwnFigures
from ddplatform.risk.supplier_figures.views.lines import (
    Asked,
    DetailLine,
    StepLine,
    SumLine,
    decimal,
    details_of,
    signed,
    steps_of,
    sums_of,
)
from ddplatform.risk.supplier_figures.views.words import GRADES, ISSUES, NEEDS, NEXT
from ddplatform.risk.words.figures import whole_points
from questionnaires import Form
from supply_chain.risk.rm2.response_steps import NextStep
from supply_chain.risk.rm2.supplier_view import SupplierLines, read_lines
from supply_chain.vocabulary import Issue


@dataclass(frozen=True)
class IssueView:
    """One issue of the place."""

    title: str
    need: str
    band: str
    index: str
    low: str
    high: str
    grade: str
    plot: tuple[float, float, float]  # index and range, on the axis from 0 to 100
    sums: tuple[SumLine, ...]
    total: str
    details: tuple[DetailLine, ...]
    steps: tuple[StepLine, ...]
    start: str  # the second of the five sentences
    place: str  # points of the third


@dataclass(frozen=True)
class ResponseView:
    """The response of the supplier, with the next step."""

    card: ResponseCard
    next: str
    gain: str
    is_answer: bool  # the next step stands in the questionnaire


@dataclass(frozen=True)
class Page:
    """The page of a place."""

    figures: SupplierFigures
    requester: str
    issue: IssueView | None
    others: tuple[tuple[Issue, str, bool], ...]  # issue, its title, whether it is shown
    response: ResponseView | None


@dataclass(frozen=True)
class Row:
    """A place in the list."""

    figures: SupplierFigures
    requester: str
    response: str  # "67 of 100: working"; empty where nothing is measured yet


def row_of(own: OwnFigures) -> Row:
    """A place in the list."""
    row = own.row
    words = ""
    if row.measure is not None and row.label:
        label = LABELS[row.label]
        words = gettext("%(value)s of 100: %(label)s", value=figure_of(row.measure), label=label)
    return Row(row, own.requester, words)


def page_of(own: OwnFigures, wanted: str, forms: Mapping[str, Form]) -> Page:
    """The page of a place.

    Args:
        forms: version -> its form, for the questions behind the lines.
        wanted: the issue of the address; the first one where it is none of them.
    """
    kept = {one["issue"]: one for one in own.row.issues}
    chosen = kept.get(wanted) or next(iter(kept.values()), None)
    return Page(
        figures=own.row,
        requester=own.requester,
        issue=_issue(own.row, chosen, forms) if chosen else None,
        others=tuple(
            (Issue(ref), str(ISSUES[Issue(ref)]), one is chosen) for ref, one in kept.items()
        ),
        response=_response(own.row) if own.row.response else None,
    )


def _issue(row: SupplierFigures, kept: Mapping[str, Any], forms: Mapping[str, Form]) -> IssueView:
    lines = read_lines(kept)
    asked = Asked(row.node_country, kept["questions"], forms)
    sums, total = sums_of(lines)
    return IssueView(
        title=str(ISSUES[lines.issue]),
        need=str(NEEDS[lines.band]),
        band=lines.band,
        index=whole_points(lines.index),
        low=whole_points(lines.low),
        high=whole_points(lines.high),
        grade=str(GRADES[lines.grade]),
        plot=(round(lines.index, 1), round(lines.low, 1), round(lines.high, 1)),
        sums=sums,
        total=total,
        details=details_of(lines, asked),
        steps=steps_of(lines, asked),
        start=_start(lines, row.node_country),
        place=signed(lines.place),
    )


def _start(lines: SupplierLines, country: str | None) -> str:
    """The second of the five sentences, with this place's own numbers."""
    numbers = {
        "start": decimal(lines.base + lines.country + lines.activity + lines.listing),
        "base": decimal(lines.base),
        "points": signed(lines.country),
        "country": country_name(country) if country else gettext("the country"),
        "work": signed(lines.activity),
        "listed": signed(lines.listing),
    }
    if lines.listing:
        return gettext(
            "Your starting value is %(start)s points: %(base)s as everywhere for this issue, "
            "%(points)s for what public statistics say about %(country)s, %(work)s for the kind "
            "of work and %(listed)s because goods of this kind stand on a public list.",
            **numbers,
        )
    return gettext(
        "Your starting value is %(start)s points: %(base)s as everywhere for this issue, "
        "%(points)s for what public statistics say about %(country)s, and %(work)s for the kind "
        "of work.",
        **numbers,
    )


def _response(row: SupplierFigures) -> ResponseView:
    assert row.measure is not None
    found = row.response.get("next")
    step, gain = (NextStep(found[0]), max(1, round(found[2]))) if found else (None, 0)
    words = ngettext("Up to %(num)s point more.", "Up to %(num)s points more.", gain)
    return ResponseView(
        card=card_of(row.measure, row.response),
        next=str(NEXT[step]) if step else "",
        gain=words if step else "",
        is_answer=step in (NextStep.ANSWER, NextStep.SHOW, NextStep.CHECK),
    )


def questionable(page: Page) -> tuple[str, ...]:
    """Keys of the lines that may be questioned."""
    lines = [line.key for line in page.issue.sums] if page.issue else []
    return (*lines, *(["response"] if page.response else []))
