"""Pages that a supplier or a first-time user meets: no text unmarked, none without translation."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from inspect import cleandoc
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from ddplatform.audit.views import DONE_BY_SUPPLIERS, known_actions
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.due_diligence.findings.views.words import ACTION_STATES
from ddplatform.languages import ENGLISH, LANGUAGES
from scripts.update_translations import (
    HEADER,
    RED_FLAGS,
    catalogue_file,
    is_translated,
    read_marked,
)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
OF_SUPPLIERS = (
    *(
        f"supplier_engagement/{feature}"
        for feature in (
            *("responses", "answering", "questions", "submission", "respondents", "offline"),
            *("phone_apps", "protection_services", "sharing"),
        )
    ),
    "risk/supplier_figures",
)
"""Features whose pages a supplier reads."""
FIRST_MET = sorted(
    str(path.relative_to(ROOT))
    for pattern in (
        *("layouts/*.html", "components/[!c]*.html", "email/*.txt"),
        *(
            "accounts/sign_in/*.html",
            "accounts/second_factor/*.html",
            "accounts/passkeys/*.html",
            "accounts/single_sign_on/*.html",
            "errors/*.html",
        ),
        *(f"{one}/*.html" for one in OF_SUPPLIERS),
        *("supplier_engagement/cascade/[!p]*.html", "due_diligence/actions/my_action*.html"),
        *("accounts/organisations/people.html", "accounts/organisations/colleague.html"),
        *("evidence/uploads/*.html", "audit/*.html", "risk/response/_parts.html"),
        "due_diligence/concern_door/*.html",
    )
    for path in TEMPLATES.glob(pattern)
)
"""Left out: `components/charts.html` and `colour.html`, `cascade/proposals.html`: buyers' pages."""
DOORS = sorted(
    str(path.relative_to(ROOT))
    for pattern in (
        *(f"{one}/**/*.py" for one in OF_SUPPLIERS if one.startswith("supplier_engagement")),
        *(f"risk/supplier_figures/{one}.py" for one in ("forms", "routes", "views/*")),
        *("accounts/sign_in/*.py", "accounts/sign_in/routes/*.py"),
        *("evidence/uploads/forms.py", "evidence/uploads/routes.py"),
        *("due_diligence/actions/routes/suppliers.py",),
        *(f"supplier_engagement/cascade/{one}.py" for one in ("routes/own", "services/cascade")),
    )
    for path in (ROOT / "ddplatform").glob(pattern)
)
"""Python that tells a supplier something at once: what was done, or why it was not."""
TELLS = frozenset({"flash", "Invalid", "Conflict", "NotFound", "NotAllowed", "FileRefused"})
READ_BY_SUPPLIERS = frozenset(
    str(path.relative_to(ROOT))
    for pattern in (
        *("accounts/organisations/*.py", "accounts/sign_in/**/*.py", "audit/views.py"),
        *("accounts/own_sessions/*.py", "accounts/second_factor/**/*.py", "accounts/guesses/*.py"),
        *("accounts/notices/*.py", "accounts/passkeys/**/*.py"),
        *(f"accounts/single_sign_on/{one}.py" for one in ("forms", "routes", "services/[fi]*")),
        "accounts/organisations/services/[ip]*.py",
        *("documents/paper/*.py", "evidence/uploads/*.py", "risk/supplier_figures/**/*.py"),
        *("due_diligence/actions/registration.py", "due_diligence/actions/routes/suppliers.py"),
        *("due_diligence/concern_door/*.py", "due_diligence/concerns/**/*.py"),
        *("infrastructure/adapters/*.py", "infrastructure/errors.py", "infrastructure/words/*.py"),
        *("infrastructure/forms/sent.py", "infrastructure/web/*.py"),
        *("risk/response/views/card.py", "risk/response/views/words.py"),
        *(f"{one}/**/*.py" for one in OF_SUPPLIERS if one.startswith("supplier_engagement")),
        *("supplier_engagement/cascade/forms.py", "supplier_engagement/cascade/routes/own.py"),
        *("supplier_engagement/cascade/services/cascade.py", "supplier_engagement/words/*.py"),
        *("supplier_engagement/requests/services/letters.py", "evidence/uploads/services.py"),
        *(f"supplier_engagement/{one}/services/mail*.py" for one in ("review", "returned_books")),
    )
    for path in (ROOT / "ddplatform").glob(pattern)
) | {RED_FLAGS}
"""Files whose texts suppliers and first-time users read, also in mails: all are translated."""
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SHOWN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|data-label|alt)="([^"]*)"')
TAG = re.compile(r"<[^>]*>", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2}")
PART_OF_MARKUP = re.compile(r"^(-\w+\s*)+$|aria-")  # what macros put into ids and attributes
IN_ATTRIBUTE = re.compile(r'\b(?:class|id|href|name|value|type|rel)="[^"]*$')
PARSER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
SHOWN_ARGUMENTS = frozenset(
    {
        *("text", "title", "label", "legend", "hint", "note", "caption", "sub", "link", "question"),
        *("consequence", "button", "cancel", "noun", "empty_title", "empty_text"),
        *("empty_actions", "actions", "columns", "rows", "steps", "here"),
    }
)
"""What macros show of what is handed to them."""
BRACES = re.compile(r"^f|\{[^{}]*\}")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@cache
def marked() -> list[Message]:
    """All texts marked for translation; seconds to find, so only where a test asks."""
    return [message for message in read_marked() if message.id]


