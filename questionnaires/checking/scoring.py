"""Faults of the scoring columns, which give the meaning of an answer for risk."""

from dataclasses import replace

from questionnaires.errors import Fault, FormUnusable
from questionnaires.form.form import Form
from questionnaires.form.sheets import Sheets, rows_by_path
from questionnaires.scoring.plan import plan_scoring


def check_scoring(form: Form, sheets: Sheets) -> list[Fault]:
    """Every fault of scoring, with its row, as a warning: the form can be asked all the same."""
    try:
        plan_scoring(form)
    except FormUnusable as error:
        rows = rows_by_path(sheets, form.root)
        return [
            replace(fault, level="warning", row=rows[fault.paths[0]][0], paths=())
            for fault in error.faults
        ]
    return []
