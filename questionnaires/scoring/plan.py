"""Scoring plan of a form: its own columns, read once and checked.

The columns are described in `questionnaires/data/README.md`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from questionnaires.errors import Fault, FormUnusable
from questionnaires.form.form import SELECTS, Choice, Form, Group, Kind, Node, Question
from questionnaires.library.red_flags import red_flags
from questionnaires.scoring.value_rules import ValueRule, parse_rule

NONE = "none"  # "none of these": no practice and no sign, never one of the options counted
VALUES = "values"
CHOSEN_SETS = frozenset({"YN+", "YN-", "FR+", VALUES})
PRACTICES, SIGNS, BY_RULE, NOT_SCORED = "G", "B", "rule", "NS"
ASSESSOR_SOURCES = frozenset({"site_work", "audit"})
ELSE = "*"  # any other answer
TARGETS = ("factor", "control", "criterion")
ANSWER_SETS = CHOSEN_SETS | {PRACTICES, SIGNS, BY_RULE, NOT_SCORED}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer on offer, with its risk value (None: not scored) and what it sets off."""

    name: str
    r: float | None
    red_flag: str = ""
    red_flag_if: str = ""
    sends_factor: str = ""


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question of the method as the scoring sees it.

    `factor`, `control` and `criterion` (of closing a case) are empty where the answer speaks to
    none; `weight` is 0 where it is not scored. `evidence` are the paths of its uploads,
    `stand_ins` those of questions whose answer is an answer of this one.
    """

    id: str
    path: str
    weight: float
    answer_set: str
    is_select: bool
    factor: str = ""
    control: str = ""
    criterion: str = ""
    light: bool = False
    charged_to: str = ""
    rule: ValueRule | None = None
    options: Mapping[str, Option] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()

    @property
    def has_own_options(self) -> bool:
        """Whether any answer counts for its own factor, not all being sent to other ones."""
        own = [o for o in self.options.values() if not o.sends_factor and o.name != NONE]
        return bool(own) or not self.options


@dataclass(frozen=True, slots=True)
class SourceRule:
    """An assessor's form: the answer at `path` decides the source type of all others."""

    path: str
    by_answer: Mapping[str, str]

    def source_type(self, answer: str) -> str:
        """The source type of `answer`, else that of `*`."""
        return self.by_answer.get(answer, self.by_answer[ELSE])


@dataclass(frozen=True, slots=True)
class ScoringPlan:
    """Everything of a form that scoring needs, in the order of the form.

    `repeats` maps the id of a repeat to its path, `fields` the name of every node to its path.
    `for_all` are the paths of the questions that are shown to everybody.
    """

    questions: tuple[ScoredQuestion, ...]
    repeats: Mapping[str, str]
    fields: Mapping[str, str]
    source: SourceRule | None = None
    for_all: frozenset[str] = frozenset()

    def asked(self, *, light: bool) -> tuple[ScoredQuestion, ...]:
        """The questions that are asked: those of light mode, or all where the form marks none."""
        marked = tuple(question for question in self.questions if question.light)
        return marked if light and marked else self.questions


def plan_scoring(form: Form) -> ScoringPlan:
    """Read the scoring columns of `form`. Raises FormUnusable with every fault found."""
    faults: list[Fault] = []
    fields = {node.name: node.path for node in form.nodes()}
    evidence, stand_ins = _paths_by(form, "evidence_for"), _paths_by(form, "stands_for")
    found = []
    for question in form.questions():
        if any(extra(question, column) for column in ("id", *TARGETS)):
            reader = _Reader(question, fields)
            read = reader.read()
            linked = evidence.get(read.id, ()), stand_ins.get(read.id, ())
            found.append(replace(read, evidence=linked[0], stand_ins=linked[1]))
            faults.extend(reader.faults)
    source = _source_rule(form, faults)
    if faults:
        raise FormUnusable(faults)
    repeats = {
        node.extras.get("dd:id", node.name): node.path
        for node in form.nodes()
        if isinstance(node, Group) and node.repeat
    }
    return ScoringPlan(tuple(found), repeats, fields, source, frozenset(_for_all(form.children)))


def _for_all(children: Iterable[Node]) -> Iterator[str]:
    """Paths of the questions that no condition hides, their groups' neither."""
    for node in children:
        if node.rules.relevant:
            continue
        if isinstance(node, Group):
            yield from _for_all(node.children)
        else:
            yield node.path


def extra(question: Question, column: str) -> str:
    """Our own column of a question, empty where it is not filled in.

    A plain `risk_factor` counts as `bind::dd:factor`: such a column is a common way to write it.
    """
    plain = question.extras.get("risk_factor", "") if column == "factor" else ""
    return (question.extras.get(f"dd:{column}", "") or plain).strip()


def question_id(question: Question) -> str:
    """The id of the method, or the name of the node in a form that gives none."""
    return extra(question, "id") or question.name


