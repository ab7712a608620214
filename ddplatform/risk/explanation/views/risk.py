"""Page of one risk under RM-2.0, ready for the template."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from ddplatform.infrastructure.web.filters import band_word, number
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.risk.explanation.queries.issues import ExplainedRisk
from ddplatform.risk.explanation.views.lines import PARTS, factor_name, lines_of
from ddplatform.risk.explanation.views.waterfall import LEAST_LINE, Line, Waterfall, draw
from ddplatform.risk.explanation.views.ways import (
    LEAST_MOVE,
    Way,
    way_of_measure,
    way_of_step,
)
from ddplatform.risk.words.codes import sentence
from ddplatform.risk.words.figures import GRADES, band_at, whole_points
from ddplatform.value_chain.approvals.queries.approvals import ActiveApproval
from supply_chain.risk.evidence import State
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.explanation import Indicator
from supply_chain.risk.rm2.indicator_sources import sources_of
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.possible_changes import Look
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import RiskBand

NARROWING: Mapping[Look, str] = {
    Look.VISIT: lazy_gettext(
        "An unannounced visit with workers’ and families’ voices would narrow the range most."
    ),
    Look.AUDIT: lazy_gettext(
        "An announced audit of working conditions would narrow the range most."
    ),
    Look.ANSWERS: lazy_gettext(
        "Answers of the supplier, with evidence, would narrow the range most."
    ),
    Look.REGION: lazy_gettext("Public figures of the region would narrow the range most."),
}
"""The step that would narrow the range most, as the last sentence of the page."""
ACT = RISK_BANDS.index(RiskBand.HIGH)
SAME = 10**-METHOD.policy.decimals


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
    position: str  # "146 of 1,936, top 8 %"; empty where no run under RM-2.0 says it
    is_outdated: bool  # more is known by now than when the map was assessed
    missing: tuple[tuple[str, str], ...]  # id and name of factors of which nothing is known
    absences: tuple[tuple[str, ActiveApproval], ...]  # name, and who said that it does not apply


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
        title=ISSUE_NAMES[found.issue],
        index=whole_points(figures.residual_index),
        before=whole_points(figures.index),
        low=whole_points(figures.low),
        high=whole_points(figures.high),
        grade_words=GRADES[figures.grade],
        sentence=sentence_of(risk, lines),
        waterfall=draw(
            lines, figures.residual_index, figures.low, figures.high,
            ngettext(
                "%(num)s line below half a point", "%(num)s lines below half a point", small
            ),
        ),
        parts=tuple(PARTS.items()),
        measures=tuple(way_of_measure(one, at) for at, one in enumerate(risk.changes.measures)),
        steps=tuple(way_of_step(one, at, figures) for at, one in enumerate(risk.changes.steps)),
        sources=tuple(_sources(risk)),
        traits=tuple(
            (factor_name(one.factor), one.score, one.weight) for one in found.traits
        ),
        position=_position(risk),
        is_outdated=_is_outdated(risk),
        missing=_missing(risk),
        absences=tuple((factor_name(one.factor or ""), one) for one in risk.absences),
    )  # fmt: skip


def _missing(risk: ExplainedRisk) -> tuple[tuple[str, str], ...]:
    """Factors of the site of which nothing is known, without those that wait to be left out."""
    asked = {one.factor for one in risk.absences}
    return tuple((one, factor_name(one)) for one in risk.missing if one not in asked)


def _position(risk: ExplainedRisk) -> str:
    """The rank of the risk among all of its map."""
    head, kept = risk.known.head, risk.kept
    if head is None or kept is None:
        return ""
    whole = head.summary["pairs"]
    top = max(1, ceil(100 * kept.salience_rank / whole))
    return gettext(
        "%(rank)s of %(total)s, top %(share)s %%",
        rank=number(kept.salience_rank),
        total=number(whole),
        share=top,
    )


def _is_outdated(risk: ExplainedRisk) -> bool:
    kept, now = risk.kept, risk.explanation.figures
    if kept is None or kept.known is None:
        return False
    then = kept.residual_index, kept.known.residual_low, kept.known.residual_high
    figures = now.residual_index, now.low, now.high
    return any(abs(one - other) > SAME for one, other in zip(then, figures, strict=True))


# ---- sentence -------------------------------------------------------------------------------


def sentence_of(risk: ExplainedRisk, lines: Sequence[Line]) -> str:
    """The main points, by rule: whether to act or to find out, what raises the risk, what helps."""
    figures = risk.explanation.figures
    parts = [_call(risk)]
    named = [line for line in lines[1:] if line.part in ("context", "place") and not line.is_sum]
    raises = sorted(
        (line for line in named if line.points >= LEAST_LINE), key=lambda line: -line.points
    )
    # An event has the title that somebody gave it.
    titles = [line.title if line.is_named else _in_sentence(line) for line in raises[:2]]
    if risk.explanation.fact >= LEAST_LINE:
        is_over = risk.explanation.states[0] is State.CLOSED
        case = gettext("an earlier case") if is_over else gettext("an open case or allegation")
        titles = [case, *titles][:2]
    parts += _raised_by(titles)
    taken = figures.points - figures.residual_points
    if taken >= LEAST_LINE:
        points = round(taken)
        parts.append(
            ngettext(
                "Controls take %(num)s point off.", "Controls take %(num)s points off.", points
            )
        )
    steps = [one for one in risk.changes.steps if one.narrower >= LEAST_MOVE]
    if steps:
        parts.append(str(NARROWING[steps[0].look]))
    return " ".join(parts)


def _raised_by(titles: Sequence[str]) -> list[str]:
    """A sentence about one or two lines that raise the risk most; none without any."""
    if not titles:
        return []
    if len(titles) == 1:
        said = gettext("%(line)s raises the risk most.", line=titles[0])
    else:
        said = gettext(
            "%(first)s and %(second)s raise the risk most.", first=titles[0], second=titles[1]
        )
    return [sentence(said)]


def _call(risk: ExplainedRisk) -> str:
    figures = risk.explanation.figures
    low, high = (band_at(value) for value in (figures.low, figures.high))
    is_unknown = figures.grade in "DE"
    if is_unknown and RISK_BANDS.index(high) >= ACT:
        return gettext("Find out first: little or nothing is known of the place itself.")
    if not is_unknown and RISK_BANDS.index(low) >= ACT:
        return gettext("Act now: even the lower end of the range is high.")
    least, most = (band_word(band.value).lower() for band in (low, high))
    words = gettext("The whole likely range is %(band)s.", band=least)
    if low is not high:
        words = gettext("The likely range runs from %(low)s to %(high)s.", low=least, high=most)
    little = gettext("Little is known of the place itself.")
    return f"{words} {little}" if is_unknown else words


def _in_sentence(line: Line) -> str:
    return line.within or line.title[:1].lower() + line.title[1:]


# ---- sources --------------------------------------------------------------------------------


def _sources(risk: ExplainedRisk) -> Iterator[IndicatorLine]:
    known = sources_of(risk.known.node.country if risk.explanation.country_known else None)
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
    return gettext(
        "by %(method)s; likely between %(low)s and %(high)s",
        method=how,
        low=f"{one.low:.2f}",
        high=f"{one.high:.2f}",
    )
