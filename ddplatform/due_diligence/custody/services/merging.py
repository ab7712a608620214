"""Merging of cases that turn out to concern one child."""

from uuid import uuid4

from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.remedy.models import MERGED, RemediationCase, RemediationStep
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext


def merge_case(duplicate: RemediationCase, into: RemediationCase, *, act: Act) -> None:
    """Close a case whose child has another one; both keep a sealed step that names the other.

    Call it for a person who manages both.

    Raises:
        Conflict: the two are one, belong to different findings, or one of them is closed.
    """
    if duplicate.id == into.id or duplicate.finding_id != into.finding_id:
        raise Conflict(
            gettext("Only two cases of one finding can be merged."),
            gettext("Choose the other case of the same finding."),
        )
    if duplicate.closed_at is not None or into.closed_at is not None:
        raise Conflict(gettext("One of the two cases is closed."))
    duplicate.merged_into_id = into.id
    duplicate.closed_at, duplicate.closed_by_id = act.at, act.by.user_id
    _note(duplicate, f"{duplicate.code} → {into.code}", act=act)
    _note(into, f"{duplicate.code} → {into.code}", act=act)
    db.session.flush()  # the list shows it as closed
    audit.record("case:merge", duplicate, act=act, restricted=True)


def _note(case: RemediationCase, text: str, *, act: Act) -> None:
    row = RemediationStep(
        id=uuid4(), case_id=case.id, step=MERGED, taken_at=act.at, taken_by_id=act.by.user_id
    )
    row.sealed_note = case_seal.seal(case, row, "sealed_note", row.id, {"ticked": [], "note": text})
    db.session.add(row)
