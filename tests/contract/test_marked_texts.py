"""Every text that a person reads goes through gettext: templates, and messages and labels of Python.

A template is read as HTML in which each statement of Jinja is a blank and each expression a mark, so
that it is known where an expression stands: in a text, in an attribute that is read, or in one that
is not. Literal texts in expressions are found in their syntax trees.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from inspect import cleandoc
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
NOT_YET: tuple[str, ...] = ()
"""Folders whose texts are not marked yet."""

PARSER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
GETTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
LETTERS = re.compile(r"[^\W\d_]{2}")
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%\w|\{[^{}]*\}|&\w+;")
EXPRESSION = re.compile("\ue000(\\d+)\ue001")
SHOWN_ATTRIBUTES = frozenset(
    {
        *("aria-label", "aria-description", "aria-roledescription", "aria-valuetext"),
        *("title", "placeholder", "alt", "label", "data-label", "data-hint", "data-failed"),
        *("data-saved", "data-saving", "data-offline", "data-out", "data-conflict", "data-waiting"),
    }
)
BUTTONS = frozenset({"submit", "button", "reset"})
UNREAD = frozenset({"script", "style", "code", "kbd", "samp"})
SHOWN_NAMES = frozenset(
    {
        *("text", "title", "label", "legend", "hint", "note", "caption", "sub", "link", "question"),
        *(
            "consequence",
            "button",
            "cancel",
            "noun",
            "empty_title",
            "empty_text",
            "heading",
            "lead",
        ),
        *("message", "advice", "description", "placeholder", "summary"),
    }
)
"""Arguments and keys whose text is read, also when it is one small word."""
CODE_NAMES = frozenset(
    {
        *("attributes", "attrs", "class", "classes", "cls", "kind", "style", "id", "href", "src"),
        *("name", "type", "icon", "key", "accept", "autocomplete", "inputmode", "pattern", "lang"),
        *("rel", "method", "action", "value", "field", "anchor", "endpoint", "part", "swap", "fmt"),
        *("d", "path", "view_box", "viewbox", "target", "mark", "colour", "tone", "shape"),
    }
)
"""Arguments, keys and variables that hold what a browser or a program reads."""
QUOTE = re.compile("['\"]")
CODE = re.compile(r"^[\s…]*-\w+|=\"|^https?://$|^f-\w+$|^flask --app app ")
"""Ids, attributes and colours that macros put together, and commands."""
CLASS_BLOCK = re.compile(r"{% block (?:page|shell)_class %}.*?{% endblock %}")
SAME_EVERYWHERE = re.compile(r"\b(?:[A-Z]{2,4}-\d+(?:\.\d+)?|CSV|Excel|JSON|SHA-256|km)(?![\w-])")
"""Ids of a method, file formats and units: no language has another word for them."""
FILTERS_OF_TEXT = frozenset({"default", "d", "join", "plural", "format"})
TELLS = frozenset(
    {
        *("flash", "Invalid", "Conflict", "NotFound", "NotAllowed", "FileRefused", "Refused"),
        *("Refusal", "ValidationError", "StopValidation", "Choice", "TooMany", "StepNotAllowed"),
    }
)
VALIDATORS = frozenset(
    {
        *("DataRequired", "InputRequired", "Length", "NumberRange", "Email", "Regexp", "AnyOf"),
        *("EqualTo", "URL", "Optional"),
    }
)
LABELS = frozenset({"label", "description", "message"})
LOOKED_AT = re.compile(rf"\b(?:\w*Field|{'|'.join(sorted(TELLS))})\(")
PYTHON_LEFT_OUT = re.compile(
    r"/(?:migrations|core|documents|demo|operations|report_facts)/|commands?(?:\.py|/)"
    r"|adapters/uploads\.py|single_sign_on/services/providers\.py"
    r"|organisations/queries\.py|reference/queries/releases\.py|mapping/queries/maps\.py"
)
"""What operators and outsiders read (commands, operations, files, the sample company), and faults of files,
which are translated by their pattern where they are shown (`infrastructure/words/files.py`)."""


@dataclass(frozen=True, order=True)
class Fault:
    """A text that gettext does not know."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text[:90]!r}"


def is_words(text: str) -> bool:
    """Whether a text has words beside its placeholders."""
    plain = EXPRESSION.sub("…", text)
    left = SAME_EVERYWHERE.sub("", PLACEHOLDER.sub("", plain))
    return not CODE.search(plain) and LETTERS.search(left) is not None


