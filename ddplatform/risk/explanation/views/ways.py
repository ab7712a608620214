"""What would lower a risk and what would tell more, as rows of two short lists."""

from dataclasses import dataclass

from ddplatform.documents.words import counted
from ddplatform.infrastructure.web.filters import band_word
from ddplatform.risk.explanation.views.lines import control_name, factor_name
from ddplatform.risk.words.codes import sentence
from ddplatform.risk.words.figures import whole_points
from supply_chain.risk.rm2.possible_changes import How, Look, Measure, Step
from supply_chain.risk.rm2.subject import Figures

LEAST_MOVE = 1.0  # points; smaller ones are folded away
MOST_WAYS = 5  # of each list that are not folded away
MARGIN = 0.1  # of the drawing of a range, on either side
MEASURES = {
    How.BEGIN: ("{name}, for half of the people", "not recorded yet; with monitoring data"),
    How.SHOW: ("Show that it works: {name}", "monitoring data in place of records"),
    How.EXTEND: ("{name}, for all people", "monitored, but does not reach everybody"),
    How.PUT_RIGHT: ("Put right: {name}", "to be shown with evidence that is accepted"),
    How.ANSWER: ("Answer: {name}", "asked and left blank; with evidence that is accepted"),
}
ASKS = {
    How.BEGIN: "action",
    How.SHOW: "supplier",
    How.EXTEND: "action",
    How.PUT_RIGHT: "action",
    How.ANSWER: "supplier",
}
STEPS = {
    Look.VISIT: ("An unannounced visit with workers’ and families’ voices", "visit"),
    Look.AUDIT: ("An announced audit of working conditions", "visit"),
    Look.ANSWERS: ("Answers of the supplier, with evidence", "supplier"),
    Look.REGION: ("Public figures of the region", "observation"),
}


@dataclass(frozen=True)
class Way:
    """One measure or step of the two short lists."""

    title: str
    source: str
    gain: str  # "−5.2", "7 points narrower"
    then: str  # "to 59.6, high", "58 to 71, grade A"
    ask: str  # which button stands beside it: action, supplier, visit, observation
    is_folded: bool
    span: tuple[float, float] = (0.0, 0.0)  # range after it, % of a drawing of the range now


def way_of_measure(one: Measure, at: int) -> Way:
    """A measure as a row of its list, `at` its place there."""
    is_factor = one.how in (How.PUT_RIGHT, How.ANSWER)
    name = factor_name(one.ref) if is_factor else sentence(control_name(one.ref))
    title, source = MEASURES[one.how]
    if "{name}" in title[1:]:
        name = name[:1].lower() + name[1:]
    to = f"to {whole_points(one.after.residual_index)}, {band_word(one.after.band.value).lower()}"
    return Way(
        title=title.format(name=name),
        source=f"{one.ref}: {source}",
        gain=f"−{one.by:.1f}" if one.by >= 0.05 else "0.0",
        then=to,
        ask=ASKS[one.how],
        is_folded=one.by < LEAST_MOVE or at >= MOST_WAYS,
    )


def way_of_step(one: Step, at: int, now: Figures) -> Way:
    """A step as a row of its list; `now` is what it changes."""
    title, ask = STEPS[one.look]
    narrower = round(one.narrower)
    low, high = whole_points(one.after.low), whole_points(one.after.high)
    return Way(
        title=title,
        source=f"Looks at {counted(one.factors, 'factor')} that are unknown or known less well",
        gain=f"{counted(narrower, 'point')} narrower" if narrower else "under 1 point",
        then=f"{low} to {high}, grade {one.after.grade}",
        ask=ask,
        is_folded=one.narrower < LEAST_MOVE or at >= MOST_WAYS,
        span=(_within(one.after.low, now), _within(one.after.high, now)),
    )


def _within(index: float, now: Figures) -> float:
    """Where an index stands in a drawing of the range now, %, with a margin on either side."""
    width = max(now.high - now.low, 1e-9)
    share = MARGIN + (1 - 2 * MARGIN) * (index - now.low) / width
    return round(min(max(share, 0.0), 1.0) * 100, 1)
