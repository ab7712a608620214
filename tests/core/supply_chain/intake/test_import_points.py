"""Points as X and Y, or in metres of the UTM grid: read as degrees, or told with the way out."""

import pytest
import utm
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.intake.cells import CellFault
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.grid_points import (
    Zone,
    degrees_of_grid,
    read_zone,
    zone_of_heading,
)
from supply_chain.intake.maps import read_map


def read(text: str) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())])


def points(draft: MapDraft) -> list[tuple[float | None, float | None]]:
    return [(node.latitude, node.longitude) for node in draft.nodes]


def notes(draft: MapDraft) -> str:
    return "\n".join(f"{note.column}: {note.problem} {note.advice}" for note in draft.notes)


@pytest.mark.parametrize(
    "header",
    [
        "Mill,Country,X,Y",
        "Mill,Country,Coord. X,Coord. Y",
        "Mill,Country,East,North",
        "Mill,Country,GPS X,GPS Y",
        "Mill,Country,X (long),Y (lat)",
        "Usine,Pays,Coordonnée X,Coordonnée Y",
        "Finca,País,Coordenada X,Coordenada Y",
    ],
)
def test_x_is_the_longitude_and_y_the_latitude_of_degrees(header: str) -> None:
    draft = read(f"{header}\nAlfa,Indonesia,101.25,-0.5\nBeta,Malaysia,103.1,1.9\n")

    assert points(draft) == [(-0.5, 101.25), (1.9, 103.1)] and draft.problems == ()


def test_x_above_90_degrees_under_y_says_that_the_two_are_turned() -> None:
    draft = read("Mill,Country,X,Y\nAlfa,Indonesia,-0.5,101.25\nBeta,Malaysia,1.9,103.1\n")

    assert points(draft) == [(-0.5, 101.25), (1.9, 103.1)]
    assert "“X and Y” tell a point" in {g.reason for g in draft.mapping.nodes["list.csv"].guesses}


def test_whole_numbers_under_x_and_y_are_no_point() -> None:
    draft = read("Mill,Country,X,Y\nAlfa,Indonesia,1,0\nBeta,Malaysia,0,1\n")

    assert points(draft) == [(None, None)] * 2
    assert draft.nodes[0].attributes == {"X": 1, "Y": 0}


@pytest.mark.parametrize(
    "rows",
    [
        "A,Peru,east wing,north wing\nB,Peru,gate 5,gate 6\n",  # words
        "A,Peru,100.5,120.5\nB,Peru,101.5,130.5\n",  # no half of it can be a latitude
        "A,Peru,183000,north\nB,Peru,184000,north\n",  # one of two
    ],
)
def test_what_can_be_no_point_stays_beside_the_fields(rows: str) -> None:
    draft = read(f"Mill,Country,X,Y\n{rows}")

    assert points(draft) == [(None, None)] * 2 and draft.problems == ()
    assert all({"X", "Y"} <= node.attributes.keys() for node in draft.nodes)


@pytest.mark.parametrize(
    "table",
    [
        "Mine,Country,UTM Easting,UTM Northing,UTM Zone\nA,Rwanda,183000,9780000,36S",
        "Mine,Country,X,Y,Zone\nA,Rwanda,183 000,9 780 000,36 M",
        "Mine,Country,X_coordinate,Y_coordinate,Zone\nA,Rwanda,183000,9780000,UTM zone 36 South",
        "Mine,Country,UTM 36S Easting,UTM 36S Northing\nA,Rwanda,183000.0,9780000.0",
        "Mine,Country,X (UTM 36S),Y (UTM 36S)\nA,Rwanda,183000m E,9780000m N",
        "Mine,Country,Longitude,Latitude,EPSG\nA,Rwanda,183000,9780000,32736",
        "Mine,Country,Este,Norte,Huso\nA,Rwanda,183000,9780000,36",
    ],
)
def test_metres_of_a_grid_with_its_zone_are_read_as_degrees_and_a_note_says_so(table: str) -> None:
    draft = read(f"{table}\n")

    assert points(draft) == [(-1.987926, 30.150677)] and draft.problems == ()
    assert "Metres of UTM zone 36 south (WGS 84) were read as degrees" in notes(draft)


