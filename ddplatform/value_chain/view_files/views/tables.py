"""Content of a view of a map, as tables for files."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ddplatform.documents.content import Align, Cell, Column, Kind, Table
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.value_chain.countries.scope import MapScope
from ddplatform.value_chain.countries.views.rows import Cell as CountryCell
from ddplatform.value_chain.countries.views.rows import CountryRow
from ddplatform.value_chain.drawings.shades import Shade
from ddplatform.value_chain.filters.queries.lists import NodeRow
from ddplatform.value_chain.mapping.views import lane_word
from ddplatform.value_chain.pictures.queries.boxes import MapBox
from ddplatform.value_chain.pictures.views.boxes import MapPage
from ddplatform.value_chain.pictures.views.colour import Colouring
from ddplatform.value_chain.words.map_fields import KIND_WORDS
from supply_chain.graph.columns import NODE_KINDS
from supply_chain.graph.layout import Link

UNKNOWN = "not known"
BOX_WORDS = {"node": "Site", "group": "Group", "rest": "Rest of a tier", "ghost": "Unknown origin"}


def text(key: str, title: str, width: float = 1.0, *, missing: str = UNKNOWN) -> Column:
    """A column of words."""
    return Column(key, title, width, missing=missing)


def figure(key: str, title: str, kind: Kind = Kind.NUMBER, *, missing: str = UNKNOWN) -> Column:
    """A column of numbers."""
    return Column(key, title, align=Align.RIGHT, kind=kind, missing=missing)


def _shade_columns(shades: Sequence[Shade]) -> list[Column]:
    return [figure(f"shade_{at}", shade.word) for at, shade in enumerate(shades) if shade.word]


def _mix(mix: Sequence[int], shades: Sequence[Shade]) -> list[Cell]:
    return [count for count, shade in zip(mix, shades, strict=True) if shade.word]


# ---- boxes and links of a drawing ------------------------------------------------------------


def box_tables(page: MapPage, colouring: Colouring) -> list[Table]:
    """The boxes of a drawing, and its links."""
    columns = [
        text("box", "Site or group", 3),
        text("what", "What it is"),
        text("id", "Id", missing="several"),
        text("lane", "Tier"),
        text("place", "Place", 2),
        figure("sites", "Sites"),
        text("shade", colouring.heading),
        *_shade_columns(colouring.shades),
        figure("events", "Sites in an event"),
        text("state", "Questionnaire", missing="none"),
        figure("overdue", "Actions overdue", missing="see its sites"),
    ]
    titles = {box.id: page.title(box) for box in page.view.boxes}
    return [
        Table(
            "boxes",
            "Boxes",
            tuple(columns),
            tuple(_box(page, box, colouring.shades) for box in page.view.boxes),
        ),
        Table(
            "links",
            "Links",
            (
                text("supplier", "Supplier", 3),
                text("buyer", "Buyer", 3),
                figure("share", "Share of the buyer's input", Kind.SHARE),
                text("confirmed", "Confirmed"),
            ),
            tuple(_link(link, titles) for link in page.view.links),
        ),
    ]


def _box(page: MapPage, box: MapBox, shades: Sequence[Shade]) -> tuple[Cell, ...]:
    is_ghost, is_node = box.kind == "ghost", box.kind == "node"
    detail = page.detail(box)
    mix = page.colours.mix(box.rows)
    return (
        page.title(box),
        BOX_WORDS[box.kind],
        page.snapshot.graph.nodes.ids[int(box.rows[0])] if is_node else None,
        page.lane_word(box.lane),
        page.sub(box),
        None if is_ghost else len(box.rows),
        page.shade(box).word,
        *([None] * len(_mix(mix, shades)) if is_ghost else _mix(mix, shades)),
        None if is_ghost else page.colours.events(box.rows),
        detail.state,
        detail.overdue if is_node else None,
    )


def _link(link: Link, titles: dict[str, str]) -> tuple[Cell, ...]:
    confirmed = "yes" if link.confirmed else "no"
    # What is left of a whole is no round number in binary: 1 - 0.89 is 0.10999999999999999.
    share = None if link.share is None else round(link.share, 6)
    return titles[link.supplier], titles[link.buyer], share, confirmed


# ---- countries and tiers ---------------------------------------------------------------------


def country_table(
    rows: Sequence[tuple[CountryRow, float | None]], colouring: Colouring, *, by_volume: bool
) -> Table:
    """Countries with their sites; the second of a pair is the part of our input."""
    columns = [
        text("country", "Country", 2),
        text("code", "Code"),
        *([figure("volume", "Part of our input", Kind.SHARE)] if by_volume else []),
        *_cell_columns(colouring),
    ]
    return Table(
        "countries",
        "Countries",
        tuple(columns),
        tuple(
            (row.label, row.code, *([volume] if by_volume else []), *_cell(row.whole))
            for row, volume in rows
        ),
    )


def tier_table(columns: Sequence[str], rows: Sequence[CountryRow], colouring: Colouring) -> Table:
    """Each country in each tier where it has sites."""
    return Table(
        "tiers",
        "Tier by country",
        (
            text("country", "Country", 2),
            text("code", "Code"),
            text("tier", "Tier"),
            *_cell_columns(colouring),
        ),
        tuple(
            (row.label, row.code, words, *_cell(cell))
            for row in rows
            for words, cell in zip(columns, row.cells, strict=True)
            if cell.count
        ),
    )


def _cell_columns(colouring: Colouring) -> list[Column]:
    return [
        figure("sites", "Sites"),
        text("gravest", f"{colouring.heading}, the gravest"),
        *_shade_columns(colouring.shades),
        figure("events", "Sites in an event"),
    ]


def _cell(cell: CountryCell) -> tuple[Cell, ...]:
    return cell.count, cell.gravest.word, *_mix(cell.mix, cell.shades), cell.events


# ---- sites -----------------------------------------------------------------------------------


def site_table(scope: MapScope) -> Table:
    """Every site that is meant."""
    snapshot, nodes = scope.snapshot, scope.snapshot.graph.nodes
    words, lanes = [shade.word for shade in scope.colouring.shades], {}
    kinds = [str(KIND_WORDS[kind]) for kind in NODE_KINDS]
    for lane in set(snapshot.lane.tolist()):
        lanes[lane] = lane_word(snapshot, lane)
    return Table(
        "sites",
        "Sites",
        (
            text("id", "Id"),
            text("name", "Name", 3),
            text("kind", "Kind"),
            Column("country", "Country", kind=Kind.COUNTRY, missing=UNKNOWN),
            text("region", "Region"),
            text("tier", "Tier"),
            text("shade", scope.colouring.heading),
            text("event", "In an event"),
        ),
        tuple(
            (
                nodes.ids[row],
                snapshot.names[row],
                kinds[nodes.kind[row]],
                nodes.country[row],
                snapshot.regions[row],
                lanes[int(snapshot.lane[row])],
                words[scope.colours.place[row]],
                "yes" if scope.colours.in_event[row] else "no",
            )
            for row in scope.rows.tolist()
        ),
    )


def list_table(scope: MapScope, rows: Mapping[UUID, NodeRow]) -> Table:
    """The same with what a list says besides: work, group and tags.

    The owner of a site does not leave the organisation.
    """
    sites = site_table(scope)
    keys = [scope.snapshot.keys[row] for row in scope.rows.tolist()]
    return Table(
        sites.ref,
        sites.title,
        (
            *sites.columns,
            *work_columns(),
        ),
        tuple((*site, *_work(rows.get(key))) for site, key in zip(sites.rows, keys, strict=True)),
    )


def work_columns() -> tuple[Column, ...]:
    """The columns of a list on the work at a site, its group and its tags."""
    return (
        figure("findings", "Open findings"),
        figure("overdue", "Actions overdue"),
        text("state", "Questionnaire", missing="none"),
        text("group", "Group", missing="none"),
        text("tags", "Tags", 2, missing="none"),
    )


def _work(row: NodeRow | None) -> tuple[Cell, ...]:
    """The values of a list for a site; none for one that left the map since its snapshot."""
    if row is None:
        return (None,) * 5
    state, tags = questionnaire_word(row.questionnaire_status), ", ".join(row.tags)
    return (row.open_findings, row.overdue_actions, state, row.group_name, tags)
