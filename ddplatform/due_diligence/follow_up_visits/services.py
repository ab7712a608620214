"""Follow-up visits: the case worker's form (REM), filled in and sealed within its case."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.remedy_protocol import remedy_due, remedy_steps
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.case_texts.services import Checked, check, record_confirmation
from ddplatform.due_diligence.follow_up_visits.queries import (
    hold_visits,
    list_visits,
    newest_version,
    visit_plan,
)
from ddplatform.due_diligence.remedy.models import FollowUpVisit, RemediationCase, RemediationStep
from ddplatform.due_diligence.remedy.services import seal as case_seal
from ddplatform.due_diligence.remedy.services.facts import NOT_REACHED, SAFE_VISIT
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.responses.services.responses import Clash
from ddplatform.supplier_engagement.responses.traces import is_free_text
from questionnaires import (
    NodeState,
    Notice,
    Question,
    Response,
    red_flags_fired,
    score,
)
from questionnaires.form.form import UPLOADS
from questionnaires.scoring.signals import CriterionSignal

FOLLOW_UP = "REM-11"
CODE, DAY, WHICH, MET = "REM_Q01_case", "REM_Q01", "REM_Q01_visit", "REM_Q02"
SAFE, WORK, NEXT = "REM_Q03", "REM_Q04", "REM_Q15"
LAWFUL = frozenset({"none", "light_lawful", "lawful_young_worker"})
"""Answers to REM-Q04 that mean that the child is out of child labour."""
OUT_OF_RHYTHM = "other"


@dataclass(frozen=True)
class Visit:
    """One visit, opened; `row` is None for one that nobody has begun to write.

    `ticked` are the statements of the protocol that the form does not ask for.
    """

    row: FollowUpVisit | None
    form: Response
    ticked: frozenset[str] = frozenset()

    def state(self, name: str) -> NodeState:
        """The state of a question by its name in the form. Raises KeyError."""
        return self.form.state(path_of(self.form, name))

    def answer(self, name: str) -> str:
        """The effective answer to a question; "" where it is blank."""
        return self.state(name).value

    @property
    def day(self) -> str:
        """The day of the visit, year first; "" where none is given."""
        return self.answer(DAY)

    @property
    def flags(self) -> tuple[Notice, ...]:
        """The red flags that its answers fire."""
        return red_flags_fired(self.form)

    @property
    def criteria(self) -> Mapping[str, CriterionSignal]:
        """The result of its answers for each criterion for closing the case."""
        return score(self.form).criteria


@dataclass(frozen=True)
class DueVisit:
    """One visit of the rhythm (2 weeks, 1, 3, 6, 12, 24 months): made, or due by when."""

    label: str
    due_at: datetime
    visit: Visit | None
    is_late: bool


@dataclass(frozen=True)
class Seen:
    """The basis of a page: the number of its visit, and the stored version, 0: none."""

    number: int
    version: int


@dataclass(frozen=True)
class Written:
    """The result of a sent form: all input, and everything that prevents recording it.

    `refused`: path -> why what was typed there is not kept, or what is missing. `is_taken`: this
    visit was recorded before the page was sent, so nothing of it was kept. `names`: words in the
    refused texts that seem to be names, and that can be confirmed as none.
    """

    visit: Visit
    refused: Mapping[str, str]
    clashes: Sequence[Clash] = ()
    is_taken: bool = False
    names: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing typed needs another look."""
        has_faults = any(state.raw for state in self.visit.form.broken())
        return not (self.refused or self.clashes or self.is_taken or has_faults)


def further_statements() -> dict[str, str]:
    """The statements of the step that the form does not ask for: fact -> words."""
    records = remedy_steps()[FOLLOW_UP].records
    return {flag: words for flag, words in records.items() if flag not in (SAFE_VISIT, NOT_REACHED)}


def path_of(form: Response, name: str) -> str:
    """The path of a question, by its name in the form. Raises KeyError."""
    found = {question.name: question.path for question in form.form.questions()}
    return found[name]


