"""Shades of a scale: fill, word and letter, so that no drawing depends on colour alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.pictures.queries.colours import MANY_OVERDUE, SOME_OVERDUE, ColourBy
from supply_chain.vocabulary import RiskBand


@dataclass(frozen=True, slots=True)
class Shade:
    """One place of a scale; `css` is the ending of its classes `f-` (fill) and `x-` (ink)."""

    css: str
    label: str
    """Its word, translated when it is shown."""
    letter: str

    @property
    def word(self) -> str:
        """Its word in the language spoken now; of an unused place none."""
        return str(self.label)


BAND_SHADES = (
    Shade("critical", _("Critical"), "C"),
    Shade("high", _("High"), "H"),
    Shade("medium", _("Medium"), "M"),
    Shade("low", _("Low"), "L"),
    Shade("none", _("Not assessed"), "?"),
)
UNUSED = Shade("none", "", "")
SHADES: Mapping[ColourBy, tuple[Shade, ...]] = {
    ColourBy.BAND: BAND_SHADES,
    ColourBy.COVERAGE: (
        Shade("k1", _("Low data coverage"), "1"),
        Shade("k2", _("Medium data coverage"), "2"),
        Shade("k3", _("High data coverage"), "3"),
        UNUSED,
        Shade("none", _("Not assessed"), "?"),
    ),
    ColourBy.QUESTIONNAIRE: (
        Shade("k1", _("No answer"), "N"),
        Shade("k2", _("To review"), "R"),
        Shade("k3", _("Being answered"), "B"),
        Shade("k4", _("Accepted"), "A"),
        Shade("none", _("None sent"), "–"),
    ),
    ColourBy.OVERDUE: (
        Shade("k1", _("%(num)s or more overdue", num=MANY_OVERDUE), "5"),
        Shade(
            "k2", _("%(least)s to %(most)s overdue", least=SOME_OVERDUE, most=MANY_OVERDUE - 1), "2"
        ),
        Shade("k3", _("1 overdue"), "1"),
        Shade("none", _("None overdue"), "–"),
        UNUSED,
    ),
}
"""The scales, the gravest first, in the order of `MapColours.place`."""
TITLES: Mapping[ColourBy, str] = {
    ColourBy.BAND: _("Residual risk"),
    ColourBy.COVERAGE: _("Data coverage"),
    ColourBy.QUESTIONNAIRE: _("Questionnaire"),
    ColourBy.OVERDUE: _("Actions"),
}


def shade_of(band: RiskBand | None) -> Shade:
    """The shade of a band."""
    return BAND_SHADES[BANDS.index(band)]


def legend_of(by: ColourBy) -> tuple[Shade, ...]:
    """The shades that a scale uses."""
    return tuple(shade for shade in SHADES[by] if shade.letter)


def mix_words(mix: Sequence[int], shades: Sequence[Shade]) -> str:
    """`3 critical, 12 not assessed`."""
    pairs = zip(mix, shades, strict=True)
    return ", ".join(f"{number(count)} {shade.word.lower()}" for count, shade in pairs if count)
