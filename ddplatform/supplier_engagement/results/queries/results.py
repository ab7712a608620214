"""Results: the answers of all respondents to each question, with the rows behind them.

Counts about children below five are withheld (`ddplatform.core.due_diligence.suppression`): of
questions whose numbers are shown as "<5", of those with an answer that fires a red flag, and of
those that speak to a factor about children on a site.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from ddplatform.core.due_diligence.suppression import (
    LIMIT,
    SUPPRESSED,
    Shown,
    suppress_count,
    suppress_row,
)
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.responses.queries.active_consents import (
    list_over,
    paths_that_stand,
    section_of,
)
from ddplatform.supplier_engagement.review.models import ReviewEntry
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from questionnaires import Form, Kind, Question
from questionnaires.form.form import SELECTS, UPLOADS
from questionnaires.scoring.plan import extra, question_id

MOST_GROUPS = 6
_OF_CHILDREN = frozenset({"WRK-01", "WRK-02", "WRK-20"})
"""Children below the minimum age, in hazardous work, at the site (RM-1.0 section 6.1)."""
_PLACE = re.compile(r"\[\d+\]")
_EDGES = (0, 10, 50, 200, 1_000)
_RANGES = ("0", "1 to 10", "11 to 50", "51 to 200", "201 to 1,000", "more than 1,000")


class By(StrEnum):
    """The grouping of the results."""

    COUNTRY = "country"
    TIER = "tier"


@dataclass(frozen=True)
class ResultsRow:
    """A version with answers, in the list of results."""

    version_id: UUID
    ref: str
    title: str
    version: str
    received: int


@dataclass(frozen=True)
class Respondent:
    """The newest answers of one assignment, as they were counted when they came in."""

    response_id: UUID
    assignment_id: UUID
    node_name: str
    country: str | None
    tier: int | None
    submitted_at: datetime | None
    counted: Mapping[str, str | None]
    campaign_id: UUID | None = None


@dataclass(frozen=True)
class OptionCount:
    """Counts of one answer, in total and by group; `risk` is that of the answer, if any."""

    label: str
    shown: Shown
    by_group: Sequence[Shown]
    risk: float | None


@dataclass(frozen=True)
class QuestionResult:
    """All answers to one question."""

    ref: str
    label: str
    answered: int
    options: Sequence[OptionCount]
    middle: float | None
    """Median of numbers; None for choices and where it is withheld."""
    concerns_children: bool


def list_results() -> Sequence[ResultsRow]:
    """The versions that somebody answered, the newest first."""
    rows = db.session.execute(
        select(
            QuestionnaireVersion.id,
            Questionnaire.ref,
            Questionnaire.title,
            QuestionnaireVersion.version,
            func.count(func.distinct(ReviewEntry.assignment_id)),
        )
        .join(Assignment, Assignment.id == ReviewEntry.assignment_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Assignment.organisation_id == current_organisation())
        .group_by(
            QuestionnaireVersion.id,
            Questionnaire.ref,
            Questionnaire.title,
            QuestionnaireVersion.version,
        )
        .order_by(Questionnaire.title, QuestionnaireVersion.version)
    )
    return [ResultsRow(*row) for row in rows]


def load_respondents(
    version_id: UUID, campaign_id: UUID | None = None, *, today: date
) -> Sequence[Respondent]:
    """The newest answers of each assignment of a version, by name; three statements at most.

    Answers that the buyer saw by a consent are left out once it is over.
    """
    conditions = [
        Assignment.organisation_id == current_organisation(),
        Assignment.version_id == version_id,
    ]
    if campaign_id is not None:
        conditions.append(Assignment.campaign_id == campaign_id)
    rows = db.session.execute(
        select(
            ReviewEntry,
            Assignment.node_name,
            ValueChainNode.country,
            NodeSummary.tier,
            Assignment.submitted_at,
            Assignment.campaign_id,
        )
        .options(undefer(ReviewEntry.counted))
        .join(Assignment, Assignment.id == ReviewEntry.assignment_id)
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .join(NodeSummary, NodeSummary.node_id == Assignment.node_id)
        .where(*conditions)
        .order_by(Assignment.node_name, Assignment.id, ReviewEntry.received_at)
    )
    newest = {
        entry.assignment_id: Respondent(
            response_id=entry.response_id,
            assignment_id=entry.assignment_id,
            node_name=name,
            country=country,
            tier=tier,
            submitted_at=sent_at,
            counted=entry.counted,
            campaign_id=campaign,
        )
        for entry, name, country, tier, sent_at, campaign in rows
    }
    return _as_they_stand(list(newest.values()), today)


def _as_they_stand(respondents: Sequence[Respondent], today: date) -> Sequence[Respondent]:
    """Exclude answers whose consent is over; the section's other answers stay."""
    sections: dict[UUID, set[str]] = {}
    over = list_over([one.assignment_id for one in respondents], today)
    for share in over:
        sections.setdefault(share.assignment_id, set()).add(share.section)
    touched = [one.response_id for one in respondents if one.assignment_id in sections]
    shown = paths_that_stand(touched, over) if touched else {}
    return [
        replace(
            one,
            counted={
                path: value
                for path, value in one.counted.items()
                if section_of(path) not in sections[one.assignment_id]
                or path in shown[one.response_id]
            },
        )
        if one.response_id in shown
        else one
        for one in respondents
    ]


def asked_questions(form: Form) -> Sequence[Question]:
    """The questions of a form that are answered, without files."""
    return [q for q in form.questions() if q.is_input and q.kind not in UPLOADS]


def concerns_children(question: Question) -> bool:
    """Whether small counts of its answers could identify a child."""
    flagged = any(choice.extras.get("red_flag") for choice in question.choices)
    speaks = extra(question, "factor") in _OF_CHILDREN
    return bool(extra(question, "show_below")) or flagged or speaks


