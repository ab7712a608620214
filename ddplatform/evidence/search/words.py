"""Words in the texts of a file that may identify a person, reported as they are found."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ddplatform.core.due_diligence.free_text import MOST, traces_in
from ddplatform.core.due_diligence.upload_traces import MOST_WORDS, Gap

MAX_CHARACTERS = 400_000
BETWEEN = " | "
"""Between cells: two of them, each with a capital, are not the two parts of a name."""
APART = "\n|\n"
"""Between paragraphs and rows, so that no find reaches from one into the next."""
_SEPARATORS = re.compile(r"[;,\t]")
FoundWords = dict[str, Any]


def lines_of(content: bytes, *, is_table: bool) -> Iterator[str]:
    """The lines of a plain text; of a table with its cells apart."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    for line in text.splitlines():
        yield _SEPARATORS.sub(BETWEEN, line) if is_table else line


def words_in(texts: Iterable[str]) -> Iterator[FoundWords]:
    """The words found since the last call, and a mark where texts continue unsearched.

    Args:
        texts: stretches that belong together: a page, a paragraph, a row.
    """
    seen: dict[str, None] = {}
    characters = 0
    for stretch in _stretches(texts):
        characters += len(stretch)
        found = [" ".join(words.split()) for words in traces_in(stretch)]
        news = [words for words in dict.fromkeys(found) if words not in seen]
        seen.update(dict.fromkeys(news))
        if news:
            yield {"words": news}
        if characters > MAX_CHARACTERS or len(seen) > MOST_WORDS:
            yield {"gap": Gap.PARTS}
            return


def _stretches(texts: Iterable[str]) -> Iterator[str]:
    """The texts in stretches that are searched whole."""
    waiting = ""
    for text in texts:
        for begin in range(0, len(text), MOST - len(APART)):
            piece = text[begin : begin + MOST - len(APART)] + APART
            if len(waiting) + len(piece) > MOST:
                yield waiting
                waiting = ""
            waiting += piece
    if waiting:
        yield waiting
