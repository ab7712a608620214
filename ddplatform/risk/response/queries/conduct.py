"""Conduct of suppliers: answers, evidence, checks, remedy; input of the measure (RM-2.0 13).

The period is the last 24 months before a day; later evidence is left out.
Of each questionnaire the newest answers count, or its blanks where none arrived by the due date.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, or_, select

from ddplatform.infrastructure.registry import Registry
from ddplatform.risk.response.queries.period import Period
from ddplatform.risk.response.queries.silence import NOT_ASKED, read_unanswered
from ddplatform.risk.response.queries.sources import ACTIONS, DISCLOSED
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.responses.models import AnswerReview, RedFlag
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.review.models import ReviewEntry
from questionnaires import Answerer, shown_checks
from questionnaires.scoring.items import ANSWERED, BLANK, DONT_KNOW
from supply_chain.risk.rm2.response import (
    Action,
    Answer,
    AnswerState,
    Conduct,
    ConductFlag,
    Effect,
    OwnCheck,
)

Kept = TypeVar("Kept")
EFFECT_SHOWN = 0.5
"""From this level of evidence on a verified action has an effect: it is put into practice."""
STATES = {
    ANSWERED: AnswerState.ANSWERED,
    DONT_KNOW: AnswerState.DONT_KNOW,
    BLANK: AnswerState.BLANK,
}


@dataclass(frozen=True)
class FormAnswers:
    """One questionnaire as it was answered, or left blank past its day."""

    assignment_id: UUID
    title: str
    due_on: date
    sent_on: date | None  # when the answers came first; None: they did not
    answers: tuple[Answer, ...]
    blanks: tuple[str, ...]  # ids of the questions without an answer
    checks: Mapping[OwnCheck, tuple[str, ...]]  # own checks, with the questions that show them


@dataclass(frozen=True)
class ActionDone:
    """An action that the supplier carries out."""

    action_id: UUID
    title: str
    due_on: date
    reported_on: date | None
    verified_on: date | None
    counted: Action


@dataclass(frozen=True)
class ConductRecord:
    """The recorded conduct of a supplier on a day."""

    forms: tuple[FormAnswers, ...] = ()
    actions: tuple[ActionDone, ...] = ()
    disclosed_on: tuple[date, ...] = ()  # problems disclosed outside the questionnaire
    flags: tuple[tuple[ConductFlag, date], ...] = ()

    @property
    def checks(self) -> frozenset[OwnCheck]:
        """Own checks that any of its answers show."""
        return frozenset(check for form in self.forms for check in form.checks)

    @property
    def conduct(self) -> Conduct:
        """The same as the measure reads it."""
        return Conduct(
            answers=[answer for form in self.forms for answer in form.answers],
            own_checks=self.checks,
            actions=[one.counted for one in self.actions],
            disclosed=len(self.disclosed_on),
            red_flags=frozenset(flag for flag, _ in self.flags),
        )


def load_conduct(node_ids: Collection[UUID], as_of: date) -> Mapping[UUID, ConductRecord]:
    """The conduct of each of these nodes by a day; one without a request has no answers.

    A questionnaire whose day has not passed and that is not answered does not count yet.
    """
    asked = Period(frozenset(node_ids), as_of)
    forms, actions = _forms(asked), _actions(asked)
    disclosed, flags = _disclosed(asked), _flags(asked)
    return {
        node_id: ConductRecord(
            tuple(forms.get(node_id, ())),
            tuple(actions.get(node_id, ())),
            tuple(disclosed.get(node_id, ())),
            tuple(flags.get(node_id, ())),
        )
        for node_id in asked.nodes
    }


# ---- answers --------------------------------------------------------------------------------


def _forms(asked: Period) -> Mapping[UUID, list[FormAnswers]]:
    """The newest answers of each questionnaire of each node, or its blanks past its day."""
    entries = _entries(asked)
    accepted = _accepted_by_then(asked)
    newest: dict[tuple[UUID, UUID], FormAnswers] = {}
    for row in _requests(asked):
        rounds = entries.get(row.id, [])
        if rounds:
            form = _answered(row, rounds, accepted, asked.as_of)
        elif row.due_on < asked.as_of and not _is_sent(row, asked):
            form = _blank(row)
        else:
            continue
        newest[row.node_id, row.questionnaire_id] = form
    found: defaultdict[UUID, list[FormAnswers]] = defaultdict(list)
    for (node_id, _), form in newest.items():
        found[node_id].append(form)
    return found


def _requests(asked: Period) -> Sequence[Any]:
    """The requests of the period, oldest first; an undelivered mail is no request."""
    return asked.rows(
        select(
            Assignment.id,
            Assignment.node_id,
            Assignment.version_id,
            Assignment.light_mode,
            Assignment.due_on,
            Assignment.submitted_at,
            QuestionnaireVersion.questionnaire_id,
            Questionnaire.title,
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(
            Assignment.answered_by == Answerer.SUPPLIER,
            Assignment.status.not_in(NOT_ASKED),
            Assignment.sent_at < asked.end,
            or_(Assignment.submitted_at >= asked.begin, Assignment.due_on >= asked.since),
            or_(Assignment.mail_refusal.is_(None), Assignment.link_opened_at.is_not(None)),
        )
        .order_by(Assignment.sent_at, Assignment.id),
        Assignment.node_id,
    )


def _is_sent(row: Any, asked: Period) -> bool:
    """Whether the answers came by the day; they may not have been read yet."""
    return row.submitted_at is not None and row.submitted_at < asked.end


def _entries(asked: Period) -> Mapping[UUID, list[Any]]:
    """Assignment -> its rounds that were received by the day, the oldest first."""
    rows = asked.rows(
        select(
            Assignment.node_id,
            ReviewEntry.assignment_id,
            ReviewEntry.response_id,
            ReviewEntry.conduct,
            ReviewEntry.counted,
            ResponseRow.submitted_at,
        )
        .join(Assignment, Assignment.id == ReviewEntry.assignment_id)
        .join(ResponseRow, ResponseRow.id == ReviewEntry.response_id)
        .where(
            Assignment.answered_by == Answerer.SUPPLIER,
            ReviewEntry.received_at < asked.end,
            ResponseRow.submitted_at.is_not(None),
        )
        .order_by(ResponseRow.round),
        Assignment.node_id,
    )
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.assignment_id].append(row)
    return found


def _accepted_by_then(asked: Period) -> Mapping[UUID, frozenset[str]]:
    """Response -> names of the questions whose evidence was accepted by the day.

    Only of responses on whose evidence something was decided later: of others their entry tells.
    """
    later = select(AnswerReview.response_id).where(AnswerReview.created_at >= asked.end)
    rows = asked.rows(
        select(
            Assignment.node_id,
            AnswerReview.response_id,
            AnswerReview.path,
            AnswerReview.evidence_accepted,
            AnswerReview.created_at,
        )
        .join(ResponseRow, ResponseRow.id == AnswerReview.response_id)
        .join(Assignment, Assignment.id == ResponseRow.assignment_id)
        .where(AnswerReview.response_id.in_(later))
        .order_by(AnswerReview.created_at, AnswerReview.id),
        Assignment.node_id,
    )
    newest: defaultdict[UUID, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        name = row.path.rpartition("/")[2].partition("[")[0]
        known = newest[row.response_id]
        if row.created_at < asked.end:
            known[name] = row.evidence_accepted
    return {
        response_id: frozenset(name for name, is_accepted in known.items() if is_accepted)
        for response_id, known in newest.items()
    }


def _answered(
    row: Any, rounds: Sequence[Any], accepted: Mapping[UUID, frozenset[str]], as_of: date
) -> FormAnswers:
    first, last = rounds[0].submitted_at.date(), rounds[-1]
    names = accepted.get(last.response_id)
    given = [
        {**one, "evidence": one["evidence"] and _name(one["question"]) in names}
        if names is not None
        else one
        for one in last.conduct
    ]
    shown = shown_checks(last.counted, {one["question"] for one in given if one["evidence"]})
    return FormAnswers(
        assignment_id=row.id,
        title=row.title,
        due_on=row.due_on,
        sent_on=first,
        answers=tuple(_answer(one, is_late=first > row.due_on, as_of=as_of) for one in given),
        blanks=tuple(one["question"] for one in given if one["state"] == BLANK),
        checks={OwnCheck(check): items for check, items in shown.items()},
    )


def _name(question: str) -> str:
    """The name of the node of a question: the library writes "-" in ids alone."""
    return question.replace("-", "_")


def _blank(row: Any) -> FormAnswers:
    empty = read_unanswered(row.version_id, light=row.light_mode).answers
    return FormAnswers(
        assignment_id=row.id,
        title=row.title,
        due_on=row.due_on,
        sent_on=None,
        answers=tuple(_answer(one.as_json(), is_late=False, as_of=row.due_on) for one in empty),
        blanks=tuple(one.question for one in empty),
        checks={},
    )


def _answer(given: Mapping[str, Any], *, is_late: bool, as_of: date) -> Answer:
    return Answer(
        state=_state(given, is_late=is_late, as_of=as_of),
        weight=given["weight"],
        evidence_asked=given["evidence_asked"],
        evidence=given["evidence"],
        admission=given["admission"],
    )


def _state(given: Mapping[str, Any], *, is_late: bool, as_of: date) -> AnswerState:
    """The state in which an answer counts on a day.

    A plan to find out counts until its last day. One that was kept leads to newer answers, which
    count in its place; after that day "don't know" counts as one without a plan. One that came
    late counts as a late answer, so that it earns no more than knowing.
    """
    state = STATES[given["state"]]
    until = given.get("plan_until")
    if state is AnswerState.DONT_KNOW and until and as_of <= date.fromisoformat(until):
        return AnswerState.LATE if is_late else AnswerState.DONT_KNOW_PLANNED
    return AnswerState.LATE if is_late and state is AnswerState.ANSWERED else state


# ---- actions, disclosures and flags ---------------------------------------------------------


def _actions(asked: Period) -> Mapping[UUID, list[ActionDone]]:
    """Actions that the suppliers themselves carry out and that ran in the period."""
    rows = _told_elsewhere(ACTIONS, asked)
    return _by_node((row.node_id, _action(row, asked)) for row in rows)


def _action(row: Any, asked: Period) -> ActionDone:
    reported_on = _day_by(row.reported_at, asked)
    verified_on = _day_by(row.verified_at, asked)
    is_late = (reported_on or asked.as_of) > row.due_on
    effect = _effect(row.evidence_level, is_reported=bool(reported_on), verified_on=verified_on)
    counted = Action(late=is_late, effect=effect, self_disclosed=row.self_disclosed)
    return ActionDone(row.id, row.title, row.due_on, reported_on, verified_on, counted)


def _effect(level: float | None, *, is_reported: bool, verified_on: date | None) -> Effect:
    if verified_on is None:
        return Effect.NOT_VERIFIED if is_reported else Effect.OPEN
    if not level:
        return Effect.NONE
    return Effect.VERIFIED if level >= EFFECT_SHOWN else Effect.NOT_VERIFIED


def _day_by(moment: datetime | None, asked: Period) -> date | None:
    return moment.date() if moment is not None and moment < asked.end else None


def _disclosed(asked: Period) -> Mapping[UUID, list[date]]:
    """Problems disclosed outside the questionnaire; disclosures in answers count there."""
    rows = _told_elsewhere(DISCLOSED, asked)
    return _by_node((row.node_id, row.created_at.date()) for row in rows)


def _flags(asked: Period) -> Mapping[UUID, list[tuple[ConductFlag, date]]]:
    """Flags that an outsider raised: of retaliation until it is handled, others in the period."""
    rows = asked.rows(
        select(RedFlag.node_id, RedFlag.code, RedFlag.fired_at)
        .join(ResponseRow, ResponseRow.id == RedFlag.response_id)
        .join(Assignment, Assignment.id == ResponseRow.assignment_id)
        .where(
            RedFlag.code.in_([flag.value for flag in ConductFlag]),
            Assignment.answered_by != Answerer.SUPPLIER,
            RedFlag.fired_at < asked.end,
            or_(RedFlag.withdrawn_at.is_(None), RedFlag.withdrawn_at >= asked.end),
            or_(
                (RedFlag.code == ConductFlag.RETALIATION.value)
                & or_(RedFlag.handled_at.is_(None), RedFlag.handled_at >= asked.end),
                (RedFlag.code != ConductFlag.RETALIATION.value) & (RedFlag.fired_at >= asked.begin),
            ),
        )
        .order_by(RedFlag.fired_at, RedFlag.id),
        RedFlag.node_id,
    )
    return _by_node((row.node_id, (ConductFlag(row.code), row.fired_at.date())) for row in rows)


def _told_elsewhere(
    sources: Registry[Callable[[Period], Select[*tuple[Any, ...]]]], asked: Period
) -> Iterator[Any]:
    for select_rows in sources:
        statement = select_rows(asked)
        yield from asked.rows(statement, statement.selected_columns["node_id"])


def _by_node(pairs: Iterable[tuple[UUID, Kept]]) -> Mapping[UUID, list[Kept]]:
    found: defaultdict[UUID, list[Kept]] = defaultdict(list)
    for node_id, one in pairs:
        found[node_id].append(one)
    return found
