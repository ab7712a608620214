"""The register under RM-2.0, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for

from ddplatform.access.permissions import Permission
from ddplatform.queries.range_words import GRADES
from ddplatform.queries.risk import ChainChoice
from ddplatform.queries.risk_runs import RunHead
from ddplatform.queries.risk_scores import RiskScore
from ddplatform.risk.register.queries import Asked, RegisterPage, TieRow, View
from ddplatform.web.countries import country_name
from ddplatform.web.filters import band_word, severity_word
from ddplatform.web.register_filter import query_of
from ddplatform.web.risk.presenters import sites_query
from ddplatform.web.risk.ranges import RangeRow, issue_title, row_of
from ddplatform.web.risk.stair import Stair, stair_of
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue, RiskBand

EVIDENCE = (
    ("", "All grades"),
    ("AB", "A and B, known well"),
    ("C", "C, partly known"),
    ("DE", "D and E, nothing known of the place"),
)
TABS: Mapping[View, str] = {
    View.ACT: "Act first",
    View.FIND: "Find out first",
    View.ALL: "All risks",
}


class Step(NamedTuple):
    """What to do next about a risk; a link for who may do it."""

    label: str
    href: str
    right: Permission


@dataclass(frozen=True)
class Row:
    """One row of the register: a risk, or several with an equal score."""

    of: RangeRow
    position: str  # "3", "11–23"
    name: str
    href: str
    where: str  # country and tier, or how many share the row
    issue_href: str | None
    is_tie: bool
    step: Step | None


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    head: RunHead
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

    @property
    def words(self) -> Mapping[str, tuple[str, str]]:
        """Each grade in words."""
        return GRADES

    @property
    def query(self) -> dict[str, Any]:
        """The filter as it stands in an address."""
        return query_of(self.asked.wanted)


def page_of(
    head: RunHead, chains: Sequence[ChainChoice], asked: Asked, found: RegisterPage
) -> Page:
    """The register of a run."""
    coverage = head.summary["coverage"]
    return Page(
        head=head,
        found=found,
        asked=asked,
        rows=tuple(row_of_tie(row, head.chain_id, asked) for row in found.rows),
        tabs=tuple(_tab(view, head, asked, found) for view in TABS),
        choices=_choices(head, chains),
        stair=_stair(head, asked),
        grades=tuple((grade, word[0], coverage[grade]) for grade, word in GRADES.items()),
        places=coverage["nodes"],
        previous_href=_address(head.chain_id, asked, number=found.number - 1)
        if found.number > 1
        else None,
        next_href=_address(head.chain_id, asked, number=found.number + 1)
        if found.number < found.last_number
        else None,
        map_query=sites_query(head, found.same_as) if found.same_as else None,
    )


def _address(chain_id: UUID, asked: Asked, *, number: int | None = None, **more: Any) -> str:
    given = {
        "chain": chain_id,
        "view": asked.view.value,
        **query_of(asked.wanted),
        "tie": asked.tie,
        "page": number if number and number > 1 else None,
    }
    return url_for("risk_register.show", **{**given, **more})


def _tab(view: View, head: RunHead, asked: Asked, found: RegisterPage) -> dict[str, Any]:
    return {
        "label": TABS[view],
        "href": _address(head.chain_id, asked, view=view.value, tie=None),
        "current": view is asked.view,
        "count": found.counts[view],
    }


def row_of_tie(row: TieRow, chain_id: UUID, asked: Asked) -> Row:
    """A row of the register of a map, as it is drawn."""
    risk, is_tie = row.risk, row.count > 1
    if is_tie:
        return Row(
            of=row_of(risk),
            position=f"{row.first:,}–{row.last:,}",
            name=f"{row.count:,} places, equal score",
            href=_address(chain_id, asked, tie=row.first),
            where=_country(risk),
            issue_href=None,
            is_tie=True,
            step=None,
        )
    return Row(
        of=row_of(risk),
        position=f"{row.first:,}",
        name=risk.node_name,
        href=_place_href(risk, chain_id),
        where=f"{_country(risk)}, {_tier(risk.tier)}",
        issue_href=None if risk.node_id is None else _risk_href(risk),
        is_tie=False,
        step=_step(risk, chain_id),
    )


def _country(risk: RiskScore) -> str:
    return country_name(risk.country) if risk.country else "country not known"


def _tier(tier: int | None) -> str:
    if tier is None:
        return "not linked"
    return "own business" if tier == 0 else f"tier {tier}"


def _place_href(risk: RiskScore, chain_id: UUID) -> str:
    if risk.node_id is None:
        return url_for("risk.unknown_origin", chain_id=chain_id, ref=risk.node_ref)
    return url_for("value_chain.node", node_id=risk.node_id)


def _risk_href(risk: RiskScore) -> str:
    return url_for("risk_explanation.show", node_id=risk.node_id, issue=risk.issue.value)


def _step(risk: RiskScore, chain_id: UUID) -> Step:
    """The next step by how much is known: find out first, then act."""
    assert risk.known is not None
    if risk.node_id is None:
        return Step("Map the origin", _place_href(risk, chain_id), Permission.RISK_READ)
    if risk.known.is_emergency:
        href = url_for("findings.record", node=risk.node_id)
        return Step("Act now: record a finding", href, Permission.FINDING_EDIT)
    if risk.status is not None:
        return Step("In remedy", _risk_href(risk), Permission.RISK_READ)
    if risk.known.grade == "E":
        href = url_for("value_chain.node", node_id=risk.node_id)
        return Step("Complete the entry", href, Permission.VALUE_CHAIN_READ)
    if risk.known.grade == "D":
        href = url_for("questionnaires.library")
        return Step("Send questionnaire", href, Permission.QUESTIONNAIRE_ASSIGN)
    if risk.known.grade == "C":
        href = url_for("questionnaires.visit", node_id=risk.node_id)
        return Step("Plan a visit", href, Permission.QUESTIONNAIRE_ASSIGN)
    href = url_for("findings.record", node=risk.node_id)
    return Step("Plan an action", href, Permission.FINDING_EDIT)


def _choices(
    head: RunHead, chains: Sequence[ChainChoice]
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What the filters offer: only countries and tiers that the run holds."""
    countries = sorted(head.summary["countries"], key=country_name)
    tiers = sorted(int(tier) for tier in head.summary["tiers"] if tier != "none")
    return {
        "chain": [(str(chain.id), chain.name) for chain in chains],
        "issue": [("", "All issues"), *((issue.value, issue_title(issue)) for issue in Issue)],
        "risk": [("", "All bands"), *((b.value, band_word(b.value)) for b in reversed(RiskBand))],
        "grade": EVIDENCE,
        "country": [("", "All countries"), *((code, country_name(code)) for code in countries)],
        "tier": [("", "All tiers"), *((str(tier), _tier(tier).capitalize()) for tier in tiers)],
    }


def _stair(head: RunHead, asked: Asked) -> Stair:
    issue = asked.wanted.issue

    def href(cell: int | None) -> str:
        wanted = replace(asked.wanted, cell=cell)
        return _address(head.chain_id, replace(asked, wanted=wanted, view=View.ALL, tie=None))

    counts: Mapping[str, int] = head.summary["cells"][issue.value if issue else "all"]
    return stair_of(counts, href, asked.wanted.cell)


def filter_words(wanted: RiskFilter) -> list[str]:
    """The filter in words, for a heading and for files."""
    words = [issue_title(wanted.issue)] if wanted.issue else []
    words += [band_word(wanted.residual.value)] if wanted.residual else []
    words += [dict(EVIDENCE).get(wanted.grades, f"Grades {wanted.grades}")] if wanted.grades else []
    words += [country_name(wanted.country)] if wanted.country else []
    words += [_tier(wanted.tier)] if wanted.tier is not None else []
    words += [severity_word(wanted.severity.value)] if wanted.severity else []
    return words
