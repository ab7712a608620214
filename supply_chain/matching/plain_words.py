"""Text of any script as plain Latin words and numbers."""

import re
from itertools import groupby

from supply_chain.spelling import latin

_PIECES = re.compile(r"[a-z]+|[0-9]+")
# "don't" is one word; the mark joins.
_JOINERS = re.compile(r"(?<=[a-z])['`](?=[a-z])")


def plain_words(text: str) -> tuple[str, ...]:
    """Latin words and numbers of a text in any script, lower case; single letters in a row join."""
    pieces = _PIECES.findall(_JOINERS.sub("", latin(text)))
    words: list[str] = []
    for single, group in groupby(pieces, lambda piece: len(piece) == 1 and piece.isalpha()):
        run = list(group)
        words += ["".join(run)] if single else [_number(piece) for piece in run]
    return tuple(words)


def _number(piece: str) -> str:
    return (piece.lstrip("0") or "0") if piece.isdigit() else piece
