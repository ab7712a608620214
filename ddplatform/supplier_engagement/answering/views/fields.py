"""Questions as page fields, and submitted texts by path."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.typed_values import find_number
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import day
from ddplatform.infrastructure.words.problems import in_words
from ddplatform.languages import current_language, gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.answering.views.plans import PlanView, plan_view, read_plans
from ddplatform.supplier_engagement.answering.views.shown_marks import untouched_in
from ddplatform.supplier_engagement.own_forms.views import LabelMedia, MediaView
from ddplatform.supplier_engagement.questions.views import hint_and_why
from ddplatform.supplier_engagement.respondents.queries import Said
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.plans import FindOut
from ddplatform.supplier_engagement.responses.queries.responses import FileOfAnswer, Message
from ddplatform.supplier_engagement.responses.services.responses import Clash, Typed
from ddplatform.supplier_engagement.responses.traces import traces_of
from questionnaires import Item, Kind, NodeState, Page, Question
from questionnaires.form.form import UPLOADS
from questionnaires.form.languages import Tongue
from questionnaires.library.country_codes import asks_for_country
from questionnaires.scoring.given import without_places

NOT_SURE = frozenset({"unsure", "dont_know", "do_not_know"})
FIND_OUT = _("We will help you find out.")
COUNTS_AS = _("%(typed)s (counts as %(value)s)")
REPLY = "reply:"
CHOOSE = "choose:"
THEIRS = "theirs"
FILE = "file:"
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
_NO_ID = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True)
class ChoiceView:
    """One answer on offer."""

    name: str
    label: str
    checked: bool
    note: str = ""
    lang: str = ""
    media: MediaView | None = None


@dataclass(frozen=True)
class ClashView:
    """One question with two answers as displayed; `theirs` is from another page or phone."""

    mine: str
    theirs: str
    said: Said | None


@dataclass(frozen=True)
class GivenView:
    """An existing answer: its content, its date, and its recipient.

    `answered_as`: the words it was given to, where the question here has others; else "".
    """

    words: str
    on: date
    to_another: bool
    answered_as: str = ""


@dataclass(frozen=True)
class FieldView:
    """One question as the page shows it. `control` names the part that draws it.

    `lang`, `hint_lang` and that of a choice: the code of the language of a text where it
    has no translation into that of the page.
    """

    path: str
    id: str
    number: str
    label: str
    hint: str
    why: str
    control: str
    inputmode: str
    text: str
    is_open: bool
    choices: Sequence[ChoiceView] = ()
    errors: Sequence[str] = ()
    files: Sequence[FileOfAnswer] = ()
    uploads: Sequence["FieldView"] = ()
    thread: Sequence[Message] = ()
    clash: ClashView | None = None
    help: Sequence[str] = ()
    said: Said | None = None
    given: GivenView | None = None
    lang: str = ""
    hint_lang: str = ""
    is_gap: bool = False
    """Whether such a text is missing in a form that otherwise has the language of the page."""
    traces: Sequence[str] = ()
    """Words of the answer that may lead to a person."""
    counts_as: str = ""
    """The numeric value, where it differs from the text typed."""
    media: MediaView | None = None
    """Media of its label."""
    plan: "PlanView | None" = None
    """The plan to find out (method and date), where "I don't know" is on offer."""


@dataclass(frozen=True)
class Around:
    """Data shown beside the answers of a page."""

    files: Mapping[str, Sequence[FileOfAnswer]] = field(default_factory=dict)
    threads: Mapping[str, Sequence[Message]] = field(default_factory=dict)
    clashes: Mapping[str, Clash] = field(default_factory=dict)
    help: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    """Path -> why a file could not come in."""
    said: Mapping[str, Said] = field(default_factory=dict)
    """Path -> who answered; empty where one person answers alone."""
    given: Mapping[str, Answer] = field(default_factory=dict)
    """Path -> an earlier answer not checked since."""
    reworded: Mapping[str, str] = field(default_factory=dict)
    """Question, without places -> the words that were answered for another buyer, if others."""
    plans: Mapping[str, FindOut] = field(default_factory=dict)
    """Path -> the existing plan to find out."""
    today: date | None = None
    """The day by which plans are judged; None: no plan is asked for."""
    tongue: Tongue = field(default_factory=lambda: Tongue(current_language()))
    """The language of the form."""
    media: LabelMedia = field(default_factory=LabelMedia)
    known: Collection[str] = ()
    """Names of firms that an answer may hold."""
    """Media of labels."""


def field_id(path: str) -> str:
    """A path as the id of an element, and the place a link leads to."""
    return _NO_ID.sub("-", path).strip("-")


def field_view(item: Item, around: Around) -> FieldView:
    """A question of a page with all data shown at it."""
    uploads = tuple(_view(state, around) for state in item.uploads)
    return _view(item.state, around, number=item.number, uploads=uploads)


def _view(
    state: NodeState, around: Around, *, number: str = "", uploads: Sequence[FieldView] = ()
) -> FieldView:
    question = _question(state)
    clash = around.clashes.get(state.path)
    text = clash.mine if clash else state.raw
    hint, why = hint_and_why(question, state.hint)
    return FieldView(
        path=state.path,
        id=field_id(state.path),
        number=number,
        label=state.label,
        hint=hint,
        why=why,
        control=_control(question, text),
        inputmode="numeric" if question.kind is Kind.INTEGER else "decimal",
        text=text,
        is_open=state.relevant,
        choices=_choices(state, text, around),
        errors=_errors(state, around),
        counts_as="" if words_of(state, state.raw) == answer_words(state) else state.value,
        files=around.files.get(state.path, ()),
        uploads=uploads,
        thread=around.threads.get(state.path, ()),
        clash=_clash(state, clash, around) if clash else None,
        help=around.help.get(state.path, ()),
        said=around.said.get(state.path),
        given=_given(state, around.given.get(state.path), around.reworded),
        lang=around.tongue.other(question.label),
        hint_lang=around.tongue.other(question.hint),
        is_gap=around.tongue.is_spoken,
        traces=traces_of(state, around.known),
        media=around.media.at(state),
        plan=plan_view(state, around.plans.get(state.path, FindOut()), around.today),
    )


def _clash(state: NodeState, clash: Clash, around: Around) -> ClashView:
    return ClashView(
        ", ".join(words_of(state, clash.mine)),
        ", ".join(words_of(state, clash.theirs)),
        around.said.get(state.path),
    )


def _given(
    state: NodeState, answer: Answer | None, reworded: Mapping[str, str]
) -> GivenView | None:
    if answer is None or answer.given_at is None:
        return None
    words, to_another = ", ".join(answer_words(state)), answer.share_id is not None
    other = reworded.get(without_places(state.path), "") if to_another else ""
    return GivenView(words, answer.given_at.date(), to_another, other)


def _question(state: NodeState) -> Question:
    if not isinstance(state.node, Question):
        raise TypeError(f"{state.path} is no question.")
    return state.node


def _errors(state: NodeState, around: Around) -> Sequence[str]:
    """Errors in the input; blank answers are asked for on the last page only."""
    refused = around.refused.get(state.path)
    typed = tuple(in_words(text) for text in state.messages) if state.raw else ()
    return (*typed, refused) if refused else typed


def _control(question: Question, text: str) -> str:
    if question.kind in UPLOADS:
        return "file"
    if question.kind is Kind.SELECT_ONE:
        return "radio"
    if question.kind is Kind.SELECT_MULTIPLE:
        return "checkbox"
    if question.kind is Kind.ACKNOWLEDGE:
        return "acknowledge"
    if question.kind in _NUMBERS:
        return "number"
    if question.kind is Kind.DATE and (not text or _is_day(text)):
        return "date"  # the browser's own field would hide a text that is no date
    return "textarea" if "multiline" in question.appearance else "text"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _choices(state: NodeState, text: str, around: Around) -> Sequence[ChoiceView]:
    chosen, media = set(text.split()), around.media.of_choices(state)
    labels = {choice.name: choice.label for choice in _question(state).choices}
    return [
        ChoiceView(
            choice.name,
            choice.label,
            choice.name in chosen,
            str(FIND_OUT) if choice.name in NOT_SURE else "",
            around.tongue.other(labels[choice.name]) if choice.name in labels else "",
            media.get(choice.name),
        )
        for choice in state.choices
    ]


def numbers_of(page: Page) -> Mapping[str, str]:
    """Path -> the number of each question; in one entry of several, also which one it is."""
    entries = {
        f"{item.state.path}/": gettext(
            "(%(place)s of %(count)s)", place=item.place, count=item.count
        )
        for item in page.items
        if item.kind == "instance" and item.count > 1
    }
    return {
        path: " ".join(filter(None, [item.number, *_around(path, entries)]))
        for item in page.questions()
        for path in [item.state.path]
    }


def _around(path: str, entries: Mapping[str, str]) -> list[str]:
    return [words for entry, words in entries.items() if path.startswith(entry)]


def answer_words(state: NodeState) -> Sequence[str]:
    """An answer as displayed: the labels of its choices, a day or a country, or the text.

    A number that loses its decimals says so: the forms of ODK count "1.5" as 1.
    """
    whole = state.raw.strip().lstrip("+-").isdecimal()
    is_integer = isinstance(state.node, Question) and state.node.kind is Kind.INTEGER
    if is_integer and state.value and not whole and not state.choices:
        return [str(COUNTS_AS) % {"typed": state.raw, "value": state.value}]
    return words_of(state, state.raw)


def words_of(state: NodeState, text: str) -> Sequence[str]:
    """The same for any possible text of a question."""
    if state.choices:
        labels = {choice.name: choice.label for choice in state.choices}
        return [labels.get(name, name) for name in text.split()]
    if isinstance(state.node, Question) and state.node.kind is Kind.DATE and _is_day(text):
        return [day(date.fromisoformat(text))]
    if text and isinstance(state.node, Question) and asks_for_country(state.node):
        return [country_name(text.strip())]
    return [text] if text else []


def read_typed(form: MultiDict[str, str]) -> Typed:
    """The texts, replies and marks of a sent page. Several boxes of one name are one text.

    Where somebody chose the other one of two answers, the own text is not sent any further.
    """
    values, replies = {}, {}
    for name in form:
        if name.startswith("/") and form.get(f"{CHOOSE}{name}") != THEIRS:
            values[name] = _text(form.getlist(name))
        elif name.startswith(f"{REPLY}/"):
            replies[name.removeprefix(REPLY)] = _text(form.getlist(name))
    seen = form.get("seen", "")
    return Typed(
        values,
        find_number(seen, 0),
        form.get("page", "")[:64],
        replies,
        untouched_in(form.get("shown", ""), values),
        read_plans(form),
    )


def _text(texts: Sequence[str]) -> str:
    if len(texts) > 1:
        return " ".join(text for text in texts if text)
    return texts[0].replace("\r\n", "\n")


def open_paths(page: Page) -> list[str]:
    """The open questions of the page, for the script that opens and closes branches."""
    return [item.state.path for item in page.items if item.state.relevant]


def view_items(page: Page, around: Around) -> list[dict[str, Any]]:
    """The page in reading order: each item with its field where it has one."""
    return [
        {
            "kind": item.kind,
            "path": item.state.path,
            "id": field_id(item.state.path),
            "label": item.state.label,
            "lang": around.tongue.other(item.state.node.label),
            "is_open": item.state.relevant,
            "place": item.place,
            "count": item.count,
            "can_change": item.can_change,
            "field": field_view(item, around) if item.kind == "question" else None,
            "media": around.media.at(item.state) if item.kind == "note" else None,
        }
        for item in page.items
    ]
