"""Possible changes of a score of RM-2.0: measures that lower it, and steps that add information.

Each change is tried alone, all of them as rows of one run of the method itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from supply_chain.risk.rm2.context import Activities, Place
from supply_chain.risk.rm2.controls import Controls
from supply_chain.risk.rm2.evidence import Events, FactorRows
from supply_chain.risk.rm2.facts import Facts
from supply_chain.risk.rm2.method import FACTORS, METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.scoring import Inputs, PairScores, score_pairs
from supply_chain.risk.rm2.severity import Judgement
from supply_chain.risk.rm2.subject import Figures, Subject, figures_of

_POLICY = METHOD.policy
_MONITORED = 0.75  # level of evidence of a control that runs and is monitored (section 9)
_FIRST_COVERAGE = 0.5  # of a control that a node does not have yet
_MIDDLE = 0.5  # s of a factor of which a look is not known yet to find anything
_OF_PLACE = np.array([ref.startswith(("WRK", "COM", "ONL")) for ref in METHOD.factors])
_OF_SITE = np.array([ref.startswith(("WRK", "ONL")) for ref in METHOD.factors])
_OF_SUPPLIER = _OF_SITE & (np.array(METHOD.factors) != "WRK-21")  # the buyer answers that one


_LASTING = ("WRK-04", "WRK-08", "WRK-11")
"""Workforce factors, no fault: to dismiss migrants, seasonal or home workers helps nobody."""
_TO_PUT_RIGHT = _OF_SITE & ~np.isin(METHOD.factors, _LASTING)


class How(StrEnum):
    """Kind of a measure that lowers a score."""

    BEGIN = "begin"  # a control that the node does not have, for half of the people, monitored
    SHOW = "show"  # monitoring data for a control that has records at most
    EXTEND = "extend"  # a monitored control for all people
    PUT_RIGHT = "put_right"  # a bad sign gone, with accepted evidence
    ANSWER = "answer"  # a blank answered well, with accepted evidence


class Look(StrEnum):
    """A step that adds information."""

    VISIT = "visit"  # unannounced, with the voices of workers and families
    AUDIT = "audit"  # announced: working conditions, not households
    ANSWERS = "answers"  # of the supplier to what is open, with evidence
    REGION = "region"  # public figures of the region in place of those of the country


@dataclass(frozen=True)
class Measure:
    """One measure alone."""

    how: How
    ref: str  # control or factor
    after: Figures
    by: float  # points off the residual index, >= 0; 0 where a cap holds it


@dataclass(frozen=True)
class Step:
    """One step alone; what is known stays as it is, what is not known turns out in the middle."""

    look: Look
    factors: int  # how many it looks at that are unknown or known less well than after it
    after: Figures
    narrower: float  # points off the width of the range, >= 0


@dataclass(frozen=True)
class Changes:
    """Possible changes of a score; largest effect first."""

    measures: tuple[Measure, ...]
    steps: tuple[Step, ...]


def changes_of(subject: Subject) -> Changes:
    """Every measure and step that applies to a pair, with the score after it."""
    measures, steps = _measures(subject), _steps(subject)
    inputs = repeated(subject.inputs, len(measures) + len(steps))
    for row, (how, place) in enumerate(measures):
        _apply(inputs, row, how, place)
    for row, look in enumerate(steps, start=len(measures)):
        _look(inputs, row, look, subject.issue)
    return _told(subject, measures, steps, score_pairs(inputs))


def _told(
    subject: Subject,
    measures: Sequence[tuple[How, int]],
    steps: Sequence[Look],
    after: PairScores,
) -> Changes:
    now = figures_of(subject.scores, 0, subject.issue)
    lower = []
    for row, (how, place) in enumerate(measures):
        then = figures_of(after, row, subject.issue)
        ref = METHOD.factors[place] if _is_factor(how) else METHOD.controls[place]
        lower.append(Measure(how, ref, then, max(0.0, now.residual_index - then.residual_index)))
    tell = []
    for row, look in enumerate(steps, start=len(measures)):
        then = figures_of(after, row, subject.issue)
        gain = max(0.0, (now.high - now.low) - (then.high - then.low))
        tell.append(Step(look, _looked_at(subject, look), then, gain))
    return Changes(
        tuple(sorted(lower, key=lambda one: (-one.by, one.ref))),
        tuple(sorted(tell, key=lambda one: (-one.narrower, one.look))),
    )


def _is_factor(how: How) -> bool:
    return how in (How.PUT_RIGHT, How.ANSWER)


# ---- which apply ----------------------------------------------------------------------------


def _measures(subject: Subject) -> list[tuple[How, int]]:
    """(what, position of the control or factor) of every measure for the issue."""
    controls, rows = subject.inputs.controls, subject.inputs.factors
    found = []
    for at in np.flatnonzero(METHOD.helps[:, subject.issue]).tolist():
        coverage, evidence = controls.coverage[0, at], controls.evidence[0, at]
        if not coverage or not evidence:
            found.append((How.BEGIN, at))
        elif evidence < _MONITORED:
            found.append((How.SHOW, at))
        elif coverage < 1:
            found.append((How.EXTEND, at))
    linked = (METHOD.up[:, subject.issue] > 0) & _OF_PLACE
    bad = linked & _TO_PUT_RIGHT & rows.observed[0] & (np.nan_to_num(rows.score[0]) > _MIDDLE)
    blank = linked & rows.blank[0] & (rows.reliability[0] < _POLICY.reliable_from)
    found += [(How.PUT_RIGHT, at) for at in np.flatnonzero(bad & ~blank).tolist()]
    found += [(How.ANSWER, at) for at in np.flatnonzero(blank).tolist()]
    return found


def _steps(subject: Subject) -> list[Look]:
    return [look for look in Look if _looked_at(subject, look)]


def _looked_at(subject: Subject, look: Look) -> int:
    rows = subject.inputs.factors
    if look is Look.REGION:
        of_issue = METHOD.indicator_weight[:, subject.issue] > 0
        return int((of_issue & ~rows.observed[0, METHOD.indicators]).sum())
    quality = METHOD.reliability[METHOD.source_index[_SOURCE[look]]]
    return int((_seen_by(subject.issue, look, rows, 0) & (rows.quality[0] < quality)).sum())


_SOURCE = {
    Look.VISIT: "site_work",
    Look.AUDIT: "audit",
    Look.ANSWERS: "supplier_evidence",
    Look.REGION: "official",
}


def _seen_by(issue: int, look: Look, rows: FactorRows, row: int) -> Bools:
    """(factors,) those linked to the issue that a step looks at."""
    of_look = {Look.VISIT: _OF_PLACE, Look.AUDIT: _OF_SITE, Look.ANSWERS: _OF_SUPPLIER}[look]
    linked: Bools = (METHOD.up[:, issue] > 0) & rows.applies[row] & of_look
    return linked & ~rows.observed[row] if look is Look.ANSWERS else linked


# ---- trying them ----------------------------------------------------------------------------


def _apply(inputs: Inputs, row: int, how: How, place: int) -> None:
    """Change one row of repeated inputs as a measure would."""
    controls, rows = inputs.controls, inputs.factors
    if how is How.BEGIN:
        controls.coverage[row, place] = max(controls.coverage[row, place], _FIRST_COVERAGE)
    if how is How.EXTEND:
        controls.coverage[row, place] = 1.0
    if not _is_factor(how):
        controls.evidence[row, place] = max(controls.evidence[row, place], _MONITORED)
        return
    accepted = METHOD.reliability[METHOD.source_index["supplier_evidence"]]
    rows.score[row, place], rows.quality[row, place] = 0.0, accepted
    rows.reliability[row, place] = max(rows.reliability[row, place], accepted)
    rows.blank[row, place] = False


def _look(inputs: Inputs, row: int, look: Look, issue: int) -> None:
    """Change one row of repeated inputs as a step would."""
    rows, source = inputs.factors, METHOD.source_index[_SOURCE[look]]
    reliability = METHOD.reliability[source]
    if look is Look.REGION:
        seen = np.zeros(FACTORS, dtype=np.bool_)
        seen[METHOD.indicators] = METHOD.indicator_weight[:, issue] > 0
        seen &= ~rows.observed[row]
        rows.score[row, seen] = inputs.place.score[row, seen[METHOD.indicators]]
    else:
        seen = _seen_by(issue, look, rows, row)
        rows.score[row, seen & ~rows.observed[row]] = _MIDDLE
    for column in (rows.quality, rows.reliability):
        column[row, seen] = np.maximum(column[row, seen], reliability)
    if METHOD.visit[source]:
        quality = np.maximum(rows.visit_quality[row, seen], reliability)
        rows.visit_quality[row, seen] = quality
    rows.blank[row, seen] = False


def repeated(inputs: Inputs, count: int) -> Inputs:
    """The inputs of one node as `count` rows of their own, which may be written to."""

    def again(values: Floats | Bools | Ints) -> np.ndarray:
        return np.repeat(values, count, axis=0)

    activities, facts = inputs.activities, inputs.facts
    of_row = np.arange(count)
    impacts = len(facts.impact_node)
    return Inputs(
        place=Place(*(again(getattr(inputs.place, one.name)) for one in fields(Place))),
        activities=Activities(
            np.repeat(of_row, len(activities.node)),
            np.tile(activities.traits, (count, 1)),
            again(activities.known),
        ),
        listing=again(inputs.listing),
        factors=FactorRows(
            *(again(getattr(inputs.factors, one.name)) for one in fields(FactorRows))
        ),
        events=Events(again(inputs.events.points)),
        judgement=Judgement(
            *(again(getattr(inputs.judgement, one.name)) for one in fields(Judgement))
        ),
        facts=Facts(
            again(facts.least),
            again(facts.added),
            np.repeat(of_row, impacts),
            np.tile(facts.impact_issue, count),
            np.tile(facts.impact_found_by, count),
        ),
        controls=Controls(*(again(getattr(inputs.controls, one.name)) for one in fields(Controls))),
        bounds=inputs.bounds.repeated(count),
    )
