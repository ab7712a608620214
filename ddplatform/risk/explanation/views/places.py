"""Page of one place under RM-2.0: all of its issues, ready for the template."""

from dataclasses import dataclass

from ddplatform.infrastructure.web.filters import band_word
from ddplatform.risk.explanation.queries.issues import PlaceProfile
from ddplatform.risk.words.figures import GRADES, whole_points
from ddplatform.risk.words.ranges import Plot, RangeRow
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.profile import IssueScore
from supply_chain.risk.rm2.severity import RISK_BANDS


@dataclass(frozen=True)
class PlacePage:
    """The page of a place."""

    place: PlaceProfile
    rows: tuple[RangeRow, ...]  # in the order of work
    index: str  # of the headline, as are the next three
    low: str
    high: str
    before: str
    grade_words: tuple[str, str]
    others: str  # "1 critical, 2 high" beside the headline
    rest: str  # "4 medium, 9 low"


def place_page_of(place: PlaceProfile) -> PlacePage:
    """The page of a place with all of its issues."""
    profile = place.profile
    first = profile.headline.figures
    counts = {band: profile.others(band) for band in reversed(RISK_BANDS)}
    words = [f"{count} {band_word(band.value).lower()}" for band, count in counts.items()]
    return PlacePage(
        place=place,
        rows=tuple(_issue_row(*one) for one in enumerate(profile.scores, start=1)),
        index=whole_points(first.residual_index),
        low=whole_points(first.low),
        high=whole_points(first.high),
        before=whole_points(first.index),
        grade_words=GRADES[first.grade],
        others=", ".join(words[:2]),
        rest=", ".join(words[2:]),
    )


def _issue_row(position: int, one: IssueScore) -> RangeRow:
    figures = one.figures
    return RangeRow(
        issue=one.issue,
        title=ISSUE_NAMES[one.issue],
        index=whole_points(figures.residual_index),
        low=whole_points(figures.low),
        high=whole_points(figures.high),
        plot=Plot(figures.residual_index, figures.low, figures.high, figures.band, figures.grade),
        grade_word=GRADES[figures.grade][0],
        is_marked=figures.not_enough,
        is_in_remedy=False,
        is_emergency=one.is_emergency,
        position=position,
    )
