"""View models of all questions of a questionnaire, for reading before answering."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from questionnaires import Form, Group, Kind, Question, Section, asked_paths
from questionnaires.form.form import NO_LANGUAGE, UPLOADS
from questionnaires.form.label_media import LabelFile, files_of
from questionnaires.form.languages import Tongue
from questionnaires.scoring.plan import extra

WHY = "Why we ask:"
_BEFORE_COLON = re.compile(r"^[^:：]*[:：]")


@dataclass(frozen=True)
class QuestionToRead:
    """One question as it reads, with every answer on offer; a further field has no number."""

    number: str
    label: str
    hint: str
    why: str
    choices: Sequence[tuple[str, str]]
    """Each with the code of its language where that is not the one of the page."""
    is_many: bool
    """Whether several of the answers may be chosen."""
    is_conditional: bool
    """Whether it is asked only after certain answers."""
    is_repeated: bool
    """Whether it is asked for each entry of a list."""
    takes_files: bool
    files: Sequence[LabelFile] = ()
    """Media of its label and of its choices, whether or not the files are available."""
    lang: str = ""
    """The code of the language of the label where that is not the one of the page."""
    hint_lang: str = ""


@dataclass(frozen=True)
class SectionToRead:
    """One section with all its questions."""

    number: int
    title: str
    questions: Sequence[QuestionToRead]


def all_questions(form: Form, tongue: Tongue, *, light: bool) -> Sequence[SectionToRead]:
    """Every question that may be asked, also those that an answer has yet to open.

    Args:
        light: the short version alone.
    """
    asked = asked_paths(form, light=light)
    found: list[SectionToRead] = []
    for section in form.sections:
        questions = [q for q in section.questions() if q.path in asked and q.is_input]
        if questions:
            reader = _Reader(section, len(found) + 1, tongue)
            found.append(reader.section_of(questions))
    return found


def hint_and_why(question: Question, shown: str) -> tuple[str, str]:
    """A hint as displayed, in any language, as help to answer or as the reason for asking."""
    if not question.hint.plain(NO_LANGUAGE).startswith(WHY):
        return shown, ""
    return "", _BEFORE_COLON.sub("", shown).strip()


class _Reader:
    """Turns the questions of one section into words."""

    def __init__(self, section: Section, number: int, tongue: Tongue) -> None:
        self.section, self.number, self.tongue = section, number, tongue
        self.languages = tongue.names
        self.repeats = [group.path for group in _groups(section.children) if group.repeat]
        self.conditional = [g.path for g in _groups(section.children) if g.rules.relevant]
        if section.group and section.group.rules.relevant:
            self.conditional.append(section.group.path)
        if section.group and section.group.repeat:
            self.repeats.append(section.group.path)

    def section_of(self, questions: Sequence[Question]) -> SectionToRead:
        """The section: uploads that only support an answer are listed at that answer."""
        supported = {extra(q, "evidence_for") for q in questions if q.kind in UPLOADS}
        own = [q for q in questions if not (q.kind in UPLOADS and extra(q, "evidence_for"))]
        read = [self._question(number, q, supported) for number, q in self._numbered(own)]
        title = self.section.label.plain(*self.languages)
        return SectionToRead(self.number, title or read[0].label, read)

    def _numbered(self, questions: Sequence[Question]) -> Iterator[tuple[str, Question]]:
        """The numbers of the pages: further fields of a question have none."""
        place = 0
        for question in questions:
            is_further = bool(extra(question, "part_of"))
            place += not is_further
            yield ("" if is_further else f"{self.number}.{place}"), question

    def _question(self, number: str, question: Question, supported: set[str]) -> QuestionToRead:
        hint = question.hint.plain(*self.languages)
        hint, why = hint_and_why(question, hint)
        return QuestionToRead(
            number=number,
            label=question.label.plain(*self.languages),
            hint=hint,
            why=why,
            choices=[
                (c.label.plain(*self.languages) or c.name, self.tongue.other(c.label))
                for c in question.choices
            ],
            is_many=question.kind is Kind.SELECT_MULTIPLE,
            is_conditional=bool(question.rules.relevant) or _is_in(question, self.conditional),
            is_repeated=_is_in(question, self.repeats),
            takes_files=question.kind in UPLOADS or extra(question, "id") in supported,
            files=files_of(question, self.languages),
            lang=self.tongue.other(question.label),
            hint_lang=self.tongue.other(question.hint),
        )


def _groups(children: Sequence[Question | Group]) -> Iterator[Group]:
    for child in children:
        if isinstance(child, Group):
            yield child
            yield from _groups(child.children)


def _is_in(question: Question, groups: Sequence[str]) -> bool:
    return any(question.path.startswith(f"{path}/") for path in groups)
