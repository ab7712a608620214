"""Official lists as they are published: pages with tables, names with aliases, statuses, releases."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes
from supply_chain.screening import pages
from supply_chain.screening.entries import Entry, EntryStatus
from supply_chain.screening.lists import read_list
from supply_chain.screening.names import Names, split_names
from supply_chain.screening.releases import compare_releases
from supply_chain.screening.words import official_in

FILES = Path(__file__).parents[3] / "data" / "screening_lists"
IN_FORCE, PARTLY, ENDED = EntryStatus
HEAD = "<table><tr><th>Name of Entity</th><th>Effective Date</th></tr>"


def read(content, name="page.html"):
    content = content.encode() if isinstance(content, str) else content
    return read_list(NamedBytes(name, content))


def refusal(content, name="page.html"):
    with pytest.raises(FileRefused) as error:
        read(content, name)
    assert error.value.message and error.value.advice
    return error.value


def test_the_page_of_the_uflpa_list_is_read_table_by_table_with_its_date():
    reading = read((FILES / "uflpa_page_excerpt.html").read_bytes())

    assert reading.stated_on == date(2025, 1, 14)
    assert official_in(reading.titles).ref == "uflpa"
    assert [(one.section[-3:], one.row, one.name, one.aliases) for one in reading.entries] == [
        ("(i)", 2, "Baoding LYSZD Trade and Business Co., Ltd.", ()),
        ("(i)", 3, "Changji Esquel Textile Co. Ltd.", ("Changji Yida Textile",)),
        (
            *("(i)", 4, "Hetian Haolin Hair Accessories Co. Ltd."),
            ("Hotan Haolin Hair Accessories", "Hollin Hair Accessories"),
        ),
        (
            *("ii)", 2, "Aksu Huafu Textiles Co., Ltd."),
            ("Akesu Huafu", "Aksu Huafu Dyed Melange Yarn"),
        ),
        (
            *("ii)", 3, "Hoshine Silicon Industry (Shanshan) Co., Ltd"),
            ("Hesheng Silicon Industry (Shanshan) Co.",),
        ),
        ("ii)", 4, "Xinjiang Production and Construction Corporation (XPCC)", ()),
    ]
    assert {one.listed_on for one in reading.entries} == {"June 21, 2022"}
    assert reading.entries[4].note == "and subsidiaries"


def test_the_file_of_withhold_release_orders_tells_active_from_inactive():
    reading = read((FILES / "cbp_orders_excerpt.csv").read_bytes(), "orders.csv")

    assert [(one.country, one.status) for one in reading.entries] == [
        ("CN", IN_FORCE),
        ("MY", ENDED),
        ("MY", ENDED),
        ("CN", PARTLY),
    ]
    assert reading.entries[3].aliases == (
        "Golden Horse (JinMa) Diesel Factory",
        "Yunnan 1st Prison",
    )
    assert "WRO/Finding: WRO" in reading.entries[0].note
    assert "Remarks: Cotton and tomato products" in reading.entries[0].note
    assert reading.notes == ()


CBP_PAGE = """<title>Withhold Release Orders and Findings List | CBP</title>
<h2>China</h2><table><caption></caption>
<tr><th>Date</th><th>Merchandise</th><th>Manufacturer(s)</th><th>Status</th></tr>
<tr><td rowspan="2">05/01/2020</td><td>Hair products</td><td>Hair Works Ltd.</td><td>Active</td></tr>
<tr><td>Toys</td><td><ul><li>Toy Works</li><li>Toy Works South</li></ul></td><td>Finding</td></tr>
</table>
<h2>Nepal</h2><table><tr><th>Date<th>Merchandise<th>Manufacturer(s)<th>Status
<tr><td>07/22/1998<td>Carpets<td>Carpet Works<td>Revoked / Inactive
<tr><td>07/22/1998<td>Rugs<td>Rug Works<td>Under a cloud</table>
<footer>Last Modified: Nov 30, 2023</footer>"""


def test_tables_below_the_name_of_a_country_take_it_as_their_country():
    reading = read(CBP_PAGE)

    assert official_in(reading.titles).ref == "cbp-wro"
    assert [(one.name, one.country, one.status) for one in reading.entries] == [
        ("Hair Works Ltd.", "CN", IN_FORCE),
        ("Toy Works", "CN", IN_FORCE),
        ("Carpet Works", "NP", ENDED),
        ("Rug Works", "NP", IN_FORCE),
    ]
    assert reading.entries[1].aliases == ("Toy Works South",)
    assert reading.entries[1].listed_on == "05/01/2020"  # a cell that reaches over two rows
    assert reading.stated_on == date(2023, 11, 30)


@pytest.mark.parametrize(
    ("heading", "status"),
    [
        ("Inactive Withhold Release Orders", ENDED),
        ("Revoked findings", ENDED),
        ("Active Withhold Release Orders", IN_FORCE),
        ("Active and inactive orders", IN_FORCE),
        ("Partially active orders", IN_FORCE),
    ],
)
def test_tables_below_a_heading_of_orders_that_ended_hold_no_more(heading, status):
    page = (
        f"<h2>{heading}</h2><h3>China</h3>{HEAD}<tr><td>A<td></table><h2>Other</h2>{HEAD}<tr><td>B"
    )

    first, other = read(page).entries

    assert (first.country, first.status, other.country, other.status) == (
        *("CN", status),
        *(None, IN_FORCE),
    )


def test_the_caption_of_a_table_is_the_nearest_heading_and_of_this_table_alone():
    rows = HEAD.removeprefix("<table>")
    page = (
        f"<h2>Orders</h2><table><caption>China, inactive orders</caption>{rows}<tr><td>A<td></table>"
        f"{HEAD}<tr><td>B<td></table>"
    )

    first, other = read(page).entries

    assert (first.section, first.status) == ("China, inactive orders", ENDED)
    assert (other.section, other.status) == ("Orders", IN_FORCE)


def test_a_column_of_the_status_counts_before_the_heading():
    page = "<h2>Inactive orders</h2><table><tr><th>Entity<th>Status<tr><td>A<td>Active</table>"

    assert read(page).entries[0].status is IN_FORCE


def test_an_archive_of_a_page_says_how_to_save_it():
    assert "HTML only" in refusal("From: <Saved by Blink>", "list.mhtml").advice


def test_a_status_that_is_not_known_is_named_by_row_and_column_and_counts():
    [note] = read(CBP_PAGE).notes

    assert (note.sheet, note.row, note.column, note.value) == (
        *("Nepal", 3, "Status"),
        "Under a cloud",
    )
    assert "in force" in note.advice


def test_a_country_that_is_not_known_is_named_and_the_entry_is_used():
    reading = read("name,country\nAlpha,Atlantis\n", "list.csv")

    assert [(one.row, one.column, one.value) for one in reading.notes] == [
        (2, "country", "Atlantis")
    ]
    assert reading.entries[0].country is None


def test_rows_without_a_name_are_named_by_row_and_column():
    error = refusal(f"{HEAD}<tr><td>A<td>x</tr><tr><td> <td>y</tr></table>")

    assert error.code == "no_name"
    assert "row 3" in error.message and "“Name of Entity”" in error.message


def test_title_rows_above_the_headings_are_passed_over_and_headings_again_too():
    reading = read(
        "Orders as of June\n\nEntity,Status\nAlpha,Active\nEntity,Status\nBeta,\n", "o.csv"
    )

    assert [(one.row, one.name) for one in reading.entries] == [(4, "Alpha"), (6, "Beta")]


def test_a_page_on_natural_persons_is_refused():
    page = "<table><tr><th>Name<th>Date of birth<tr><td>Somebody<td>1990</table>"

    assert refusal(page).code == "personal_columns"


def test_columns_of_persons_above_the_headings_are_refused_too():
    assert refusal("passport,x\nname,y\nAlpha,1\n", "list.csv").code == "personal_columns"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<p>No table here", "no_table"),
        ("<table><tr><td>Street<td>Town</table>", "no_table"),
        (f"{HEAD}</table>", "no_name"),
        ("", "broken_page"),
        ("<div>" * 500, "too_large"),
        ("<table><tr><td>" * 300, "too_large"),
        (f"{HEAD}{'<tr><td colspan=99999 rowspan=99999>x' * 300}", "too_large"),
        ("<br>" * 300_001, "too_large"),
    ],
)
def test_hostile_and_empty_pages_are_refused(content, code):
    assert refusal(content).code == code


def test_a_page_larger_than_any_list_is_not_parsed(monkeypatch):
    monkeypatch.setattr(pages, "MAX_PAGE_BYTES", 100)

    assert refusal("<table>" + "x" * 100).code == "too_large"


def test_entities_of_a_page_are_not_expanded_and_files_not_read():
    page = (
        '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        f"{HEAD}<tr><td>A &amp; B &b; &f;<td></table>"
    )

    [entry] = read(page).entries

    assert entry.name.startswith("A & B") and "aaaa" not in entry.name and "root" not in entry.name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Last Updated: 01/04/2025", None),  # an unknown page may write the day first
        ("Last Updated: 13/01/2025", date(2025, 1, 13)),
        ("Last Updated: 01/31/2025", date(2025, 1, 31)),
        ("as of January 14, 2025, there are", date(2025, 1, 14)),
        ("Updated on 3 March 2026", date(2026, 3, 3)),
        ("Last reviewed in June", None),
        ("Last updated: June 31, 2025", None),
    ],
)
def test_the_day_of_a_page_is_read_where_it_is_certain(text, day):
    assert read(f"<p>{text}</p>{HEAD}<tr><td>A<td></table>").stated_on == day


@pytest.mark.parametrize(
    "meta",
    [
        '<meta property="article:modified_time" content="2026-03-03T10:15:00+00:00">',
        '<meta name="DCTERMS.modified" content="2026-03-03">',
    ],
)
def test_the_day_that_a_page_states_for_machines_counts_beside_that_of_its_text(meta):
    text = "<p>Updated on 1 March 2026</p>"

    assert read(f"{meta}{text}{HEAD}<tr><td>A<td></table>").stated_on == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Alpha Works Co., Ltd.", Names("Alpha Works Co., Ltd.")),
        (
            "Alpha Group (also known as Alpha Hubei, Alpha Battery Co., Ltd., and formerly known as "
            "Hubei Alpha)",
            Names("Alpha Group", ("Alpha Hubei", "Alpha Battery Co., Ltd.", "Hubei Alpha")),
        ),
        (
            "Alpha and its two Zhuhai-based subsidiaries, which include B Co., Ltd., and C Works",
            Names(
                "Alpha",
                ("B Co., Ltd.", "C Works"),
                "and its two Zhuhai-based subsidiaries, which include B Co., Ltd., and C Works",
            ),
        ),
        ("Hide & Garment, a/k/a Leather and Wool", Names("Hide & Garment", ("Leather and Wool",))),
        ("Fuchu Works; Union Kogyo Co., Ltd.", Names("Fuchu Works", ("Union Kogyo Co., Ltd.",))),
        ("Alpha (also known as B", Names("Alpha (also known as B")),
        ("(also known as A)", Names("(also known as A)")),
    ],
)
def test_names_of_one_cell(cell, names):
    assert split_names(cell) == names


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_a_cell_with_text_always_has_a_name(cell):
    names = split_names(cell)

    assert bool(names.name) == bool(cell.strip())
    assert all(one.strip() for one in names.others)


TOKENS = st.sampled_from(
    [
        *("<table>", "</table>", "<tr>", "</tr>", "<td>", "<td rowspan=3>", "<th colspan=2>"),
        *("<caption>", "<h2>", "</h2>", "<p>", "<li>", "<script>", "</script>", "<!--", "&amp;"),
        *("Name of Entity", "Status", "Inactive", "Alpha Ltd", "China", "Last Updated: 01/02/2025"),
        *("\0", "<", "é", "&#x0;", "<meta charset=utf-16>", "<![CDATA["),
    ]
)


@given(st.one_of(st.lists(TOKENS, max_size=60).map(lambda t: "".join(t).encode()), st.binary()))
def test_reading_a_page_gives_entries_with_names_or_says_why_not(content):
    try:
        reading = read(content)
    except FileRefused as error:
        assert error.message and error.advice
    else:
        assert all(entry.name and entry.row > 0 for entry in reading.entries)


def entry(name, status=IN_FORCE, row=2):
    return Entry(row=row, name=name, status=status)


def test_two_releases_differ_by_what_is_new_gone_and_in_force():
    before = [entry("Alpha Ltd."), entry("Beta"), entry("Gamma", ENDED), entry("Prison")]
    after = [entry("ALPHA LTD", ENDED), entry("Gamma"), entry("Delta"), entry("Prison")]

    changes = compare_releases([*before, entry("Prison")], after)

    assert [one.name for one in changes.new] == ["Delta"]
    assert [one.name for one in changes.gone] == ["Beta", "Prison"]
    assert [one.name for one in changes.ended] == ["ALPHA LTD"]
    assert [one.name for one in changes.resumed] == ["Gamma"]
    assert changes.counts() == {"new": 1, "gone": 2, "ended": 1, "resumed": 1}


@pytest.mark.parametrize(("left", "is_asked"), [(10, False), (6, False), (5, True), (0, True)])
def test_half_of_a_list_that_is_gone_is_asked_about(left, is_asked):
    before = [entry(f"Works {number}") for number in range(10)]

    assert compare_releases(before, before[:left]).loses_half(10) is is_asked


NAMES = st.lists(st.sampled_from(["Alpha", "ALPHA", "Beta", "Gamma Ltd", "Delta"]).map(entry))


@given(NAMES, NAMES)
def test_what_is_new_one_way_is_gone_the_other_way(left, right):
    there, back = compare_releases(left, right), compare_releases(right, left)

    assert len(there.new) == len(back.gone) and len(there.gone) == len(back.new)
    assert len(right) == len(left) + len(there.new) - len(there.gone)
    assert compare_releases(left, left).counts() == dict.fromkeys(there.counts(), 0)