def unmarked(source: str) -> list[str]:
    """Words of a template that a reader sees and gettext does not."""
    plain = JINJA.sub(" ", source)
    texts = [*SHOWN_ATTRIBUTE.findall(plain), *TAG.sub("\n", plain).split("\n")]
    found = [text.strip() for text in texts if WORD.search(text)]
    return [text for text in found if not PART_OF_MARKUP.search(text)]


def macros() -> dict[str, list[str]]:
    """The macros of the shared parts with the names of their arguments."""
    found: dict[str, list[str]] = {}
    for part in (TEMPLATES / "components").glob("*.html"):
        tree = PARSER.parse(part.read_text(encoding="utf-8"))
        for macro in tree.find_all(nodes.Macro):
            found[macro.name] = [argument.name for argument in macro.args]
    return found


def handed_over(source: str) -> list[str]:
    """Words in the expressions of a template that a reader sees and gettext does not."""
    tree = PARSER.parse(source)
    found = [
        text for output in tree.find_all(nodes.Output) for text in shown(outside_attributes(output))
    ]
    calls = [block.call for block in tree.find_all(nodes.CallBlock)]
    return [text for text in (*found, *shown(calls)) if WORD.search(text)]


def outside_attributes(output: nodes.Output) -> Iterator[nodes.Node]:
    """The expressions of a stretch of a template, but for those that give a class or a code."""
    before = ""
    for part in output.nodes:
        if isinstance(part, nodes.TemplateData):
            before = part.data
        elif not IN_ATTRIBUTE.search(before):
            yield part


def shown(parts: Iterable[nodes.Node]) -> Iterator[str]:
    """The literal texts that expressions can show: what is called, chosen or joined."""
    for part in parts:
        if isinstance(part, nodes.Const) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, nodes.Call):
            yield from shown(arguments_shown(part))
        elif isinstance(part, nodes.CondExpr):
            yield from shown([one for one in (part.expr1, part.expr2) if one])
        elif isinstance(part, (nodes.Or, nodes.And)):
            yield from shown([part.right])
        elif isinstance(part, (nodes.Concat, nodes.Add)):
            yield from shown(part.iter_child_nodes())
        elif isinstance(part, nodes.Dict):
            yield from shown([p.value for p in part.items if p.key.as_const() in SHOWN_ARGUMENTS])
        elif isinstance(part, (nodes.List, nodes.Tuple)):  # a tuple is a fact or a choice
            yield from shown(part.items)


def arguments_shown(call: nodes.Call) -> list[nodes.Node]:
    """The arguments of a macro that end up as text, and what a lookup gives where it has none."""
    if isinstance(call.node, nodes.Getattr) and call.node.attr == "get":
        return list(call.args[1:])
    names = MACROS.get(call.node.name, []) if isinstance(call.node, nodes.Name) else []
    given = [*zip(names, call.args, strict=False), *((k.key, k.value) for k in call.kwargs)]
    found = [value for name, value in given if names and name in SHOWN_ARGUMENTS]
    offered = [value for name, value in given if names and name == "choices"]
    pairs = [pair for value in offered if isinstance(value, nodes.List) for pair in value.items]
    return [*found, *(pair.items[-1] for pair in pairs if isinstance(pair, nodes.Tuple))]


MACROS = macros()


def test_a_text_between_tags_or_in_a_label_is_found_and_a_marked_one_is_not():
    assert unmarked('<p title="Open">Go {{ name }}</p>') == ["Open", "Go"]
    assert unmarked("<p class=\"go\">{{ _('Go') }}</p>{# why #}") == []