def is_sentence(text: str) -> bool:
    """Whether a literal of a macro's arguments is meant for people: a blank or a capital."""
    return is_words(text) and (" " in text.strip() or text[:1].isupper())


@dataclass
class Flat:
    """A template as HTML, with its expressions and its statements beside it."""

    html: str = ""
    expressions: list[tuple[int, str]] = field(default_factory=list)
    statements: list[tuple[int, str]] = field(default_factory=list)


def flat(source: str) -> Flat:
    """Take a template apart: what stands inside `{% trans %}` is marked, and left out."""
    found, inside, is_translated, line = Flat(), "", False, 1
    parts: list[str] = []
    for at, kind, value in PARSER.lex(source):
        if kind == "data":
            parts.append("\n" * value.count("\n") if is_translated else value)
            continue
        if kind in ("variable_begin", "block_begin"):
            inside, line = "", at
        elif kind == "variable_end":
            parts.append(f"\ue000{len(found.expressions)}\ue001" if not is_translated else "")
            found.expressions.append((line, inside))
        elif kind == "block_end":
            word = inside.split(maxsplit=1)[0] if inside.strip() else ""
            is_translated = word == "trans" or (is_translated and word != "endtrans")
            found.statements.append((line, inside))
            parts.append(" ")
        elif kind in ("raw_begin", "raw_end"):
            continue
        elif not kind.startswith("comment"):
            inside += value
        parts.append("\n" * value.count("\n"))
    found.html = "".join(parts)
    return found


class Reader(HTMLParser):
    """Texts and attributes that are read, each with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, given = self.getpos()[0], dict(attrs)
        if tag in UNREAD or given.get("translate") == "no":
            self._unread.append(tag)
        shown = SHOWN_ATTRIBUTES
        if tag == "input" and given.get("type") in BUTTONS:
            shown = shown | {"value"}
        if tag == "meta" and given.get("name") == "description":
            shown = shown | {"content"}
        self.found += [(line, value) for name, value in attrs if name in shown and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        line = self.getpos()[0]
        for number, text in enumerate(data.split("\n")):
            if text.strip():
                self.found.append((line + number, text.strip()))


def template_faults(source: str, file: str = "page.html") -> list[Fault]:
    """Texts of a template that gettext does not know."""
    source = CLASS_BLOCK.sub("", source)
    page, reader = flat(source), Reader()
    reader.feed(page.html)
    reader.close()
    faults = [Fault(file, line, _plain(text)) for line, text in reader.found if is_words(text)]
    read = {int(one) for _line, text in reader.found for one in EXPRESSION.findall(text)}
    for number, (line, expression) in enumerate(page.expressions):
        if number in read and QUOTE.search(expression):
            texts = literals(_parts(expression))
            faults += [Fault(file, line, text) for text in texts if is_words(text)]
    for line, statement in filter(lambda one: QUOTE.search(one[1]), page.statements):
        faults += [Fault(file, line, text) for text in texts_of_statement(statement)]
    return sorted(set(faults))


def _plain(text: str) -> str:
    return EXPRESSION.sub("…", text)


def texts_of_statement(statement: str) -> Iterator[str]:
    """What a call of a macro, a loop or an assignment hands on to be read."""
    word = statement.strip(" -+\n").partition(" ")[0]
    if word == "call":
        for block in _parsed(statement, "{% endcall %}").find_all(nodes.CallBlock):
            yield from filter(is_words, literals([block.call]))
    elif word == "set" and "=" in statement:
        for one in _parsed(statement, "").find_all(nodes.Assign):
            if not (isinstance(one.target, nodes.Name) and one.target.name in CODE_NAMES):
                yield from filter(is_sentence, literals([one.node]))
    elif word == "for":
        for loop in _parsed(statement, "{% endfor %}").find_all(nodes.For):
            yield from filter(is_sentence, literals([loop.iter]))


def _parsed(statement: str, end: str) -> nodes.Template:
    return PARSER.parse("{%" + statement + "%}" + end)


def _parts(expression: str) -> list[nodes.Node]:
    outputs = PARSER.parse("{{" + expression + "}}").find_all(nodes.Output)
    return [node for output in outputs for node in output.nodes]


def literals(parts: Iterable[nodes.Node | None]) -> Iterator[str]:
    """The literal texts that expressions can show: what is handed over, chosen or joined."""
    for part in parts:
        if isinstance(part, nodes.Const) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, nodes.Call):
            yield from literals_of_call(part)
        elif isinstance(part, nodes.Dict):
            yield from literals_of_names((_name(pair.key), pair.value) for pair in part.items)
        elif part is not None:
            yield from literals(_shown(part))


def _shown(part: nodes.Node) -> Iterable[nodes.Node | None]:
    """The parts of an expression that end up in what it shows."""
    if isinstance(part, nodes.Filter):
        rest = [*part.args, *(one.value for one in part.kwargs)]
        return [part.node, *(rest if part.name in FILTERS_OF_TEXT else ())]
    if isinstance(part, nodes.CondExpr):
        return [part.expr1, part.expr2]
    if isinstance(part, nodes.Mod):
        return [part.left]
    if isinstance(part, nodes.Getitem):
        return [part.node]
    if isinstance(part, nodes.Or | nodes.And | nodes.Concat | nodes.Add | nodes.List | nodes.Tuple):
        return part.iter_child_nodes()
    return ()


def _name(key: nodes.Node) -> str:
    return str(key.value) if isinstance(key, nodes.Const) else ""


def literals_of_names(given: Iterable[tuple[str, nodes.Node]]) -> Iterator[str]:
    """Arguments of a macro, or values of a dictionary, by their names."""
    for name, value in given:
        if name in CODE_NAMES:
            continue
        for text in literals([value]):
            if is_sentence(text) or (name in SHOWN_NAMES and is_words(text)):
                yield text


def literals_of_call(call: nodes.Call) -> Iterator[str]:
    """What a macro shows, what a lookup gives where it has none, what a translation inserts."""
    called = call.node
    named = [(one.key, one.value) for one in call.kwargs]
    if isinstance(called, nodes.Getattr):
        if called.attr == "get":
            yield from literals([called.node, *call.args[1:]])
    elif isinstance(called, nodes.Name):
        if called.name in GETTEXT:
            values = literals(value for _name, value in named)
            yield from (text for text in values if text[:1].isupper())
        elif called.name in macros():
            names = (*macros()[called.name], *("",) * len(call.args))
            yield from literals_of_names([*zip(names, call.args, strict=False), *named])


@cache
def templates() -> dict[str, str]:
    """Every template with its source."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.suffix in (".html", ".txt")
    }


