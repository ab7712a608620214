"""Shades of a scale: fill, word and letter, so that no drawing speaks by colour alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.web.filters import number
from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.pictures.queries.colours import MANY_OVERDUE, SOME_OVERDUE, ColourBy
from supply_chain.vocabulary import RiskBand


@dataclass(frozen=True, slots=True)
class Shade:
    """One place of a scale; `css` is the ending of its classes `f-` (fill) and `x-` (ink)."""

    css: str
    word: str
    letter: str


BAND_SHADES = (
    Shade("critical", "Critical", "C"),
    Shade("high", "High", "H"),
    Shade("medium", "Medium", "M"),
    Shade("low", "Low", "L"),
    Shade("none", "Not assessed", "?"),
)
UNUSED = Shade("none", "", "")
SHADES: Mapping[ColourBy, tuple[Shade, ...]] = {
    ColourBy.BAND: BAND_SHADES,
    ColourBy.COVERAGE: (
        Shade("k1", "Data covers little", "1"),
        Shade("k2", "Data covers some", "2"),
        Shade("k3", "Data covers much", "3"),
        UNUSED,
        Shade("none", "Not assessed", "?"),
    ),
    ColourBy.QUESTIONNAIRE: (
        Shade("k1", "No answer", "N"),
        Shade("k2", "To review", "R"),
        Shade("k3", "Being answered", "B"),
        Shade("k4", "Accepted", "A"),
        Shade("none", "None sent", "–"),
    ),
    ColourBy.OVERDUE: (
        Shade("k1", f"{MANY_OVERDUE} or more overdue", "5"),
        Shade("k2", f"{SOME_OVERDUE} to {MANY_OVERDUE - 1} overdue", "2"),
        Shade("k3", "1 overdue", "1"),
        Shade("none", "None overdue", "–"),
        UNUSED,
    ),
}
"""The scales, the gravest first, in the order of `MapColours.place`."""
TITLES: Mapping[ColourBy, str] = {
    ColourBy.BAND: "Residual risk",
    ColourBy.COVERAGE: "Data coverage",
    ColourBy.QUESTIONNAIRE: "Questionnaire",
    ColourBy.OVERDUE: "Actions",
}


def shade_of(band: RiskBand | None) -> Shade:
    """The shade of a band."""
    return BAND_SHADES[BANDS.index(band)]


def legend_of(by: ColourBy) -> tuple[Shade, ...]:
    """The shades that a scale uses."""
    return tuple(shade for shade in SHADES[by] if shade.word)


def mix_words(mix: Sequence[int], shades: Sequence[Shade]) -> str:
    """`3 critical, 12 not assessed`."""
    pairs = zip(mix, shades, strict=True)
    return ", ".join(f"{number(count)} {shade.word.lower()}" for count, shade in pairs if count)
