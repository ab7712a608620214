"""Atlas as tables for files; every row names its publisher and its terms of use.

They hold published data only, nothing of an organisation's own maps: the files can be passed on.
"""

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.risk.atlas.queries.goods import GoodAtlas
from ddplatform.risk.runs.models import ReferenceRelease
from supply_chain.reference.atlas import load_atlas
from supply_chain.reference.release import load_reference

NOT_KNOWN = "not known"
DIRECTIONS = {
    "more risk": "higher is worse",
    "less risk": "lower is worse",
    "neither": "neither good nor bad in itself",
}
"""Files are in English, whatever language the page speaks."""
SOURCE = (
    Column("publisher", "Publisher", 3),
    Column("edition", "Edition", 3),
    Column("licence", "Licence", 2),
    Column("attribution", "Attribution", 4),
)
PLACE = (
    Column("place", "Place", kind=Kind.NUMBER, missing=NOT_KNOWN),
    Column("first", "Place 1 is", missing=NOT_KNOWN),
    Column("of", "Countries with a figure", kind=Kind.NUMBER, missing=NOT_KNOWN),
    Column("median", "Median of all", kind=Kind.NUMBER, missing=NOT_KNOWN),
    Column("near", "Median of the neighbourhood", kind=Kind.NUMBER, missing=NOT_KNOWN),
)  # fmt: skip
Source = tuple[str, str, str, str]


def good_tables(release: ReferenceRelease, good: GoodAtlas) -> tuple[Table, ...]:
    """All data of the atlas on a good."""
    source = fact_source("goods_editions")
    names = load_reference().countries
    listed = Table(
        "countries",
        "Countries on the list",
        (
            Column("country", "Country", 2),
            Column("code", "Code"),
            Column("state", "State", 2),
            Column("goods", "As the list calls it", 3),
            *labour_columns(),
            Column("editions", "Editions known", 2, missing=NOT_KNOWN),
            *SOURCE,
        ),
        tuple(
            (
                names[one.alpha2].short_name,
                one.alpha2,
                "listed" if one.lines else "not listed any more",
                ", ".join(one.names),
                *labour_answers(one.child_labour, one.forced_labour, one.forced_child_labour),
                ", ".join(map(str, one.editions)) or None,
                *source,
            )
            for one in (*good.countries, *good.former)
        ),
        "The good is not listed for any country. That is no evidence that nothing is there.",
    )
    headings = Table(
        "headings",
        "Headings",
        (Column("code", "HS 2022"), Column("name", "Name", 5, missing=NOT_KNOWN), *SOURCE),
        tuple((one.code, one.name or None, *fact_source("hs_headings")) for one in good.headings),
    )
    return listed, headings, about_table(release)


def about_table(release: ReferenceRelease) -> Table:
    """The description of these data."""
    atlas = load_atlas()
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Release of the reference data", release.name),
        ("Its fingerprint (SHA-256)", release.checksum),
        ("Its data as of", release.as_of.isoformat()),
        ("Edition of the atlas", atlas.edition),
        ("Its data as of", atlas.as_of.isoformat()),
        ("What is missing", "No figure is no zero: a factor without one counts as unknown."),
        ("Names and codes", "They imply no opinion on the status of any territory."),
    )
    return Table(
        "about", "About these data", (Column("what", "What", 2), Column("value", "Is", 5)), rows
    )


def fact_source(ref: str) -> Source:
    """Publisher, edition, licence, attribution of a file of facts."""
    one = load_atlas().words.sources[ref]
    return one.publisher, one.edition, one.licence, one.attribution


def labour_columns() -> tuple[Column, ...]:
    """The three kinds of labour that the list tells apart."""
    return (
        Column("child", "Child labour", missing=NOT_KNOWN),
        Column("forced", "Forced labour", missing=NOT_KNOWN),
        Column("forced_child", "Forced labour of children", missing=NOT_KNOWN),
    )


def labour_answers(*told: bool | None) -> tuple[str | None, ...]:
    """Yes or no for child labour, forced labour and forced labour of children; None: no data."""
    return tuple(None if one is None else "yes" if one else "no" for one in told)