class _Reader:
    """Reads one question and keeps its faults."""

    def __init__(self, question: Question, fields: Mapping[str, str]) -> None:
        self.question, self.fields = question, fields
        self.faults: list[Fault] = []

    def read(self) -> ScoredQuestion:
        question = self.question
        weight = self._weight()
        answer_set = self._answer_set(weight)
        options = {choice.name: self._option(choice) for choice in question.choices}
        if weight and answer_set in CHOSEN_SETS | {SIGNS}:
            self._require_risk_values(options.values())
        return ScoredQuestion(
            id=question_id(question),
            path=question.path,
            weight=weight,
            answer_set=answer_set,
            is_select=question.kind in SELECTS,
            factor=extra(question, "factor"),
            control=extra(question, "control"),
            criterion=extra(question, "criterion"),
            light=extra(question, "light") == "yes",
            charged_to=extra(question, "charged_to"),
            rule=self._rule(answer_set),
            options=options,
        )

    def _fault(self, column: str, cell: str, message: str, mend: str) -> None:
        self.faults.append(
            Fault(
                level="error",
                code="scoring",
                message=f"{question_id(self.question)}: {message}",
                mend=mend,
                sheet="survey",
                column=f"bind::dd:{column}",
                cell=cell,
                paths=(self.question.path,),
            )
        )

    def _weight(self) -> float:
        """w; a factor, control or criterion without a weight counts 1."""
        speaks = any(extra(self.question, column) for column in TARGETS)
        text = extra(self.question, "weight") or ("1" if speaks else "0")
        try:
            weight = float(text)
        except ValueError:
            weight = -1.0
        if not 0 <= weight < float("inf"):
            self._fault("weight", text, f"the weight '{text}' is not a number from 0 up.", "Use 2.")
        return weight

    def _answer_set(self, weight: float) -> str:
        name = extra(self.question, "answer_set") or self._usual_set(weight)
        mend = f"Use one of {' '.join(sorted(ANSWER_SETS))}."
        if name not in ANSWER_SETS:
            self._fault("answer_set", name, f"the answer set '{name}' is not known.", mend)
        elif weight and name == NOT_SCORED:
            self._fault("answer_set", name, "a weight, but no answer set.", mend)
        return name

    def _usual_set(self, weight: float) -> str:
        """Default meaning of a scored question without one of its own."""
        if not weight:
            return NOT_SCORED
        if extra(self.question, "value_rule"):
            return BY_RULE
        usual = {Kind.SELECT_ONE: VALUES, Kind.SELECT_MULTIPLE: SIGNS}
        return usual.get(self.question.kind, NOT_SCORED)

    def _rule(self, answer_set: str) -> ValueRule | None:
        text = extra(self.question, "value_rule")
        if answer_set != BY_RULE:
            return None
        try:
            rule = parse_rule(text)
        except ValueError as error:
            self._fault("value_rule", text, f"{error}.", "Write, for example, 0:0;20:.3;inf:1.")
            return None
        for band in rule.bands:
            self._require_known_flag(band.red_flag, "value_rule")
        return rule

    def _option(self, choice: Choice) -> Option:
        text = choice.extras.get("risk_value", "").strip()
        r = _risk_value(text)
        if text and r is None:
            self._fault(
                "answer_set",
                text,
                f"the risk value '{text}' of '{choice.name}' is not between 0 and 1.",
                "Write a number from 0 (good) to 1 (bad) in the column risk_value.",
            )
        condition = choice.extras.get("red_flag_if", "").strip()
        if condition and condition not in self.fields:
            self._fault(
                "answer_set",
                condition,
                f"red_flag_if of '{choice.name}' names '{condition}', which the form lacks.",
                "Name a calculated field of the form.",
            )
        red_flag = choice.extras.get("red_flag", "").strip()
        self._require_known_flag(red_flag, "answer_set", of=f" of '{choice.name}'")
        return Option(
            name=choice.name,
            r=r,
            red_flag=red_flag,
            red_flag_if=condition,
            sends_factor=choice.extras.get("sends_factor", "").strip(),
        )

    def _require_known_flag(self, flag: str, column: str, of: str = "") -> None:
        if flag and flag not in red_flags():
            message = f"the red flag '{flag}'{of} is not known."
            self._fault(column, flag, message, f"Use one of {', '.join(red_flags())}.")

    def _require_risk_values(self, options: Iterable[Option]) -> None:
        missing = [option.name for option in options if option.r is None]
        if missing:
            self._fault(
                "answer_set",
                " ".join(missing),
                f"no risk value for {', '.join(missing)}.",
                "Fill in the column risk_value of the choices sheet.",
            )


def _risk_value(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _paths_by(form: Form, column: str) -> dict[str, tuple[str, ...]]:
    """Question id named in `column` -> the paths of the questions that name it."""
    found: dict[str, tuple[str, ...]] = {}
    for question in form.questions():
        if named := extra(question, column):
            found[named] = (*found.get(named, ()), question.path)
    return found


def _source_rule(form: Form, faults: list[Fault]) -> SourceRule | None:
    for question in form.questions():
        if text := extra(question, "source_by"):
            pairs = [part.partition(":") for part in text.split(";")]
            by_answer = {key.strip(): to.strip() for key, _, to in pairs}
            if ELSE not in by_answer or not set(by_answer.values()) <= ASSESSOR_SOURCES:
                faults.append(_source_fault(question, text))
            return SourceRule(question.path, by_answer)
    return None


def _source_fault(question: Question, text: str) -> Fault:
    return Fault(
        level="error",
        code="scoring",
        message=f"{question_id(question)}: '{text}' names no source type for every answer.",
        mend="Write, for example, unannounced:site_work;*:audit.",
        sheet="survey",
        column="bind::dd:source_by",
        cell=text,
        paths=(question.path,),
    )