def test_a_text_handed_to_a_macro_is_found_and_a_marked_one_a_class_or_a_code_is_not():
    source = """
    {{ tag('not used', 'warn') }} {{ tag(_('used'), 'ok') }} {{ facts([('Buyer', x), (_('S'), y)]) }}
    {% call card('Members', 'h-m', flush=true) %}{{ x or 'The platform' }}{% endcall %}
    {{ data_table(_('T'), [{'label': 'Size', 'number': true}], empty_title='None' if a == 'b c') }}
    <i class="{{ 'on' if x else 'off' }}"></i>{{ select('use', _('U'), [('', 'any'), ('go', _('G'))]) }}
    {{ words.get(x, 'Another') }} {{ icon('download') }} {{ url_for('.show', id=1) }}
    """
    assert handed_over(source) == [
        *("not used", "Buyer", "The platform", "Size", "None", "any", "Another", "Members")
    ]


@pytest.mark.parametrize("template", FIRST_MET)
def test_no_text_handed_to_a_macro_of_a_page_met_first_is_left_unmarked(template: str):
    assert handed_over((ROOT / template).read_text(encoding="utf-8")) == []


def told(source: str) -> list[str]:
    """Literal sentences that Python hands to a message or an error without gettext."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [(call, getattr(call.func, "id", getattr(call.func, "attr", ""))) for call in calls]
    handed = [
        value
        for call, name in names
        if name in TELLS
        for argument in (*call.args, *(k.value for k in call.keywords))
        for value in (argument.values if isinstance(argument, ast.Dict) else [argument])
    ]
    texts = [ast.unparse(v) for v in handed if isinstance(v, (ast.Constant, ast.JoinedStr))]
    return [text for text in texts if WORD.search(BRACES.sub("", text)) and " " in text]


def test_a_sentence_in_a_message_or_an_error_is_found_and_a_marked_one_or_a_code_is_not():
    source = """
    flash("It is kept.", "success"); flash(gettext("Done."), "info")
    raise Invalid(fields={"name": f"Shorten {name} now."})
    raise FileRefused("too_large", gettext("Too large."), "Send less.")
    """
    assert told(cleandoc(source)) == ["'It is kept.'", "f'Shorten {name} now.'", "'Send less.'"]


@pytest.mark.parametrize("door", DOORS)
def test_no_sentence_told_to_a_supplier_is_left_unmarked(door: str):
    assert told((ROOT / door).read_text(encoding="utf-8")) == []


def test_states_of_actions_are_those_of_their_way():
    said = {state: word.source for state, word in ACTION_STATES.items()}

    assert said == dict(lifecycle(Machine.ACTION).states)


def test_what_suppliers_do_is_called_as_in_the_log():
    called = {words.what for words in known_actions().values()}

    assert {word.source for word in DONE_BY_SUPPLIERS} <= called


@pytest.mark.parametrize("template", FIRST_MET)
def test_no_text_of_a_page_met_first_is_left_unmarked(template: str):
    assert unmarked((ROOT / template).read_text(encoding="utf-8")) == []


def wanted() -> list[Message]:
    """What the pages of suppliers say, in templates and in Python."""
    return [
        message
        for message in marked()
        if any(place in FIRST_MET or place in READ_BY_SUPPLIERS for place, _ in message.locations)
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_those_pages_is_translated(language: str):
    with catalogue_file(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    known = {message.id: message for message in catalogue if message.id}
    found = [known.get(message.id) for message in wanted()]

    missing = [
        message.id
        for message, there in zip(wanted(), found, strict=True)
        if there is None or there.fuzzy or not is_translated(there.string)
    ]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_placeholders_and_the_tags_of_its_text(language: str):
    with catalogue_file(language).open("rb") as file:
        messages = [m for m in read_po(file, locale=language) if m.id and is_translated(m.string)]
    wrong = []
    for message in messages:
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in texts:
            same = [
                sorted(set(PLACEHOLDER.findall(text))) == sorted(set(PLACEHOLDER.findall(source)))
                and sorted(TAG.findall(text)) == sorted(TAG.findall(source))
                and (('"' in TAG.sub("", source)) or '"' not in TAG.sub("", text))
                for source in sources
            ]
            if not any(same):
                wrong.append((sources[-1], text))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_says_that_no_speaker_has_reviewed_it(language: str):
    text = catalogue_file(language).read_text(encoding="utf-8")

    assert HEADER.splitlines()[-1] in text


def test_french_signs_of_two_parts_stay_on_the_line_of_their_word():
    """Before : ; ? and ! stands a blank at which no line breaks (Imprimerie nationale, Lexique)."""
    with catalogue_file("fr").open("rb") as file:
        words = [text for message in read_po(file) for text in _texts_of(message)]
    shipped = (ROOT / "questionnaires/data/SAQ/translations/fr.csv").read_text(encoding="utf-8")
    breaking = re.compile(r" [:;?!](?=\s|»|$)")

    assert [text for text in words if breaking.search(text)] == []
    assert breaking.findall(shipped) == []


def _texts_of(message: Message) -> Iterable[str]:
    return message.string if isinstance(message.string, tuple) else (message.string,)
