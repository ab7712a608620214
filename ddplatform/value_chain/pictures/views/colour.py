"""Colour scheme of the views of a map, in the address as `colour`."""

from dataclasses import dataclass

from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.drawings.shades import SHADES, TITLES, Shade, legend_of
from ddplatform.value_chain.pictures.queries.colours import ColourBy
from ddplatform.value_chain.pictures.views.issue_colour import HIGHEST, colour_choices, issue_of
from supply_chain.vocabulary import Issue

OTHERS = {
    ColourBy.COVERAGE: _("Data coverage"),
    ColourBy.QUESTIONNAIRE: _("Questionnaire status"),
    ColourBy.OVERDUE: _("Overdue actions"),
}


@dataclass(frozen=True)
class Colouring:
    """The scale of a view; `issue` is the one its bands are of, None for the highest."""

    by: ColourBy
    issue: Issue | None

    @property
    def word(self) -> str:
        """As written in an address."""
        if self.by is not ColourBy.BAND:
            return self.by.value
        return self.issue.value if self.issue else HIGHEST

    @property
    def label(self) -> str:
        """In words."""
        return str(dict(map_colour_choices())[self.word])

    @property
    def title(self) -> str:
        """The title of the legend."""
        return str(TITLES[self.by])

    @property
    def heading(self) -> str:
        """The heading of its shades in a file, where no legend names their issue."""
        if self.by is not ColourBy.BAND:
            return self.title
        of = self.label if self.issue else gettext("highest over all issues")
        return gettext("%(scale)s: %(issue)s", scale=self.title, issue=of)

    @property
    def shades(self) -> tuple[Shade, ...]:
        """By place, the gravest first."""
        return SHADES[self.by]

    @property
    def legend(self) -> tuple[Shade, ...]:
        """The shades that are in use."""
        return legend_of(self.by)


def colouring_of(text: str) -> Colouring:
    """The scale that a word of an address names; one that nobody knows is the highest band."""
    by = ColourBy(text) if text in set(OTHERS) else ColourBy.BAND
    return Colouring(by, issue_of(text))


def map_colour_choices() -> list[tuple[str, str]]:
    """The colour schemes of a map, with words: bands by issue, then the rest."""
    return [*colour_choices(), *((by.value, words) for by, words in OTHERS.items())]
