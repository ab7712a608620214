"""Circular dependencies of questions, found in the sheet, even when other cells are broken."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError

from questionnaires.checking.expressions import REFERENCE
from questionnaires.errors import Fault
from questionnaires.evaluation.plan import circular_fault
from questionnaires.evaluation.specs import COUNT, RELEVANCE, VALUE
from questionnaires.form.survey_rows import SurveyRow
from questionnaires.xpath.dependencies import Unit, in_order

DECIDED_BY = {
    "relevant": RELEVANCE,
    "repeat_count": COUNT,
    "calculation": VALUE,
    "choice_filter": VALUE,
}
BEFORE = "last-saved#"
MOST = 20  # circles named of one form


def check_circles(rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """Each circle of relevance, counts, calculations and filters once, at its first row."""
    begun = [row for row in rows if row.name and not row.is_end]
    times = Counter(row.name for row in begun)
    # A repeated name is ambiguous; the check of references reports it.
    named = {row.name: row for row in begun if times[row.name] == 1}
    needs = _needs(named)
    for _ in range(MOST):
        try:
            in_order(needs)
        except CycleError as error:
            circle: list[Unit] = error.args[1]
            yield _fault(circle, named)
            # Opened at the place that was named, so that the next circle can be found.
            for unit, wanted in zip(circle[1:], circle, strict=False):
                needs[unit].discard(wanted)
        else:
            return


def _needs(named: Mapping[str, SurveyRow]) -> dict[Unit, set[Unit]]:
    needs: dict[Unit, set[Unit]] = {}
    for name, row in named.items():
        above = {(RELEVANCE, row.path[-1])} if row.path and row.path[-1] in named else set()
        needs[COUNT, name] = set(above)
        needs[RELEVANCE, name] = above | {(COUNT, name)}
        needs[VALUE, name] = {(RELEVANCE, name)}
        for column, aspect in DECIDED_BY.items():
            for wanted in _waited_for(row.text(column)):
                read = named.get(wanted)
                own_filter = column == "choice_filter" and wanted == name
                if read is not None and not own_filter:
                    needs[aspect, name].add((COUNT if read.is_begin else VALUE, wanted))
    return needs


def _waited_for(expression: str) -> list[str]:
    """The names that an expression reads; what was sent before waits for nothing."""
    found = REFERENCE.finditer(expression)
    return [one[1] for one in found if not one[0].removeprefix("${").lstrip().startswith(BEFORE)]


def _fault(circle: Sequence[Unit], named: Mapping[str, SurveyRow]) -> Fault:
    names = list(dict.fromkeys(name for _, name in reversed(circle)))
    told = circular_fault([*names, names[0]])
    rows = sorted((named[name] for name in names), key=lambda row: row.number)
    return next(
        row.fault(told.level, told.code, told.message, told.mend, column=column)
        for row in rows
        for column in DECIDED_BY
        if any(found in names for found in _waited_for(row.text(column)))
    )
