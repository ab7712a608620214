"""A response for the reviewer: each answer beside its documents and the previous round."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ddplatform.languages import gettext, lazy_gettext
from ddplatform.supplier_engagement.answering.views.fields import answer_words, field_id, numbers_of
from ddplatform.supplier_engagement.receiving.views import risk_words
from ddplatform.supplier_engagement.responses.models import ReviewDecision
from ddplatform.supplier_engagement.responses.plans import FindOut, day_of, plan_of
from ddplatform.supplier_engagement.responses.queries.responses import FileOfAnswer, Filled, Message
from ddplatform.supplier_engagement.responses.traces import is_free_text, traces_of
from ddplatform.supplier_engagement.review.queries.reviews import Decision
from questionnaires import Check, Item, NodeState, Signals
from questionnaires.scoring.items import UNSURE
from questionnaires.scoring.plan import extra, question_id

Place = tuple[str, int | None]


@dataclass(frozen=True)
class Beside:
    """Data shown beside the answers of a round."""

    files: Mapping[str, Sequence[FileOfAnswer]]
    threads: Mapping[str, Sequence[Message]]
    decisions: Mapping[str, Decision]
    before: Filled | None
    flags: frozenset[str]
    doubtful: frozenset[str]
    risks: Mapping[Place, float]
    reworded: Mapping[str, str]
    """Question, without places -> the words that were answered for another buyer, if others."""
    withheld: frozenset[str] = frozenset()
    """Paths that cannot be read since a consent is over."""
    known: Collection[str] = ()
    """Names of firms and places on the reader's own maps."""


@dataclass(frozen=True)
class ReviewRow:
    """One answer to look at."""

    path: str
    id: str
    number: str
    label: str
    words: Sequence[str]
    files: Sequence[FileOfAnswer]
    before: Sequence[str] | None
    """The answer of the round before, where it differs."""
    risk: tuple[str, str]
    decision: Decision | None
    thread: Sequence[Message]
    is_flagged: bool
    is_doubtful: bool
    ref: str = ""
    """Id of the question in the method."""
    is_withheld: bool = False
    """Whether it is not shown any more, since a consent is over."""
    given_on: date | None = None
    """The day on which it was given to another buyer, where it is under a consent."""
    answered_as: str = ""
    """The words that were answered then, where the question here has others."""
    is_text: bool = False
    """Whether words can be taken out of it."""
    plan: FindOut | None = None
    """The plan to find out behind a "don't know": method and date."""
    traces: Sequence[str] = ()
    """Words in it, or in that of the round before, that may lead to a person."""

    @property
    def plan_until(self) -> date | None:
        """The last day of that plan."""
        return day_of(self.plan.day) if self.plan else None

    @property
    def weight(self) -> int:
        """The review priority; 0 for unremarkable responses."""
        found = FLAGGED * self.is_flagged + DOUBTFUL * self.is_doubtful + NAMED * bool(self.traces)
        return found + RISK_WEIGHTS.get(self.risk[1], 0) + (self.before is not None)

    @property
    def seen(self) -> str:
        """The newest decision that this page shows."""
        return str(self.decision.id) if self.decision else ""


@dataclass(frozen=True)
class Block:
    """An obstacle to accepting the answers, with the place on the page to resolve it."""

    text: str
    href: str


def blocks_of(
    flags: Sequence[Mapping[str, Any]],
    decisions: Mapping[str, Decision],
    rows: Sequence[ReviewRow],
    *,
    is_own: bool,
) -> list[Block]:
    """The obstacles to accepting all answers; the service enforces the same rules.

    Args:
        is_own: whether who reads this sent the answers.
    """
    blocks = [
        Block(
            gettext("Red flag %(code)s: record the measures taken", code=flag["code"]),
            f"#flag-{flag['id']}",
        )
        for flag in flags
        if flag["handled_at"] is None
    ]
    blocks += [
        Block(
            gettext(
                "Clarification requested: %(number)s %(label)s", number=row.number, label=row.label
            ),
            f"#{row.id}",
        )
        for row in rows
        if (one := decisions.get(row.path)) and one.decision is ReviewDecision.ASKED_BACK
    ]
    if is_own:
        words = gettext("You sent these answers: another person must accept them")
        blocks.append(Block(words, "#h-escalate"))
    return blocks


FLAGGED, DOUBTFUL, NAMED = 1_000, 100, 50
NOT_SHOWN = (lazy_gettext("Not shown"), "line")
RISK_WEIGHTS = {"danger": 20, "warn": 10}


def first_of(sections: Sequence[Mapping[str, Any]]) -> list[ReviewRow]:
    """The answers to look at before all others: flagged, doubtful, risky, changed."""
    rows = [row for section in sections for row in section["rows"] if row.weight]
    return sorted(rows, key=lambda row: -row.weight)


