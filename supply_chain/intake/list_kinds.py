"""Subject of a list as a whole, by its headings, ids and names: factories, mills of one good.

All rows together often resolve an ambiguity of single rows: a list of mills, most of them with an
id of the register of palm oil mills, or a list of products with the names of factories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from supply_chain.intake.activities import Activity, find_activity, find_activity_in_name
from supply_chain.intake.activity_words import Hit, hits_in, known_words_of, sectors_of_goods
from supply_chain.reference.release import load_reference

REGISTERS = {"uml_id": "palm_oil_milling", "rmi_smelter_id": "metal_smelting"}
"""Schemes of registers -> what the places in them do."""
_REGISTERED = 0.5
"""The part of the rows that must have an id of a register for all rows to be of its kind."""
_LEAST_NAMES, _AGREED = 5, 0.9
_LEAST_MAKERS, _MAKERS = 10, 0.8
_LEAST_MIXED, _MIXED = 10, 0.2
_WITH_GOODS = ("mill", "grow", "mine", "process")
_OF_MAKERS, _OF_DEALERS = "C", "G"
# Words for makers that also name parts of a company, growers, or any business.
_LOOSE = frozenset(
    (
        *("unit", "works", "producer", "producers", "producteur", "productor", "produtor"),
        *("mzalishaji", "indústria", "industria", "sanayi", "planta", "生产商"),
    )
)


@dataclass(frozen=True, slots=True)
class ListKind:
    """Kind of a list, from all its rows together.

    Attributes:
        sector: what all places that the column of names names do; None where it is left open.
        why: the words or ids that say so.
        is_of_makers: whether it lists factories, so that a product tells what a place makes.
        calls_them_makers: whether the heading of the names says that they are factories.
    """

    sector: str | None
    why: str
    is_of_makers: bool
    calls_them_makers: bool = False


def kind_of_list(
    heading: str, names: Collection[str], registered: Iterable[tuple[str, float]]
) -> ListKind:
    """Read the kind of a list.

    Args:
        heading: what the list calls its column of names.
        names: the different names.
        registered: scheme of a register and the part of the rows, 0..1, with an id of it.
    """
    is_called_so = any(map(_is_of_makers, hits_in(heading).hits))
    is_of_makers = is_called_so or _are_makers(names)
    opens = find_activity(heading)
    kinds = {hit.phrase.kind for hit in hits_in(heading).hits}.intersection(_WITH_GOODS)
    if opens.is_certain or not kinds:
        return ListKind(None, "", is_of_makers, is_called_so)
    for scheme, share in registered:
        sector = REGISTERS[scheme]
        if share >= _REGISTERED and sector in opens.candidates:
            return ListKind(sector, heading, is_of_makers, is_called_so)
    agreed = _agreed(names, min(kinds, key=_WITH_GOODS.index), opens)
    return ListKind(agreed, heading if agreed else "", is_of_makers, is_called_so)


def words_of_none(values: Iterable[str]) -> frozenset[str]:
    """The values of a column of activities that name none, where they are too many to ask each.

    A column that is half names of companies would else be a question for every name.
    """
    told = set(values) - {""}
    none = frozenset(value for value in told if not find_activity(value).candidates)
    is_mixed = len(none) >= _LEAST_MIXED and len(none) >= _MIXED * len(told)
    return none if is_mixed else frozenset()


def _agreed(names: Collection[str], kind: str, opens: Activity) -> str | None:
    """The sector of nearly all names that state one of those left open by the heading.

    Names that state an activity speak first, those that hold a good only where they do not.
    """
    stated = (find_activity_in_name(name) for name in names)
    votes = Counter(one.sector for one in stated if one.is_certain)
    return _winner(votes, opens) or _winner(Counter(_of_good(name, kind) for name in names), opens)


def _winner(votes: Counter[str | None], opens: Activity) -> str | None:
    kept = Counter({sector: n for sector, n in votes.items() if sector in opens.candidates})
    if not kept:
        return None
    sector, count = kept.most_common(1)[0]
    return sector if count >= _LEAST_NAMES and count >= _AGREED * kept.total() else None


def _of_good(name: str, kind: str) -> str | None:
    """The sector of a kind of place with the goods that its name holds, where it is one."""
    known = known_words_of(name)
    hits = hits_in(known, with_near=False).hits if known else ()
    table = sectors_of_goods()
    found = {table[key] for hit in hits if (key := (kind, hit.phrase.good or "")) in table}
    return found.pop() if len(found) == 1 else None


def _is_of_makers(hit: Hit) -> bool:
    return hit.phrase.kind == "make" and hit.phrase.text not in _LOOSE


def _are_makers(names: Iterable[str]) -> bool:
    """Whether names of factories outnumber those of traders and shops by far."""
    count = Counter(_section_of(known) for name in names if (known := known_words_of(name)))
    makers, dealers = count[_OF_MAKERS], count[_OF_DEALERS]
    return makers >= _LEAST_MAKERS and makers >= _MAKERS * (makers + dealers)


@lru_cache(maxsize=16_384)
def _section_of(name: str) -> str | None:
    """Maker or dealer by name: C or G, the sections of ISIC; else None."""
    hits = hits_in(name, with_near=False).hits
    sectors = load_reference().sectors
    found = {
        sectors[hit.phrase.sectors[0]].isic_section
        for hit in hits
        if hit.phrase.kind == "is" and len(hit.phrase.sectors) == 1
    }
    if _OF_DEALERS in found or any(hit.phrase.kind == "trade" for hit in hits):
        return _OF_DEALERS
    return _OF_MAKERS if _OF_MAKERS in found or any(map(_is_of_makers, hits)) else None