def open_visits(case: RemediationCase, *, at: datetime) -> tuple[list[Visit], Visit | None]:
    """The recorded visits of a case by number, and the one that is being written."""
    opened = [_open(case, row, at=at) for row in list_visits(case.id)]
    recorded = [visit for visit in opened if visit.row and visit.row.recorded_at]
    return recorded, next((visit for visit in opened if visit not in recorded), None)


def open_visit(case: RemediationCase, row: FollowUpVisit, *, at: datetime) -> Visit:
    """One visit, opened."""
    return _open(case, row, at=at)


def begin_visit(case: RemediationCase, *, at: datetime) -> Visit:
    """A blank form for one more visit; nothing is kept before it is sent."""
    form = Response(visit_plan(newest_version()), now=at)
    form.set(path_of(form, CODE), case.code)
    return Visit(None, form)


def newest_of(visits: Sequence[Visit]) -> Visit | None:
    """The visit that was made last; of one day, the one that was recorded last."""
    return max(
        visits, key=lambda visit: (visit.day, visit.row.number if visit.row else 0), default=None
    )


def rhythm_of(case: RemediationCase, visits: Sequence[Visit], *, at: datetime) -> list[DueVisit]:
    """The visits of the rhythm, counted from the alert, each with the one that was made for it."""
    due = remedy_due(FOLLOW_UP, case.opened_at)
    asked = begin_visit(case, at=at).state(WHICH).choices
    choices = [choice for choice in asked if choice.name != OUT_OF_RHYTHM]
    made = {visit.answer(WHICH): visit for visit in visits}
    return [
        DueVisit(one.label, end, made.get(one.name), one.name not in made and end < at)
        for one, end in zip(choices, due, strict=True)
    ]


def write_visit(
    case: RemediationCase,
    typed: Mapping[str, str],
    *,
    seen: Seen,
    record: bool,
    act: Act,
    ticked: Collection[str] = (),
    not_names: Collection[str] = (),
) -> Written:
    """Store the input about a visit, sealed; record it when nothing prevents it.

    A text that could show who the child is is shown again, and never kept.

    Args:
        typed: path -> text, as the page sends it.
        record: it is complete, and does not change any further.
        ticked: statements of the protocol that the form does not ask for; others are left out.
        not_names: words that the writer confirmed as no person's name.

    Raises:
        Conflict: the alert was not substantiated, so there is nobody to visit.
    """
    if case.status is ImpactState.UNSUBSTANTIATED:
        raise Conflict(
            gettext("This alert was not substantiated."),
            gettext("Reopen the case, with the reason."),
        )
    rows = hold_visits(case.id)
    row = next((one for one in rows if one.recorded_at is None), None)
    visit = _open(case, row, at=act.at) if row else begin_visit(case, at=act.at)
    is_taken = any(one.recorded_at and one.number == seen.number for one in rows)
    is_stale = row is not None and (row.number, row.row_version) != (seen.number, seen.version)
    if is_stale and (clashes := _clashes(visit.form, typed)):
        return Written(visit, {}, clashes, is_taken)
    visit = replace(visit, ticked=frozenset(ticked) & set(further_statements()))
    refused = _enter(visit.form, typed)
    if is_taken:
        return Written(visit, refused, is_taken=True)
    checked = _check_texts(visit.form, not_names)
    named = {path: found.advice for path, found in checked.items() if found.seen}
    refused |= named
    if record:
        refused |= {s.path: " ".join(s.messages) for s in visit.form.broken() if not s.raw}
    visit = replace(visit, row=row or _new_row(case, number=len(rows) + 1))
    written = Written(visit, refused, names=_names_in(checked.values()))
    _keep(case, visit, but=named, record=record and written.is_sound, act=act)
    if any(found.confirmed for path, found in checked.items() if path not in named):
        record_confirmation(case, act=act)
    return written


