"""Texts of a form in further languages, kept beside the form and joined when it is read.

A published form is never edited. A translation names each text by its place ("survey/SAQ_A01/hint",
"choices/yes_is_good/yes/label") and keeps a mark of the text it was made from: where that has
changed, the translation is stale and the text is shown in the form's own language.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from types import MappingProxyType

from questionnaires.form import Choice, Form, Group, Node, Question, Text
from questionnaires.xform import sections_of

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
HEADINGS = ("place", "source", "text")
COLUMNS = ("label", "hint", "guidance", "constraint_message", "required_message")
SHEET_COLUMNS = {"guidance": "guidance_hint"}
TITLE = "settings/form_title"
_QUOTES = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True, slots=True)
class Translated:
    """One text: where it stands, the mark of what it was translated from, and the translation."""

    place: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of one language (a code) by their place."""

    language: str
    texts: Mapping[str, Translated]

    @property
    def name(self) -> str:
        """The language as a form names it: "French (fr)"."""
        return f"{LANGUAGE_NAMES[self.language]} ({self.language})"

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
    """Read a file of translations (CSV: place, source, text)."""
    rows = csv.DictReader(StringIO(data.decode("utf-8")))
    texts = {row["place"]: Translated(row["place"], row["source"], row["text"]) for row in rows}
    return Translation(language, MappingProxyType(texts))


def translatable(form: Form) -> Mapping[str, str]:
    """Every text of a form in its own language, by place, in reading order.

    A text with a value put into it is left out: it is shown in the form's own language.
    """
    found = {TITLE: form.title} if form.title else {}
    for node in form.nodes():
        for place, text in _texts_of(node):
            found[place] = _own(form, text)
    for list_name, choices in form.choice_lists.items():
        for choice in choices:
            found[_choice_place(list_name, choice)] = _own(form, choice.label)
    return MappingProxyType({place: text for place, text in found.items() if text})


def join(form: Form, translations: Iterable[Translation]) -> Form:
    """The form with further languages. One that it speaks already is left as it was written."""
    for translation in translations:
        if not any(name.endswith(f"({translation.language})") for name in form.languages):
            form = _joined(form, translation)
    return form


def _joined(form: Form, translation: Translation) -> Form:
    worker = _Joiner(form, translation)
    lists = {name: worker.choices(name, rows) for name, rows in form.choice_lists.items()}
    children = worker.nodes(form.children)
    by_id = {
        choice.text_id: choice.label for rows in lists.values() for choice in rows if choice.text_id
    }
    return replace(
        form,
        children=children,
        sections=sections_of(children),
        languages=(*form.languages, translation.name),
        choice_lists=MappingProxyType(lists),
        texts=MappingProxyType({**form.texts, **by_id}),
    )


@dataclass(frozen=True, slots=True)
class _Joiner:
    form: Form
    translation: Translation

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
            replace(choice, label=self._text(_choice_place(list_name, choice), choice.label))
            for choice in choices
        )

    def _text(self, place: str, text: Text) -> Text:
        found = self.translation.find(place, _own(self.form, text))
        if not found:
            return text
        return Text(MappingProxyType({**text.by_language, self.translation.name: (found,)}))


def _texts_of(node: Node) -> Iterator[tuple[str, Text]]:
    columns = COLUMNS if isinstance(node, Question) else ("label",)
    for column in columns:
        text: Text = getattr(node, column)
        if text:
            yield f"survey/{node.name}/{_sheet_column(column)}", text


def _sheet_column(name: str) -> str:
    return SHEET_COLUMNS.get(name, name)


def _choice_place(list_name: str, choice: Choice) -> str:
    return f"choices/{list_name}/{choice.name}/label"


def _own(form: Form, text: Text) -> str:
    """A text in the form's own language; nothing where a value stands in it."""
    parts = text.parts(form.default_language)
    return "".join(str(part) for part in parts) if all(isinstance(p, str) for p in parts) else ""
