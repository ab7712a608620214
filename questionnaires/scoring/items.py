"""Scored items from answers: each with its risk value, weight and quality, and the flags it fires.

Source: questionnaires.md section 0 (Q-1.1); source types and reliability: RM-2.0 section 3.2.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from questionnaires.scoring.given import Answers, Given
from questionnaires.scoring.plan import (
    CHOSEN_SETS,
    NONE,
    PRACTICES,
    Option,
    ScoredQuestion,
    ScoringPlan,
)

ADMISSION, EVIDENCE, ANSWER = "admission", "supplier_evidence", "supplier_answer"
RELIABILITY = MappingProxyType(
    {ADMISSION: 0.80, "site_work": 0.80, "audit": 0.60, EVIDENCE: 0.50, ANSWER: 0.30}
)
ADMITTED_FROM = 0.80
UNSURE = "unsure"  # the option "I don't know" of a choice: no answer
ANSWERED, DONT_KNOW, BLANK = "answered", "dont_know", "blank"
NO_CREDIT_R = 1.0  # silence earns no credit, and closes no case


@dataclass(frozen=True, slots=True)
class Item:
    """One answer, "I don't know" or required blank, for one factor, control or criterion.

    `answer` is None for a required blank. Of a factor only answers have an `r`: a blank and
    "I don't know" have None, and no `source_type`. `flagged`: this answer fired a red
    flag.
    """

    question: str
    instance: int | None
    answer: str | None
    r: float | None
    w: float
    factor: str = ""
    control: str = ""
    criterion: str = ""
    source_type: str | None = None
    flagged: bool = False
    charged_to: str = ""

    @property
    def q(self) -> float:
        """Quality of the item, 0 to 1."""
        return 0.0 if self.source_type is None else RELIABILITY[self.source_type]


@dataclass(frozen=True, slots=True)
class FiredFlag:
    """A red flag that one answer fired; `answer` is the option, or the value of a number."""

    red_flag: str
    question: str
    instance: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Result of one answer. `admission_type` is the source of an admission on this form."""

    question: ScoredQuestion
    given: Given
    state: str  # ANSWERED, DONT_KNOW or BLANK
    has_evidence: bool  # accepted
    items: tuple[Item, ...]
    fired: tuple[FiredFlag, ...]
    admission_type: str

    @property
    def is_admission(self) -> bool:
        """Whether the answer speaks against who gave it."""
        admitted = any(item.source_type == ADMISSION or item.flagged for item in self.items)
        return admitted or bool(self.fired)


@dataclass(frozen=True, slots=True)
class _Read:
    """An answer as read: its risk value, the options it chose, the flags it fires."""

    answer: str
    r: float | None
    sent: tuple[Option, ...] = ()
    fired: tuple[tuple[str, str], ...] = ()  # (red flag, option)


def judge(
    plan: ScoringPlan,
    answers: Answers,
    *,
    evidence_accepted: Collection[str] = (),
    light: bool = False,
) -> tuple[Judgement, ...]:
    """Judge every shown question, in the order of the form.

    Args:
        evidence_accepted: paths of the questions (with places) whose evidence was accepted.
        light: ask only what light mode asks, if the form marks it; what is left out counts as
            hidden.
    """
    judged = _Judge(plan, answers, frozenset(evidence_accepted))
    return tuple(
        judged.one(question, given)
        for question in plan.asked(light=light)
        for given in answers.of(question.path)
        if given.relevant
    )


