"""Lists that are wrong or strange: a message with row, column and way out, never a crash."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import MapDraft, Mapping, NamedBytes, RowProblem, TableMapping
from supply_chain.intake.maps import read_map
from tests.sampling import examples

NODES = "id,name,country\na,Alpha,VN\nb,Beta,FR\nc,Gamma,DE\n"


def read(*texts: str, mapping: Mapping | None = None) -> MapDraft:
    files = [NamedBytes(f"list{n or ''}.csv", text.encode()) for n, text in enumerate(texts)]
    return read_map(files, mapping)


def told(one: RowProblem) -> tuple[int | None, str | None, str | None]:
    assert one.problem and one.advice
    return (one.row, one.column, one.value)


# Shares


@pytest.mark.parametrize(
    ("header", "cell", "share"),
    [
        ("share", "40%", 0.4),
        ("share", "40 %", 0.4),
        ("share", "٤٠٪", 0.4),
        ("share", "40％", 0.4),
        ("Share (%)", "40", 0.4),
        ("Anteil in Prozent", "12,5", 0.125),
        ("percentage", "100", 1.0),
        ("share", "0,4", 0.4),
    ],
)
def test_share_in_per_cent_by_sign_or_heading_is_read(header: str, cell: str, share: float) -> None:
    draft = read(NODES, f'supplier,buyer,{header}\na,b,"{cell}"\n')

    assert draft.links[0].share == share and draft.problems == ()


@pytest.mark.parametrize(
    ("header", "cell"),
    [("share", "1.2"), ("share", "-0.1"), ("share", "140%"), ("Share (%)", "140"), ("share", "x%")],
)
def test_share_over_one_or_negative_is_told_by_row_and_column(header: str, cell: str) -> None:
    draft = read(NODES, f"supplier,buyer,{header}\nb,c,0.1\na,b,{cell}\n")

    (problem,) = draft.problems
    assert told(problem) == (3, header, cell) and "0 to 1" in problem.advice
    assert len(draft.links) == 1


# Links


def test_circle_self_link_and_missing_node_are_each_told() -> None:
    draft = read(NODES, "supplier,buyer\na,b\nb,a\nc,c\na,zz\n")

    assert [told(p) for p in draft.problems] == [(5, "buyer", "zz")]
    (circle,) = [note for note in draft.notes if "circle" in note.problem]
    assert told(circle) == (2, None, "Alpha, Beta") and "direction" in circle.advice
    assert [told(n) for n in draft.notes if "itself" in n.problem] == [(4, "buyer", "c")]


def test_ids_that_differ_in_case_or_blanks_alone_are_noted_and_read_as_two() -> None:
    draft = read("id,name,country\nS 1,Alpha,VN\ns1,Beta,VN\n S2 ,Gamma,VN\n")

    assert [node.id for node in draft.nodes] == ["S 1", "s1", "S2"]
    (note,) = draft.notes
    assert told(note) == (3, "id", "s1") and "row 2" in note.problem


def test_link_to_an_id_in_other_case_is_answered_with_the_id_meant() -> None:
    (problem,) = read(NODES, "supplier,buyer\nA,b\n").problems

    assert told(problem) == (2, "supplier", "A") and "Did you mean a?" in problem.advice


def test_first_owner_by_id_operates_whatever_the_order_of_the_rows() -> None:
    one = read(NODES, "source,target,relation\nb,c,owns\na,c,owns\n")
    other = read(NODES, "source,target,relation\na,c,owns\nb,c,owns\n")

    assert one.nodes == other.nodes and one.nodes[2].operated_by == "a"


def test_customer_may_be_named_by_its_id() -> None:
    draft = read("id,Name,Country,Customer\na,Alpha,VN,\nb,Beta,FR,a\n")

    assert [(link.supplier, link.buyer) for link in draft.links] == [("b", "a")]


def test_owner_of_a_node_that_the_map_has_already_changes_nothing_here() -> None:
    files = [NamedBytes("links.csv", b"source,target,relation\na,b,owns\n")]

    draft = read_map(files, known_ids=frozenset({"a", "b"}))

    assert (draft.nodes, draft.links, draft.problems) == ((), (), ())


def test_one_id_with_two_operators_is_a_problem() -> None:
    text = "id,Name,Kind,Group\nm,Mill,site,A\nm,Mill,site,B\n"

    (problem,) = read(text).problems
    assert told(problem) == (3, "id", "m") and "operated by" in problem.problem


# Places


@pytest.mark.parametrize("cell", ["Ghana, Mali", "Ghana / Mali", "Ghana and Mali", "GH;ML"])
def test_two_countries_in_a_cell_are_told_with_both_and_the_way_out(cell: str) -> None:
    draft = read_map([NamedBytes("list.csv", f'name,country\nA,"{cell}"\nB,Mali\n'.encode())])

    (problem,) = draft.problems
    assert (problem.row, problem.column, problem.value) == (2, "country", cell)
    assert "names 2 countries: Ghana (GH) and Mali (ML)" in problem.problem
    assert "a row of its own" in problem.advice
    assert [node.name for node in draft.nodes] == ["B"]


def test_swapped_coordinates_out_of_range_say_that_they_may_be_swapped() -> None:
    (problem,) = read("Name,Latitude,Longitude\nAlpha,106.2,10.5\n").problems

    assert told(problem) == (2, "Latitude", "106.2") and "swapped" in problem.advice


# Names


@pytest.mark.parametrize(
    "name",
    [
        "مصنع النور",
        "מפעל",
        "🏭 Fábrica 🌊",
        "🏭",
        "\u202eAlpha\u202c",
        "नाम",
        "ÅÄÖ",
        "李" * 200,
        "@x",
    ],
)
def test_names_of_any_script_and_pictures_are_kept(name: str) -> None:
    draft = read(f"Name,Country,Address\n{name},VN,1 Road\n")

    assert [node.name for node in draft.nodes] == [name] and draft.problems == ()


def test_cell_that_begins_like_a_formula_is_kept_as_text_and_noted() -> None:
    draft = read('Name,Country\n"=HYPERLINK(""http://x"",""A"")",VN\n')

    assert draft.nodes[0].name == '=HYPERLINK("http://x","A")'
    assert told(draft.notes[0])[:2] == (2, "Name")


def test_error_of_a_formula_is_no_name() -> None:
    (problem,) = read("Name,Country\n#REF!,VN\nBeta,VN\n").problems

    assert told(problem) == (2, "Name", "#REF!") and "formula" in problem.problem


def test_formula_whose_value_was_never_saved_leaves_a_row_without_name_told() -> None:
    book = openpyxl.Workbook()
    for row in (["Name", "Country"], ['=A3&"x"', "VN"], ["Beta", "IN"]):
        book.active.append(row)  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)

    draft = read_map([NamedBytes("list.xlsx", stream.getvalue())])

    assert [told(p)[:2] for p in draft.problems] == [(2, "Name")]


# Sizes


def test_five_thousand_columns_are_refused_by_row_and_letter() -> None:
    wide = ",".join(f"c{n}" for n in range(5_000))
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet("Sites")
    page.write("A1", "Name")
    page.write_row(2, 0, ["x"] * 5_000)
    book.close()

    for file, place in (
        (NamedBytes("wide.csv", f"Name\n{wide}\n".encode()), "row 2 goes to column GJH"),
        (
            NamedBytes("wide.xlsx", stream.getvalue()),
            "row 3 of the sheet “Sites” goes to column GJH",
        ),
    ):
        with pytest.raises(FileRefused, match="5,000 columns") as refused:
            read_map([file])
        assert refused.value.code == "too_large" and place in refused.value.message
        assert "Delete the columns" in refused.value.advice


@pytest.mark.parametrize("blank", [b"\n", b",\n"])
def test_two_million_empty_rows_are_no_rows_and_shift_no_row_number(blank: bytes) -> None:
    content = b"Name,Country\nAlpha,VN\n" + blank * 2_000_000 + b"Beta,Atlantis\n"
    draft = read_map([NamedBytes("list.csv", content)])

    assert [told(p)[0] for p in draft.problems] == [2_000_003]
    assert draft.rows == 2


def test_empty_formatted_rows_of_a_workbook_are_no_rows() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet("Sites")
    page.write_row(0, 0, ["Name", "Country"])
    page.write_row(1, 0, ["Alpha", "VN"])
    book.close()
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 20_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.namelist():
            body = old.read(member)
            new.writestr(member, body.replace(b"</sheetData>", f"{rows}</sheetData>".encode()))

    draft = read_map([NamedBytes("list.xlsx", packed.getvalue())])

    assert draft.rows == 1 and [node.name for node in draft.nodes] == ["Alpha"]


def test_nul_is_refused_with_its_line() -> None:
    with pytest.raises(FileRefused, match="NUL byte in line 3"):
        read("Name,Country\nAlpha,VN\nBe\0ta,VN\n")


def test_more_rows_than_a_list_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supply_chain.intake.delimited.MAX_ROWS", 3)

    with pytest.raises(FileRefused) as refused:
        read("Name\n" + "A\n" * 3)
    assert refused.value.code == "too_large"


# The order of rows

COLUMNS = ("Name", "Country", "Address", "Note", "Group", "Customer", "Tier 1")
BY_NAME = Mapping(
    nodes={
        "list.csv": TableMapping(
            1,
            {
                "name": "Name",
                "country": "Country",
                "address": "Address",
                "operated_by": "Group",
                "buyer": "Customer",
                "chain.1": "Tier 1",
            },
        )
    }
)
rows_of_a_list = st.lists(
    st.tuples(
        st.sampled_from(["Alpha", "ALPHA", "Beta", "Gamma Ltd"]),
        st.sampled_from(["VN", "Viet Nam", "IN", ""]),
        st.sampled_from(["1 Road", "1 road", "2 Road"]),
        st.sampled_from(["", "x", "y", "5"]),
        st.sampled_from(["", "Beta", "Group A"]),
        st.sampled_from(["", "Zeta", "zeta", "Alpha"]),
        st.sampled_from(["", "Trader", "TRADER", "Beta"]),
    ),
    min_size=1,
    max_size=8,
)


@examples(60)
@given(rows_of_a_list, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(rows, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(rows)
    random.shuffle(shuffled)

    def outcome(some: list[tuple[str, ...]]) -> tuple[object, ...]:
        draft = read("\n".join(map(",".join, [COLUMNS, *some])) + "\n", mapping=BY_NAME)
        assert draft.problems == ()
        by_id = sorted(draft.nodes, key=lambda node: node.id)
        return (by_id, sorted(draft.links, key=lambda link: link.key), draft.rows)

    assert outcome(shuffled) == outcome(rows)


names_of_ids = st.sampled_from("abcdefgh")
two_tables = st.tuples(
    st.dictionaries(names_of_ids, st.sampled_from(["VN", "IN", "FR"]), min_size=2),
    st.dictionaries(st.tuples(names_of_ids, names_of_ids), st.sampled_from(["", "0.1", "0.7"])),
)


@examples(60)
@given(two_tables, st.randoms(use_true_random=False))
def test_order_of_rows_and_of_files_changes_nothing_in_two_tables(tables, random) -> None:  # type: ignore[no-untyped-def]
    nodes = [f"{ref},Site {ref},{country}" for ref, country in tables[0].items()]
    links = [f"{s},{b},{share}" for (s, b), share in tables[1].items() if {s, b} <= set(tables[0])]

    def outcome(texts: list[str]) -> tuple[object, ...]:
        draft = read(*texts)
        told_of = sorted((one.problem, str(one.value)) for one in draft.problems)
        by_id = sorted(draft.nodes, key=lambda node: node.id)
        return by_id, sorted(draft.links, key=lambda link: link.key), told_of

    def texts() -> list[str]:
        found = [("id,name,country", nodes), *([("supplier,buyer,share", links)] if links else [])]
        return ["\n".join([header, *rows]) + "\n" for header, rows in found]

    as_given = outcome(texts())
    random.shuffle(nodes)
    random.shuffle(links)
    assert outcome(texts()[::-1]) == as_given
