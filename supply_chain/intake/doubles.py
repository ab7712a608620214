"""Nodes of one name, kind and country under different ids: perhaps one node listed twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from supply_chain.drafts import NodeDraft
from supply_chain.intake.words import squeeze

_LEGAL_FORMS = re.compile(
    r"\b(ltd|limited|inc|llc|llp|corp|corporation|co|company|gmbh|ag|sa|sarl|sas|plc|bhd|sdn|pvt"
    r"|pte|lda|ltda|spa|srl|bv|nv|kk|as|ab|oy)\b\.?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\b(?:\w\.){2,}")


@dataclass(frozen=True, slots=True)
class PossibleDouble:
    """Two ids that may stand for one node, and what they have in common."""

    left_id: str
    right_id: str
    reasons: tuple[str, ...]


def possible_doubles(new: Iterable[NodeDraft], known: Iterable[NodeDraft]) -> list[PossibleDouble]:
    """New nodes that are named like another one; each is held against the first of that name.

    Two nodes at different addresses are two sites, and a site is not the company that runs it.
    """
    first: dict[tuple[str, str, str], list[NodeDraft]] = {}
    for node in known:
        first.setdefault(_key(node), []).append(node)
    found = []
    for node in new:
        alike = first.setdefault(_key(node), [])
        other = next((one for one in alike if _may_be_one(one, node)), None)
        if other is None:
            alike.append(node)
        elif other.id != node.id:
            found.append(PossibleDouble(other.id, node.id, _reasons(other, node)))
    return found


def has_legal_form(name: str) -> bool:
    """Whether a name ends or is marked as a company's: Ltd, GmbH, S.A. and the like."""
    dotless = _DOTTED.sub(lambda match: match[0].replace(".", ""), name)
    return bool(_LEGAL_FORMS.search(dotless))


def plain_name(name: str) -> str:
    """The name without legal form, case, accents, blanks and punctuation."""
    dotless = _DOTTED.sub(lambda match: match[0].replace(".", ""), name)
    return squeeze(_LEGAL_FORMS.sub("", dotless)) or squeeze(name)


def _key(node: NodeDraft) -> tuple[str, str, str]:
    return plain_name(node.name), node.kind.value, node.country or ""


def _may_be_one(one: NodeDraft, other: NodeDraft) -> bool:
    if not (one.address and other.address):
        return True
    return squeeze(one.address) == squeeze(other.address)


def _reasons(one: NodeDraft, other: NodeDraft) -> tuple[str, ...]:
    name = "same name" if one.name == other.name else "same name but for spelling or legal form"
    country = "same country" if one.country else "no country given"
    address = ("same address",) if one.address and other.address else ()
    return (name, country, *address)
