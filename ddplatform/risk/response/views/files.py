"""List of suppliers by response as tables."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.risk.response.views.words import LABELS
from ddplatform.risk.supplier_figures.queries import MeasuredPlace, MeasureFilter
from supply_chain.risk.rm2.method import METHOD_VERSION

MOST = 20_000
"""Places of one file; what is left out is said in it."""
_COLUMNS = (
    Column("place", "Place", 3),
    Column("country", "Country", kind=Kind.COUNTRY, missing="not known"),
    Column("map", "Map", 2),
    Column("measure", "Response measure, 0 to 100", kind=Kind.INDEX),
    Column("label", "Label", missing="no figure yet"),
    Column("newer_on", "Newer figure shown on", missing=""),
)


def as_tables(
    rows: Iterable[MeasuredPlace],
    total: int,
    wanted: MeasureFilter,
    maps: Mapping[UUID, str],
    today: date,
) -> tuple[Table, ...]:
    """The places, and what the figures mean.

    Args:
        total: how many places match; `rows` may be fewer.
    """
    found = tuple(_row(row, maps) for row in rows)
    about: tuple[tuple[Cell, ...], ...] = (
        ("as of", today.isoformat()),
        ("method", METHOD_VERSION),
        ("label", wanted.label or "all"),
        ("search", wanted.text or "none"),
        ("map", maps[wanted.chain_id] if wanted.chain_id else "all"),
        ("places that match", total),
        ("places in this file", len(found)),
        ("meaning", "how a supplier responds; no statement about risk to children at its place"),
    )
    return (
        Table("suppliers", "Suppliers", _COLUMNS, found, "No supplier matches."),
        Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), about),
    )


def _row(row: MeasuredPlace, maps: Mapping[UUID, str]) -> tuple[Cell, ...]:
    return (
        row.node_name,
        row.country,
        maps[row.chain_id],
        row.measure,
        str(LABELS[row.label]) if row.label else None,
        row.coming_on.isoformat() if row.coming_on else None,
    )
