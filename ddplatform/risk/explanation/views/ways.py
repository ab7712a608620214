"""Steps that would lower a risk or reduce uncertainty, as rows of two short lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from ddplatform.infrastructure.web.filters import band_word
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.risk.explanation.views.lines import control_name, factor_name
from ddplatform.risk.words.codes import sentence
from ddplatform.risk.words.figures import whole_points
from supply_chain.risk.rm2.possible_changes import How, Look, Measure, Step
from supply_chain.risk.rm2.subject import Figures

LEAST_MOVE = 1.0  # points; smaller ones are folded away
MOST_WAYS = 5  # of each list that are not folded away
MARGIN = 0.1  # of the drawing of a range, on either side
SOURCES: Mapping[How, str] = {
    How.BEGIN: lazy_gettext("not recorded yet; with monitoring data"),
    How.SHOW: lazy_gettext("monitoring data in place of records"),
    How.EXTEND: lazy_gettext("monitored, but does not reach everybody"),
    How.PUT_RIGHT: lazy_gettext("to be shown with evidence that is accepted"),
    How.ANSWER: lazy_gettext("asked and left blank; with evidence that is accepted"),
}
ASKS = {
    How.BEGIN: "action",
    How.SHOW: "supplier",
    How.EXTEND: "action",
    How.PUT_RIGHT: "action",
    How.ANSWER: "supplier",
}
STEPS: Mapping[Look, tuple[str, str]] = {
    Look.VISIT: (
        lazy_gettext("An unannounced visit with workers’ and families’ voices"),
        "visit",
    ),
    Look.AUDIT: (lazy_gettext("An announced audit of working conditions"), "visit"),
    Look.ANSWERS: (lazy_gettext("Answers of the supplier, with evidence"), "supplier"),
    Look.REGION: (lazy_gettext("Public figures of the region"), "observation"),
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
    return Way(
        title=_title(one.how, name),
        source=f"{one.ref}: {SOURCES[one.how]}",
        gain=f"−{one.by:.1f}" if one.by >= 0.05 else "0.0",
        then=gettext(
            "to %(index)s, %(band)s",
            index=whole_points(one.after.residual_index),
            band=band_word(one.after.band.value).lower(),
        ),
        ask=ASKS[one.how],
        is_folded=one.by < LEAST_MOVE or at >= MOST_WAYS,
    )


def _title(how: How, name: str) -> str:
    """A measure in words; `name` is what it is about, beginning with a capital."""
    if how is How.BEGIN:
        return gettext("%(name)s, for half of the people", name=name)
    if how is How.EXTEND:
        return gettext("%(name)s, for all people", name=name)
    name = name[:1].lower() + name[1:]
    if how is How.SHOW:
        return gettext("Show that it works: %(name)s", name=name)
    if how is How.PUT_RIGHT:
        return gettext("Put right: %(name)s", name=name)
    return gettext("Answer: %(name)s", name=name)


def way_of_step(one: Step, at: int, now: Figures) -> Way:
    """A step as a row of its list; `now` is what it changes."""
    title, ask = STEPS[one.look]
    narrower = round(one.narrower)
    low, high = whole_points(one.after.low), whole_points(one.after.high)
    return Way(
        title=str(title),
        source=ngettext(
            "Covers %(num)s factor that is unknown or less well known",
            "Covers %(num)s factors that are unknown or less well known",
            one.factors,
        ),
        gain=ngettext("%(num)s point narrower", "%(num)s points narrower", narrower)
        if narrower
        else gettext("under 1 point"),
        then=gettext(
            "%(low)s to %(high)s, grade %(grade)s", low=low, high=high, grade=one.after.grade
        ),
        ask=ask,
        is_folded=one.narrower < LEAST_MOVE or at >= MOST_WAYS,
        span=(_within(one.after.low, now), _within(one.after.high, now)),
    )


def _within(index: float, now: Figures) -> float:
    """The position of an index in a drawing of the current range, %, with margins on both sides."""
    width = max(now.high - now.low, 1e-9)
    share = MARGIN + (1 - 2 * MARGIN) * (index - now.low) / width
    return round(min(max(share, 0.0), 1.0) * 100, 1)