def test_metres_without_a_zone_give_no_place_and_the_note_tells_the_way_out() -> None:
    draft = read("Mine,Country,Easting,Northing\nA,Rwanda,183000,9780000\n")

    assert points(draft) == [(None, None)] and draft.problems == ()
    assert draft.nodes[0].attributes == {"Easting": 183000, "Northing": 9780000}
    assert "nothing tells its zone" in notes(draft) and "Add a column “UTM zone”" in notes(draft)


def test_a_row_without_zone_or_with_other_numbers_is_told_by_its_row() -> None:
    draft = read(
        "Mine,Country,X,Y,Zone\nA,Rwanda,183000,9780000,36S\nB,Rwanda,183000,9780000,\n"
        "C,Rwanda,9780000,183000,36S\nD,Rwanda,,,36S\n"
    )

    assert [(p.row, p.column, p.value) for p in draft.problems] == [(4, "X", "9780000, 183000")]
    assert "no metres of the UTM grid" in draft.problems[0].problem
    assert [note.row for note in draft.notes if "no zone" in note.problem] == [3]
    assert points(draft) == [(-1.987926, 30.150677), (None, None), (None, None)]


def test_s_is_the_band_of_the_north_where_the_country_lies_there() -> None:
    spain = degrees_of_grid("450000", "4100000", Zone(30, "S", may_be_band=True), "ES")
    assert spain == pytest.approx((37.045, -3.562), abs=0.01)
    alone = degrees_of_grid("450000", "4100000", Zone(30, "S", may_be_band=True), None)
    assert alone[0] < 0


def test_a_zone_without_its_half_needs_the_country_where_both_can_be() -> None:
    assert degrees_of_grid("450000", "4100000", Zone(30, None), "ES")[0] > 0
    assert degrees_of_grid("183000", "9780000", Zone(36, None), None)[0] < 0
    with pytest.raises(CellFault, match="does not say which half"):
        degrees_of_grid("450000", "4100000", Zone(30, None), None)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("36S", Zone(36, "S", may_be_band=True)),
        ("36 M", Zone(36, "S")),
        ("UTM Zone 47 North", Zone(47, "N")),
        ("WGS 84 / UTM zone 18N", Zone(18, "N")),
        ("EPSG:32618", Zone(18, "N")),
        ("18", Zone(18, None)),
        ("61N", None),
        ("EPZ", None),
        ("", None),
    ],
)
def test_zones_are_read_in_every_spelling(text: str, zone: Zone | None) -> None:
    assert read_zone(text) == zone


@pytest.mark.parametrize("heading", ["X", "Easting", "X 2", "UTM 36 E", "Point 36", "2nd X"])
def test_a_number_in_a_heading_alone_is_no_zone(heading: str) -> None:
    assert zone_of_heading(heading) is None


def test_metres_of_beyond_the_pole_are_no_point() -> None:
    with pytest.raises(CellFault, match="lie in no zone 36"):
        degrees_of_grid("500000", "0", Zone(36, "S"), None)


@given(st.floats(-79, 83).filter(lambda degrees: abs(degrees) > 0.01), st.floats(-179.9, 179.9))
def test_any_point_comes_back_from_the_grid(latitude: float, longitude: float) -> None:
    east, north, number, _ = utm.from_latlon(latitude, longitude)
    zone = Zone(number, "N" if latitude >= 0 else "S")

    found = degrees_of_grid(f"{east:.2f}", f"{north:.2f}", zone, None)

    assert found[0] == pytest.approx(latitude, abs=0.002)
    assert found[1] == pytest.approx(longitude, abs=0.002)
