"""Column mapping: a suggestion of our field for each column, by its name and its content."""

from __future__ import annotations

from collections.abc import Sequence

from supply_chain.intake.activities import find_activity
from supply_chain.intake.column_choice import ColumnChooser
from supply_chain.intake.column_fit import has_digit, share_of
from supply_chain.intake.columns import (
    LINK_COLUMNS,
    OWN_NODE_COLUMNS,
    ROW_LINK_FIELDS,
    find_header_row,
    unique_header,
)
from supply_chain.intake.company_columns import (
    choose_buyer_of_chain,
    choose_countries_of_companies,
    choose_places_of_site,
)
from supply_chain.intake.drafts import Mapping, TableMapping
from supply_chain.intake.heading_parts import is_column_name, rank_of_parts, tells_field
from supply_chain.intake.id_lists import IdShapes
from supply_chain.intake.link_ends import with_ids_of_ends
from supply_chain.intake.measures import MEASURES, bare_heading
from supply_chain.intake.personal_columns import tells_of_people
from supply_chain.intake.row_references import (
    choose_end_by_tiers,
    choose_ids_by_references,
    choose_suppliers_by_names,
)
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import header_forms, squeeze, words

_WORTH_A_SECOND_LOOK = (
    *("name", "country", "address", "city", "region", "latitude", "longitude"),
    *("postal_code", "commodities", "sector", "attributes.workers"),
)
# A point is given once: in degrees, in one cell, or in metres of a grid.
_INSTEAD_OF = {
    "latitude": {"grid.east"},
    "longitude": {"grid.east"},
    "coordinates": {"latitude", "grid.east"},
}
_ACTIVITIES = 0.6
"""The part of a column's values that must state an activity where its heading says nothing."""
_AMOUNTS = 0.5
_POINT = frozenset(_INSTEAD_OF)


def guess_mapping(tables: Sequence[Table]) -> Mapping:
    """Guess for each table its header row and columns, with examples, confidence and reasons.

    A table with supplier and buyer columns, and no column that places a node, is links. A sheet
    without one known column name, beside others with some, is left out.
    """
    nodes: dict[str, TableMapping] = {}
    links: dict[str, TableMapping] = {}
    found = [(table, *find_header_row(table)) for table in tables]
    most_known = max((count for _, _, count in found), default=0)
    for table, header_row, count in found:
        if table.sheet and count < min(most_known, _least_known(table.sheet)):
            # A cover sheet or a legend beside sheets with lists.
            continue
        if table.sheet and count < most_known and _is_form(table):
            continue
        header = unique_header(table, header_row)
        if is_links_header(header):
            links[table.key] = _guess_links(table, header_row, header)
        else:
            nodes[table.key] = _guess_nodes(table, header_row, header)
    if links and nodes:
        nodes = with_ids_of_ends(tables, nodes, links)
    return Mapping(nodes, links)


def _is_form(table: Table) -> bool:
    """Whether a sheet asks who filled it in: "Company name", "Contact", each with its answer."""
    rows = [[cell for cell in map(str.strip, row) if cell] for row in table.rows]
    filled = [row for row in rows if row]
    labels = sum(is_column_name(row[0]) or tells_of_people(row[0]) for row in filled)
    return len(filled) > 1 and max(map(len, filled)) == 2 and 2 * labels > len(filled)


def _least_known(sheet: str) -> int:
    """Least number of known column names of a list: more where the sheet's name suggests notes."""
    return 2 if squeeze(sheet) in words().note_sheets else 1


def is_links_header(header: Sequence[str]) -> bool:
    """Whether the columns name two ends of a link and nothing that places a node."""
    ends = [_link_columns(header, end) for end in ("supplier", "buyer")]
    places = ("country", "address", "latitude", "longitude")
    placed = any(tells_field(name, field) for name in header for field in places)
    # One column cannot be both ends.
    return all(ends) and len(set().union(*ends)) > 1 and not placed


def _link_columns(header: Sequence[str], end: str) -> set[str]:
    spellings = words().link_columns[end].keys()
    return {
        name
        for name in header
        if header_forms(name) & spellings or rank_of_parts(name, end, in_links=True) is not None
    }


