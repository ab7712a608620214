"""Prefilling of questions with earlier answers to the same buyer, to be checked.

No section counts as done by it; documents and attestations are given anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ddplatform.supplier_engagement.responses.plans import FindOut, plan_of
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    find_earlier,
    list_answers,
    load_filled,
)
from questionnaires import Answerer, Form, Response, StepRefused, carry_over
from questionnaires.form.form import UPLOADS
from questionnaires.scoring.items import UNSURE
from questionnaires.scoring.plan import extra
from questionnaires.workbook.changes import make_room

ATTESTATION = "attestation"


@dataclass(frozen=True)
class Given:
    """Earlier answers now in a form: their paths and dates."""

    paths: frozenset[str]
    at: datetime
    plans: Mapping[str, FindOut]


def prefill(filled: Filled) -> Given | None:
    """Put the answers of the newest earlier questionnaire into a new form, to be confirmed.

    A visit records what was seen that day: nothing of the visit before is prefilled.
    """
    if filled.assignment.answered_by is not Answerer.SUPPLIER:
        return None
    found = find_earlier(filled.assignment)
    if found is None:
        return None
    assignment, row = found
    old = load_filled(assignment, row, now=filled.form.now)
    before = [
        answer
        for answer in list_answers(row.id)
        if answer.raw and answer.share_id is None  # a consent is for one questionnaire
    ]
    texts = {answer.path: answer.raw for answer in before}
    carried = {
        path: text
        for path, text in carry_over(old.form.form, filled.form.form, texts).answers.items()
        if not _says_otherwise(filled.form, path, text)
    }
    put = put_answers(filled.form, carried)
    plans = {
        answer.path: plan_of(answer)
        for answer in before
        if answer.path in put and carried[answer.path] == answer.raw == UNSURE
    }
    return Given(put, row.submitted_at or row.started_at, plans)


def _says_otherwise(form: Response, path: str, text: str) -> bool:
    """Whether the form itself put another answer of last time there (`${last-saved#other}`)."""
    own = {one.path for one in form.form.set_values if one.reads_last_saved}
    if path not in own:
        return False
    return form.state(path).raw not in ("", text)


def put_answers(form: Response, texts: Mapping[str, str]) -> frozenset[str]:
    """Put earlier answers into a form; returns the paths of the permitted ones."""
    asked = may_be_carried(form.form)
    return frozenset(path for path, text in texts.items() if _put(form, path, text, asked))


def may_be_carried(form: Form) -> set[str]:
    """The paths of the questions whose earlier answer may be given again unchanged."""
    return {
        question.path
        for question in form.questions()
        if question.is_input
        and question.kind not in UPLOADS
        and extra(question, "use") != ATTESTATION
    }


def _put(form: Response, path: str, text: str, asked: set[str]) -> bool:
    make_room(form, path)
    try:
        if form.state(path).node.path not in asked:
            return False
        form.set(path, text)
    except (KeyError, StepRefused):
        return False  # a counted repeat has no such entry yet
    return True
