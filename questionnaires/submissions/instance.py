"""Submission of a phone app: one instance as XML, read into texts by path.

Source: ODK XForms specification (structure of an instance); elements unknown to the form are set
aside and named, and a missing or blank element removes nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from questionnaires.evaluation.asking import asked_paths
from questionnaires.evaluation.response import Response
from questionnaires.form.form import UPLOADS, Form, Group, Kind, Question
from questionnaires.form.phone_form import REFERENCE
from questionnaires.workbook.changes import Change, label_at, put
from questionnaires.workbook.reading import BookRefused

MAX_BYTES = 5 * 1024**2
DEEPEST, MOST_NODES = 40, 50_000
_TEMPLATE = "{http://openrosa.org/javarosa}template"
_PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Submission:
    """One filled-in form as it came.

    `texts`: path (with places) -> text, of nodes that the form has and that are not blank.
    `set_aside`: other nodes with their texts. `reference`: the hidden field of the assignment.
    """

    instance_id: str
    form_id: str
    version: str
    reference: str
    texts: Mapping[str, str]
    set_aside: Mapping[str, str]
    content: bytes
    cells: Mapping[str, str] = field(default_factory=dict)
    """Path -> the cell where its answer stood, of a workbook."""


@dataclass
class Gathered:
    """Intermediate results while reading one submission."""

    texts: dict[str, str] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)


def refuse(code: str, message: str, advice: str) -> BookRefused:
    """Refusal of a whole file of a phone app, with its reason."""
    return BookRefused(code, message, advice)


def broken() -> BookRefused:
    """The words for a file that cannot be read to its end."""
    return refuse(
        "broken",
        "This file cannot be read; it may be cut off.",
        "Export or send it again from the app, and upload that file.",
    )


def too_large() -> BookRefused:
    """The words for a file beyond every form."""
    return refuse(
        "too_large",
        "This file is larger than any filled-in form.",
        "Send the submission alone, and large files on the page of their section.",
    )


def read_submission(content: bytes, form: Form) -> Submission:
    """Read an instance XML. Raises BookRefused: broken, too large, or of another form."""
    if len(content) > MAX_BYTES:
        raise too_large()
    root = _parse(content)
    gathered = Gathered()
    nodes = {node.path: node for node in form.nodes()}
    _walk(root, f"/{form.root}", nodes, gathered)
    found = Submission(
        instance_id=gathered.meta.get("instanceID", ""),
        form_id=root.get("id", ""),
        version=root.get("version", ""),
        reference=gathered.meta.get(REFERENCE, ""),
        texts=gathered.texts,
        set_aside=gathered.set_aside,
        content=content,
    )
    check_form(found, form)
    return found


def check_form(found: Submission, form: Form) -> None:
    """Refuse what has no id or nothing of this form. Raises BookRefused."""
    if not found.texts and not found.reference and not found.form_id:
        raise refuse(
            "no_answers",
            "Nothing in this file is an answer to these questions.",
            "Choose an export of these questions from ODK or KoboToolbox, or their workbook saved"
            " as .xlsx.",
        )
    if not found.instance_id:
        raise refuse(
            "no_instance",
            "This submission has no instanceID, so that nobody can tell whether it came before.",
            "Send it from ODK Collect, Enketo or KoboToolbox, or export it from there.",
        )
    is_ours = found.form_id == form.form_id or bool(found.reference)
    if not is_ours and not found.texts:
        raise refuse(
            "other_form",
            f"This submission belongs to the form “{found.form_id}”, not to “{form.form_id}”.",
            "Choose the file of these questions, or upload it where those are asked.",
        )


def _parse(content: bytes) -> Element:
    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth, count = depth + 1, count + 1
            if depth > DEEPEST or count > MOST_NODES:
                raise too_large()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise broken() from None
    assert root is not None  # a document without an element ends in ParseError
    return root


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _walk(
    element: Element, path: str, nodes: Mapping[str, Group | Question], gathered: Gathered
) -> None:
    """Note every leaf below an element whose place in the instance is `path`."""
    counted: dict[str, int] = {}
    for child in element:
        name = _local(child)
        if name == "meta":
            gathered.meta |= {_local(one): (one.text or "").strip() for one in child}
            continue
        if child.get(_TEMPLATE) is not None:
            continue
        at = f"{path}/{name}"
        node = nodes.get(_PLACE.sub("", at))
        if isinstance(node, Group) and node.repeat:
            counted[name] = counted.get(name, 0) + 1
            at = f"{at}[{counted[name]}]"
        if len(child) and not isinstance(node, Question):
            _walk(child, at, nodes, gathered)
        elif not isinstance(node, Group):
            note(gathered, at, node, child.text or "")


def note(gathered: Gathered, path: str, node: Question | None, text: str) -> None:
    """Note one leaf: an answer, the hidden reference, or something this form does not have."""
    name = path.rpartition("/")[2]
    if name == REFERENCE:
        gathered.meta[REFERENCE] = text.strip()
    elif node is None and text.strip():
        gathered.set_aside[path] = text.strip()
    elif node is not None and text.strip():
        gathered.texts[path] = text if node.kind is Kind.TEXT else text.strip()


# -- beside the answers -------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A submission beside the answers that are kept."""

    changes: tuple[Change, ...]
    recalculated: tuple[tuple[str, str, str], ...]
    files: Mapping[str, str]
    """Path -> names of the attachments that belong there."""
    not_asked: tuple[tuple[str, str], ...]


def compare(found: Submission, response: Response, *, light: bool = False) -> Compared:
    """Changes by a submission. Raises nothing; the response is not touched."""
    asked = asked_paths(response.form, light=light)
    changes, files, not_asked = [], {}, []
    for path, question, text in _questions(found, response.form):
        if question.kind in UPLOADS:
            files[path] = text
        elif question.is_input and question.path in asked:
            label, place = _label(response, path, question), found.cells.get(path, path)
            changes.append(Change(path, text, "", label, place))
        elif question.is_input:
            not_asked.append((_label(response, path, question), text))
    return Compared(
        tuple(changes), tuple(_recalculated(found, response, changes)), files, tuple(not_asked)
    )


def _questions(found: Submission, form: Form) -> Iterator[tuple[str, Question, str]]:
    questions = {question.path: question for question in form.questions()}
    for path, text in found.texts.items():
        question = questions.get(_PLACE.sub("", path))
        if question is not None:
            yield path, question, text


def _label(response: Response, path: str, question: Question) -> str:
    label = label_at(response, path)
    return label if label != path else question.label.plain() or question.name


def _recalculated(
    found: Submission, response: Response, changes: list[Change]
) -> Iterator[tuple[str, str, str]]:
    """Calculated values that differ between the phone and us, from the same answers."""
    theirs = {
        path: text
        for path, question, text in _questions(found, response.form)
        if question.kind is Kind.CALCULATE
    }
    if not theirs:
        return
    trial = Response(
        response.plan, response.answers(), now=response.now, last_saved=response.last_saved
    )
    put(trial, changes)
    for path, text in theirs.items():
        ours = _value(trial, path)
        if ours != text:
            yield path.rpartition("/")[2], text, ours


def _value(response: Response, path: str) -> str:
    try:
        return response.state(path).value
    except KeyError:
        return ""
