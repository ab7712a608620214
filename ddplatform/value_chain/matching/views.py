"""Pages on likely duplicates: words for pairs, and two nodes side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.matching.models import PairState
from ddplatform.value_chain.merging.queries.sides import ComparedNode
from ddplatform.value_chain.words.map_fields import KIND_WORDS
from supply_chain.matching.pairs import Decision
from supply_chain.reference.release import load_reference

STATES: Mapping[PairState, str] = {
    PairState.OPEN: _("Open"),
    PairState.LATER: _("Postponed"),
    PairState.SAME: _("The same"),
    PairState.DIFFERENT: _("Different"),
    PairState.COVERED: _("Covered by another pair"),
}
SUGGESTIONS: Mapping[Decision, str] = {
    Decision.SAME: _("Likely the same"),
    Decision.REVIEW: _("Needs review"),
    Decision.DIFFERENT: _("Likely different"),
}
CHOICES: Mapping[str, PairState | None] = {
    "": None,
    "open": PairState.OPEN,
    "later": PairState.LATER,
    "same": PairState.SAME,
    "different": PairState.DIFFERENT,
}
CHOICE_WORDS: Mapping[str, str] = {
    "": _("Open and postponed"),
    "open": _("Open"),
    "later": _("Postponed"),
    "same": _("Decided: the same"),
    "different": _("Decided: different"),
}


SAME, DIFFERS, GAP, NEITHER = "same", "differs", "gap", "neither"


@dataclass(frozen=True)
class Part:
    """A run of words; marked where the other side does not have them."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class ComparedRow:
    """One field of both nodes; `state` says how they stand to each other."""

    label: str
    left: Sequence[Part]
    right: Sequence[Part]
    state: str


def compare(left: ComparedNode, right: ComparedNode) -> list[ComparedRow]:
    """Every field that at least one of the two states."""
    theirs = dict(_fields(right))
    ours = dict(_fields(left))
    labels = [*ours, *(label for label in theirs if label not in ours)]
    rows = [_row(label, ours.get(label, ""), theirs.get(label, "")) for label in labels]
    return [row for row in rows if row.state != NEITHER]


def _fields(side: ComparedNode) -> Iterator[tuple[str, str]]:
    node, reference = side.node, load_reference()
    sector = reference.sectors.get(node.sector_ref or "")
    yield gettext("Name"), node.name
    yield gettext("Kind"), str(KIND_WORDS[node.kind])
    yield gettext("Country"), country_name(node.country) if node.country else ""
    yield gettext("Region"), node.region or ""
    yield gettext("Address"), node.address or ""
    yield gettext("Coordinates"), _place(node.latitude, node.longitude)
    yield gettext("Sector"), sector.name if sector else node.sector_ref or ""
    yield (
        gettext("Commodities"),
        ", ".join(
            reference.commodities[ref].name if ref in reference.commodities else ref
            for ref in node.commodity_refs
        ),
    )
    yield gettext("Operated by"), side.operator or ""
    yield gettext("Own operation"), gettext("yes") if node.own_operation else ""
    for key, value in sorted(node.external_ids.items()):
        yield gettext("ID: %(register)s", register=key), str(value)
    for key, value in sorted(node.attributes.items()):
        yield gettext("From the list: %(field)s", field=key.replace("_", " ")), _text(value)
    yield gettext("ID in lists"), node.external_ref


def _place(latitude: float | None, longitude: float | None) -> str:
    return "" if latitude is None or longitude is None else f"{latitude:.5f}, {longitude:.5f}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return number(value) if isinstance(value, int | float) else str(value)


def _row(label: str, left: str, right: str) -> ComparedRow:
    if not left and not right:
        state = NEITHER
    elif not left or not right:
        state = GAP
    else:
        state = SAME if left == right else DIFFERS
    marks = state == DIFFERS
    return ComparedRow(label, _parts(left, right, marks), _parts(right, left, marks), state)


def _parts(text: str, other: str, marks: bool) -> list[Part]:
    """The words of a text in runs; those that the other text lacks are marked."""
    known = {_plain(word) for word in other.split()}
    runs: list[Part] = []
    for word in text.split():
        is_marked = marks and _plain(word) not in known
        if runs and runs[-1].is_marked == is_marked:
            runs[-1] = Part(f"{runs[-1].text} {word}", is_marked)
        else:
            runs.append(Part(word, is_marked))
    return runs


def _plain(word: str) -> str:
    return word.casefold().strip(".,;:()")
