"""Merge of two rows for one node, independent of their order."""

from __future__ import annotations

from dataclasses import fields, replace

from supply_chain.intake.drafts import NodeDraft
from supply_chain.intake.words import squeeze

_FIELD_WORDS = {"external_ids": "id of a register", "attributes": "further fact"}


def listed(names: list[str]) -> str:
    """Names of fields as a person reads them: “latitude, longitude and further fact”."""
    words = [_FIELD_WORDS.get(name, name.replace("_", " ")) for name in names]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _alike(mine: object, other: object) -> bool:
    """Whether two values are the same but for case, blanks and punctuation of text."""
    both_text = isinstance(mine, str) and isinstance(other, str)
    return squeeze(str(mine)) == squeeze(str(other)) if both_text else mine == other


def merge_nodes(first: NodeDraft, second: NodeDraft) -> tuple[NodeDraft, list[str]]:
    """Fill the gaps of one from the other; also name the fields where both differ.

    Where they differ the first by the alphabet is kept, so that the order of the rows is nothing.
    """
    filled: dict[str, object] = {}
    differing = []
    for field in fields(NodeDraft):
        mine, other = getattr(first, field.name), getattr(second, field.name)
        if isinstance(mine, dict):
            both = mine.keys() & other.keys()
            filled[field.name] = {**mine, **other} | {k: _earlier(mine[k], other[k]) for k in both}
            same = all(mine[key] == other[key] for key in both)
        elif mine in (None, ()) or other in (None, ()):
            filled[field.name] = other if mine in (None, ()) else mine
            same = True
        else:
            filled[field.name] = _earlier(mine, other)
            same = _alike(mine, other)
        if not same:
            differing.append(field.name)
    return replace(first, **filled), differing  # type: ignore[arg-type]


def _earlier(one: object, other: object) -> object:
    return min(one, other, key=lambda value: (str(value), type(value).__name__))