class _Judge:
    def __init__(self, plan: ScoringPlan, answers: Answers, accepted: frozenset[str]) -> None:
        self.plan, self.answers, self.accepted = plan, answers, accepted
        self.assessor_type = self._assessor_type()

    def one(self, question: ScoredQuestion, given: Given) -> Judgement:
        """One question in one place."""
        read = self._read(question, given)
        items = self._items(question, given, read) if question.weight else ()
        fired = tuple(
            FiredFlag(flag, question.id, given.instance, option) for flag, option in read.fired
        )
        return Judgement(
            question=question,
            given=given,
            state=_state(question, read),
            has_evidence=given.path in self.accepted,
            items=items,
            fired=fired,
            admission_type=self.assessor_type or ADMISSION,
        )

    def _assessor_type(self) -> str | None:
        """On an assessor's form the kind of visit decides the source type of every answer."""
        if (rule := self.plan.source) is None:
            return None
        return rule.source_type(next((given.value for given in self.answers.of(rule.path)), ""))

    def _items(self, question: ScoredQuestion, given: Given, read: _Read) -> tuple[Item, ...]:
        own = self._own_item(question, given, read) if question.has_own_options else None
        fired = {option for _, option in read.fired}
        sent = tuple(
            self._item(
                question,
                given,
                answer=option.name,
                r=1.0,
                factor=option.sends_factor,
                flagged=option.name in fired,
            )
            for option in read.sent
        )
        return sent if own is None else (own, *sent)

    def _own_item(self, question: ScoredQuestion, given: Given, read: _Read) -> Item | None:
        if read.r is not None:
            r = _without_doubt(question, read.answer, read.r)
            flagged = len(read.fired) > 0
            return self._item(question, given, answer=read.answer, r=r, flagged=flagged)
        if not given.required or read.sent:
            return None
        r = None if question.factor else NO_CREDIT_R
        return self._item(question, given, answer=None, r=r)

    def _item(
        self,
        question: ScoredQuestion,
        given: Given,
        *,
        answer: str | None,
        r: float | None,
        factor: str = "",
        flagged: bool = False,
    ) -> Item:
        return Item(
            question=question.id,
            instance=given.instance,
            answer=answer,
            r=r,
            w=question.weight,
            factor=factor or question.factor,
            control="" if factor else question.control,
            criterion="" if factor else question.criterion,
            source_type=None if answer is None or r is None else self._source_type(given, r),
            flagged=flagged,
            charged_to=question.charged_to,
        )

    def _source_type(self, given: Given, r: float) -> str:
        if self.assessor_type:
            return self.assessor_type
        if round(r, 6) >= ADMITTED_FROM:
            return ADMISSION
        return EVIDENCE if given.path in self.accepted else ANSWER

    def _read(self, question: ScoredQuestion, given: Given) -> _Read:
        answer = self._answer(question, given)
        if question.is_select:
            return self._read_options(question, given, answer)
        # A number or date that breaks its rule is no answer: it must not earn a good score.
        if question.rule is None or not given.valid:
            return _Read(answer, None)
        band = question.rule.judge(answer, today=self.answers.today) if answer else None
        if band is None:
            return _Read(answer, None)
        return _Read(answer, band.r, fired=((band.red_flag, answer),) if band.red_flag else ())

    def _answer(self, question: ScoredQuestion, given: Given) -> str:
        """The answer, or that of a substitute question, which wins: it is the worse one."""
        for path in question.stand_ins:
            for other in self.answers.beside(given, path):
                if other.value:
                    return other.value
        return given.value

    def _read_options(self, question: ScoredQuestion, given: Given, answer: str) -> _Read:
        chosen = [question.options[name] for name in answer.split() if name in question.options]
        own = [option for option in chosen if not option.sends_factor]
        fired = tuple(
            (option.red_flag, option.name) for option in chosen if self._fires(option, given)
        )
        sent = tuple(option for option in chosen if option.sends_factor)
        return _Read(answer, _risk_value(question, own, given.offered), sent, fired)

    def _fires(self, option: Option, given: Given) -> bool:
        if not option.red_flag or not option.red_flag_if:
            return bool(option.red_flag)
        path = self.plan.fields[option.red_flag_if]
        return any(other.value for other in self.answers.beside(given, path))


def _state(question: ScoredQuestion, read: _Read) -> str:
    """Answer state of a question; a number that breaks its rule is no answer."""
    if read.r is None and not read.sent:
        return BLANK
    return DONT_KNOW if question.is_select and read.answer == UNSURE else ANSWERED


def _without_doubt(question: ScoredQuestion, answer: str, r: float) -> float | None:
    """r of an answer; "I don't know" is none for a factor, and earns no credit for a control."""
    if not question.is_select or answer != UNSURE:
        return r
    if question.control:
        return NO_CREDIT_R
    return None if question.factor else r


def _risk_value(
    question: ScoredQuestion, chosen: Iterable[Option], on_offer: Collection[str]
) -> float | None:
    """r of the options chosen for the question's own factor; None when none is."""
    by_name = {option.name: option for option in chosen}
    if not by_name:
        return None
    values = [option.r for option in by_name.values() if option.r is not None]
    if question.answer_set in CHOSEN_SETS:
        return max(values)
    if question.answer_set == PRACTICES:
        own = (o for o in question.options.values() if not o.sends_factor and o.name != NONE)
        offered = [option for option in own if option.name in on_offer]
        return 1.0 if NONE in by_name else 1 - len(by_name) / len(offered)
    return min(1.0, sum(values))
