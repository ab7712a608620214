"""Irreversible redaction of words in the sealed texts of a remediation case.

A value is sealed anew without the words and takes the place of the old one in its row; the old
ciphertext is overwritten. The log keeps that it was done and by whom, and never the words.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.case_redaction.models import CaseRedaction
from ddplatform.due_diligence.case_redaction.queries import list_judgements
from ddplatform.due_diligence.follow_up_visits.queries import hold_visits, visit_plan
from ddplatform.due_diligence.follow_up_visits.services import CODE
from ddplatform.due_diligence.remedy.models import (
    CaseCriterion,
    FollowUpVisit,
    RemediationCase,
    RemediationStep,
)
from ddplatform.due_diligence.remedy.queries.cases import list_steps
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT, pattern_of
from ddplatform.evidence.redaction.services import stretches_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.sealing import NONCE_BYTES
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.responses.traces import is_free_text
from questionnaires import Question
from questionnaires.scoring.given import without_places

Row = RemediationCase | RemediationStep | CaseCriterion | FollowUpVisit
Change = Callable[[str], str]


@dataclass(frozen=True)
class SealedText:
    """One free text of a case, opened. `kind`: alert, step, criterion or visit; `ref`: which."""

    kind: str
    ref: str
    at: datetime
    text: str


@dataclass(frozen=True)
class _Sealed:
    """One sealed value: its row, its column and its content."""

    row: Row
    column: str
    kind: str
    ref: str
    at: datetime
    content: Any

    def texts(self) -> list[str]:
        """The free texts in it that hold something."""
        found: list[str] = []

        def note(text: str) -> str:
            found.append(text)
            return text

        self.changed(note)
        return [text for text in found if text]

    def changed(self, change: Change) -> Any:
        """The content with its free texts changed; choices, dates and numbers stay."""
        if self.column == "sealed_basis":
            return change(str(self.content))
        if isinstance(self.row, FollowUpVisit):
            free = _free_texts(self.row.form_version)
            answers = {
                path: change(text) if without_places(path) in free else text
                for path, text in self.content["answers"].items()
            }
            return {**self.content, "answers": answers}
        return {**self.content, "note": change(str(self.content["note"]))}


def open_texts(case: RemediationCase) -> list[SealedText]:
    """The free texts of a case, oldest first."""
    sealed = sorted(_open_all(case), key=lambda one: one.at)
    return [SealedText(one.kind, one.ref, one.at, text) for one in sealed for text in one.texts()]


def redact_case(case: RemediationCase, words: str, *, act: Act) -> int:
    """Take words out of all texts of a case for good; returns how often.

    Small and capital letters are alike. Closed cases are redacted like open ones.

    Args:
        words: one stretch of words a line, as written in the texts.

    Raises:
        Invalid: nothing to take out, or it occurs in no text (`words`).
        NotFound: the case was erased.
    """
    wanted = stretches_of(words)
    sealed = list(_open_all(case))
    _require_standing([text for one in sealed for text in one.texts()], wanted)
    pattern, many = pattern_of(wanted), 0
    for one in sealed:
        times = sum(len(pattern.findall(text)) for text in one.texts())
        if times:
            _seal_anew(case, one, one.changed(lambda text: pattern.sub(TAKEN_OUT, text)), act=act)
            many += times
    audit.record("case:redact", case, act=act, restricted=True)
    return many


def _seal_anew(case: RemediationCase, one: _Sealed, content: Any, *, act: Act) -> None:
    value = case_seal.seal(case, one.row, one.column, one.row.id, content)
    db.session.add(
        CaseRedaction(
            case_id=case.id,
            row_id=one.row.id,
            nonce=value[:NONCE_BYTES],
            made_at=act.at,
            made_by_id=act.by.user_id,
        )
    )
    db.session.flush()  # the database changes the row only where it finds this record
    setattr(one.row, one.column, value)
    db.session.flush()


def _open_all(case: RemediationCase) -> Iterator[_Sealed]:
    visits = hold_visits(case.id)
    yield _open(case, case, "sealed_facts", "alert", "", case.opened_at)
    for step in list_steps(case.id):
        if step.sealed_note is not None:
            yield _open(case, step, "sealed_note", "step", step.step, step.taken_at)
    for judged in list_judgements(case):
        if judged.sealed_basis is not None:
            where = ("criterion", judged.criterion, judged.judged_at)
            yield _open(case, judged, "sealed_basis", *where)
    for visit in visits:
        at = visit.recorded_at or case.opened_at
        yield _open(case, visit, "sealed_answers", "visit", str(visit.number), at)


def _open(
    case: RemediationCase, row: Row, column: str, kind: str, ref: str, at: datetime
) -> _Sealed:
    content = case_seal.unseal(case, row, column, getattr(row, column))
    return _Sealed(row, column, kind, ref, at, content)


def _free_texts(version: str) -> frozenset[str]:
    """The paths of the questions that are answered in words of one's own."""
    nodes = ((path, spec.node) for path, spec in visit_plan(version).specs.items())
    return frozenset(
        path
        for path, node in nodes
        if isinstance(node, Question) and is_free_text(node) and node.name != CODE
    )


def _require_standing(texts: Sequence[str], wanted: Sequence[str]) -> None:
    for words in wanted:
        if not any(re.search(pattern_of([words]), text) for text in texts):
            raise Invalid(
                fields={
                    "words": gettext(
                        "“%(words)s” does not stand in a text of this case. Copy it as it "
                        "stands there.",
                        words=words,
                    )
                }
            )
