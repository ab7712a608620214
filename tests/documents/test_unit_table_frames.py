"""Tables as DataFrames and as Parquet: values keep their types, and what is missing is missing."""

import csv
import io
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ddplatform.documents.tables
from ddplatform.documents.content import Column, Kind, Table
from ddplatform.documents.exports import as_file
from ddplatform.documents.tables import to_dataframe
from ddplatform.documents.tables.files import (
    neutral,
    render_csv,
    render_parquet,
    render_parquet_pack,
    render_workbook,
)
from ddplatform.documents.words import cell_words
from tests.sampling import examples

HOSTILE = ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "＝1", 'a "b", c\nd', "NA", "nan", "سوق", "0"]
TABLE = Table(
    "sites",
    "Sites",
    (
        Column("name", "Name"),
        Column("country", "Country", kind=Kind.COUNTRY),
        Column("tier", "Tier", kind=Kind.NUMBER, missing="not linked"),
        Column("share", "Share", kind=Kind.SHARE),
        Column("index", "Residual risk", kind=Kind.INDEX),
        Column("band", "Band", kind=Kind.BAND),
        Column("due_on", "Due", kind=Kind.DATE, missing=""),
        Column("children", "Children", kind=Kind.PEOPLE),
    ),
    (
        ("Farm", "CI", 2, 1, 70.5, "critical", "2026-11-25", 3),
        ("", None, None, None, None, None, None, None),
        ("Mill", "GH", 0, 0.25, 0.0, "low", "1400-01-31", 1200),
    ),
)


def column_of(kind: Kind, *cells) -> "pd.Series":
    columns = (Column("k", "K", kind=kind),)
    return to_dataframe(Table("t", "T", columns, tuple((cell,) for cell in cells)))["k"]


def parquet_of(table: Table) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(render_parquet(table)))


def test_numbers_stay_numbers_days_days_and_codes_codes():
    frame = to_dataframe(TABLE)

    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "name": "str",
        "country": "str",
        "tier": "Int64",
        "share": "float64",
        "index": "float64",
        "band": "str",
        "due_on": "datetime64[us]",
        "children": "str",
    }
    assert frame.loc[0, ["country", "band", "share"]].tolist() == ["CI", "critical", 1.0]
    assert frame["due_on"].dt.date.astype("str").tolist()[2] == "1400-01-31"


def test_what_is_missing_is_missing_and_what_is_zero_is_zero():
    frame = to_dataframe(TABLE)

    assert frame.loc[1].isna().all()
    assert not frame.loc[[0, 2]].isna().any(axis=None)
    assert (frame.loc[2, "tier"], frame.loc[2, "index"]) == (0, 0.0)
    assert frame["share"].mean() == 0.625


def test_a_count_of_few_people_is_never_told():
    assert to_dataframe(TABLE)["children"].tolist()[::2] == ["<5", "1,200"]
    assert parquet_of(TABLE)["children"].tolist()[::2] == ["<5", "1,200"]


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        (Kind.NUMBER, (1, None, 2), "Int64"),
        (Kind.NUMBER, (1, 2.5), "float64"),
        (Kind.NUMBER, (2**63,), "float64"),
        (Kind.SHARE, (1, 0), "float64"),
        (Kind.NUMBER, (1, "suppressed"), "object"),
        (Kind.TEXT, (1, 2), "Int64"),
        (Kind.DATE, ("2026-11-25", "soon"), "str"),
        (Kind.DATE, ("20261125",), "str"),
        (Kind.NUMBER, (None,), "Int64"),
        (Kind.SCORE, ("",), "float64"),
        (Kind.DATE, (None,), "datetime64[us]"),
        (Kind.WORD, (None,), "str"),
        (Kind.INDEX, (), "float64"),
    ],
)
def test_a_column_has_the_type_of_its_cells_and_where_nothing_is_known_that_of_its_kind(
    kind, cells, expected
):
    assert column_of(kind, *cells).dtype == expected


