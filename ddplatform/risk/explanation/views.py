"""The pages of one risk and of one place under RM-2.0, ready to be drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddplatform.reports.words import counted
from ddplatform.risk.explanation.lines import PARTS, control_name, factor_name, lines_of
from ddplatform.risk.explanation.queries import ExplainedRisk, PlaceProfile
from ddplatform.risk.explanation.waterfall import LEAST_LINE, Line, Waterfall, draw
from ddplatform.web.filters import band_word
from ddplatform.web.risk.words import sentence
from supply_chain.risk.evidence import State
from supply_chain.risk.rm2.explanation import Figures, Indicator
from supply_chain.risk.rm2.indicator_sources import sources_of
from supply_chain.risk.rm2.method import ISSUE_INDEX, METHOD
from supply_chain.risk.rm2.possible_changes import How, Look, Measure, Step
from supply_chain.risk.rm2.profile import IssueScore
from supply_chain.risk.rm2.severity import RISK_BANDS, index_band
from supply_chain.vocabulary import Issue, RiskBand

GRADES = {
    "A": ("Verified on site", "independent site work, audits or workers' voices cover most of it"),
    "B": ("Well documented", "with sources that can be relied on"),
    "C": ("Partly known", "something is known of the place, most is not"),
    "D": ("Context only", "country and activity are known, the place is not"),
    "E": ("Mostly estimated", "country or activity is not known, or mostly estimated"),
}
LEAST_MOVE = 1.0  # points; smaller ones are folded away
MOST_WAYS = 5  # of each list that are not folded away
MARGIN = 0.1  # of the drawing of a range, on either side
ACT = RISK_BANDS.index(RiskBand.HIGH)


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


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    risk: ExplainedRisk
    title: str
    index: str
    before: str  # index before controls
    low: str
    high: str
    grade_words: tuple[str, str]
    sentence: str
    waterfall: Waterfall
    parts: tuple[tuple[str, str], ...]  # key and heading of each part of the waterfall
    measures: tuple[Way, ...]
    steps: tuple[Way, ...]
    sources: tuple["IndicatorLine", ...]
    traits: tuple[tuple[str, float, float], ...]  # name, 0-1, weight


@dataclass(frozen=True)
class IndicatorLine:
    """One public figure behind the country line."""

    name: str
    factor: str
    score: float
    weight: float
    source: str
    year: int | None
    estimate: str  # how it was estimated and its interval; empty where it was observed


def page_of(risk: ExplainedRisk) -> Page:
    """The page of an explained risk."""
    found, figures = risk.explanation, risk.explanation.figures
    lines = list(lines_of(risk))
    small = sum(line.is_free and abs(line.points) < LEAST_LINE for line in lines)
    return Page(
        risk=risk,
        title=issue_title(found.issue),
        index=shown(figures.residual_index),
        before=shown(figures.index),
        low=shown(figures.low),
        high=shown(figures.high),
        grade_words=GRADES[figures.grade],
        sentence=sentence_of(risk, lines),
        waterfall=draw(
            lines, figures.residual_index, figures.low, figures.high,
            f"{counted(small, 'line')} below half a point",
        ),
        parts=tuple(PARTS.items()),
        measures=tuple(_measure(one, at) for at, one in enumerate(risk.changes.measures)),
        steps=tuple(_step(one, at, figures) for at, one in enumerate(risk.changes.steps)),
        sources=tuple(_sources(risk)),
        traits=tuple(
            (factor_name(one.factor), one.score, one.weight) for one in found.traits
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class IssueRow:
    """One issue on the page of a place."""

    issue: Issue
    title: str
    index: str
    low: str
    high: str
    figures: Figures
    grade_word: str


@dataclass(frozen=True)
class PlacePage:
    """The page of a place."""

    place: PlaceProfile
    rows: tuple[IssueRow, ...]  # in the order of work
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
        rows=tuple(_issue_row(one) for one in profile.scores),
        index=shown(first.residual_index),
        low=shown(first.low),
        high=shown(first.high),
        before=shown(first.index),
        grade_words=GRADES[first.grade],
        others=", ".join(words[:2]),
        rest=", ".join(words[2:]),
    )


def _issue_row(one: IssueScore) -> IssueRow:
    figures = one.figures
    return IssueRow(
        issue=one.issue,
        title=issue_title(one.issue),
        index=shown(figures.residual_index),
        low=shown(figures.low),
        high=shown(figures.high),
        figures=figures,
        grade_word=GRADES[figures.grade][0],
    )


def issue_title(issue: Issue) -> str:
    """What the issue is called, beginning with a capital."""
    return sentence(METHOD.issue_names[ISSUE_INDEX[issue.value]])


def shown(index: float) -> str:
    """An index as a whole number, halves up; with a decimal where that would cross a band."""
    whole = int(index + 0.5)
    return str(whole) if band_at(whole) is band_at(index) else f"{int(index * 10) / 10:.1f}"


def band_at(index: float) -> RiskBand:
    """The band that an index has by itself."""
    return RISK_BANDS[int(index_band(index))]  # type: ignore[arg-type]


# ---- sentence -------------------------------------------------------------------------------


def sentence_of(risk: ExplainedRisk, lines: Sequence[Line]) -> str:
    """What stands out, by rule: whether to act or to find out, what raises it, what helps."""
    figures = risk.explanation.figures
    parts = [_call(risk)]
    named = [line for line in lines[1:] if line.part in ("context", "place") and not line.is_sum]
    raises = sorted((line for line in named if line.points >= 0.5), key=lambda line: -line.points)
    titles = [_in_sentence(line.title) for line in raises[:2]]
    if risk.explanation.fact >= 0.5:
        titles = ["an open case or allegation" if risk.explanation.states[0] is not State.CLOSED
                  else "an earlier case", *titles][:2]  # fmt: skip
    if titles:
        verb = "raises" if len(titles) == 1 else "raise"
        parts.append(f"{sentence(' and '.join(titles))} {verb} the risk most.")
    taken = figures.points - figures.residual_points
    if taken >= 0.5:
        parts.append(f"Controls take {counted(round(taken), 'point')} off.")
    steps = [one for one in risk.changes.steps if one.narrower >= LEAST_MOVE]
    if steps:
        parts.append(f"{STEPS[steps[0].look][0]} would narrow the range most.")
    return " ".join(parts)


def _call(risk: ExplainedRisk) -> str:
    figures = risk.explanation.figures
    low, high = (band_at(value) for value in (figures.low, figures.high))
    is_unknown = figures.grade in "DE"
    if is_unknown and RISK_BANDS.index(high) >= ACT:
        return "Find out first: little or nothing is known of the place itself."
    if not is_unknown and RISK_BANDS.index(low) >= ACT:
        return "Act now: even the lower end of the range is high."
    least, most = (band_word(band.value).lower() for band in (low, high))
    told = f"The risk is {least}" + ("" if low is high else f" to {most}") + ", by its range."
    return f"{told} Little is known of the place itself." if is_unknown else told


def _in_sentence(title: str) -> str:
    before, colon, after = title.partition(": ")
    if colon and before in ("Country", "Activity"):
        return f"the {before.lower()} ({after})"
    return title[:1].lower() + title[1:] if not title[1:2].isupper() else title


# ---- what would change it -------------------------------------------------------------------

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


def _measure(one: Measure, at: int) -> Way:
    is_factor = one.how in (How.PUT_RIGHT, How.ANSWER)
    name = factor_name(one.ref) if is_factor else sentence(control_name(one.ref))
    title, source = MEASURES[one.how]
    if "{name}" in title[1:]:
        name = name[:1].lower() + name[1:]
    to = f"to {shown(one.after.residual_index)}, {band_word(one.after.band.value).lower()}"
    return Way(
        title=title.format(name=name),
        source=f"{one.ref}: {source}",
        gain=f"−{one.by:.1f}" if one.by >= 0.05 else "0.0",
        then=to,
        ask=ASKS[one.how],
        is_folded=one.by < LEAST_MOVE or at >= MOST_WAYS,
    )


def _step(one: Step, at: int, now: Figures) -> Way:
    title, ask = STEPS[one.look]
    narrower = round(one.narrower)
    return Way(
        title=title,
        source=f"Looks at {counted(one.factors, 'factor')} that are unknown or known less well",
        gain=f"{counted(narrower, 'point')} narrower" if narrower else "under 1 point",
        then=f"{shown(one.after.low)} to {shown(one.after.high)}, grade {one.after.grade}",
        ask=ask,
        is_folded=one.narrower < LEAST_MOVE or at >= MOST_WAYS,
        span=(_within(one.after.low, now), _within(one.after.high, now)),
    )


def _within(index: float, now: Figures) -> float:
    """Where an index stands in a drawing of the range now, %, with a margin on either side."""
    width = max(now.high - now.low, 1e-9)
    share = MARGIN + (1 - 2 * MARGIN) * (index - now.low) / width
    return round(min(max(share, 0.0), 1.0) * 100, 1)


# ---- sources --------------------------------------------------------------------------------


def _sources(risk: ExplainedRisk) -> Iterator[IndicatorLine]:
    known = sources_of(risk.node.country if risk.explanation.country_known else None)
    for one in risk.explanation.indicators:
        source = known[one.factor]
        yield IndicatorLine(
            name=factor_name(one.factor),
            factor=one.factor,
            score=one.score,
            weight=one.weight,
            source=source.source,
            year=source.year,
            estimate=_estimate(one, source.estimated_by),
        )


def _estimate(one: Indicator, how: str) -> str:
    if one.is_observed or not how:
        return ""
    return f"by {how}; likely between {one.low:.2f} and {one.high:.2f}"
