"""Answers to the shipped questionnaires for tests: by id, or at random."""

from collections.abc import Mapping
from functools import cache

from hypothesis import strategies as st

from questionnaires.evaluation.response import Plan, Response, plan
from questionnaires.form.form import UPLOADS, Group, Kind, Question
from questionnaires.library.shipped import shipped_form
from questionnaires.scoring.plan import NONE
from tests.saq_responses import NOW

SHARES = ("", "0", "1", "5", "20", "50", "100")
COUNTS = ("", "0", "1", "3", "12")
DAYS = ("", "2026-06-01", "2025-01-01", "2020-01-01")


@cache
def planned(ref: str) -> Plan:
    return plan(shipped_form(ref))


@cache
def paths(ref: str) -> Mapping[str, str]:
    """Name of each question -> its path, in the first entry of a repeat."""
    form = shipped_form(ref)
    repeats = {node.name for node in form.nodes() if isinstance(node, Group) and node.repeat}
    return {
        question.name: "/".join(
            f"{step}[1]" if step in repeats else step for step in question.path.split("/")
        )
        for question in form.questions()
    }


def respond(ref: str, answers: Mapping[str, str]) -> Response:
    """A response with `answers` by name; blank ones were not given."""
    where = paths(ref)
    return Response(planned(ref), {where[n]: text for n, text in answers.items() if text}, now=NOW)


def plain_answers(ref: str, **changes: str) -> dict[str, str]:
    """The first answer on offer to every question, by path, but for `changes` by name."""
    asked = [q for q in shipped_form(ref).questions() if q.is_input and q.kind not in UPLOADS]
    told = {q.name: _plain_answer(q) for q in asked if not q.extras.get("dd:stands_for")} | changes
    return {paths(ref)[name]: text for name, text in told.items() if text}


def _plain_answer(question: Question) -> str:
    if question.choices:
        return question.choices[0].name
    return {Kind.INTEGER: "4", Kind.DATE: "2026-06-01"}.get(question.kind, "")


def any_answers(ref: str) -> st.SearchStrategy[dict[str, str]]:
    """Possible answers to a questionnaire, by name: each question answered or left blank."""
    asked = [q for q in shipped_form(ref).questions() if q.is_input and q.kind not in UPLOADS]
    return st.fixed_dictionaries({q.name: _any_answer(q) for q in asked if q.kind is not Kind.TEXT})


def _any_answer(question: Question) -> st.SearchStrategy[str]:
    names = [choice.name for choice in question.choices]
    if question.kind is Kind.SELECT_ONE:
        return st.sampled_from(["", *names])
    if question.kind is Kind.SELECT_MULTIPLE:
        some = st.lists(st.sampled_from([n for n in names if n != NONE]), unique=True)
        chosen = some.map(" ".join)
        return st.one_of(chosen, st.just(NONE)) if NONE in names else chosen
    if question.kind is Kind.DATE:
        return st.sampled_from(DAYS)
    is_share = "<= 100" in str(question.rules.constraint)
    return st.sampled_from(SHARES if is_share else COUNTS)
