"""Activity of a place from the words of a list: text -> a sector of `data/sectors.csv`.

A sector is certain only where the words name one activity. Ambiguous words ("textiles",
"processing", garments as a product) give candidates for a person to choose from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from supply_chain.intake.activity_words import Hit, Text, hits_in, known_words_of, sectors_of_goods
from supply_chain.intake.words import squeeze
from supply_chain.reference.release import load_reference

CERTAIN = 0.8
"""At this certainty (0..1) and above a sector is set; below it a person is asked."""
WIDE_SECTOR = 0.85
"""The certainty of a sector that is named by its goods alone."""
_WHOLE, _MOST, _PART, _NEAR, _IN_NAME = 0.97, 0.9, 0.82, 0.82, 0.85
_SEVERAL, _OPEN, _GOODS, _SOME, _WEAK = 0.5, 0.5, 0.6, 0.6, 0.2
_HALF, _THIRD = 0.5, 0.3
_WITH_GOODS = ("grow", "mine", "mill", "process", "make", "trade")
# Beside others, the words of these activities give the kind of place, not another activity.
_GIVES_WAY = frozenset(("manufacturing_other", "professional_services", "crop_farming"))
PRODUCT_IN_NAME = 0.82
"""The certainty of what a factory makes by the product in its name."""
_BESIDE_PRODUCTS = ("goods", "form", "weak", "make")
# Makers whose names hold their product; “Leather” and “Glass” name makers of many things.
_NAMED_BY_PRODUCTS = frozenset(
    (
        *("garments", "footwear", "toys", "furniture", "carpet_weaving", "sporting_goods"),
        *("electronics", "pharmaceuticals", "batteries"),
    )
)
# What is sewn by others than makers of clothes.
_CLOTHES, _SEWN = "garments", frozenset(("footwear", "furniture", "toys", "sporting_goods"))
_INPUTS = frozenset(
    ("materials", "material", "raw material", "raw materials", "components", "component")
)
_MAKE_INPUTS = ("textile_mills", "rubber_plastic_products", "leather_tanning", "chemicals")
_MOST_CANDIDATES = 5
_SHORTEST_IN_NAMES = 5
# Goods that names of farms, mines and mills are called by; others are names of places as well.
_GOODS_IN_NAMES = frozenset(
    (
        *("cocoa", "coffee", "tea", "cotton", "tobacco", "sugarcane", "vanilla", "hazelnuts"),
        *("palm_oil", "rice", "rubber", "shrimp", "gold", "cobalt", "coal", "diamonds", "timber"),
    )
)


@dataclass(frozen=True, slots=True)
class Activity:
    """Activity of a place as stated by a text.

    Attributes:
        sector: ref of the likeliest sector, None where the text names none.
        certainty: 0..1; below `CERTAIN` it is a question.
        why: the words that say so.
        candidates: refs of all sectors that may be meant, the likeliest first.
    """

    sector: str | None
    certainty: float
    why: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether the sector may be set without a question."""
        return self.sector is not None and self.certainty >= CERTAIN


NOTHING = Activity(None, 0.0)


@lru_cache(maxsize=16_384)
def find_activity(text: str, *, goods: tuple[str, ...] = (), of_sectors: bool = False) -> Activity:
    """The activity that a cell states.

    Args:
        goods: refs of the goods of the same row, which name the goods farmed, mined or milled.
        of_sectors: whether the cell is under a heading of sectors or industries, where
            “garments” means those who make them.
    """
    if text in load_reference().sectors:
        return Activity(text, 1.0, text, (text,))
    found = hits_in(text)
    known = _sectors_by_name().get(squeeze(text))
    if known and (of_sectors or not all(hit.phrase.good for hit in found.hits)):
        return Activity(known, 1.0, text, (known,))
    sectors = _sectors_stated(found.hits, goods)
    telling = (hit for hit in found.hits if hit.phrase.kind not in ("form", "weak"))
    why = found.words_of(telling) or text
    sewn = tuple(_made(goods)) if sectors == (_CLOTHES,) else ()
    if len(sewn) == 1 and sewn[0] in _SEWN:
        # Who sews the uppers of shoes makes shoes, or clothes as well.
        return Activity(sewn[0], _SEVERAL, why, (*sewn, _CLOTHES))
    if len(sectors) == 1:
        return Activity(sectors[0], _certainty(found), why, sectors)
    if sectors:
        return Activity(sectors[0], _SEVERAL, why, sectors[:_MOST_CANDIDATES])
    return _left_open(found, why, of_sectors=of_sectors)


