"""Activity of one row: from its own cells, else from its name, else from its goods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from supply_chain.intake.activities import (
    PRODUCT_IN_NAME,
    WIDE_SECTOR,
    Activity,
    activity_of_goods,
    activity_of_inputs,
    find_activity,
    find_activity_in_name,
    find_product,
    find_product_in_name,
    tells_inputs,
)
from supply_chain.intake.activity_tally import with_certainty
from supply_chain.intake.activity_words import hits_in, sectors_of_goods
from supply_chain.intake.cells import CellFault, is_blank
from supply_chain.intake.commodities import commodity_ref
from supply_chain.intake.drafts import NodeDraft
from supply_chain.intake.list_kinds import REGISTERS
from supply_chain.intake.table_view import TableView
from supply_chain.intake.words import clean, parts_of, squeeze, words
from supply_chain.reference.release import load_reference
from supply_chain.reference.types import Sector

# Sections of ISIC whose businesses make, grow and handle no goods of others.
_OF_SERVICES = frozenset("JKLMNOPQ")
_KINDS = ("grow", "mine")
_OF_FACTORIES = "make"
_OF_MAKING = "C"
_DEALERS = ("wholesale", "retail")
_PRINTED = ("paper", "media")
_KNITS, _MAKES_CLOTH = "knit", ("dye", "weav", "print")


@dataclass(frozen=True, slots=True)
class _Said:
    """Text of one cell of a row, and its meaning."""

    column: str | None
    text: str
    activity: Activity


def with_activity(view: TableView, row: tuple[str, ...], node: NodeDraft) -> NodeDraft:
    """The node with the sector that its row states for certain; all else is asked.

    The words that were read stay among its further facts. Products in the column of
    activities are its goods where no column states any.
    """
    if view.is_own_csv:
        return replace(node, sector=view.text(row, "sector"))
    node = _with_coded_goods(view, row, node)
    cells = _cells(view, row, node.commodities)
    found = _with_sector(view, node, cells)
    return found if found.commodities else replace(found, commodities=_products(cells))


def _with_sector(view: TableView, node: NodeDraft, cells: list[_Said]) -> NodeDraft:
    told = {one.column or "sector": one.text for one in cells if one.activity.certainty < 1}
    if told:
        node = replace(node, attributes={**told, **node.attributes})
    cells = [one for one in cells if not _is_of_none(view, one)]
    name = _Said(
        view.column("name"), node.name, find_activity_in_name(node.name, goods=_goods(node))
    )
    certain = _certain(view, node, cells, name)
    is_stated = certain is not None and any(one.activity.is_certain for one in cells)
    asked = None if is_stated else _question(view, node, cells, name)
    answered = None if is_stated else _answered(view, [asked, *cells, name], node)
    if answered is not None:
        return answered
    if certain is not None:
        return _set(view, node, certain, cells, name)
    _ask(view, node, asked)
    return node


def _is_of_none(view: TableView, said: _Said) -> bool:
    """Whether a cell is one of many of its column that name no activity; reported once."""
    none = view.of_none.get(said.column or "", frozenset())
    if said.text not in none:
        return False
    fault = CellFault(
        f"{len(none)} different values of the column “{said.column}” name no activity; they are"
        " kept as facts, and the activity comes from the name or the goods, if these state one.",
        "If the column holds names, choose another column for the activity.",
    )
    view.note_once(said.column, None, fault)
    return True


def _with_coded_goods(view: TableView, row: tuple[str, ...], node: NodeDraft) -> NodeDraft:
    """The node with the goods that HS codes in its column of sectors mean."""
    codes = view.codes.get(view.column("sector") or "")
    text = view.text(row, "sector")
    goods = codes.goods(text) if codes and text else ()
    return replace(node, commodities=tuple(dict.fromkeys((*node.commodities, *goods))))


def _products(cells: list[_Said]) -> tuple[str, ...]:
    """Goods that cells name as products of a place, not as those of its industry or its inputs."""
    if any(tells_inputs(one.text) for one in cells):
        return ()
    named = [one.text for one in cells if not _is_wide(one)]
    parts = (part for text in named for part in parts_of(text))
    # 1511 is tanning in a column of ISIC codes, not palm oil as in HS codes.
    refs = (commodity_ref(part) for part in parts if not any(map(str.isdigit, part)))
    return tuple(dict.fromkeys(filter(None, refs)))


def _cells(view: TableView, row: tuple[str, ...], goods: tuple[str, ...]) -> list[_Said]:
    """Text of the column of sectors, and of further columns with such a heading."""
    texts = [(view.column("sector"), view.text(row, "sector"))]
    for heading, place in view.activity_columns:
        cell = clean(view.cells[place]) if place < len(view.cells) else ""
        texts.append((heading, None if is_blank(cell) else cell))
    filled = [(column, text) for column, text in texts if text]
    inputs = {text for _, text in filled if tells_inputs(text)}
    if inputs:
        return [
            _Said(name, text, _of_inputs(_coded(view, name or "", text, goods), text, inputs))
            for name, text in filled
        ]
    return [
        _Said(column, text, _stated(view, column or "", text, goods)) for column, text in filled
    ]


def _stated(view: TableView, column: str, text: str, goods: tuple[str, ...]) -> Activity:
    """Activity stated by a cell, in words or in codes of a classification."""
    found = _coded(view, column, text, goods)
    if found is not None:
        return found
    of_sectors = view.kind.is_of_makers or squeeze(column) in words().sector_headings
    return find_activity(text, goods=tuple(sorted(goods)), of_sectors=of_sectors)


def _coded(view: TableView, column: str, text: str, goods: tuple[str, ...]) -> Activity | None:
    """Activity stated by the codes of a cell; None where its column holds words."""
    codes = view.codes.get(column)
    if codes and codes.goods(text) and view.kind.is_of_makers:
        return find_product(codes.goods(text))
    return codes.activity(text, goods) if codes else None


def _of_inputs(coded: Activity | None, text: str, inputs: set[str]) -> Activity:
    """A cell of a row that says “Materials”: “Footwear” beside it is what they are for."""
    found = coded or find_activity(text)
    return activity_of_inputs(text, found) if text in inputs or not found.is_certain else found


def _goods(node: NodeDraft) -> tuple[str, ...]:
    return tuple(sorted(node.commodities))


def _answered(view: TableView, said: list[_Said | None], node: NodeDraft) -> NodeDraft | None:
    """The node with the sector that a person chose for its words before."""
    tally = view.log.activities
    if not tally.has_answers:
        return None
    goods = activity_of_goods(node.commodities)
    texts = [text for one in said if one for text in (one.text, one.activity.why)]
    for text in (*texts, goods.why):
        sector = tally.answer(text) if text else None
        if sector:
            tally.know(node.id, text, None, sector, is_answer=True)
            return replace(node, sector=sector)
    return None


def _certain(view: TableView, node: NodeDraft, cells: list[_Said], name: _Said) -> _Said | None:
    """The one certain statement of a row: of its cells, its name, or of what the list is of."""
    certain = [one for one in cells if one.activity.is_certain]
    if len({one.activity.sector for one in certain}) > 1:
        return None
    if certain:
        return _of_certain_cell(view, node, certain[0], name)
    heading = _by_heading(view, node)
    # A list of mills leaves their good open, but a name in it indicates no plantation.
    wide = [*cells, heading] if heading and not heading.activity.is_certain else cells
    left = [one.activity.candidates for one in wide if one.activity.candidates]
    is_of_makers = view.kind.is_of_makers and not cells
    products = (_by_product(view, node), _by_goods(view, node)) if is_of_makers else ()
    for said in (_by_register(view, node), _by_list(view, name), name, heading, *products):
        if said and said.activity.is_certain:
            fits = all(said.activity.sector in candidates for candidates in left)
            return said if fits else None
    return None


def _of_certain_cell(view: TableView, node: NodeDraft, cell: _Said, name: _Said) -> _Said | None:
    """The cell, or the name where it says more than “Apparel”; None where it contradicts it."""
    if cell.activity.certainty > WIDE_SECTOR:
        return cell
    if name.activity.is_certain:
        # A maker of a product is no warehouse; an entry in a list of an industry may be one.
        return name if _is_wide(cell) or _is_making(name) else None
    product = _by_product(view, node)
    if _is_wide(cell) and product.activity.is_certain:
        return product
    return None if _is_doubted(view, name.activity, cell) else cell


def _is_wide(said: _Said) -> bool:
    """Whether a cell names a whole industry, not what this place makes."""
    return squeeze(said.column or "") in words().sector_headings


def _is_making(said: _Said) -> bool:
    sector = load_reference().sectors[said.activity.sector or ""]
    return sector.isic_section == _OF_MAKING


def _is_doubted(view: TableView, name: Activity, said: _Said) -> bool:
    """Whether a name speaks against a wide sector: a trading company, printing, chemicals."""
    if name.sector in _DEALERS:
        return not view.kind.calls_them_makers
    others = set(name.candidates).difference(_DEALERS)
    # Knitters make the fabric that they sew as well; dyers and weavers make cloth.
    is_near = said.activity.sector == "garments" and "textile_mills" in others
    if _is_wide(said):
        words_said = name.why.casefold()
        is_near = is_near and _KNITS in words_said
        is_near = is_near and not any(word in words_said for word in _MAKES_CLOTH)
    is_near = is_near and not others.intersection(_PRINTED)
    return bool(others) and said.activity.sector not in others and not is_near


def _by_product(view: TableView, node: NodeDraft) -> _Said:
    """The product in a name, for factories."""
    found = find_product_in_name(node.name)
    return _Said(view.column("name"), found.why, found)


def _by_goods(view: TableView, node: NodeDraft) -> _Said:
    """The goods of a row, for factories."""
    found = find_product(node.commodities)
    return _Said(view.column("commodities"), found.why, found)


def _by_list(view: TableView, name: _Said) -> _Said | None:
    """Subject of the list as a whole, where the name states no other kind of the listed things."""
    kind = view.kind
    heading = view.column("name") or ""
    if kind.sector is None or _tells_other(name.activity, kind.sector, heading):
        return None
    return _Said(heading, heading, Activity(kind.sector, WIDE_SECTOR, kind.why, (kind.sector,)))


def _tells_other(name: Activity, sector: str, heading: str) -> bool:
    """Whether a name in a list of mills states another kind of mill."""
    is_other = name.is_certain and name.sector != sector
    return is_other and name.sector in find_activity(heading).candidates


def _by_register(view: TableView, node: NodeDraft) -> _Said | None:
    """Activity of places by the registers of mills and of smelters that they are in."""
    for scheme, sector in REGISTERS.items():
        if scheme in node.external_ids:
            column = view.column(f"external_ids.{scheme}")
            return _Said(
                column, node.external_ids[scheme], Activity(sector, 0.95, column or scheme)
            )
    return None


def _by_heading(view: TableView, node: NodeDraft) -> _Said | None:
    """A column of names that says what they are names of: “Smelter”, “Farm” beside a crop."""
    return _heading_of(view.column("name") or "", _goods(node))


@lru_cache(maxsize=4_096)
def _heading_of(heading: str, goods: tuple[str, ...]) -> _Said | None:
    if _OF_FACTORIES in {hit.phrase.kind for hit in hits_in(heading).hits}:
        return None
    return _Said(heading, heading, find_activity(heading, goods=goods))


def _set(
    view: TableView, node: NodeDraft, said: _Said, cells: list[_Said], name: _Said
) -> NodeDraft:
    sector = said.activity.sector or ""
    against = _contradiction(node, said, cells, name)
    says = said.text if said in cells else said.activity.why
    view.log.activities.know(
        node.id, says, said.column, sector, is_contradicted=against is not None
    )
    if against is not None:
        view.note_once(said.column, said.text, against)
    return replace(node, sector=sector)


def _contradiction(
    node: NodeDraft, said: _Said, cells: list[_Said], name: _Said
) -> CellFault | None:
    """Evidence of a place against its activity: its goods, its name or a cell."""
    advice = "Check both: the activity decides which risks a place is scored for."
    sector = said.activity.sector or ""
    others = [] if said.activity.certainty == PRODUCT_IN_NAME else [*cells]
    if said.text not in (*node.external_ids.values(), said.column):
        others.append(name)
    for other in others:
        if other.activity.is_certain and other.activity.sector != sector:
            names = _name(sector), _name(other.activity.sector or "")
            return CellFault(
                f"“{said.text}” tells of {names[0]}, “{other.text}” of {names[1]}.", advice
            )
    found = load_reference().sectors[sector]
    goods = [good for good in node.commodities if good in load_reference().commodities]
    if goods and not _fits_goods(found, goods):
        listed = ", ".join(load_reference().commodities[good].name for good in goods)
        return CellFault(f"{found.name} does not go with the goods {listed}.", advice)
    return None


def _fits_goods(sector: Sector, goods: list[str]) -> bool:
    """Whether a business of a sector may have these goods; who sells and ships may have any."""
    if sector.isic_section in _OF_SERVICES:
        return False
    if not sector.is_primary_production:
        return True
    table = sectors_of_goods()
    told = [{table[(kind, good)] for kind in _KINDS if (kind, good) in table} for good in goods]
    general = {"crop_farming", "livestock_raising", "metal_mining", "bonded_agriculture"}
    return sector.ref in general or any(not one or sector.ref in one for one in told)


def _question(view: TableView, node: NodeDraft, cells: list[_Said], name: _Said) -> _Said | None:
    """The words to ask about where a row leaves its activity open; None where it says nothing."""
    by_name = _Said(view.column("name"), name.activity.why, name.activity)
    if any(one.activity.is_certain for one in cells):
        # Its cells contradict each other, or the name speaks against them.
        return _one_of([*cells, by_name] if by_name.text else cells)
    if cells:
        asked = _one_of(cells)
        is_code = asked is not None and asked.column in view.codes
        return replace(asked, text=asked.activity.why or asked.text) if asked and is_code else asked
    goods = activity_of_goods(node.commodities)
    by_goods = _Said(view.column("commodities"), goods.why, goods)
    heading = _by_heading(view, node) or by_goods
    return next((one for one in (by_name, by_goods, heading) if one.activity.candidates), None)


def _ask(view: TableView, node: NodeDraft, asked: _Said | None) -> None:
    """Ask what the words mean, once for all rows that say the same."""
    tally = view.log.activities
    if asked is None:
        tally.pass_over(node.id)
        return
    choices = with_certainty(asked.activity.candidates, asked.activity.certainty)
    tally.ask(node.id, asked.text, asked.column, choices)


def _one_of(cells: list[_Said]) -> _Said | None:
    """Joint result of the cells of a row; several that differ offer all their sectors."""
    if len(cells) < 2:
        return cells[0] if cells else None
    telling = [one for one in cells if one.activity.candidates]
    candidates = tuple(dict.fromkeys(s for one in telling for s in one.activity.candidates))
    if len(telling) < 2:
        return (telling or cells)[0]
    text = " / ".join(one.text for one in telling)
    return _Said(telling[0].column, text, Activity(candidates[0], 0.5, text, candidates))


def _name(sector: str) -> str:
    return load_reference().sectors[sector].name
