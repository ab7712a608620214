"""The page of columns: what was guessed for each of our fields, and what a person made of it."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

from ddplatform.models.value_chain import MapImport
from supply_chain.drafts import Mapping
from supply_chain.intake.columns import LINK_COLUMNS, OWN_NODE_COLUMNS, ROW_LINK_FIELDS
from supply_chain.intake.mapping_json import mapping_from_json

NODE_FIELDS = (*OWN_NODE_COLUMNS, "coordinates", "city", "postal_code", "buyer", *ROW_LINK_FIELDS)
WORDS: MappingOf[str, str] = {
    "id": "Id",
    "name": "Name",
    "kind": "Kind",
    "country": "Country",
    "region": "Region",
    "address": "Address",
    "city": "City",
    "postal_code": "Postal code",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "coordinates": "Coordinates (latitude, longitude)",
    "sector": "Sector",
    "commodities": "Commodities",
    "operated_by": "Operated by",
    "own_operation": "Own operation",
    "origin": "Beginning of the chain",
    "buyer": "Buyer",
    "supplier": "Supplier",
    "commodity": "Commodity",
    "share": "Share of the buyer's input",
    "flow_evidence": "How the flow is known",
    "valid_from": "From",
    "valid_to": "Until",
}


@dataclass(frozen=True)
class FieldRow:
    """One of our fields and the column it is taken from."""

    name: str
    input_name: str
    label: str
    column: str
    reason: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class TableForm:
    """How one table of the files is read."""

    key: str
    side: str
    input_name: str
    header_row: str
    fields: tuple[FieldRow, ...]
    others: tuple[str, ...]
    """Columns known from the guesses, to suggest while typing."""


def mapping_page(row: MapImport, typed: MappingOf[str, str] | None) -> list[TableForm]:
    """The tables of an import with their fields; what was typed stands where it was refused."""
    guesses = row.preview.get("guesses", {})
    return [
        _table(f"t{place}", side, key, row.mapping[side][key], guesses.get(key, []), typed)
        for place, (side, key) in enumerate(_tables(row))
    ]


def _tables(row: MapImport) -> list[tuple[str, str]]:
    return [(side, key) for side in ("nodes", "links") for key in sorted(row.mapping.get(side, {}))]


def _table(
    name: str,
    side: str,
    key: str,
    table: MappingOf[str, object],
    guesses: list[dict[str, object]],
    typed: MappingOf[str, str] | None,
) -> TableForm:
    columns = table["columns"]
    assert isinstance(columns, dict)
    known = {str(guess["field"]): guess for guess in guesses}
    ours = NODE_FIELDS if side == "nodes" else tuple(LINK_COLUMNS)
    fields = (*ours, *(field for field in columns if field not in ours))
    rows = []
    for place, field in enumerate(fields):
        input_name = f"{name}-f{place}"
        guess = known.get(field, {})
        is_as_guessed = guess.get("column") == columns.get(field)
        examples = guess.get("examples", ()) if is_as_guessed else ()
        rows.append(
            FieldRow(
                name=field,
                input_name=input_name,
                label=WORDS.get(field) or field.partition(".")[2].replace("_", " ") or field,
                column=(typed or {}).get(input_name, str(columns.get(field, ""))),
                reason=str(guess.get("reason", "")) if is_as_guessed else "",
                examples=tuple(map(str, examples if isinstance(examples, list) else ())),
            )
        )
    header_row = (typed or {}).get(f"{name}-header", str(table["header_row"]))
    return TableForm(
        key, side, name, header_row, tuple(rows), tuple(sorted(set(map(str, columns.values()))))
    )


def read_corrections(row: MapImport, typed: MappingOf[str, str]) -> Mapping:
    """The mapping as a person corrected it.

    Raises:
        FileRefused: a row number that is none.
    """
    document: dict[str, dict[str, object]] = {"nodes": {}, "links": {}}
    for form in mapping_page(row, typed):
        header_row = form.header_row.strip()
        document[form.side][form.key] = {
            "header_row": int(header_row) if header_row.isdecimal() else header_row,
            "columns": {f.name: f.column.strip() for f in form.fields if f.column.strip()},
        }
    return mapping_from_json(document)
