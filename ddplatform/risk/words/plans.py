"""Plans in words: their aim, their spread, the possible risk at a place."""

from collections.abc import Mapping

from ddplatform.languages import gettext, lazy_gettext
from ddplatform.risk.words.figures import BAND_NAMES, GRADES, band_at, whole_points
from supply_chain.analysis.visit_plan_field import Aim, Spread
from supply_chain.risk.issue_names import ISSUE_NAMES

AIMS: Mapping[str, str] = {
    Aim.LEARN.value: lazy_gettext("Know more where harm could be severe and the range is wide"),
    Aim.FIND.value: lazy_gettext("Find severe harm where it is likely"),
}
SPREADS: Mapping[str, str] = {
    Spread.NONE.value: lazy_gettext("No: the largest gain, wherever it is"),
    Spread.SOME.value: lazy_gettext(
        "Some: after about six visits in a region the next counts half"
    ),
    Spread.WIDE.value: lazy_gettext(
        "Wide: after about two visits in a region the next counts half"
    ),
}


def could_be(issue: str, grade: str, index: float, low: float, high: float) -> str:
    """The risk that weighs most at a place, its range, and what the range rests on."""
    now, most = BAND_NAMES[band_at(index)], BAND_NAMES[band_at(high)]
    figures = {
        "issue": ISSUE_NAMES[issue],
        "band": now,
        "index": whole_points(index),
        "low": whole_points(low),
        "high": whole_points(high),
        "grade": grade,
        "evidence": str(GRADES[grade][0]).lower(),
    }
    if now is most:
        return gettext(
            "%(issue)s is %(band)s here: %(index)s of 100, between %(low)s and %(high)s "
            "(evidence %(grade)s, %(evidence)s)",
            **figures,
        )
    return gettext(
        "%(issue)s is %(band)s here and could be %(most)s: %(index)s of 100, between %(low)s and "
        "%(high)s (evidence %(grade)s, %(evidence)s)",
        **figures,
        most=most,
    )
