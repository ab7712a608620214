"""Translated texts of a form, stored beside the form and joined on reading.

A published form is never edited. A translation names each text by its place ("survey/SAQ_A01/hint",
"choices/yes_is_good/yes/label") and stores a hash of its source text: where that has
changed, the translation is stale and the text is shown in the form's own language.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from types import MappingProxyType

from questionnaires.form.form import NO_LANGUAGE, Choice, Form, Group, Node, Output, Question, Text
from questionnaires.form.languages import language_of
from questionnaires.form.xform import sections_of

LANGUAGE_NAMES = {
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "ar": "Arabic",
    "tr": "Turkish",
    "sw": "Swahili",
    "zh": "Chinese",
}
"""Languages that a translation can be kept in, as XLSForm names them: "French (fr)"."""
SOURCE = "en"
"""Language of a form without languages."""
TARGETS = {SOURCE: "English", **LANGUAGE_NAMES}
COLUMNS = ("label", "hint", "guidance", "constraint_message", "required_message")
SHEET_COLUMNS = {"guidance": "guidance_hint"}
TITLE = "settings/form_title"
_CODE = re.compile(r"\(([A-Za-z-]+)\)$")
_VALUE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[\w.-]+")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True, slots=True)
class Translated:
    """One text: its place, the hash of its source text, and the translation.

    `reviewed`: who has confirmed it, and when; empty where it is as a machine made it.
    """

    place: str
    source: str
    text: str
    reviewed: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of one language (a code) by their place."""

    language: str
    texts: Mapping[str, Translated]

    @property
    def name(self) -> str:
        """The language as a form names it: "French (fr)"."""
        return f"{TARGETS[self.language]} ({self.language})"

    def matches(self, language: str) -> bool:
        """Whether this is the translation into a language, named by its code."""
        return self.language == language

    def find(self, place: str, source: str) -> str:
        """The text of a place, or nothing where there is none or it is stale."""
        found = self.texts.get(place)
        return found.text if found and found.text and found.source == mark_of(source) else ""

    def is_stale(self, place: str, source: str) -> bool:
        """Whether a text was translated from other words than those of today."""
        found = self.texts.get(place)
        return bool(found and found.text) and not self.find(place, source)


def mark_of(text: str) -> str:
    """A short checksum of a text, the same however it is spaced and quoted."""
    plain = " ".join(text.translate(_QUOTES).split())
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:12]


def read_translation(language: str, data: bytes) -> Translation:
    """Read a file of translations (CSV: place, source, text, and reviewed where it has that)."""
    rows = csv.DictReader(StringIO(data.decode("utf-8")))
    texts = {
        row["place"]: Translated(
            row["place"], row["source"], row["text"], row.get("reviewed") or ""
        )
        for row in rows
    }
    return Translation(language, MappingProxyType(texts))


def translatable(form: Form) -> Mapping[str, str]:
    """Every text of a form in its own language, by place, in reading order.

    A value inserted into a text is written as `${name}`.
    """
    found = {TITLE: form.title}
    found |= {place: _own(form, text) for place, text in places_of(form).items()}
    return MappingProxyType({place: text for place, text in found.items() if text})


def places_of(form: Form) -> Mapping[str, Text]:
    """Every text of a form but its title, in all its languages, by place, in reading order."""
    found = {place: text for node in form.nodes() for place, text in _texts_of(node)}
    for list_name, choices in form.choice_lists.items():
        found |= {choice_place(list_name, choice): choice.label for choice in choices}
    return MappingProxyType(found)


def source_of(form: Form) -> str:
    """The code of the language that a form is written in."""
    found = _CODE.search(form.default_language)
    return found[1] if found else SOURCE


def written(parts: Iterable[str | Output]) -> str:
    """A text as one writes it down, each value that is put in as `${name}`."""
    return "".join(part if isinstance(part, str) else f"${{{_name_of(part)}}}" for part in parts)


def values_in(text: str) -> tuple[str, ...]:
    """The names of the values that a written text has put in, sorted."""
    return tuple(sorted(name for found in _VALUE.findall(text) if (name := found.strip())))


def for_sheet(text: str) -> str:
    """A written text as the converter of XLSForms takes it.

    It knows a value only without spaces in its braces, and refuses braces around nothing.
    """
    return _VALUE.sub(lambda found: f"${{{name}}}" if (name := found[1].strip()) else "{ }", text)