def find_activity_in_name(name: str, *, goods: tuple[str, ...] = ()) -> Activity:
    """The activity in the name of a place: certain for words that names use for nothing else."""
    known = known_words_of(name)
    return _judged_name(known, goods) if known else NOTHING


@lru_cache(maxsize=16_384)
def _judged_name(name: str, goods: tuple[str, ...]) -> Activity:
    found = hits_in(name, with_near=False)
    telling = [hit for hit in found.hits if _tells_in_name(hit)]
    if not telling:
        return NOTHING
    why = found.words_of(telling)
    sectors = _sectors_stated(_with_next_goods(telling), ())
    is_one = len(sectors) == 1 and not _tells_other_goods(telling, sectors[0])
    if is_one and any(_is_head(hit, found) for hit in telling if _names_sector(hit, telling)):
        return Activity(sectors[0], _IN_NAME, why, sectors)
    with_goods = _sectors_stated(telling, goods)
    if with_goods:
        return Activity(with_goods[0], _SEVERAL, why, with_goods[:_MOST_CANDIDATES])
    return _left_open(Text(found.units, found.written, tuple(telling)), why, of_sectors=False)


def find_product_in_name(name: str) -> Activity:
    """Product of a factory whose name holds it: “Nile Garments Ltd”.

    Only for lists that are of factories; a name with any activity beside its product, or
    of products of several makers, gives nothing.
    """
    known = known_words_of(name)
    return _product_named(known) if known else NOTHING


@lru_cache(maxsize=16_384)
def _product_named(name: str) -> Activity:
    found = hits_in(name, with_near=False)
    if any(hit.phrase.kind not in _BESIDE_PRODUCTS for hit in found.hits):
        return NOTHING
    products = [hit for hit in found.hits if hit.phrase.good and _made([hit.phrase.good])]
    made = _made([hit.phrase.good for hit in products if hit.phrase.good])
    others = [set(hit.phrase.sectors) for hit in found.hits if hit.phrase.kind == "weak"]
    if len(made) != 1 or not made <= _NAMED_BY_PRODUCTS or any(o and not made <= o for o in others):
        return NOTHING
    (sector,) = made
    return Activity(sector, PRODUCT_IN_NAME, found.words_of(products), (sector,))


def tells_inputs(text: str) -> bool:
    """Whether a cell says that a place makes materials or parts, and not which."""
    hits = hits_in(text).hits
    is_open = all(hit.phrase.kind in ("weak", "form") for hit in hits)
    return is_open and any(hit.phrase.text in _INPUTS for hit in hits)


def activity_of_inputs(text: str, product: Activity) -> Activity:
    """Activities that may make the materials or parts of a product: always a question."""
    first = ("leather_tanning",) if product.sector == "footwear" else ("textile_mills",)
    of_parts = "component" in text.casefold() and product.sector
    candidates = dict.fromkeys((*first, *_MAKE_INPUTS, *((product.sector,) if of_parts else ())))
    return Activity(first[0], _OPEN, text, tuple(filter(None, candidates))[:_MOST_CANDIDATES])


def find_product(goods: tuple[str, ...]) -> Activity:
    """Activity of a factory with these goods: certain where all are of one kind of maker."""
    made = _made(goods)
    if len(made) != 1 or any(not _made([good]) for good in goods):
        return NOTHING
    (sector,) = made
    return Activity(sector, WIDE_SECTOR, ", ".join(goods), (sector,))


def _tells_in_name(hit: Hit) -> bool:
    """Whether a phrase in a name may state an activity; places and people are called Perak."""
    phrase = hit.phrase
    if phrase.kind in ("form", "weak", "make"):
        return False
    return phrase.good is None or phrase.good in _GOODS_IN_NAMES or bool(_made([phrase.good]))


def _with_next_goods(hits: Sequence[Hit]) -> list[Hit]:
    """The phrases of a name without goods away from the activity: “Mill of El Oro”."""
    edges = {edge for hit in hits if hit.phrase.good is None for edge in (hit.first, hit.last)}
    return [hit for hit in hits if hit.phrase.good is None or {hit.first, hit.last} & edges]


@lru_cache(maxsize=16_384)
def activity_of_goods(goods: tuple[str, ...]) -> Activity:
    """Activities whose products these goods are: a question, since traders list them too."""
    candidates = _sectors_of_products(goods)
    if not candidates:
        return NOTHING
    known = load_reference().commodities
    said = ", ".join(known[good].name if good in known else good for good in goods)
    return Activity(candidates[0], _SOME, said, candidates[:_MOST_CANDIDATES])


