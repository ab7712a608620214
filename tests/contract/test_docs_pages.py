"""Pages of docs/: short, with links that lead somewhere and figures from one file."""

import re
from pathlib import Path

from scripts.page_tables import DOCS, filled, marks
from scripts.write_performance_page import PAGE, tables

PAGES = sorted(DOCS.rglob("*.md"))
LIMIT = 250
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def test_no_page_has_more_than_250_lines():
    lengths = {
        str(page.relative_to(DOCS)): len(page.read_text(encoding="utf-8").splitlines())
        for page in PAGES
    }

    assert {page: lines for page, lines in lengths.items() if lines > LIMIT} == {}


def test_every_link_of_a_page_leads_to_a_file():
    def dead(page: Path) -> list[str]:
        links = LINK.findall(page.read_text(encoding="utf-8"))
        return [link for link in links if not (page.parent / link).exists()]

    assert {page.name: dead(page) for page in PAGES if dead(page)} == {}


def test_the_figures_of_the_page_on_speed_are_those_of_the_file():
    text = PAGE.read_text(encoding="utf-8")

    assert filled(text, tables()) == text
    assert sorted(marks([text])) == sorted(tables())