def join(
    form: Form, translations: Iterable[Translation], confirmed: Iterable[Translation] = ()
) -> Form:
    """The form with further languages.

    Args:
        translations: as they ship. One that the form speaks already is left as it was written.
        confirmed: what persons confirmed; it goes before all others, also before what the form
            says itself.
    """
    kept = {one.language: one for one in confirmed if one.language != source_of(form)}
    for translation in translations:
        if not language_of(form, translation.language):
            first = kept.pop(translation.language, None)
            form = _joined(form, first_of(form, first, translation) if first else translation)
    for translation in kept.values():
        form = _joined(form, translation)
    return form


def spoken_beside(form: Form) -> tuple[Translation, ...]:
    """Texts in further languages of a form written in one unnamed language, as stored beside it.

    Empty for a form whose own sheets name their languages: it carries all of them itself.
    """
    if form.default_language != NO_LANGUAGE:
        return ()
    return tuple(
        _beside(form, name, found[1]) for name in form.languages if (found := _CODE.search(name))
    )


def _beside(form: Form, name: str, code: str) -> Translation:
    texts = {}
    for place, text in places_of(form).items():
        if parts := text.by_language.get(name):
            texts[place] = Translated(place, mark_of(_own(form, text)), written(parts))
    return Translation(code, MappingProxyType(texts))


def first_of(form: Form, first: Translation, then: Translation) -> Translation:
    """Two translations into one language as one: `then` has what `first` has not for today."""
    texts = dict(then.texts)
    for place, source in translatable(form).items():
        if first.find(place, source):
            texts[place] = first.texts[place]
    return Translation(then.language, MappingProxyType(texts))


def _joined(form: Form, translation: Translation) -> Form:
    name = language_of(form, translation.language)
    worker = _Joiner(form, translation, name or translation.name)
    lists = {name: worker.choices(name, rows) for name, rows in form.choice_lists.items()}
    children = worker.nodes(form.children)
    by_id = {
        choice.text_id: choice.label for rows in lists.values() for choice in rows if choice.text_id
    }
    return replace(
        form,
        children=children,
        sections=sections_of(children),
        languages=form.languages if name else (*form.languages, translation.name),
        choice_lists=MappingProxyType(lists),
        texts=MappingProxyType({**form.texts, **by_id}),
    )


@dataclass(frozen=True, slots=True)
class _Joiner:
    form: Form
    translation: Translation
    name: str

    def nodes(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(self._node(node) for node in nodes)

    def _node(self, node: Node) -> Node:
        changed = {
            place.rpartition("/")[2]: self._text(place, text) for place, text in _texts_of(node)
        }
        if isinstance(node, Group):
            label = changed.get("label", node.label)
            return replace(node, label=label, children=self.nodes(node.children))
        texts = {name: changed.get(_sheet_column(name), getattr(node, name)) for name in COLUMNS}
        list_name = node.itemset.list_name if node.itemset else ""
        return replace(node, **texts, choices=self.choices(list_name, node.choices))

    def choices(self, list_name: str, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        return tuple(
            replace(choice, label=self._text(choice_place(list_name, choice), choice.label))
            for choice in choices
        )

    def _text(self, place: str, text: Text) -> Text:
        own = text.parts(self.form.default_language)
        found = self.translation.find(place, written(own))
        if not found or values_in(found) != values_in(written(own)):
            return text
        parts = _parts(found, own)
        return Text(MappingProxyType({**text.by_language, self.name: parts}))


def _texts_of(node: Node) -> Iterator[tuple[str, Text]]:
    columns = COLUMNS if isinstance(node, Question) else ("label",)
    for column in columns:
        text: Text = getattr(node, column)
        if text:
            yield f"survey/{node.name}/{_sheet_column(column)}", text


def _sheet_column(name: str) -> str:
    return SHEET_COLUMNS.get(name, name)


def choice_place(list_name: str, choice: Choice) -> str:
    """The place of the words of an answer on offer."""
    return f"choices/{list_name}/{choice.name}/label"


def _own(form: Form, text: Text) -> str:
    """A text in the form's own language."""
    return written(text.parts(form.default_language))


def _name_of(value: Output) -> str:
    """Name of a value in a text: the question it comes from, where it is just that."""
    last = value.expression.strip().rpartition("/")[2]
    return last if _NAME.fullmatch(last) else mark_of(value.expression)


def _parts(text: str, source: Iterable[str | Output]) -> tuple[str | Output, ...]:
    """A written text with the values of its source put in."""
    values = {_name_of(part): part for part in source if isinstance(part, Output)}
    pieces = _VALUE.split(text)
    found = [_put_in(values, piece) if at % 2 else piece for at, piece in enumerate(pieces)]
    return tuple(part for part in found if part)


def _put_in(values: Mapping[str, Output], inside: str) -> str | Output:
    """Value in braces; braces around nothing are plain words."""
    name = inside.strip()
    return values[name] if name else f"${{{inside}}}"
