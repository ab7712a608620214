"""The pictures, sounds and films that the labels of a form show or play (xlsform.org, "Media")."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.form import Form, Text


@dataclass(frozen=True, slots=True)
class NamedMedia:
    """The files that a form names; `is_open`: some names are worked out from answers."""

    names: frozenset[str]
    is_open: bool

    def wants(self, name: str) -> bool:
        """Whether a file of that name may ever be shown."""
        return self.is_open or name in self.names


def named_media(form: Form) -> NamedMedia:
    """Every file that a label of a question or of a choice names, in any language."""
    names, is_open = set(), False
    for text in _texts(form):
        for parts in text.by_language.values():
            if all(isinstance(part, str) for part in parts):
                names.add("".join(str(part) for part in parts).strip())
            else:
                is_open = True
    return NamedMedia(frozenset(names - {""}), is_open)


def _texts(form: Form) -> Iterator[Text]:
    holders: list[Mapping[str, Text]] = [question.media for question in form.questions()]
    holders += [choice.media for question in form.questions() for choice in question.choices]
    return (text for media in holders for text in media.values())
