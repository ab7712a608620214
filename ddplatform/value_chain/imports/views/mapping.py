"""Page of the column mapping: the guess for each of our fields, and a person's corrections."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ddplatform.infrastructure.typed_values import find_number
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.mapping.models import MapImport
from supply_chain.intake.columns import LINK_COLUMNS, OWN_NODE_COLUMNS, ROW_LINK_FIELDS
from supply_chain.intake.drafts import Mapping
from supply_chain.intake.grid_points import GRID_FIELDS
from supply_chain.intake.mapping_json import mapping_from_json
from supply_chain.intake.register_ids import REGISTERS

NODE_FIELDS = (
    *(*OWN_NODE_COLUMNS, "coordinates", *GRID_FIELDS),
    *("city", "postal_code", "buyer", "supplied_by", *ROW_LINK_FIELDS),
    *("spend", "volume", "attributes.stated_tier"),
)
RARE_FIELDS = frozenset(
    (
        *("kind", "latitude", "longitude", "coordinates", "operated_by", "own_operation"),
        *("origin", *GRID_FIELDS, "city", "postal_code", "flow_evidence"),
        *("valid_from", "valid_to"),
    )
)
"""Fields that stand folded while no column is read into them."""
WORDS: MappingOf[str, str] = {
    "id": _("ID"),
    "name": _("Name"),
    "kind": _("Kind"),
    "country": _("Country"),
    "region": _("Region"),
    "address": _("Address"),
    "city": _("City"),
    "postal_code": _("Postal code"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "coordinates": _("Coordinates (latitude, longitude)"),
    "grid.east": _("Metres to the east (UTM)"),
    "grid.north": _("Metres to the north (UTM)"),
    "grid.zone": _("UTM grid zone"),
    "sector": _("Sector"),
    "commodities": _("Commodities"),
    "operated_by": _("Operated by"),
    "own_operation": _("Own operation"),
    "origin": _("Beginning of the chain"),
    "buyer": _("Buyer"),
    "buyer.country": _("Country of the buyer"),
    "operated_by.country": _("Country of the operator"),
    "supplied_by": _("Buys from"),
    "spend": _("Annual spend"),
    "volume": _("Purchase volume"),
    "attributes.stated_tier": _("Stated tier"),
    **{f"external_ids.{scheme}": register.title for scheme, register in REGISTERS.items()},
    "supplier": _("Supplier"),
    "commodity": _("Commodity"),
    "share": _("Share of the buyer's input"),
    "flow_evidence": _("Evidence of the flow"),
    "valid_from": _("From"),
    "valid_to": _("Until"),
    "chain.1": _("Supply chain: direct supplier"),
    "chain.2": _("Supply chain: second step"),
    "chain.3": _("Supply chain: third step"),
    "chain.4": _("Supply chain: fourth step"),
}


_UNREAD_SHOWN = 3


@dataclass(frozen=True)
class FieldRow:
    """One of our fields and the column it is taken from."""

    name: str
    input_name: str
    label: str
    column: str
    confidence: float | None
    """The certainty of the guess, 0..1; None where a person chose or nothing is taken."""
    reason: str
    examples: tuple[str, ...]

    @property
    def is_folded(self) -> bool:
        """Whether few lists have this field and this one does not."""
        return not self.column and self.name in RARE_FIELDS


@dataclass(frozen=True)
class TableForm:
    """The way in which one table of the files is read."""

    key: str
    side: str
    input_name: str
    header_row: str
    fields: tuple[FieldRow, ...]
    header: tuple[str, ...]
    """All columns of the table, to choose from while typing."""
    unused: tuple[tuple[str, str], ...]
    """Those that no field is taken from, with values seen in them."""
    of_people: tuple[str, ...]
    """Those that tell of people, which are left out."""


def remembered(row: MapImport) -> dict[str, Any] | None:
    """The files whose mapping of columns this list took over, and when that was."""
    if row.remembered is None:
        return None
    at = datetime.fromisoformat(row.remembered["at"])
    return {"files": ", ".join(row.remembered["files"]), "at": at}


def mapping_page(row: MapImport, typed: MappingOf[str, str]) -> list[TableForm]:
    """The tables of an import with their fields; what was typed stands where it was refused."""
    tables = [(s, key) for s in ("nodes", "links") for key in sorted(row.mapping.get(s, {}))]
    return [
        _table(row, side, key, name=f"t{place}", typed=typed)
        for place, (side, key) in enumerate(tables)
    ]


def unread_texts(row: MapImport) -> tuple[tuple[str, str], ...]:
    """Columns in words that no field is taken from, where none states the activity of a place.

    Returns:
        The name of each, with values seen in it; at most three.
    """
    if any("sector" in table["columns"] for table in row.mapping.get("nodes", {}).values()):
        return ()
    tables = (table for table in mapping_page(row, {}) if table.side == "nodes")
    left = (one for table in tables for one in table.unused)
    return tuple(one for one in left if any(map(str.isalpha, one[1])))[:_UNREAD_SHOWN]


def _table(
    row: MapImport, side: str, key: str, *, name: str, typed: MappingOf[str, str]
) -> TableForm:
    table = row.mapping[side][key]
    columns: dict[str, str] = table["columns"]
    shown = {entry["column"]: entry for entry in row.preview.get("columns", {}).get(key, [])}
    ours = NODE_FIELDS if side == "nodes" else tuple(LINK_COLUMNS)
    fields = [
        _field(
            field,
            typed.get(f"{name}-f{place}", columns.get(field, "")),
            input_name=f"{name}-f{place}",
            shown=shown,
            as_read=columns.get(field),
        )
        for place, field in enumerate((*ours, *(name for name in columns if name not in ours)))
    ]
    used = {field.column for field in fields}
    return TableForm(
        key=key,
        side=side,
        input_name=name,
        header_row=typed.get(f"{name}-header", str(table["header_row"])),
        fields=tuple(sorted(fields, key=lambda field: not field.column)),  # empty ones below
        header=tuple(shown),
        unused=tuple(
            (name, " · ".join(entry["samples"]))
            for name, entry in shown.items()
            if name not in used and not entry.get("of_people")
        ),
        of_people=tuple(
            name for name, entry in shown.items() if name not in used and entry.get("of_people")
        ),
    )


def _field(
    field: str,
    column: str,
    *,
    input_name: str,
    shown: MappingOf[str, MappingOf[str, Any]],
    as_read: str | None,
) -> FieldRow:
    entry = shown.get(column, {})
    guess = entry if column == as_read else {}
    return FieldRow(
        name=field,
        input_name=input_name,
        label=field_word(field),
        column=column,
        confidence=guess.get("confidence"),
        reason=guess.get("reason") or "",
        examples=tuple(entry.get("samples", ())),
    )


def field_word(field: str) -> str:
    """The name of one of our fields; of `attributes.workers` the key."""
    if field in WORDS:
        return str(WORDS[field])
    return field.partition(".")[2].replace("_", " ") or field.replace("_", " ")


def read_corrections(row: MapImport, typed: MappingOf[str, str]) -> Mapping:
    """The mapping as a person corrected it.

    Raises:
        FileRefused: a row number that is none.
    """
    document: dict[str, dict[str, object]] = {"nodes": {}, "links": {}}
    for form in mapping_page(row, typed):
        header_row = form.header_row.strip()
        document[form.side][form.key] = {
            "header_row": find_number(header_row, header_row),
            "columns": {f.name: f.column.strip() for f in form.fields if f.column.strip()},
        }
    return mapping_from_json(document)
