"""The register under RM-2.0, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.queries.risk import ChainChoice
from ddplatform.queries.risk_runs import RunHead
from ddplatform.queries.risk_scores import RiskScore
from ddplatform.risk.register.queries import Asked, RegisterPage, TieRow, View
from ddplatform.risk.words import GRADES, issue_title, whole_points
from ddplatform.web.countries import country_name
from ddplatform.web.filters import band_word, severity_word
from ddplatform.web.register_filter import query_of
from supply_chain.risk.register import RiskFilter
from supply_chain.risk.rm2.heat_map import ROW, STEPS
from supply_chain.risk.rm2.severity import SEVERITY_BANDS
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

EVIDENCE = (
    ("", "All grades"),
    ("AB", "A and B, known well"),
    ("C", "C, partly known"),
    ("DE", "D and E, nothing known of the place"),
)
SEVERITY_SPANS: Mapping[SeverityBand, str] = {
    SeverityBand.VERY_SEVERE: "4.5 to 5",
    SeverityBand.SEVERE: "3.5 to 4.5",
    SeverityBand.MODERATE: "2.5 to 3.5",
    SeverityBand.MINOR: "below 2.5",
}
TABS: Mapping[View, str] = {
    View.ACT: "Act first",
    View.FIND: "Find out first",
    View.ALL: "All risks",
}


@dataclass(frozen=True)
class Plot:
    """What the drawing of a range needs; all on the axis from 0 to 100."""

    residual_index: float
    low: float
    high: float
    band: RiskBand
    grade: str


@dataclass(frozen=True)
class Row:
    """One row of the register."""

    position: str  # "3", "11–23"
    name: str
    href: str
    where: str  # country and tier, or how many share the row
    issue: str
    issue_href: str | None
    index: str
    low: str
    high: str
    plot: Plot
    grade_word: str
    is_marked: bool  # not enough evidence
    is_in_remedy: bool
    is_tie: bool
    step: tuple[str, str] | None  # what to do next, and where


@dataclass(frozen=True)
class Cell:
    """A cell of the heat map."""

    count: int
    band: RiskBand
    by_range: bool
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    head: RunHead
    found: RegisterPage
    asked: Asked
    rows: tuple[Row, ...]
    tabs: tuple[dict[str, Any], ...]
    choices: Mapping[str, Sequence[tuple[str, str]]]
    heat: tuple[tuple[SeverityBand, tuple[Cell, ...]], ...]
    tally: tuple[tuple[RiskBand, bool, int], ...]  # band, by its range alone, risks
    grades: tuple[tuple[str, str, int], ...]  # letter, word, places by their highest risk
    places: int
    previous_href: str | None
    next_href: str | None

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
        rows=tuple(_row(row, head.chain_id, asked) for row in found.rows),
        tabs=tuple(_tab(view, head, asked, found) for view in TABS),
        choices=_choices(head, chains),
        heat=tuple(_heat(head, asked)),
        tally=tuple(_tally(head, asked.wanted.issue)),
        grades=tuple((grade, word[0], coverage[grade]) for grade, word in GRADES.items()),
        places=coverage["nodes"],
        previous_href=_address(head.chain_id, asked, number=found.number - 1)
        if found.number > 1
        else None,
        next_href=_address(head.chain_id, asked, number=found.number + 1)
        if found.number < found.last_number
        else None,
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


def _row(row: TieRow, chain_id: UUID, asked: Asked) -> Row:
    risk, known = row.risk, row.risk.known
    assert known is not None, "a run under RM-2.0 keeps ranges"
    is_tie = row.count > 1
    tie_href = _address(chain_id, asked, tie=row.first)
    return Row(
        position=f"{row.first:,}" if not is_tie else f"{row.first:,}–{row.last:,}",
        name=f"{row.count:,} places, equal score" if is_tie else risk.node_name,
        href=tie_href if is_tie else _place_href(risk, chain_id),
        where=_country(risk) if is_tie else f"{_country(risk)}, {_tier(risk.tier)}",
        issue=issue_title(risk.issue),
        issue_href=None if is_tie or risk.node_id is None else _risk_href(risk),
        index=whole_points(risk.residual_index),
        low=whole_points(known.residual_low),
        high=whole_points(known.residual_high),
        plot=Plot(
            risk.residual_index,
            known.residual_low,
            known.residual_high,
            risk.residual_band,
            known.grade,
        ),
        grade_word=GRADES[known.grade][0],
        is_marked=risk.insufficient_evidence,
        is_in_remedy=risk.status is not None and not is_tie,
        is_tie=is_tie,
        step=None if is_tie else _step(risk, chain_id),
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


def _step(risk: RiskScore, chain_id: UUID) -> tuple[str, str]:
    """The next step by how much is known: find out first, then act."""
    assert risk.known is not None
    if risk.node_id is None:
        return "Map the origin", _place_href(risk, chain_id)
    if risk.status is not None:
        return "In remedy", _risk_href(risk)
    if risk.known.grade == "E":
        return "Complete the entry", url_for("value_chain.node", node_id=risk.node_id)
    if risk.known.grade == "D":
        return "Send questionnaire", url_for("questionnaires.library")
    if risk.known.grade == "C":
        return "Plan a visit", url_for("questionnaires.visit", node_id=risk.node_id)
    return "Plan an action", url_for("findings.record", node=risk.node_id)


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


def _heat(head: RunHead, asked: Asked) -> Any:
    """Rows of the heat map, the gravest first; a second click on the chosen cell shows all."""
    counts = _cells(head, asked.wanted.issue)
    for at, severity in reversed(list(enumerate(SEVERITY_BANDS, start=1))):
        cells = []
        for step, (band, by_range) in enumerate(STEPS, start=1):
            cell = at * ROW + step
            is_chosen = asked.wanted.cell == cell
            wanted = replace(asked.wanted, cell=None if is_chosen else cell)
            href = _address(head.chain_id, replace(asked, wanted=wanted, view=View.ALL, tie=None))
            cells.append(Cell(counts.get(str(cell), 0), band, by_range, href, is_chosen))
        yield severity, tuple(cells)


def _cells(head: RunHead, issue: Issue | None) -> Mapping[str, int]:
    cells: Mapping[str, int] = head.summary["cells"][issue.value if issue else "all"]
    return cells


def _tally(head: RunHead, issue: Issue | None) -> Any:
    """Risks of each band, the worst first; their cells add up to it."""
    counts = _cells(head, issue)
    for step, (band, by_range) in reversed(list(enumerate(STEPS, start=1))):
        cells = (str(at * ROW + step) for at in range(1, len(SEVERITY_BANDS) + 1))
        yield band, by_range, sum(counts.get(cell, 0) for cell in cells)


def filter_words(wanted: RiskFilter) -> list[str]:
    """The filter in words, for a heading and for files."""
    words = [issue_title(wanted.issue)] if wanted.issue else []
    words += [band_word(wanted.residual.value)] if wanted.residual else []
    words += [dict(EVIDENCE).get(wanted.grades, f"Grades {wanted.grades}")] if wanted.grades else []
    words += [country_name(wanted.country)] if wanted.country else []
    words += [_tier(wanted.tier)] if wanted.tier is not None else []
    words += [severity_word(wanted.severity.value)] if wanted.severity else []
    return words
