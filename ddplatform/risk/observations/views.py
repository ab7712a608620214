"""Observations in words, ready to be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from wtforms.fields import SelectChoice

from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.observations.queries.observations import ObservationRow
from ddplatform.risk.words.observations import GRADES, SOURCE_TYPES
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.observable import observable, takes_figure
from supply_chain.vocabulary import Issue

GROUPS: Final[Mapping[str, str]] = {
    "WRK": _("Workforce and practices"),
    "COM": _("Community"),
    "ONL": _("Online, marketplaces and finance"),
    "SEC": _("Activity at this site"),
    "CTY": _("Regional statistics"),
}


@dataclass(frozen=True)
class Shown:
    """An observation with its words."""

    row: ObservationRow
    title: str
    seen: str
    source: str


def shown(rows: Iterable[ObservationRow]) -> list[Shown]:
    """Observations in the order given."""
    return [
        Shown(row, title_of(row.factor), _seen(row), str(SOURCE_TYPES[row.source_type]))
        for row in rows
    ]


def title_of(factor: str) -> str:
    """The name of a factor."""
    return factor_title(METHOD.factor_names[METHOD.factor_index[factor]])


def factor_choices(issue: Issue | None, *, regional: bool) -> list[SelectChoice]:
    """Factors to choose from, by group; of one issue, only what is linked to it."""
    return [
        SelectChoice(factor, title_of(factor), optgroup=str(GROUPS[group]))
        for factor, group in observable(issue).items()
        if takes_figure(factor) is regional
    ]


def _seen(row: ObservationRow) -> str:
    if row.figure is not None:
        return f"{row.figure:g} %"
    return str(GRADES.get(f"{row.value:g}", f"{row.value:.2f}"))
