"""A questionnaire on paper: all its questions, for reading and discussion in advance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ddplatform.documents import lazy
from ddplatform.documents.content import (
    Block,
    Bullets,
    Cover,
    Document,
    Heading,
    Note,
    Paragraph,
    Photo,
)


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question: its number and words, the answers on offer, and remarks in words."""

    number: str
    label: str
    choices: Sequence[str]
    remarks: Sequence[str]
    photos: Sequence[Photo] = ()
    """Media of its label and of the labels of its choices."""


@dataclass(frozen=True, slots=True)
class PaperSection:
    """One section with its title."""

    number: int
    title: str
    questions: Sequence[PaperQuestion]


@dataclass(frozen=True, slots=True)
class QuestionPaper:
    """The content of the paper, in the reader's language."""

    title: str
    requester: str
    respondent: str
    statement: str
    lines: tuple[tuple[str, str], ...]
    note_title: str
    note: str
    sections: Sequence[PaperSection]
    language: str = "en"
    translation: str = ""
    """The notice on the translation; "" where a person has confirmed it."""


def render_questions(paper: QuestionPaper) -> bytes:
    """The paper as a PDF file; equal papers give equal bytes."""
    document = Document(
        ref="questions",
        version="1",
        language=paper.language,
        cover=Cover(paper.title, paper.requester, paper.respondent, paper.lines, paper.statement),
        blocks=tuple(_blocks(paper)),
        made_at=None,
    )
    return lazy.pdf.render_pdf(document, lazy.sheets.Stamp(paper.title, paper.respondent))


def _blocks(paper: QuestionPaper) -> Iterator[Block]:
    yield Note(paper.note_title, paper.note)
    if paper.translation:
        yield Paragraph(paper.translation)
    for section in paper.sections:
        yield Heading(section.title, 1, str(section.number))
        for question in section.questions:
            yield Heading(f"{question.number} {question.label}".strip(), 3)
            yield from question.photos
            if question.choices:
                yield Bullets(tuple(question.choices))
            for remark in question.remarks:
                yield Paragraph(remark)
