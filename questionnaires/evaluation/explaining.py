"""Explanation of a hidden question or an invalid answer, with the rule and its current inputs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.evaluation.response import Response
from questionnaires.evaluation.specs import Spec
from questionnaires.evaluation.states import NodeState
from questionnaires.form.form import Question
from questionnaires.xpath.dependencies import reads
from questionnaires.xpath.expressions import Expression

PATH = re.compile(r"\s?(?:(?:current\(\)/)?(?:\.\./)+|/)[A-Za-z_][\w.-]*(?:/[\w.-]+)*\s?")
INSTANCE = re.compile(r"\[\d+\]")
MOST_VALUES = 6  # of one rule: a sum over a long repeat would fill the page


@dataclass(frozen=True, slots=True)
class Reading:
    """One question that a rule reads, and its value now (empty: blank or hidden)."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Rule behind a state: as written in the form, its place, and its current inputs.

    `at` is the label of the group that hides the question, empty where the rule is its own.
    """

    rule: str
    at: str
    readings: tuple[Reading, ...]


def why_hidden(response: Response, state: NodeState) -> Reason | None:
    """The condition that hides a node: its own, or that of the group nearest to the root."""
    if state.relevant:
        return None
    steps = state.path.strip("/").split("/")
    line = ("/" + "/".join(steps[:length]) for length in range(1, len(steps)))
    above = next((s for s in map(response.state, line) if not s.relevant), state)
    spec = response.plan.specs[INSTANCE.sub("", above.path)]
    label = "" if above is state else above.label or spec.name
    return _reason(response, spec.relevant, spec, state.path, label)


def why_wrong(response: Response, state: NodeState) -> Reason | None:
    """The rule that an answer breaks; None where it keeps it or cannot be read at all."""
    if state.constraint_ok:
        return None
    spec = response.plan.specs[INSTANCE.sub("", state.path)]
    return _reason(response, spec.constraint, spec, state.path, "")


def how_calculated(response: Response, state: NodeState) -> Reason | None:
    """The calculation of a value; None where it has none."""
    spec = response.plan.specs[INSTANCE.sub("", state.path)]
    return _reason(response, spec.calculate, spec, state.path, "") if spec.calculate else None


def as_written(rule: str) -> str:
    """A rule with `${names}` in place of paths, as a form writer knows it."""
    return PATH.sub(lambda path: "${" + path[0].strip().rpartition("/")[2] + "}", rule).strip()


def _reason(response: Response, rule: Expression | None, spec: Spec, path: str, at: str) -> Reason:
    found = reads(rule.token, at=spec, document=response.plan.document) if rule else set()
    specs = sorted({read.path: read for read, _ in found if read.question}.values(), key=_place)
    readings = [_reading(response, read, path) for read in specs if read is not spec]
    return Reason(as_written(rule.text if rule else ""), at, tuple(readings[:MOST_VALUES]))


def _place(spec: Spec) -> str:
    return spec.path


def _reading(response: Response, spec: Spec, path: str) -> Reading:
    question = spec.question
    label = question.label.plain() if isinstance(question, Question) else ""
    values = [value for place, value in _values(response, spec) if _shares(place, path)]
    return Reading(spec.name, label, ", ".join(values[:MOST_VALUES]))


def _values(response: Response, spec: Spec) -> Sequence[tuple[str, str]]:
    return [
        (state.path, state.value)
        for state in response.states()
        if isinstance(state.node, Question) and state.node.path == spec.path
    ]


def _shares(place: str, path: str) -> bool:
    """Whether two paths are in the same instance of every repeat they share."""
    steps = zip(place.split("/"), path.split("/"), strict=False)
    one, other = next((pair for pair in steps if pair[0] != pair[1]), ("", "/"))
    return INSTANCE.sub("", one) != INSTANCE.sub("", other)