def _keep(
    case: RemediationCase, visit: Visit, *, but: Collection[str], record: bool, act: Act
) -> None:
    """Seal a visit without the answers at the paths `but`; one event."""
    row = visit.row
    assert row is not None
    answers = {path: text for path, text in visit.form.answers().items() if path not in but}
    content = {"answers": answers, "ticked": sorted(visit.ticked)}
    row.sealed_answers = case_seal.seal(case, row, "sealed_answers", row.id, content)
    if record:
        row.recorded_at, row.recorded_by_id = act.at, act.by.user_id
        db.session.add(_follow_up_step(case, visit, act=act))
    db.session.add(row)
    db.session.flush()  # the event names it, and the page shows its version
    audit.record("case:visit" if record else "case:draft", row, act=act, restricted=True)


def _new_row(case: RemediationCase, *, number: int) -> FollowUpVisit:
    return FollowUpVisit(id=uuid4(), case_id=case.id, number=number, form_version=newest_version())


def _open(case: RemediationCase, row: FollowUpVisit, *, at: datetime) -> Visit:
    content = case_seal.unseal(case, row, "sealed_answers", row.sealed_answers)
    plan, now = visit_plan(row.form_version), row.recorded_at or at
    form = Response(plan, content["answers"], now=now, seed=str(row.id))
    return Visit(row, form, frozenset(content["ticked"]))


def _clashes(form: Response, typed: Mapping[str, str]) -> list[Clash]:
    kept = form.answers()
    return [
        Clash(path, kept.get(path, ""), text)
        for path, text in typed.items()
        if _is_asked(form, path) and set(kept.get(path, "").split()) != set(text.split())
    ]


def _enter(form: Response, typed: Mapping[str, str]) -> dict[str, str]:
    """Apply the input; path -> services that were left out, since the plan lacks them."""
    left_out = {}
    for path, text in typed.items():
        if not _is_asked(form, path):
            continue
        form.set(path, text)
        if words := _left_out(form.state(path), text):
            left_out[path] = gettext(
                "Not in the plan, so not saved: %(words)s. Choose it there, or continue.",
                words=words,
            )
    return left_out


def _left_out(state: NodeState, text: str) -> str:
    """The labels of choices that are no longer on offer."""
    known = state.node.choices if isinstance(state.node, Question) else ()
    gone = set(text.split()) - set(state.raw.split())
    return ", ".join(choice.label.plain() for choice in known if choice.name in gone)


def _is_asked(form: Response, path: str) -> bool:
    """Whether the page asks this: the code of the case is known, and no file comes in here."""
    return any(
        question.path == path
        and question.is_input
        and question.name != CODE
        and question.kind not in UPLOADS
        for question in form.form.questions()
    )


def _check_texts(form: Response, not_names: Collection[str]) -> dict[str, Checked]:
    """Path -> what was seen in a text in words of one's own that could identify the child."""
    code = path_of(form, CODE)
    return {
        state.path: check(state.raw, not_names)
        for state in form.states()
        if isinstance(state.node, Question) and is_free_text(state.node) and state.path != code
    }


def _names_in(checked: Iterable[Checked]) -> tuple[str, ...]:
    """What seems to be a name in the texts, each once."""
    return tuple(dict.fromkeys(name for found in checked for name in found.names))


def _follow_up_step(case: RemediationCase, visit: Visit, *, act: Act) -> RemediationStep:
    """The protocol step of a visit, with its findings and ticked items."""
    is_met = visit.answer(MET) != "not_found"
    is_safe = visit.answer(SAFE) == "yes" and visit.answer(WORK) in LAWFUL
    found = {SAFE_VISIT} if is_met and is_safe else set() if is_met else {NOT_REACHED}
    step = RemediationStep(
        id=uuid4(), case_id=case.id, step=FOLLOW_UP, taken_at=act.at, taken_by_id=act.by.user_id
    )
    note = {"ticked": sorted(found | visit.ticked), "note": ""}
    step.sealed_note = case_seal.seal(case, step, "sealed_note", step.id, note)
    return step