def in_turn(sections: Sequence[Mapping[str, Any]]) -> list[ReviewRow]:
    """Every answer once, those to look at first on top, then as in the form."""
    first = first_of(sections)
    paths = {row.path for row in first}
    rest = [row for section in sections for row in section["rows"] if row.path not in paths]
    return [*first, *rest]


def rows_of(check: Check, sections: Sequence[Mapping[str, Any]]) -> list[ReviewRow]:
    """The answers that a check is about, as it names them; it is asked about at the first."""
    rows = [row for section in sections for row in section["rows"]]
    return [row for ref in check.questions for row in rows if row.ref == ref]


def risks_of(signals: Signals) -> Mapping[Place, float]:
    """The worst risk value of each question in each place."""
    found: dict[Place, float] = {}
    causes = [cause for factor in signals.factors.values() for cause in factor.causes]
    causes += [cause for control in signals.controls.values() for cause in control.causes]
    for cause in causes:
        place = (cause.question, cause.instance)
        found[place] = max(cause.r, found.get(place, 0.0))
    return found


def sections_of(filled: Filled, beside: Beside) -> list[dict[str, Any]]:
    """The answers by section; entries of repeats with their place."""
    old = _states(beside.before) if beside.before else None
    found = []
    for page in filled.pages:
        numbers = numbers_of(page)
        rows = [
            _row(item, numbers[item.state.path], beside, old, filled) for item in page.questions()
        ]
        risky = sum(1 for row in rows if row.risk[1] in ("warn", "danger"))
        found.append({"page": page, "rows": rows, "risky": risky})
    return found


def _states(filled: Filled) -> dict[str, NodeState]:
    return {state.path: state for state in filled.form.states()}


def _row(
    item: Item,
    number: str,
    beside: Beside,
    old: Mapping[str, NodeState] | None,
    filled: Filled,
) -> ReviewRow:
    state, question = item.state, item.question
    ref = question_id(question)
    files = [file for shown in (state, *item.uploads) for file in beside.files.get(shown.path, ())]
    before = None
    if old is not None and state.path in old and old[state.path].raw != state.raw:
        before = shown_words(old[state.path], extra(question, "show_below"))
    answer, is_withheld = filled.answers.get(state.path), state.path in beside.withheld
    sent = _sent(state, old, beside, filled)
    plan = plan_of(answer) if state.raw == UNSURE and not is_withheld else None
    given_at = answer.given_at if answer and answer.share_id and state.raw else None
    return ReviewRow(
        path=state.path,
        id=field_id(state.path),
        number=number,
        label=state.label,
        words=shown_words(state, extra(question, "show_below")),
        files=files,
        before=before,
        risk=NOT_SHOWN if is_withheld else risk_words(beside.risks.get((ref, _place(state.path)))),
        decision=beside.decisions.get(state.path),
        thread=beside.threads.get(state.path, ()),
        is_flagged=state.path in beside.flags,
        is_doubtful=ref in beside.doubtful and not is_withheld,
        is_withheld=is_withheld,
        ref=ref,
        given_on=given_at.date() if given_at else None,
        answered_as=beside.reworded.get(question.path, "") if given_at else "",
        is_text=bool(plan and plan.text)
        or (is_free_text(question) and any(one.raw for one in sent)),
        plan=plan,
        traces=tuple(
            dict.fromkeys(words for one in sent for words in traces_of(one, beside.known))
        ),
    )


def named_in(filled: Filled) -> list[str]:
    """Words of a round that may lead to a person, each once."""
    found = (words for state in filled.form.states() for words in traces_of(state))
    return list(dict.fromkeys(found))


def _sent(
    state: NodeState, old: Mapping[str, NodeState] | None, beside: Beside, filled: Filled
) -> Sequence[NodeState]:
    """The answer as this row shows it, with that of the round before where this is one."""
    before = beside.before
    if old is None or before is None or before.assignment.id != filled.assignment.id:
        return [state]
    return [state, old[state.path]] if state.path in old else [state]


def shown_words(state: NodeState, show_below: str) -> Sequence[str]:
    """The answer in words; a small number of people is not given exactly (Q-1.0 0)."""
    words = answer_words(state)
    if show_below.isdigit() and state.value.isdigit() and 0 < int(state.value) < int(show_below):
        return [f"<{show_below}"]
    return words


def _place(path: str) -> int | None:
    """The place in the innermost repeat, from 0, as scoring names it."""
    end = path.rfind("]")
    return int(path[path.rfind("[") + 1 : end]) - 1 if end >= 0 else None
