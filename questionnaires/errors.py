"""Errors of reading and answering a form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


class QuestionnaireError(Exception):
    """Base of all errors this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a form, with its cell and its remedy.

    `row` is the number a spreadsheet shows and `column` the heading as written; both are None
    where there is no such place. `at` is the place in `cell`, from 0.
    """

    level: Literal["error", "warning"]
    code: str
    message: str
    mend: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    at: int | None = None
    paths: tuple[str, ...] = ()  # the node it is about; of a circle all, the first again at the end


class FormUnusable(QuestionnaireError):
    """A form cannot be used at all; `faults` says why, in the order of its sheets."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


class ExpressionFault(QuestionnaireError):
    """An expression that cannot be compiled: `code` as in the check, `at` a place in its text."""

    def __init__(self, code: str, message: str, mend: str, at: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.mend, self.at = code, message, mend, at


class EvaluationFault(QuestionnaireError):
    """An expression that compiles but has no value in its place, as `position` of many nodes."""


class StepRefused(QuestionnaireError):
    """An answer that cannot be taken: no such node, read-only, not an input, counted repeat."""
