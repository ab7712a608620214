"""Translation progress of a form: each text in a language with its author, by section."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from questionnaires.form.form import Form, Group, Node, Question, Section
from questionnaires.form.languages import language_of
from questionnaires.translations.texts import (
    SHEET_COLUMNS,
    TARGETS,
    TITLE,
    Translation,
    choice_place,
    places_of,
    source_of,
    translatable,
    values_in,
    written,
)

COLUMNS = ("label", "hint", "guidance", "constraint_message", "required_message")


class TextState(StrEnum):
    """Author of a translation; the values are used in the exported table."""

    CONFIRMED = "confirmed"
    WRITTEN = "written in the form"
    MACHINE = "machine-made"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TextIn:
    """A text of a form and its translation; `earlier`: a person's, of a source that changed."""

    place: str
    source: str
    text: str
    state: TextState
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The texts of one question or group; `asked` is what it asks, in the form's own language."""

    name: str
    asked: str
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class TextSection:
    """The texts of a section; `title` is empty where the section has none."""

    name: str
    title: str
    blocks: Sequence[TextBlock]

    @property
    def places(self) -> list[str]:
        """Every place, in reading order."""
        return [place for block in self.blocks for place in block.places]


def targets_of(form: Form) -> tuple[str, ...]:
    """The codes of the languages that a form can be translated into."""
    return tuple(code for code in TARGETS if code != source_of(form))


def texts_in(
    form: Form, language: str, shipped: Translation | None, confirmed: Translation | None
) -> dict[str, TextIn]:
    """Every text of a form in one language (a code), by place, in reading order.

    Args:
        form: as it was written, without translations from beside it.
        shipped: the translation that comes with the product; not asked where the form itself
            speaks the language.
        confirmed: what persons confirmed.
    """
    own = _written_in(form, language)
    if language_of(form, language):
        shipped = None
    found = {}
    for place, source in translatable(form).items():
        found[place] = _text_in(place, source, own.get(place, ""), shipped, confirmed)
    return found


def _written_in(form: Form, language: str) -> Mapping[str, str]:
    name = language_of(form, language)
    if name is None:
        return {}
    texts = places_of(form).items()
    return {place: written(text.by_language.get(name, ())) for place, text in texts}


def _text_in(
    place: str,
    source: str,
    own: str,
    shipped: Translation | None,
    confirmed: Translation | None,
) -> TextIn:
    kept = confirmed.find(place, source) if confirmed else ""
    if kept and values_in(kept) == values_in(source):
        return TextIn(place, source, kept, TextState.CONFIRMED)
    is_stale = confirmed is not None and confirmed.is_stale(place, source)
    earlier = confirmed.texts[place].text if confirmed and is_stale else ""
    if own:
        return TextIn(place, source, own, TextState.WRITTEN, earlier)
    made = shipped.find(place, source) if shipped else ""
    if not made or shipped is None:
        return TextIn(place, source, "", TextState.MISSING, earlier)
    is_reviewed = bool(shipped.texts[place].reviewed)
    state = TextState.CONFIRMED if is_reviewed else TextState.MACHINE
    return TextIn(place, source, made, state, earlier)


def text_sections(form: Form) -> tuple[TextSection, ...]:
    """The texts of a form by section, each once; the choices at the first question with them."""
    reader = _Reader(form)
    found = [reader.section(section) for section in form.sections]
    rest = reader.rest()
    return tuple(one for one in (*found, rest) if one.blocks)


class _Reader:
    def __init__(self, form: Form) -> None:
        self.form, self.texts = form, translatable(form)
        self.seen: set[str] = set()

    def section(self, section: Section) -> TextSection:
        title = section.label.plain(self.form.default_language)
        first = [self._block("", "", [TITLE])] if not self.seen else []
        nodes: Sequence[Node] = (section.group,) if section.group else section.children
        blocks = [self._of_node(node) for node in _walk(nodes)]
        return TextSection(section.name, title, [b for b in (*first, *blocks) if b.places])

    def rest(self) -> TextSection:
        """Texts of no section: lists that no question offers unchanged."""
        left = [place for place in self.texts if place not in self.seen]
        return TextSection("rest", "", [self._block("", "", left)] if left else [])

    def _of_node(self, node: Node) -> TextBlock:
        columns = COLUMNS if isinstance(node, Question) else ("label",)
        places = [f"survey/{node.name}/{SHEET_COLUMNS.get(one, one)}" for one in columns]
        if isinstance(node, Question) and node.itemset:
            name = node.itemset.list_name
            listed = self.form.choice_lists.get(name, ())
            places += [choice_place(name, choice) for choice in listed]
        return self._block(node.name, node.label.plain(self.form.default_language), places)

    def _block(self, name: str, asked: str, places: Sequence[str]) -> TextBlock:
        new = [one for one in dict.fromkeys(places) if one in self.texts and one not in self.seen]
        self.seen.update(new)
        return TextBlock(name, asked, new)


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Group):
            yield from _walk(node.children)
