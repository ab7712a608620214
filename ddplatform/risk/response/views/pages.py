"""Pages of the response measure, ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.risk.response.views.card import (
    ResponseCard,
    Swarm,
    card_of,
    checks_of,
    figure_of,
    swarm_of,
)
from ddplatform.risk.response.views.words import CHECKS, FLAGS, LABELS
from ddplatform.risk.supplier_figures.queries import (
    NOT_MEASURED,
    PAGE_ROWS,
    Measured,
    MeasuredPlace,
    MeasureFilter,
    Measures,
)
from supply_chain.risk.rm2.response import ConductFlag, Label, OwnCheck

EFFECTS: Mapping[str, str] = {
    "open": lazy_gettext("not closed"),
    "not_verified": lazy_gettext("effect not verified yet"),
    "verified": lazy_gettext("effect verified"),
    "none": lazy_gettext("verified as without effect"),
}


@dataclass(frozen=True)
class FormLine:
    """One questionnaire behind the measure."""

    title: str
    href: str
    due_on: date
    sent_on: date | None
    answered: int
    late: int
    dont_know: int
    planned: int  # of them with a dated plan to find out
    blank: int
    evidence: str  # "6 of 12"
    admissions: int
    blanks: str  # ids of the questions


@dataclass(frozen=True)
class ActionLine:
    """One action behind the measure."""

    title: str
    href: str
    due_on: date
    reported_on: date | None
    verified_on: date | None
    counts: str  # how it counts for R4
    effect: str


@dataclass(frozen=True)
class DetailsPage:
    """The measure of one place with every input."""

    measured: Measured
    card: ResponseCard | None  # None: no measure to show yet
    swarm: Swarm
    forms: tuple[FormLine, ...]
    checks: tuple[tuple[str, str], ...]  # own check, questions that show it; empty: not shown
    actions: tuple[ActionLine, ...]
    disclosed: tuple[date, ...]
    flags: tuple[tuple[str, date], ...]


def details_of(measured: Measured, all_: Measures) -> DetailsPage:
    """The details of a measure; nothing of a figure that is still with the supplier."""
    response = measured.response
    card = card_of(measured.measure, response) if measured.measure is not None else None
    if card is None:
        response = {"forms": [], "actions": [], "disclosed": [], "flags": []}
    shown = checks_of(response)
    return DetailsPage(
        measured=measured,
        card=card,
        swarm=swarm_of(all_.values, measured.measure),
        forms=tuple(map(_form, response["forms"])),
        checks=tuple(
            (str(CHECKS[check]), ", ".join(dict.fromkeys(shown.get(check.value, ()))))
            for check in OwnCheck
        ),
        actions=tuple(map(_action, response["actions"])),
        disclosed=tuple(map(date.fromisoformat, response["disclosed"])),
        flags=tuple(
            (str(FLAGS[ConductFlag(flag)]), date.fromisoformat(day))
            for flag, day in response["flags"]
        ),
    )


def _form(form: Mapping[str, Any]) -> FormLine:
    states = form["states"]
    return FormLine(
        title=form["title"],
        href=url_for("questionnaires.review", assignment_id=form["assignment"]),
        due_on=date.fromisoformat(form["due_on"]),
        sent_on=_day(form["sent_on"]),
        answered=states.get("answered", 0),
        late=states.get("late", 0),
        dont_know=states.get("dont_know", 0) + states.get("dont_know_planned", 0),
        planned=states.get("dont_know_planned", 0),
        blank=states.get("blank", 0),
        evidence=gettext(
            "%(shown)s of %(asked)s", shown=form["evidence"], asked=form["asked_evidence"]
        ),
        admissions=form["admissions"],
        blanks=", ".join(form["blanks"]) if form["sent_on"] else "",
    )


def _action(one: Mapping[str, Any]) -> ActionLine:
    effect = str(EFFECTS[one["effect"]])
    if one["effect"] == "none" and one["self_disclosed"]:
        effect = gettext("%(effect)s, left out: self-disclosed", effect=effect)
    return ActionLine(
        title=one["title"],
        href=url_for("findings.action", action_id=one["id"]),
        due_on=date.fromisoformat(one["due_on"]),
        reported_on=_day(one["reported_on"]),
        verified_on=_day(one["verified_on"]),
        counts=_counts(one),
        effect=effect,
    )


def _counts(one: Mapping[str, Any]) -> str:
    """The way an action counts for R4."""
    if not one["is_late"]:
        return gettext("on time") if one["reported_on"] else gettext("not due yet")
    if one["self_disclosed"]:
        return gettext("late, left out: self-disclosed")
    return gettext("late")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# ---- list -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceLine:
    """A row of the list."""

    node_id: UUID
    name: str
    where: str
    map_name: str
    value: str  # empty where there is no measure
    label: str
    share: float  # 0-100, of the bar
    coming_on: date | None


@dataclass(frozen=True)
class ListPage:
    """Suppliers by response."""

    rows: tuple[PlaceLine, ...]
    wanted: MeasureFilter
    total: int
    paging: Mapping[str, Any]
    measures: Measures
    swarm: Swarm
    labels: tuple[tuple[str, str], ...]
    maps: tuple[tuple[str, str], ...]
    query: Mapping[str, Any]


def list_page_of(
    rows: Sequence[MeasuredPlace],
    total: int,
    wanted: MeasureFilter,
    number: int,
    measures: Measures,
    maps: Mapping[UUID, str],
) -> ListPage:
    """One page of the list.

    Args:
        maps: all maps by id, with their names.
    """
    query = query_of(wanted)
    first = (number - 1) * PAGE_ROWS
    more = first + len(rows) < total
    return ListPage(
        rows=tuple(_place(row, maps) for row in rows),
        wanted=wanted,
        total=total,
        paging={
            "first": first + 1 if rows else 0,
            "last": first + len(rows),
            "total": total,
            "previous_href": _list_href(query, number - 1) if number > 1 else None,
            "next_href": _list_href(query, number + 1) if more else None,
        },
        measures=measures,
        swarm=swarm_of(measures.values),
        labels=(
            ("", gettext("All suppliers asked")),
            *((label.value, str(LABELS[label]).capitalize()) for label in Label),
            (NOT_MEASURED, gettext("No figure yet")),
        ),
        maps=(("", gettext("All maps")), *((str(key), name) for key, name in maps.items())),
        query=query,
    )


def query_of(wanted: MeasureFilter) -> dict[str, Any]:
    """The filter as written in an address."""
    chain = str(wanted.chain_id) if wanted.chain_id else None
    return {"label": wanted.label or None, "q": wanted.text or None, "chain": chain}


def _list_href(query: Mapping[str, Any], number: int) -> str:
    page = number if number > 1 else None
    return url_for("risk_response.index", **{**query, "page": page})


def _place(row: MeasuredPlace, maps: Mapping[UUID, str]) -> PlaceLine:
    return PlaceLine(
        node_id=row.node_id,
        name=row.node_name,
        where=country_name(row.country) if row.country else gettext("country not known"),
        map_name=maps[row.chain_id],
        value=figure_of(row.measure) if row.measure is not None else "",
        label=str(LABELS[row.label]) if row.label else "",
        share=round(row.measure or 0.0, 1),
        coming_on=row.coming_on,
    )
