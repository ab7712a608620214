"""Collected problems and notes of all rows; nothing stops at the first."""

from __future__ import annotations

from collections.abc import Mapping

from supply_chain.intake.activity_tally import ActivityTally
from supply_chain.intake.cells import CellFault, keepable_text
from supply_chain.intake.drafts import RowProblem

_CROWD = 1_000


class Findings:
    """All problems (rows left out) and notes (rows used) of an import.

    Args:
        answers: words of activities -> ref of the sector that a person chose for them before.
    """

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        self.problems: list[RowProblem] = []
        self.notes: list[RowProblem] = []
        self.headers: set[tuple[str, str | None, int]] = set()
        self.activities = ActivityTally(answers or {})

    @property
    def faulty_rows(self) -> int:
        """Number of different data rows with a problem."""
        rows = {(p.file, p.sheet, p.row) for p in self.problems if p.row is not None}
        return len(rows - self.headers)


class RowLog:
    """Findings of one table, recorded with the current row."""

    def __init__(self, findings: Findings, file: str, sheet: str | None) -> None:
        self._findings, self._file, self._sheet = findings, file, sheet
        self.row: int | None = None
        self.faulty = False

    @property
    def activities(self) -> ActivityTally:
        """Activities of places, from all rows of the import."""
        return self._findings.activities

    @property
    def is_crowded(self) -> bool:
        """Whether there are so many problems that costly advice on one more is no help."""
        return len(self._findings.problems) >= _CROWD

    def start(self, row: int) -> None:
        """Begin a row; it counts as sound until a problem is recorded."""
        self.row, self.faulty = row, False

    def start_header(self, row: int) -> None:
        """Begin the header, whose problems are those of the table and of no row of it."""
        self._findings.headers.add((self._file, self._sheet, row))
        self.start(row)

    def problem(self, column: str | None, value: str | None, fault: CellFault) -> None:
        """The row cannot be used."""
        self.faulty = True
        self._findings.problems.append(self._entry(column, value, fault))

    def note(self, column: str | None, value: str | None, remark: CellFault) -> None:
        """The row is used; the reader should know how."""
        self._findings.notes.append(self._entry(column, value, remark))

    def _entry(self, column: str | None, value: str | None, fault: CellFault) -> RowProblem:
        shown = None if value is None else keepable_text(value)
        problem = keepable_text(fault.problem)
        return RowProblem(self._file, self._sheet, self.row, column, shown, problem, fault.advice)
