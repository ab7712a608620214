"""Red flags on save: rows for the requester after submission, guidance at once."""

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import RedFlag
from ddplatform.supplier_engagement.responses.queries.responses import Filled, find_fired_flags
from questionnaires import FiredFlag, Notice, Question, Response, red_flags_fired
from questionnaires.scoring.plan import question_id


def note_flags(filled: Filled, *, act: Act) -> tuple[Notice, ...]:
    """Synchronise the rows with the answers; returns the new flags with their words.

    A flag whose answer was changed is withdrawn, and restored if the answer comes back.
    """
    notices = red_flags_fired(filled.form, light=filled.assignment.light_mode)
    fired = {
        (flag.red_flag, path_of(filled.form, flag)): flag.answer
        for notice in notices
        for flag in notice.fired
    }
    db.session.flush()  # an earlier save of this unit of work may have fired the same
    rows = find_fired_flags(filled.row.id)
    new = [key for key in fired if key not in rows or rows[key].withdrawn_at is not None]
    for key, row in rows.items():
        if key not in fired and row.withdrawn_at is None:
            row.withdrawn_at = act.at
    for key, answer in fired.items():
        row = rows.get(key) or _new_flag(filled, *key)
        if key in new:
            row.fired_at, row.withdrawn_at = act.at, None
        row.answer = answer
    db.session.flush()  # a page that comes back with a problem lists them at once
    codes = {code for code, _ in new}
    if codes:
        audit.record("red_flag:fire", filled.row, act=act, codes=sorted(codes))
    return tuple(notice for notice in notices if notice.red_flag.id in codes)


def path_of(form: Response, flag: FiredFlag) -> str:
    """The path of the answer that fired a flag, with the positions of repeats."""
    found = [
        state.path
        for state in form.states()
        if isinstance(state.node, Question) and question_id(state.node) == flag.question
    ]
    place = f"[{flag.instance + 1}]/" if flag.instance is not None else ""
    near = [path for path in found if place in path]
    return (near or found)[0]


def _new_flag(filled: Filled, code: str, path: str) -> RedFlag:
    row = RedFlag(
        organisation_id=filled.row.organisation_id,
        respondent_organisation_id=filled.row.respondent_organisation_id,
        response_id=filled.row.id,
        node_id=filled.assignment.node_id,
        code=code,
        path=path,
    )
    db.session.add(row)
    return row