def test_columns_called_alike_are_numbered_and_titles_are_kept():
    columns = tuple(Column(key, f"Title {key}") for key in ("place", "place", "place_2"))
    frame = to_dataframe(Table("t", "Places", columns, (("a", "b", "c"),)))

    assert [*frame.columns] == ["place", "place_2", "place_2_2"]
    assert frame.attrs["title"] == "Places"
    assert frame.attrs["titles"]["place_2_2"] == "Title place_2"


def test_parquet_read_back_is_the_table():
    pd.testing.assert_frame_equal(parquet_of(TABLE), to_dataframe(TABLE))
    assert parquet_of(TABLE).attrs == to_dataframe(TABLE).attrs


def test_parquet_of_an_empty_table_has_its_columns_and_their_types():
    empty = Table("t", "T", TABLE.columns, ())

    pd.testing.assert_frame_equal(parquet_of(empty), to_dataframe(empty))
    assert parquet_of(empty).empty


def test_words_among_numbers_make_a_text_column_of_parquet_and_leave_numbers_in_csv():
    table = Table("t", "T", (Column("value", "Value"),), ((4,), ("none",), (None,)))
    told = parquet_of(table)["value"]

    assert told.tolist()[:2] == ["4", "none"] and told.isna().tolist() == [False, False, True]
    assert render_csv(table).decode("utf-8-sig") == "Value\r\n4\r\nnone\r\nNot assessed\r\n"


def test_hostile_texts_stand_in_parquet_as_they_were_typed_and_in_csv_as_texts():
    rows = tuple((text,) for text in HOSTILE)
    table = Table("t", "T", (Column("=title", "=Title"),), rows)
    csv = pd.read_csv(io.BytesIO(render_csv(table)), dtype=str, keep_default_na=False)

    assert parquet_of(table)["=title"].tolist() == HOSTILE
    assert csv["'=Title"].tolist() == [f"'{text}" for text in HOSTILE[:4]] + HOSTILE[4:]


def test_days_words_and_what_is_missing_stand_in_csv_as_on_the_page():
    rows = list(csv.reader(io.StringIO(render_csv(TABLE).decode("utf-8-sig"), newline="")))

    assert rows[1] == ["Farm", "Côte d’Ivoire", "2", "1.0", "70.5", "Critical", "2026-11-25", "<5"]
    assert rows[2] == [
        *["Not assessed"] * 2,
        "not linked",
        *["Not assessed"] * 3,
        "",
        "Not assessed",
    ]
    assert rows[3][6] == "1400-01-31"


cells = st.lists(
    st.none()
    | st.sampled_from([*HOSTILE, "under_review", "<10", "critical", ""])
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e15, 1e15).map(lambda number: float(f"{number:.15G}")),
    min_size=1,
    max_size=4,
)


@given(st.sampled_from([Kind.TEXT, Kind.NUMBER, Kind.SHARE, Kind.BAND, Kind.WORD]), cells)
@examples(80)
def test_any_cell_says_in_csv_and_in_a_workbook_what_the_table_says(kind, cells):
    column = Column("k", "K", kind=kind)
    table = Table("t", "T", (column,), tuple((cell,) for cell in cells))
    csv_rows = list(csv.reader(io.StringIO(render_csv(table).decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(render_workbook([table]))).active

    for cell, (written,), (shown,) in zip(cells, csv_rows[1:], [*sheet.values][1:], strict=True):
        if isinstance(cell, int | float):
            assert (float(written), shown) == (cell, pytest.approx(cell))
        else:
            assert (written, shown) == (neutral(cell_words(cell, column)), cell_words(cell, column))


def test_tables_go_out_in_one_archive_with_equal_bytes():
    made = as_file("acme", [TABLE], "parquet")

    assert (made.name, made.media_type) == ("acme.parquet.zip", "application/zip")
    assert made.content == render_parquet_pack([TABLE])
    assert ZipFile(io.BytesIO(made.content)).namelist() == ["sites.parquet"]


def test_the_package_has_no_names_but_its_own():
    with pytest.raises(AttributeError, match="no attribute 'from_dataframe'"):
        _ = ddplatform.documents.tables.from_dataframe
