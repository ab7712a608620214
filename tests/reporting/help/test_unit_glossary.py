"""The glossary as data: checked when it is read, and complete for the pages that refer to it."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from ddplatform.infrastructure.text_search import Words
from ddplatform.reporting.help.glossary import find_terms, load_glossary, read_terms
from ddplatform.reporting.help.views import PAGES

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
PARSER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
ROW = {"id": "tier", "term": "Tier", "meaning": "Distance from the buyer.", "source": "UNGP 13"}
SENTENCE_ENDS = re.compile(r"[.!?](?= [A-Z]|$)")


def terms_in(source: str) -> Iterator[str]:
    """The ids that a template asks for: of `term`, of `about`, and of columns of a table."""
    tree = PARSER.parse(source)
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "term":
            yield from _texts(call.args)
        yield from _texts(one.value for one in call.kwargs if one.key == "about")
    for pair in tree.find_all(nodes.Pair):
        if isinstance(pair.key, nodes.Const) and pair.key.value == "about":
            yield from _texts([pair.value])


def _texts(given) -> Iterator[str]:
    for one in given:
        if isinstance(one, nodes.Const) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, nodes.Dict):
            yield from _texts(pair.value for pair in one.items)


def asked() -> dict[str, list[str]]:
    """The ids that each template asks for."""
    found = {
        path.relative_to(TEMPLATES).as_posix(): list(terms_in(path.read_text(encoding="utf-8")))
        for path in TEMPLATES.rglob("*.html")
    }
    return {name: ids for name, ids in found.items() if ids}


def test_the_ids_of_a_template_are_those_of_its_macros_and_columns():
    source = """
    {{ term('tier') }} {{ band('low') }} {{ f(x, about={'flow': 'flow'}) }}
    {% call card(_('Salience'), 'h', about='salient-risk') %}{{ term(id) }}{% endcall %}
    {{ data_table('T', [{'label': _('Evidence'), 'about': 'evidence-grade'}]) }}
    """

    assert set(terms_in(source)) == {"tier", "flow", "salient-risk", "evidence-grade"}


def test_every_term_that_a_template_names_stands_in_the_glossary():
    missing = {name: set(ids) - load_glossary().keys() for name, ids in asked().items()}

    assert {name: ids for name, ids in missing.items() if ids} == {}
    assert {"risk/register/show.html", "due_diligence/findings/show.html"} <= asked().keys()


def test_no_template_explains_a_term_twice():
    twice = {name: [i for i, n in Counter(ids).items() if n > 1] for name, ids in asked().items()}

    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_the_glossary_stands_in_alphabetical_order_with_anchors_that_an_address_can_hold():
    terms = [one.term.lower() for one in load_glossary().values()]

    assert terms == sorted(terms)
    assert [i for i in load_glossary() if not re.fullmatch(r"[a-z]+(-[a-z]+)*", i)] == []


def test_a_meaning_has_one_to_three_sentences_and_leads_to_a_page_that_there_is():
    long = [
        one.id
        for one in load_glossary().values()
        if not 1 <= len(SENTENCE_ENDS.findall(one.meaning)) <= 3 and one.id != "evidence-grade"
    ]

    assert long == []
    assert {one.page for one in load_glossary().values() if one.page} == PAGES.keys()


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([ROW, ROW], "stand twice in the glossary: tier"),
        ([{**ROW, "meaning": " "}], "Fields of tier .* meaning"),
        ([{"term": "Tier"}], "Fields of Tier .* id, meaning, source"),
        ([{**ROW, "see": "flow"}], "Fields of tier .* see"),
        ([{}], "a term without id"),
    ],
)
def test_a_glossary_with_a_fault_is_refused_and_says_which(rows: list[dict[str, str]], fault: str):
    with pytest.raises(ValueError, match=fault):
        read_terms(rows)


def test_a_term_that_is_called_so_is_found_before_those_that_only_mention_it():
    found = [one.id for one in find_terms(Words.of("residual risk"))]

    assert found[0] == "residual-risk"
    assert find_terms(Words.of("no such word")) == []
