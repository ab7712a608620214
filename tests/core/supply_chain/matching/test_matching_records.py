"""Names and addresses made comparable; lists and pairs read with every fault told."""

import pytest

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes
from supply_chain.matching.ids import compare_ids, plain_ids
from supply_chain.matching.legal_forms import legal_forms
from supply_chain.matching.normalise import address_forms, name_forms, normalise
from supply_chain.matching.records import Record
from supply_chain.matching.tables import read_list, read_pairs
from supply_chain.matching.weights import weights


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("PT. Sawit Jaya II", "sawit jaya 2"),
        ("Artistic Milliners (Pvt) Limited. (Unit No. 14)", "artistic milliners unit no 14"),
        ("Hanes Ink S.A. de C.V.", "hanes ink"),
        ("Starline Konfeksiyon San. Tic.Ltd. Şti.", "starline konfeksiyon"),
        ("深圳市富士康有限公司", "shenzhen fushikang"),
        ("ООО «Газпром»", "gazprom"),
        ("株式会社トヨタ", "toyota"),
        ("A.B.C. Company", "abc"),
        ("O'Neill's Mill", "oneills mill"),
        ("Plant V", "plant 5"),
        ("Carlyle Partners XIV", "carlyle partners 14"),
        ("Unit 007", "unit 7"),
        ("Plant 000", "plant 0"),
        ("Ltd", "ltd"),
        ("株式会社", "zhushihuishe"),
        ("", ""),
        ("🙂", "slight smile"),
    ],
)
def test_a_name_is_made_plain(name, plain):
    assert normalise(name) == plain


def test_a_lone_letter_inside_a_name_is_no_roman_numeral():
    assert normalise("Ivy V Garments Mill") == "ivy v garments mill"
    assert normalise("Vi Foods") == "vi foods"


def test_split_letters_are_one_text_when_squeezed():
    assert name_forms("o r i g i nal appar ae ls").squeezed == "originalapparaels"


def test_legal_forms_that_may_be_words_go_only_at_the_ends():
    words, found = legal_forms().split(("pt", "safi", "as", "mills", "pt"))

    assert words == ("safi", "as", "mills")
    assert found == {"pt"}


def test_numbers_of_an_address_are_kept_apart():
    assert address_forms("Plot# 21, Sector25, Karachi").numbers == {"21", "25"}


def test_ids_are_compared_without_punctuation_and_fillers():
    one = plain_ids(Record("a", "A", external_ids={"LEI": "5493-001K jtii", "duns": "00-000-0000"}))
    other = plain_ids(Record("b", "B", external_ids={"lei": "5493001KJTII", "external_id": "7"}))

    assert one == other == {"lei": "5493001KJTII"}
    assert compare_ids(one, other, weights().ids).company == ("lei",)
    assert compare_ids(one, {}, weights().ids).company == ()


def test_ids_of_one_scheme_that_differ_contradict_each_other_unless_the_scheme_is_unknown():
    rules = weights().ids

    assert compare_ids({"os_id": "CN2021"}, {"os_id": "CN2022"}, rules).conflict == ("os_id",)
    assert compare_ids({"external_id": "AB-123"}, {"external_id": "CD-4"}, rules).conflict == ()


def csv_file(*lines: str) -> NamedBytes:
    return NamedBytes("list.csv", "\n".join(lines).encode("utf-8"))


def test_a_list_with_all_columns_becomes_records():
    read = read_list(
        csv_file(
            "ID, Name,address,country,city,region,latitude,longitude,company,external_id,OS ID",
            "a,Mill,Road 1,Malaysia,Kluang,Johor,2.1,103.3,Sime,lei:ABC123,CN1",
            ",,,,,,,,,,",
        )
    )

    assert (read.rows, read.faults, read.notes) == (1, [], [])
    assert read.records == [
        Record("a", "Mill", "Road 1", "MY", "Kluang", "Johor", 2.1, 103.3, "Sime",
               {"os_id": "CN1", "lei": "ABC123"})
    ]  # fmt: skip


def test_a_list_of_ids_and_names_alone_is_enough():
    read = read_list(csv_file("id,name", "a,Mill"))

    assert read.records == [Record("a", "Mill", external_ids={})]


def test_faulty_rows_are_told_with_row_and_column_and_left_out():
    read = read_list(csv_file("id,name", "a,", ",Mill", "b,Mill", "", "b,Other"))

    assert [(fault.row, fault.column) for fault in read.faults] == [
        (2, "name"),
        (3, "id"),
        (6, "id"),
    ]
    assert [record.name for record in read.records] == ["Mill"]


