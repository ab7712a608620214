"""How plans read: what they are for, how they spread, what could be at a place."""

from collections.abc import Mapping

from ddplatform.risk.words.figures import GRADES, band_at, whole_points
from supply_chain.analysis.visit_plan_field import Aim, Spread
from supply_chain.risk.issue_names import ISSUE_NAMES

AIMS: Mapping[str, str] = {
    Aim.LEARN.value: "Know more where harm could be severe and the range is wide",
    Aim.FIND.value: "Find severe harm where it is likely",
}
SPREADS: Mapping[str, str] = {
    Spread.NONE.value: "No: the largest gain, wherever it is",
    Spread.SOME.value: "Some: after about six visits in a region the next counts half",
    Spread.WIDE.value: "Wide: after about two visits in a region the next counts half",
}


def could_be(issue: str, grade: str, index: float, low: float, high: float) -> str:
    """The risk that weighs most at a place, its range, and what the range rests on."""
    now, most = band_at(index), band_at(high)
    could = f"{now.value} here" if now is most else f"{now.value} here and could be {most.value}"
    return (
        f"{ISSUE_NAMES[issue]} is {could}: {whole_points(index)} of 100, between "
        f"{whole_points(low)} and {whole_points(high)} (evidence {grade}, "
        f"{GRADES[grade][0].lower()})"
    )