@cache
def macros() -> dict[str, tuple[str, ...]]:
    """The macros of all templates with the names of their arguments."""
    start = re.compile(r"{%-?\s*macro\s+(\w+)\(([^%]*)\)\s*-?%}")
    return {
        name: tuple(re.sub(r"=.*", "", one).strip() for one in _arguments(given))
        for source in templates().values()
        for name, given in start.findall(source)
    }


def _arguments(given: str) -> list[str]:
    """`a, b=(1, 2)` -> ["a", "b="]"""
    flattened = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|'[^']*'", "", given)
    return [one for one in flattened.split(",") if one.strip()]


def python_faults(source: str, file: str = "page.py") -> list[Fault]:
    """Texts that Python hands to a message, an error or a form without gettext."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return sorted(
        {
            Fault(file, text.lineno, words)
            for call in calls
            for text in texts_of_call(call)
            if is_words(words := _words(text))
        }
    )


def texts_of_call(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are read and are written in it."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    named = {one.arg or "": one.value for one in call.keywords}
    if name in TELLS:
        handed = [*call.args, *(named[one] for one in named if one != "category")]
        yield from (one for text in handed for one in _written(text) if _is_told(one))
    elif name in VALIDATORS:
        last = call.args[-1:] if name in ("DataRequired", "InputRequired", "Email") else []
        yield from (one for text in (*last, *_of(named)) for one in _written(text))
    elif name.endswith("Field"):
        yield from (one for text in (*call.args[:1], *_of(named)) for one in _written(text))
        yield from _labels_of_choices(named.get("choices"))


def _of(named: dict[str, ast.expr]) -> list[ast.expr]:
    return [value for name, value in named.items() if name in LABELS]


def _labels_of_choices(choices: ast.expr | None) -> Iterator[ast.expr]:
    if isinstance(choices, ast.List | ast.Tuple):
        for pair in choices.elts:
            if isinstance(pair, ast.Tuple) and len(pair.elts) > 1:
                yield from _written(pair.elts[1])


def _written(text: ast.expr) -> Iterator[ast.expr]:
    """The literal texts of an argument: chosen, joined, or in a dictionary."""
    if isinstance(text, ast.JoinedStr) or (
        isinstance(text, ast.Constant) and isinstance(text.value, str)
    ):
        yield text
    elif isinstance(text, ast.Dict):
        for value in text.values:
            yield from _written(value)
    elif isinstance(text, ast.IfExp):
        yield from (*_written(text.body), *_written(text.orelse))
    elif isinstance(text, ast.BinOp):
        yield from (*_written(text.left), *_written(text.right))
    elif isinstance(text, ast.BoolOp):
        for value in text.values:
            yield from _written(value)


def _is_told(text: ast.expr) -> bool:
    """A code of an error, or a category of a message, is one small word."""
    return is_sentence(_words(text))


def _words(text: ast.expr) -> str:
    if isinstance(text, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "{}" for one in text.values]
        return "".join(map(str, parts))
    assert isinstance(text, ast.Constant)
    return str(text.value)


def modules() -> Iterator[tuple[str, str]]:
    """The modules that tell people something, with their sources."""
    for path in sorted((ROOT / "ddplatform").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        source = path.read_text(encoding="utf-8")
        if not PYTHON_LEFT_OUT.search(file) and LOOKED_AT.search(source):
            yield file, source


def all_faults() -> list[Fault]:
    """What is not marked in the whole project."""
    faults = [fault for file, text in templates().items() for fault in template_faults(text, file)]
    return faults + [fault for file, text in modules() for fault in python_faults(text, file)]


def test_no_text_that_a_person_reads_is_left_unmarked():
    faults = [str(fault) for fault in all_faults() if not fault.file.startswith(NOT_YET or "\0")]

    assert not faults, f"{len(faults)} texts are not marked:\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('<p title="Open it">Go {{ name }}</p>', ["Go …", "Open it"]),
        (
            "<p class=\"go\">{{ _('Go') }}</p>{# why #}{% trans n=x %}Go <b>{{ n }}</b>{% endtrans %}",
            [],
        ),
        ("<input type=submit value='Save it'><input value='Kept'>", ["Save it"]),
        (
            "<p{% if x %} hidden{% endif %} class='a{% if x %} b{% endif %}'>{{ x }} of {{ y }}</p>",
            ["… of …"],
        ),
        (
            "<i class=\"{{ 'on it' if x else 'Off' }}\">{{ 'on' if x == 'Some thing' else _('Off') }}</i>",
            ["on"],
        ),
        (
            "{{ x or 'The platform' }} {{ rows|join(' and ') }} {{ n|plural('site', 'sites') }}",
            [" and ", "The platform", "site", "sites"],
        ),
        (
            "{{ notice('Not kept', 'warn') }}{{ icon('download', cls='btn sm') }}{{ url_for('A b') }}",
            ["Not kept"],
        ),
        (
            "{{ words.get(x, 'Another') }} {{ {'a': 'Open'}[x] }} <code>kept as is</code>",
            ["Another", "Open"],
        ),
        (
            "{% call card('Members', 'h-m') %}{% endcall %}{% set words = ['at it', _('c d')] %}",
            ["Members", "at it"],
        ),
        (
            "{% for key, label in [('', 'Your device'), ('x', _('Dark'))] if key != 'The rest' %}{% endfor %}",
            ["Your device"],
        ),
        ("<script>let Some = 'thing'</script>{% if x == 'Some thing' %}5 %{% endif %}", []),
    ],
)
def test_texts_of_a_template_are_found_and_marked_ones_and_codes_are_not(
    source: str, texts: list[str]
):
    assert [fault.text for fault in template_faults(source)] == texts


def test_a_fault_names_the_line_it_stands_in():
    source = "{#- one\ntwo -#}\n<p>\n{% trans %}A\nB{% endtrans %}\n  Five\n{{ notice(\n'Seven is it') }}</p>"

    found = [(fault.line, fault.text) for fault in template_faults(source)]

    assert found == [(6, "Five"), (7, "Seven is it")]


def test_texts_of_python_are_found_and_marked_ones_and_codes_are_not():
    source = """
    flash("It is kept.", "success"); flash(gettext("Done."), "info")
    raise Invalid(fields={"name": f"Shorten {name} now."})
    raise FileRefused("too_large", gettext("Too large."), "Send less.")
    raise Conflict("At it" if x else _("C d"))
    name = StringField("Name", validators=[DataRequired("Enter a name."), Length(max=3)])
    kind = SelectField(_("Kind"), choices=[("a", "First"), ("b", _("Second"))], name="kind")
    """

    assert [fault.text for fault in python_faults(cleandoc(source))] == [
        *("It is kept.", "Shorten {} now.", "Send less.", "At it", "Enter a name.", "Name", "First")
    ]
