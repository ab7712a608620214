"""Generated tables on the pages of docs/: their Markdown, and their places between marks.

Prose is written by hand; the text between `<!-- table NAME -->` and `<!-- end -->` is generated,
so that no page can drift from the data.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
MARKED = re.compile(r"<!-- table (.+?) -->\n.*?<!-- end -->", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, every line ended."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def filled(page: str, tables: Mapping[str, str]) -> str:
    """The page with every marked table regenerated; a mark without a table is a KeyError."""
    return MARKED.sub(lambda mark: f"<!-- table {mark[1]} -->\n{tables[mark[1]]}<!-- end -->", page)


def marks(pages: Iterable[str]) -> list[str]:
    """Names of all tables marked on the pages, with repetitions."""
    return [name for page in pages for name in MARKED.findall(page)]


def pages_of(name: str) -> Iterator[Path]:
    """The page docs/NAME.md and those of the folder docs/NAME."""
    yield DOCS / f"{name}.md"
    yield from sorted((DOCS / name).glob("*.md"))


def rewrite(pages: Iterable[Path], tables: Mapping[str, str]) -> None:
    for page in pages:
        page.write_text(filled(page.read_text(encoding="utf-8"), tables), encoding="utf-8")