def groups_of(respondents: Iterable[Respondent], by: By | None) -> Sequence[Any]:
    """The groups to split by: the largest by country, all by tier; unknown values last."""
    if by is None:
        return ()
    counts: dict[Any, int] = {}
    for one in respondents:
        key = getattr(one, by.value)
        counts[key] = counts.get(key, 0) + 1
    if by is By.TIER:
        return sorted(counts, key=lambda key: (key is None, key or 0))[:MOST_GROUPS]
    largest = sorted(counts, key=lambda key: (key is None, -counts[key], key or ""))
    return largest[:MOST_GROUPS]


def count_answers(
    form: Form,
    respondents: Sequence[Respondent],
    *,
    by: By | None = None,
    everyone: Sequence[Respondent] = (),
) -> Sequence[QuestionResult]:
    """Every countable question of a form with all its answers; nothing is queried.

    Args:
        everyone: all respondents of the version, where `respondents` are those of one campaign:
            who takes one from the other must read no small count.
    """
    groups = groups_of(respondents, by)
    place_of = {key: place for place, key in enumerate(groups)}
    given: dict[str, list[tuple[int, str]]] = {}
    for one in respondents:
        place = place_of.get(getattr(one, by.value), -1) if by else -1
        for path, value in one.counted.items():
            if value is not None:
                given.setdefault(_PLACE.sub("", path), []).append((place, value))
    apart = _answers_by_campaign(everyone, by)
    return [
        _result(
            question,
            given.get(question.path, []),
            len(groups),
            _told_by_difference(question, apart.get(question.path, [])),
        )
        for question in asked_questions(form)
        if question.kind in SELECTS or question.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.RANGE)
    ]


def _answers_by_campaign(
    everyone: Sequence[Respondent], by: By | None
) -> Mapping[str, list[tuple[Any, str]]]:
    """Question -> its answers, each with the campaign, and the group where there are groups."""
    found: dict[str, list[tuple[Any, str]]] = {}
    for one in everyone:
        part = (one.campaign_id, getattr(one, by.value) if by else None)
        for path, value in one.counted.items():
            if value is not None:
                found.setdefault(_PLACE.sub("", path), []).append((part, value))
    return found


def _told_by_difference(question: Question, apart: Sequence[tuple[Any, str]]) -> frozenset[str]:
    """The answers that a few gave in one campaign, or in none, or in a group of it."""
    counts = Counter((part, name) for part, value in apart for name in _names(question, value))
    return frozenset(name for (_, name), count in counts.items() if count < LIMIT)


def _names(question: Question, value: str) -> Sequence[str]:
    """The answers that a value represents: those chosen, or the range of a number."""
    return value.split() if question.kind in SELECTS else [_range(value, [])]


def _result(
    question: Question,
    given: Sequence[tuple[int, str]],
    groups: int,
    told: Collection[str] = (),
) -> QuestionResult:
    is_choice, is_hidden = question.kind in SELECTS, concerns_children(question)
    labels = (
        [(choice.name, choice.label.plain(), _risk(choice.extras)) for choice in question.choices]
        if is_choice
        else [(word, word, None) for word in _RANGES]
    )
    counts = {name: [0] * (groups + 1) for name, _, _ in labels}
    numbers: list[float] = []
    for place, value in given:
        for name in value.split() if is_choice else [_range(value, numbers)]:
            if name in counts:
                counts[name][groups] += 1
                if place >= 0:
                    counts[name][place] += 1
    single = question.kind is not Kind.SELECT_MULTIPLE
    shown: Sequence[Shown] = [counts[name][groups] for name, _, _ in labels]
    if is_hidden:
        is_told = [name in told for name, _, _ in labels]
        shown = _shown([counts[name][groups] for name, _, _ in labels], is_told, single=single)
    return QuestionResult(
        ref=question_id(question),
        label=question.label.plain(),
        answered=len(given),
        options=[
            OptionCount(label, total, _split(counts[name], total, hide=is_hidden), risk)
            for (name, label, risk), total in zip(labels, shown, strict=True)
        ],
        middle=median(numbers) if numbers and not is_hidden else None,
        concerns_children=is_hidden,
    )


def _shown(counts: Sequence[int], told: Sequence[bool], *, single: bool) -> Sequence[Shown]:
    """Counts as they may be shown: those of one choice each add up, so they go together.

    The number of answers is shown beside them, so nothing is shown where it would reveal too much.

    Args:
        told: which of them a reader of all campaigns could take apart.
    """
    if any(told):
        return [
            SUPPRESSED if single or one else suppress_count(count)
            for one, count in zip(told, counts, strict=True)
        ]
    if single and counts:
        *shown, total = suppress_row(counts)
        return shown if isinstance(total, int) else [SUPPRESSED for _ in counts]
    return [suppress_count(count) for count in counts]


def _split(counts: Sequence[int], shown: Shown, *, hide: bool) -> Sequence[Shown]:
    """One answer by group, its total last: a group left open would reveal a small one.

    So would the groups of a total that is not shown, and those beside a few in no group.
    """
    *groups, total = counts
    is_small = any(0 < count < LIMIT for count in (*groups, total - sum(groups)))
    if hide and (is_small or not isinstance(shown, int)):
        return [SUPPRESSED for _ in groups]
    return groups


def _range(value: str, numbers: list[float]) -> str:
    try:
        number = float(value)
    except ValueError:
        return ""
    numbers.append(number)
    return _RANGES[sum(number > edge for edge in _EDGES)]


def _risk(extras: Mapping[str, str]) -> float | None:
    try:
        return float(extras.get("risk_value", ""))
    except ValueError:
        return None
