"""Search results as lines: a linked title, and the reason for the match."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from ddplatform.due_diligence.actions.queries.actions import ActionHit
from ddplatform.due_diligence.findings.queries import FindingHit
from ddplatform.evidence.uploads.queries.by_text import DocumentHit
from ddplatform.infrastructure.folding import fold
from ddplatform.infrastructure.text_search import NOWHERE, Found, Part, Words
from ddplatform.infrastructure.web.countries import country_codes, country_name
from ddplatform.infrastructure.web.page_context import PageLink
from ddplatform.reporting.help.glossary import Term, find_terms
from ddplatform.reporting.reports.queries import ReportHit
from ddplatform.reporting.search.kinds import Kind
from ddplatform.reporting.search.views.excerpts import Pieces, count_of, excerpt, mark
from ddplatform.supplier_engagement.questions.queries import AskedHit
from ddplatform.value_chain.filters.queries.search import FoundNode
from ddplatform.value_chain.saved_views.queries import ViewHit
from supply_chain.intake.commodities import commodity_ref
from supply_chain.intake.countries import country_code
from supply_chain.intake.register_ids import REGISTERS
from supply_chain.reference.release import load_reference

TITLE, SIMILAR = "title", "similar"
LEAST_LETTERS = 3
"""Of the name of a country or good: two may be anything, and an id begins with a code."""
Texts = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Result:
    """One line: the title with the words marked, and further matches.

    Attributes:
        field: where the words stand: `TITLE`, `SIMILAR` where they do only nearly, or the key or
            name of another text, of which `excerpt` is the part.
        row: further content of the line.
    """

    title: Pieces
    href: str
    field: str
    excerpt: Pieces
    row: Any


@dataclass(frozen=True)
class AtlasEntry:
    """A country or a good of that name."""

    name: str
    href: str
    is_country: bool


def result_of(title: str, href: str, texts: Texts, words: Words, row: Any) -> Result:
    """The line of a row.

    Args:
        texts: key or name, and text, of further places for the words beside the title.
    """
    marked, folded = mark(title, words), fold(title)
    missing = [part for part in words.parts if part not in folded]
    if not missing:
        return Result(marked, href, TITLE, (), row)
    field, text = max(texts, key=lambda one: count_of(missing, one[1]), default=("", ""))
    if not count_of(missing, text):
        return Result(marked, href, SIMILAR, (), row)
    return Result(marked, href, field, excerpt(text, words), row)


def _site(row: FoundNode, words: Words) -> Result:
    ids = [
        (REGISTERS[scheme].title if scheme in REGISTERS else scheme.upper(), str(value))
        for scheme, value in row.external_ids.items()
    ]
    texts = [
        ("id", row.external_ref),
        *ids,
        ("region", row.region or ""),
        ("address", row.address or ""),
    ]
    href = url_for("value_chain.node", node_id=row.id)
    return result_of(row.name, href, texts, words, row)


def _finding(row: FindingHit, words: Words) -> Result:
    texts = [("description", row.description), ("site", row.node_name)]
    href = url_for("findings.show", finding_id=row.id)
    return result_of(row.title, href, texts, words, row)


def _action(row: ActionHit, words: Words) -> Result:
    texts = [
        ("description", row.description),
        ("success_measure", row.success_measure),
        ("site", row.node_name),
    ]
    href = url_for("findings.action", action_id=row.id)
    return result_of(row.title, href, texts, words, row)


def _document(row: DocumentHit, words: Words) -> Result:
    href = url_for("evidence.show", evidence_id=row.id)
    return result_of(row.filename, href, [("description", row.description)], words, row)


def _asked(row: AskedHit, words: Words) -> Result:
    href = url_for("questionnaires.version", version_id=row.form.version_id)
    if row.question:
        return result_of(row.label, href, [("question", row.question)], words, row)
    texts = [("short_name", row.form.ref), ("description", row.form.description)]
    return result_of(row.form.title, href, texts, words, row)


def _report(row: ReportHit, words: Words) -> Result:
    texts = [("number", row.name), ("map", row.chain_name)]
    return result_of(row.title, url_for("reports.show", report_id=row.id), texts, words, row)


def _view(row: ViewHit, words: Words) -> Result:
    href = url_for("value_chain.open_view", view_id=row.id)
    return result_of(row.name, href, [("map", row.chain_name)], words, row)


def _atlas(row: AtlasEntry, words: Words) -> Result:
    return result_of(row.name, row.href, (), words, row)


def _term(row: Term, words: Words) -> Result:
    href = url_for("help.show", _anchor=row.id)
    return result_of(row.term, href, [("meaning", row.meaning)], words, row)


def _page(row: PageLink, words: Words) -> Result:
    return result_of(row.label, row.href, [("part", row.group)], words, row)


LINES: Mapping[Kind, Callable[[Any, Words], Result]] = {
    Kind.SITES: _site,
    Kind.FINDINGS: _finding,
    Kind.ACTIONS: _action,
    Kind.DOCUMENTS: _document,
    Kind.QUESTIONNAIRES: _asked,
    Kind.REPORTS: _report,
    Kind.VIEWS: _view,
    Kind.ATLAS: _atlas,
    Kind.TERMS: _term,
    Kind.PAGES: _page,
}


def find_pages(pages: Sequence[PageLink], words: Words, part: Part) -> Found[PageLink]:
    """The pages of the navigation whose name, or part of it, holds the words."""
    placed = [(words.place(page.label, page.group), page) for page in pages]
    rows = [page for place, page in sorted(placed, key=lambda one: one[0]) if place < NOWHERE]
    return Found(rows[part.first : part.first + part.size], len(rows))


def find_in_glossary(words: Words, part: Part) -> Found[Term]:
    """The terms of the glossary that hold the words in name or meaning."""
    terms = find_terms(words)
    return Found(terms[part.first : part.first + part.size], len(terms))


def find_in_atlas(typed: str, words: Words, part: Part) -> Found[AtlasEntry]:
    """The country and the good of that name, in any language, and those with such words in it."""
    countries = {code: country_name(code) for code in country_codes()}
    goods = {ref: one.name for ref, one in load_reference().catalogue.commodities.items()}
    code = country_code(typed) if len(typed) >= LEAST_LETTERS else None
    entries = [
        AtlasEntry(countries[code], url_for("reference.country", alpha2=code), is_country=True)
        for code in _named(words, countries, exact=code)
    ]
    entries += [
        AtlasEntry(goods[ref], url_for("reference.good", commodity_ref=ref), is_country=False)
        for ref in _named(words, goods, exact=commodity_ref(typed))
    ]
    return Found(entries[part.first : part.first + part.size], len(entries))


def _named(words: Words, names: Mapping[str, str], *, exact: str | None) -> list[str]:
    """Keys of names, `exact` first, then those of which what was typed begins a word."""
    begins = re.compile(rf"\b{re.escape(words.whole)}")
    is_long = len(words.whole) >= LEAST_LETTERS
    begun = [
        key for key in sorted(names, key=lambda k: names[k]) if begins.search(fold(names[key]))
    ]
    first = [exact] if exact is not None and exact in names else []
    return list(dict.fromkeys([*first, *(begun if is_long else [])]))
