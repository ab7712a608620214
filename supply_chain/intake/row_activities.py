"""The activity of one row: from its own cells, else from its name, else from its goods."""

from __future__ import annotations

from dataclasses import dataclass, replace

from supply_chain.drafts import NodeDraft
from supply_chain.intake.activities import (
    WIDE_SECTOR,
    Activity,
    activity_of_goods,
    find_activity,
    find_activity_in_name,
)
from supply_chain.intake.activity_tally import with_certainty
from supply_chain.intake.activity_words import hits_in, sectors_of_goods
from supply_chain.intake.cells import CellFault, is_blank
from supply_chain.intake.table_view import TableView
from supply_chain.intake.words import clean, squeeze, words
from supply_chain.reference import load_reference
from supply_chain.reference_types import Sector

# Sections of ISIC whose businesses make, grow and handle no goods of others.
_OF_SERVICES = frozenset("JKLMNOPQ")
_KINDS = ("grow", "mine")
_REGISTERS = {"uml_id": "palm_oil_milling", "rmi_smelter_id": "metal_smelting"}
_OF_FACTORIES = "make"


@dataclass(frozen=True, slots=True)
class _Said:
    """What one cell of a row says, and what it means."""

    column: str | None
    text: str
    activity: Activity


def with_activity(view: TableView, row: tuple[str, ...], node: NodeDraft) -> NodeDraft:
    """The node with the sector that its row tells for certain; all else is asked.

    The words that were read stay among its further facts.
    """
    if view.is_own_csv:
        return replace(node, sector=view.text(row, "sector"))
    cells = _cells(view, row, node.commodities)
    told = {one.column or "sector": one.text for one in cells if one.activity.certainty < 1}
    if told:
        node = replace(node, attributes={**told, **node.attributes})
    name = _Said(
        view.column("name"), node.name, find_activity_in_name(node.name, goods=_goods(node))
    )
    answered = _answered(view, [*cells, name], node)
    if answered is not None:
        return answered
    certain = _certain(view, node, cells, name)
    if certain is not None:
        return _set(view, node, certain, cells, name)
    _ask(view, node, cells, name)
    return node


def _cells(view: TableView, row: tuple[str, ...], goods: tuple[str, ...]) -> list[_Said]:
    """What the column of sectors says, and further columns with such a heading."""
    texts = [(view.column("sector"), view.text(row, "sector"))]
    for heading, place in view.activity_columns:
        cell = clean(view.cells[place]) if place < len(view.cells) else ""
        texts.append((heading, None if is_blank(cell) else cell))
    return [
        _Said(
            column,
            text,
            find_activity(
                text,
                goods=tuple(sorted(goods)),
                of_sectors=squeeze(column or "") in words().sector_headings,
            ),
        )
        for column, text in texts
        if text
    ]


def _goods(node: NodeDraft) -> tuple[str, ...]:
    return tuple(sorted(node.commodities))


def _answered(view: TableView, said: list[_Said], node: NodeDraft) -> NodeDraft | None:
    """The node with the sector that a person chose for its words before."""
    tally = view.log.activities
    if not tally.has_answers:
        return None
    goods = activity_of_goods(node.commodities)
    for text in [*(one.text for one in said[:-1]), said[-1].activity.why, goods.why]:
        sector = tally.answer(text) if text else None
        if sector and not any(one.activity.is_certain for one in said[:-1]):
            tally.know(node.id, text, None, sector, is_answer=True)
            return replace(node, sector=sector)
    return None


def _certain(view: TableView, node: NodeDraft, cells: list[_Said], name: _Said) -> _Said | None:
    """The one certain statement of a row: of its cells, its name, or of what the list is of."""
    certain = [one for one in cells if one.activity.is_certain]
    if len({one.activity.sector for one in certain}) > 1:
        return None
    if certain:
        # “Apparel” as a sector is wide: a name that says “shoe factory” tells more.
        is_wide = certain[0].activity.certainty <= WIDE_SECTOR
        return name if is_wide and name.activity.is_certain else certain[0]
    heading = _by_heading(view, node)
    # A list of mills leaves open of what, but a name in it tells of no plantation.
    wide = [*cells, heading] if heading and not heading.activity.is_certain else cells
    left = [one.activity.candidates for one in wide if one.activity.candidates]
    for said in (_by_register(view, node), name, heading):
        if said and said.activity.is_certain:
            fits = all(said.activity.sector in candidates for candidates in left)
            return said if fits else None
    return None


def _by_register(view: TableView, node: NodeDraft) -> _Said | None:
    """Registers of mills and of smelters tell what the places in them are."""
    for scheme, sector in _REGISTERS.items():
        if scheme in node.external_ids:
            column = view.column(f"external_ids.{scheme}")
            return _Said(
                column, node.external_ids[scheme], Activity(sector, 0.95, column or scheme)
            )
    return None


def _by_heading(view: TableView, node: NodeDraft) -> _Said | None:
    """A column of names that says what they are names of: “Smelter”, “Farm” beside a crop."""
    heading = view.column("name") or ""
    if _OF_FACTORIES in {hit.phrase.kind for hit in hits_in(heading).hits}:
        return None
    return _Said(heading, heading, find_activity(heading, goods=_goods(node)))


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
    """What the goods, the name or a cell of a place tell against its activity."""
    advice = "Check both: the activity decides which risks a place is scored for."
    sector = said.activity.sector or ""
    is_registered = said.text in node.external_ids.values()
    for other in cells if is_registered else (*cells, name):
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


def _ask(view: TableView, node: NodeDraft, cells: list[_Said], name: _Said) -> None:
    """Ask what the words mean, once for all rows that say the same."""
    tally = view.log.activities
    goods = activity_of_goods(node.commodities)
    by_goods = _Said(view.column("commodities"), goods.why, goods)
    by_name = _Said(view.column("name"), name.activity.why, name.activity)
    heading = _by_heading(view, node) or by_goods
    said = _one_of(cells) or next(
        (one for one in (by_name, by_goods, heading) if one.activity.candidates), None
    )
    if said is None:
        tally.pass_over(node.id)
        return
    choices = with_certainty(said.activity.candidates, said.activity.certainty)
    tally.ask(node.id, said.text, said.column, choices)


def _one_of(cells: list[_Said]) -> _Said | None:
    """What the cells of a row say together; several that differ offer all their sectors."""
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
