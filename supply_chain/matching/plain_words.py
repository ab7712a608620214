"""Text of any script as plain Latin words and numbers."""

import re

from supply_chain.matching.script_words import with_known_words
from supply_chain.search.spelling import latin

_PIECES = re.compile(r"[a-z]+|[0-9]+")
# "don't" is one word; the mark joins.
_JOINERS = re.compile(r"(?<=[a-z])['`](?=[a-z])")


def plain_words(text: str) -> tuple[str, ...]:
    """Latin words and numbers of a text in any script, lower case; single letters in a row join."""
    words: list[str] = []
    run = ""
    for piece in _PIECES.findall(_JOINERS.sub("", latin(with_known_words(text)))):
        if len(piece) == 1 and piece >= "a":
            run += piece
            continue
        if run:
            words.append(run)
            run = ""
        words.append((piece.lstrip("0") or "0") if piece[0] == "0" else piece)
    if run:
        words.append(run)
    return tuple(words)