def test_the_same_row_twice_counts_once_and_is_noted():
    read = read_list(csv_file("id,name", "a,Mill", "a,Mill"))

    assert (len(read.records), read.faults) == (1, [])
    assert [(note.row, note.column) for note in read.notes] == [(3, "id")]


def test_values_that_cannot_be_used_are_noted_and_their_rows_count():
    read = read_list(
        csv_file(
            "id,name,country,latitude,longitude",
            "a,Mill,Malaysa,43917,1",
            "b,Mill,QX9,one,nan",
            "c,Mill,MY,1.5,",
            "d,Mill,MY,1,2,3",
        )
    )

    assert [(note.row, note.column) for note in read.notes] == [
        (2, "country"),
        (2, "latitude"),
        (3, "country"),
        (3, "latitude"),
        (3, "longitude"),
        (4, "longitude"),
        (5, "longitude"),
    ]
    assert "Malaysia (MY)" in read.notes[0].advice
    assert [record.latitude for record in read.records] == [None, None, None, 1.0]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["name,address", "Mill,Road"], "missing_column"),
        ([""], "missing_column"),
        (["id,name,Name", "a,b,c"], "doubled_column"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(lines, code):
    with pytest.raises(FileRefused) as refused:
        read_list(csv_file(*lines))

    assert refused.value.code == code


def test_pairs_need_names_alone_and_keep_their_other_columns():
    read = read_pairs(csv_file("pair_id,left_name,right_name,note", "1,A,B,x", "2,,B,y"))

    assert read.header == ["pair_id", "left_name", "right_name", "note"]
    assert [*read.pairs] == [0]
    assert [(fault.row, fault.column) for fault in read.faults] == [(3, "left_name")]


def test_pairs_without_rows_are_read():
    assert read_pairs(csv_file("left_name,right_name")).rows == []


def test_a_list_of_pairs_without_rows_keeps_its_columns():
    read = read_pairs(NamedBytes("pairs.csv", b"pair_id,left_name,right_name,note\n"))

    assert read.header == ["pair_id", "left_name", "right_name", "note"]
    assert (read.rows, read.pairs, read.faults) == ([], {}, [])


def test_coordinates_are_read_as_lists_write_them_and_a_filler_is_no_place():
    read = read_list(
        csv_file(
            "id,name,latitude,longitude",
            'a,Mill,"51,5","-0,12"',
            "b,Mill,51.5°N,0°7'30\"W",
            "c,Mill,0,0",
            "d,Mill,0.0,0.1",
        )
    )

    points = [(record.latitude, record.longitude) for record in read.records]
    assert points == [(51.5, -0.12), (51.5, -0.125), (None, None), (0.0, 0.1)]
    (note,) = read.notes
    assert (note.row, note.column) == (4, "latitude")
    assert "stands for “unknown”" in note.problem


@pytest.mark.parametrize("name", ["---", "\u200b", "«»", "…"])
def test_a_name_without_letters_and_numbers_is_faulty(name):
    read = read_list(csv_file("id,name", f"a,{name}", "b,Mill"))

    assert [(fault.row, fault.column) for fault in read.faults] == [(2, "name")]
    assert read.faults[0].problem == "The name has neither letters nor numbers."
    assert [record.id for record in read.records] == ["b"]


@pytest.mark.parametrize("start", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest"])
def test_a_workbook_is_refused_with_the_way_out(start):
    with pytest.raises(FileRefused) as refused:
        read_list(NamedBytes("list.csv", start))

    assert refused.value.code == "not_csv"
    assert refused.value.advice == "Open it and save the sheet as CSV UTF-8."


def test_columns_that_nothing_is_compared_by_are_named():
    lists = read_list(csv_file("id,name,Lat,country code,gln", "a,Mill,1,MY,"))
    pairs = read_pairs(csv_file("pair_id,left_name,right_name,left_lat", "1,A,B,2"))

    assert lists.unused == ["lat", "country_code"]
    assert pairs.unused == ["left_lat"]


@pytest.mark.parametrize("value", ["9.88E+12", "4,012E12", "4e+12"])
def test_a_number_that_a_spreadsheet_rounded_is_no_id(value):
    assert plain_ids(Record("a", "A", external_ids={"gln": value, "os_id": "PK2021X"})) == {
        "os_id": "PK2021X"
    }