def _sectors_stated(hits: Sequence[Hit], goods: Sequence[str]) -> tuple[str, ...]:
    """The sectors that phrases state, alone or together with a good beside them."""
    stated: dict[str, None] = {}
    named = [hit.phrase.good for hit in hits if hit.phrase.good]
    for hit in hits:
        phrase = hit.phrase
        if phrase.kind == "is" and len(phrase.sectors) == 1:
            stated[phrase.sectors[0]] = None
    if not stated:
        for hit in hits:
            for sector in _of_goods(hit, named or goods):
                stated[sector] = None
    special = [sector for sector in stated if sector not in _GIVES_WAY]
    return tuple(special or stated)


def _of_goods(hit: Hit, goods: Sequence[str | None]) -> list[str]:
    """The sectors of a kind of activity with goods: farming and cotton, a mill and rice."""
    kind = hit.phrase.kind
    if kind not in _WITH_GOODS or not goods:
        return []
    if kind == "trade":
        return ["wholesale"]
    table = sectors_of_goods()
    found = (table.get((kind, good or "")) for good in goods)
    return [sector for sector in found if sector]


def _certainty(found: Text) -> float:
    if any(hit.is_near for hit in found.hits):
        return _NEAR if found.covered >= _HALF else _SOME
    if found.covered >= 1:
        return _WHOLE
    if found.covered >= _HALF:
        return _MOST
    return _PART if found.covered >= _THIRD else _SOME


def _left_open(found: Text, why: str, *, of_sectors: bool) -> Activity:
    """Words that may mean several activities, goods alone, or nothing that is known."""
    hits = found.hits
    several = [hit for hit in hits if hit.phrase.kind == "is" or hit.phrase.sectors]
    specific = [hit for hit in several if hit.phrase.kind != "make"]
    goods = tuple(hit.phrase.good for hit in hits if hit.phrase.good)
    products = _sectors_of_products(goods)
    open_words = dict.fromkeys(s for hit in specific for s in hit.phrase.sectors)
    if of_sectors and products and not specific:
        certainty = WIDE_SECTOR if len(_made(goods)) == 1 else _GOODS
        return Activity(products[0], certainty, why, products[:_MOST_CANDIDATES])
    both = tuple(dict.fromkeys((*(s for s in products if s in open_words), *open_words)))
    if products and not both:
        return Activity(products[0], _GOODS, why, products[:_MOST_CANDIDATES])
    candidates = tuple(dict.fromkeys((*both, *products)))[:_MOST_CANDIDATES]
    if candidates:
        return Activity(candidates[0], _OPEN, why, candidates)
    general = tuple(dict.fromkeys(s for hit in several for s in hit.phrase.sectors))
    return Activity(None, _WEAK if hits else 0.0, why if hits else "", general)


def _made(goods: Iterable[str]) -> set[str]:
    table = sectors_of_goods()
    return {table[("make", good)] for good in goods if ("make", good) in table}


def _sectors_of_products(goods: Sequence[str]) -> tuple[str, ...]:
    """Sectors that may have these goods: makers, growers, miners, processors, trade, shops."""
    table = sectors_of_goods()
    kinds = ("make",) if _made(goods) else ("grow", "mine", "process")
    found = [table[(kind, good)] for kind in kinds for good in goods if (kind, good) in table]
    return tuple(dict.fromkeys((*found, "wholesale", "retail"))) if found else ()


def _names_sector(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether a phrase of a name states its sector: by itself, or farming beside its good."""
    named = [one.phrase.good for one in _with_next_goods(hits) if one.phrase.good]
    text = hit.phrase.text
    is_word = len(text) >= _SHORTEST_IN_NAMES or text.isupper() or not text.isascii()
    return (hit.phrase.in_names and is_word) or bool(_of_goods(hit, named))


def _tells_other_goods(hits: Sequence[Hit], sector: str) -> bool:
    """Whether a name holds products of other makers: “School Uniforms” is no school."""
    goods = [hit.phrase.good for hit in hits if hit.phrase.kind == "goods" and hit.phrase.good]
    return any(made != sector for made in _made(goods))


def _is_head(hit: Hit, found: Text) -> bool:
    """Whether a phrase begins or ends a name, legal forms and numbers aside, or is of two words."""
    passed = {
        at
        for other in found.hits
        if other.phrase.kind in ("form", "weak", "make")
        for at in range(other.first, other.last)
    }
    passed |= {at for at, unit in enumerate(found.units) if unit.isdigit()}
    left = [at for at in range(len(found.units)) if at not in passed]
    ends = bool(left) and (hit.last - 1 == left[-1] or hit.first == left[0])
    return ends or hit.last - hit.first > 1


@lru_cache(maxsize=1)
def _sectors_by_name() -> dict[str, str]:
    sectors = load_reference().sectors
    return {squeeze(sector.name): ref for ref, sector in sectors.items()}
