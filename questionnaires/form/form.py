"""Form as frozen data, independent of any library, with the terms of XLSForm.

Expressions stay as written in the XForm (absolute paths, `../x` inside a repeat); the plan of
`questionnaires.evaluation.response` gives them their meaning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NO_LANGUAGE = ""  # the language of a form without translations


def nothing() -> Mapping[Any, Any]:
    """An empty mapping that cannot be changed, the default of every mapping here."""
    return MappingProxyType({})


class Kind(StrEnum):
    """Type of a question; values are the XLSForm type names."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    BARCODE = "barcode"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    META = "meta"  # start, end, today, deviceid ...: filled by us, never asked


SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
UPLOADS = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE})
UNASKED = frozenset({Kind.CALCULATE, Kind.HIDDEN, Kind.META})


@dataclass(frozen=True, slots=True)
class Output:
    """A value put into a text: the `${name}` of a label."""

    expression: str


@dataclass(frozen=True, slots=True)
class Text:
    """A label, hint or message in every language it was written in.

    `by_language` maps a language as named in the form ("French (fr)", or "" where the form has
    none) to its parts: plain text and values to be put in.
    """

    by_language: Mapping[str, tuple[str | Output, ...]] = field(default_factory=nothing)

    def parts(self, *languages: str) -> tuple[str | Output, ...]:
        """The parts in the first of `languages` that has any, else in the first written."""
        for language in languages:
            if found := self.by_language.get(language):
                return found
        return next(iter(self.by_language.values()), ())

    def language(self, *languages: str) -> str:
        """The language, as the form names it, of what `parts` gives."""
        named = (one for one in languages if self.by_language.get(one))
        return next(named, next(iter(self.by_language), NO_LANGUAGE))

    def plain(self, *languages: str) -> str:
        """The text alone, with "..." where a value would be put in."""
        return "".join(
            part if isinstance(part, str) else "..." for part in self.parts(*languages)
        ).strip()

    def __bool__(self) -> bool:
        return any(self.by_language.values())


NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer.

    `extras`: every further column of the choices sheet, by its heading. `media`: names of the
    files its label shows or plays ("image", "audio" ...).
    """

    name: str
    label: Text = NO_TEXT
    extras: Mapping[str, str] = field(default_factory=nothing)
    text_id: str = ""  # of a translated label, for `jr:itext`
    media: Mapping[str, Text] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Itemset:
    """Source of the choices of a select.

    `nodeset` is the XPath of the items, filter included; `value` and `label` name the columns.
    `randomized` choices are shown in another order, the same for the same `seed` (an expression).
    `is_searched`: they come by `search()`; `beside` are choices of the sheet offered before them.
    """

    list_name: str
    nodeset: str
    value: str = "name"
    label: str = "label"
    randomized: bool = False
    seed: str | None = None
    beside: tuple[Choice, ...] = ()
    is_searched: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The expressions of one node; None where it has none."""

    relevant: str | None = None
    required: str | None = None
    constraint: str | None = None
    calculate: str | None = None
    readonly: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or a value without a question (`kind` in `UNASKED`).

    `choices` is the whole list before any filter. `extras` holds every foreign attribute of the
    bind, the control and the instance node by its prefixed name ("dd:factor"), and every column
    of the survey sheet that is not XLSForm's by its heading ("risk_factor"). `media` names the
    files its label shows or plays ("image", "audio" ...).
    """

    path: str
    name: str
    kind: Kind
    data_type: str = "string"
    label: Text = NO_TEXT
    hint: Text = NO_TEXT
    guidance: Text = NO_TEXT
    constraint_message: Text = NO_TEXT
    required_message: Text = NO_TEXT
    rules: Rules = Rules()
    choices: tuple[Choice, ...] = ()
    itemset: Itemset | None = None
    default: str = ""
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=nothing)
    extras: Mapping[str, str] = field(default_factory=nothing)
    media: Mapping[str, Text] = field(default_factory=nothing)

    @property
    def is_asked(self) -> bool:
        """Whether a person sees it: False for calculated, hidden and meta values."""
        return self.kind not in UNASKED

    @property
    def is_input(self) -> bool:
        """Whether a person can answer it, were it not read-only."""
        return self.is_asked and self.kind is not Kind.NOTE


@dataclass(frozen=True, slots=True)
class Group:
    """A group, or a repeat when `repeat` is true; `count` is the expression of a counted one."""

    path: str
    name: str
    children: tuple["Node", ...]
    label: Text = NO_TEXT
    rules: Rules = Rules()
    repeat: bool = False
    count: str | None = None
    appearance: str = ""
    extras: Mapping[str, str] = field(default_factory=nothing)

    def questions(self) -> Iterator[Question]:
        """Every question below, in the order of the form."""
        yield from _questions(self.children)


Node = Question | Group


@dataclass(frozen=True, slots=True)
class Section:
    """One page of a form: a top-level group or repeat, or a run of questions between them.

    `name` is unique in the form; `label` is empty for a run of loose questions.
    """

    name: str
    children: tuple[Node, ...]
    label: Text = NO_TEXT
    group: Group | None = None

    def questions(self) -> Iterator[Question]:
        """Every question of the page, in the order of the form."""
        yield from _questions(self.children)


LAST_SAVED = "__last-saved"
"""The instance that `${last-saved#name}` reads."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value written once at an event, not a formula.

    `events`: any of "odk-instance-first-load", "odk-new-repeat", "xforms-value-changed".
    `trigger` is the path whose change fires the last of them.
    """

    path: str
    value: str
    events: frozenset[str]
    trigger: str | None = None

    @property
    def reads_last_saved(self) -> bool:
        """Whether the value comes from what was sent to this form before."""
        return LAST_SAVED in self.value


@dataclass(frozen=True, slots=True)
class Form:
    """A questionnaire, ready to be planned and answered.

    `children` are the nodes of the primary instance save `meta`, in order. `choice_lists` are
    the lists of the workbook; `external_files` maps the id of a list kept in a file to the name
    of that file. `reads_last_saved`: an expression reads what was sent to this form before.
    `texts` are all translated texts by id. `sha256` is that of the workbook's
    bytes; `mended` names old habits put right while reading.
    """

    root: str
    form_id: str
    version: str
    title: str
    children: tuple[Node, ...]
    sections: tuple[Section, ...] = ()
    languages: tuple[str, ...] = (NO_LANGUAGE,)
    default_language: str = NO_LANGUAGE
    choice_lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=nothing)
    external_files: Mapping[str, str] = field(default_factory=nothing)
    reads_last_saved: bool = False
    texts: Mapping[str, Text] = field(default_factory=nothing)
    set_values: tuple[SetValue, ...] = ()
    instance_name: str | None = None
    encrypted: bool = False
    settings: Mapping[str, str] = field(default_factory=nothing)
    namespaces: Mapping[str, str] = field(default_factory=nothing)
    sha256: str = ""
    mended: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def questions(self) -> Iterator[Question]:
        """Every question and value of the form, in order."""
        yield from _questions(self.children)

    def nodes(self) -> Iterator[Node]:
        """Every group, repeat, question and value, parents first."""
        yield from _nodes(self.children)

    def question(self, path: str) -> Question:
        """The question at `path` (no instance numbers). Raises KeyError."""
        for question in self.questions():
            if question.path == path:
                return question
        raise KeyError(path)

    def section(self, name: str) -> Section:
        """The section called `name`. Raises KeyError."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)


def _nodes(children: tuple[Node, ...]) -> Iterator[Node]:
    for child in children:
        yield child
        if isinstance(child, Group):
            yield from _nodes(child.children)


def _questions(children: tuple[Node, ...]) -> Iterator[Question]:
    return (node for node in _nodes(children) if isinstance(node, Question))
