"""Faults of the columns that say what an answer means for risk."""

from dataclasses import replace

from questionnaires.errors import Fault, FormUnusable
from questionnaires.form import Form
from questionnaires.scoring_plan import plan_scoring
from questionnaires.sheets import Sheets, rows_by_path

OURS = "dd:"


def check_scoring(form: Form, sheets: Sheets) -> list[Fault]:
    """Every fault of scoring, with its row.

    An error where our own columns are used; a warning where only a plain `risk_factor` is, which
    another program may mean otherwise.
    """
    try:
        plan_scoring(form)
    except FormUnusable as error:
        rows = rows_by_path(sheets, form.root)
        return [_placed(fault, form, rows[fault.paths[0]][0]) for fault in error.faults]
    return []


def _placed(fault: Fault, form: Form, row: int) -> Fault:
    extras = form.question(fault.paths[0]).extras
    is_ours = any(name.startswith(OURS) for name in extras)
    return replace(fault, row=row, level="error" if is_ours else "warning", paths=())