def _guess_links(table: Table, header_row: int, header: list[str]) -> TableMapping:
    chooser = ColumnChooser(table, header_row, header)
    for field in LINK_COLUMNS:
        chooser.choose(field, words().link_columns[field], in_links=True)
    return chooser.mapping()


def _guess_nodes(table: Table, header_row: int, header: list[str]) -> TableMapping:
    chooser = ColumnChooser(table, header_row, header)
    is_own_csv = header[: len(OWN_NODE_COLUMNS)] == OWN_NODE_COLUMNS
    for name in header:
        if name.startswith("external_ids.") or (is_own_csv and name in OWN_NODE_COLUMNS):
            chooser.take(name, name, 1.0, "value-chain CSV, version 1")
    if is_own_csv:
        return chooser.mapping()
    chooser.choose_grid()
    chooser.choose_tiers()
    _choose_own_fields(chooser)
    chooser.choose_company_beside_site()
    chooser.choose_vendors_of_plant()
    choose_buyer_of_chain(chooser)
    chooser.choose_tier_facts()
    choose_countries_of_companies(chooser)
    chooser.choose_by_values()
    # Names of spinners and dyers tell activities, too.
    choose_suppliers_by_names(chooser)
    _choose_activity_by_values(chooser)
    choose_ids_by_references(chooser)
    _choose_suppliers_by_ids(chooser)
    choose_end_by_tiers(chooser)
    _choose_measures(chooser)
    if "buyer" in chooser.columns:
        for field in ROW_LINK_FIELDS:
            chooser.choose(field, words().link_columns[field], in_links=True)
    else:
        # A share of what is bought alone: of ownership, women or turnover there are many.
        chooser.choose("share", words().purchase_shares, parts="none")
    return chooser.mapping()


def _choose_activity_by_values(chooser: ColumnChooser) -> None:
    """A column of which most values state an activity, whatever its heading says."""
    for name in chooser.free() if "sector" not in chooser.columns else []:
        states = share_of(chooser.values(name), lambda value: find_activity(value).is_certain)
        if states >= _ACTIVITIES:
            chooser.take("sector", name, 0.7, "its values are activities")
            return


def _choose_suppliers_by_ids(chooser: ColumnChooser) -> None:
    """A column called "Source" names suppliers where its cells are ids of the list alone."""
    if not {"id"} <= chooser.columns.keys() or "supplied_by" in chooser.columns:
        return
    ids = IdShapes(chooser.values(chooser.columns["id"]))
    for name in chooser.free():
        values = chooser.values(name)
        is_named = squeeze(name) in words().source_headings
        if is_named and values and share_of(values, lambda v: bool(ids.split(v))) == 1:
            chooser.take("supplied_by", name, 0.8, "its values are ids of the list")
            return


def _choose_measures(chooser: ColumnChooser) -> None:
    """Spend and volume, in any currency or unit of their headings: "Annual spend (EUR)"."""
    for measure in MEASURES:
        spellings = words().node_columns[measure]
        for name in chooser.free():
            is_named = bool(header_forms(bare_heading(name)) & spellings.keys())
            if is_named and share_of(chooser.values(name), has_digit) >= _AMOUNTS:
                chooser.take(measure, name, 0.9, f"named “{name}”")
                break


def _choose_own_fields(chooser: ColumnChooser) -> None:
    """Fields of the row's own node, the most certain first; the other company of the row last."""
    fields = {**words().chain_columns, **words().node_columns}
    late = ["operated_by", "buyer"]
    for field in [name for name in fields if name not in (*late, *MEASURES)]:
        if field in _POINT and chooser.columns.keys() & _INSTEAD_OF[field]:
            continue
        if field not in chooser.columns:
            chooser.choose(field, fields[field])
    for field in _WORTH_A_SECOND_LOOK:
        chooser.choose_misspelt(field, fields[field])
    chooser.choose_name_by_its_words()
    chooser.choose_thing()
    company = chooser.column_of("name", "")
    chooser.choose_site_beside_company()
    if chooser.column_of("name", "") != company:
        choose_places_of_site(chooser, company)
    if chooser.column_of("name", "").casefold().startswith(("supplier", "vendor")):
        # Beside a supplier's name, the other company of the row is the one it supplies.
        late.reverse()
    for field in late:
        chooser.choose(field, fields[field])
