"""Pictures, sounds and films in the labels of a form (xlsform.org, "Media")."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.form.form import Choice, Form, Question, Text

PICTURES = ("image", "big-image")


@dataclass(frozen=True, slots=True)
class NamedMedia:
    """The files that a form names; `is_open`: some names are calculated from answers."""

    names: frozenset[str]
    is_open: bool

    def wants(self, name: str) -> bool:
        """Whether a file of that name may ever be shown."""
        return self.is_open or name in self.names


@dataclass(frozen=True, slots=True)
class LabelFile:
    """One file of a label: `kind` as in the form ("image", "audio" ...), `label` what it shows."""

    kind: str
    name: str
    label: str

    @property
    def is_picture(self) -> bool:
        """Whether it is an image, not played."""
        return self.kind in PICTURES


def named_line(file: LabelFile) -> str:
    """A file on paper or in a workbook, where it cannot be shown or played."""
    return f"{file.name} ({file.label})"


def files_of(question: Question, languages: Sequence[str]) -> Sequence[LabelFile]:
    """The files of a question and of its choices whose names no answer decides, in order.

    Of a picture and its larger one the first is enough.
    """
    found: list[LabelFile] = []
    holders: tuple[Question | Choice, ...] = (question, *question.choices)
    for holder in holders:
        label = holder.label.plain(*languages) or holder.name
        names = {kind: _plain(text.parts(*languages)) for kind, text in holder.media.items()}
        if names.get(PICTURES[0]):
            names.pop(PICTURES[1], None)
        found += [LabelFile(kind, name, label) for kind, name in names.items() if name]
    return found


def _plain(parts: Sequence[object]) -> str:
    is_plain = all(isinstance(part, str) for part in parts)
    return "".join(str(part) for part in parts).strip() if is_plain else ""


def named_media(form: Form) -> NamedMedia:
    """Every file that a label of a question or of a choice names, in any language."""
    names, is_open = set(), False
    for text in _texts(form):
        for parts in text.by_language.values():
            if all(isinstance(part, str) for part in parts):
                names.add(_plain(parts))
            else:
                is_open = True
    return NamedMedia(frozenset(names - {""}), is_open)


def _texts(form: Form) -> Iterator[Text]:
    holders: list[Mapping[str, Text]] = [question.media for question in form.questions()]
    holders += [choice.media for question in form.questions() for choice in question.choices]
    return (text for media in holders for text in media.values())
