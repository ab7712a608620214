import logging
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from ddplatform.documents.content import (
    Bar,
    ChainMap,
    Column,
    Cover,
    Document,
    Figure,
    Gap,
    Heading,
    KeyFigure,
    KeyFigures,
    Kind,
    Note,
    PageBreak,
    Paragraph,
    StackedBars,
    Table,
)
from ddplatform.documents.definitions.composition import compose
from ddplatform.documents.definitions.shipped import load_definition
from ddplatform.documents.paper.figures import draw_figure
from ddplatform.documents.paper.pdf import render_pdf
from ddplatform.documents.paper.receipt import Receipt, render_receipt
from ddplatform.documents.paper.sheets import Stamp
from ddplatform.documents.paper.styles import FONT_FILES, TEXT_WIDTH, register_fonts
from ddplatform.documents.tables.lines import cut, text_width, wrapped
from ddplatform.documents.tables.printed import TableFlowable
from ddplatform.documents.tables.wrapping import wrap_table
from supply_chain.graph.layout import Box, View
from supply_chain.vocabulary import RiskBand
from tests.report_facts import example_facts, facts_with_nodes

STAMP = Stamp("R-2026-014", "Facts SHA-256 5b1e…a940")
COVER = Cover("Small report", "Maison Cacao", "2026", (("Period", "2026"),), "A statement.")


@pytest.fixture(autouse=True)
def fonts():
    register_fonts()
    logging.getLogger("pypdf").setLevel(logging.ERROR)


def action_6(**changes):
    return compose(load_definition("action-6-due-diligence"), example_facts() | changes)


def small(*blocks) -> Document:
    return Document("small", "1", "en-GB", COVER, blocks, None)


def read(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(data).pages).split())


def test_equal_facts_give_equal_bytes():
    assert render_pdf(action_6(), STAMP) == render_pdf(action_6(), STAMP)


def test_other_facts_give_other_bytes():
    assert render_pdf(action_6(), STAMP) != render_pdf(action_6(gaps=[]), STAMP)


def test_report_prints_the_figures_of_the_facts():
    text = text_of(render_pdf(action_6(), STAMP))

    for words in (
        "Maison Cacao SAS",
        "1 Jan 2026 to 25 Nov 2026",
        "RM-1.0",
        "event 48,211",
        "SCOOP Espoir Soubré",
        "Children aged 12 to 14 carrying",
        "Hazelnut gardens in Giresun are not mapped",
        "The risk index is an index, not a probability.",
        "A6.20",
        "UNGP-22",
        "<5",
        "Not assessed",
    ):
        assert words in text


def test_letters_of_place_names_are_printed():
    names = "Côte d'Ivoire Türkiye Çağlayan Fındık İhracat A.Ş. Łódź Žatec Ţăra Đà Nẵng Κρήτη"

    assert names in text_of(render_pdf(small(Paragraph(names)), STAMP))


@pytest.mark.parametrize("font", FONT_FILES)
def test_every_cut_has_the_letters_of_latin_extended(font):
    glyphs = pdfmetrics.getFont(font).face.charToGlyph

    assert [c for c in "éèçñüöğĞışŞİłřžāķņģţšőűđțșæøåß“”–…•·×≥" if ord(c) not in glyphs] == []


def test_fonts_are_embedded():
    page = read(render_pdf(action_6(), STAMP)).pages[2]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    embedded = [f for f in fonts if "/FontFile2" in f.get("/FontDescriptor", {})]

    assert any("SourceSansPro" in font["/BaseFont"] for font in embedded)


def test_file_says_its_title_author_and_language():
    reader = read(render_pdf(action_6(), STAMP))

    assert reader.metadata.title == "Child-rights due-diligence report, Maison Cacao SAS"
    assert reader.metadata.author == "Maison Cacao SAS"
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_every_page_after_the_cover_counts_pages_and_carries_the_stamp():
    reader = read(render_pdf(action_6(), STAMP))
    total = len(reader.pages)

    for number, page in enumerate(reader.pages[1:], start=2):
        text = page.extract_text()
        assert f"Page {number} of {total}" in text
        assert "R-2026-014 · Facts SHA-256 5b1e…a940" in text


def test_contents_give_the_page_on_which_each_section_stands():
    reader = read(render_pdf(action_6(), STAMP))
    outline = {
        entry.title: reader.get_destination_page_number(entry) + 1
        for entry in reader.outline
        if not isinstance(entry, list)
    }
    contents = " ".join(reader.pages[1].extract_text().split())

    assert outline["4\u2002Salient risks"] > outline["1\u2002Summary"] == 3
    page = outline["4\u2002Salient risks"]
    assert f"4 Salient risks {page} " in contents


HOSTILE = [
    '<img src="/etc/passwd"/>',
    '<a href="javascript:alert(1)">x</a>',
    "a < b & c > d",
    "=cmd()|' /C calc'!A0",
    "<b>not bold",
    "{organisation.name}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_printed_as_text_everywhere(text):
    blocks = (
        Heading(text),
        Paragraph(text),
        Note(text, text),
        Table("t", text, (Column("k", text),), ((text,),)),
    )
    data = render_pdf(small(*blocks), STAMP)
    squeezed = text_of(data).replace(" ", "")

    assert squeezed.count(text.replace(" ", "")) >= 6
    assert b"/XObject" not in data
    assert b"javascript" not in b"".join(
        str(note.get_object()).encode()
        for page in read(data).pages
        for note in page.get("/Annots", [])
    )


def test_hostile_facts_are_printed_as_text():
    findings = [{"ref": "F-1", "title": '<img src="x"> =cmd() <', "status": "open"}]

    assert '<img src="x"> =cmd() <' in text_of(render_pdf(action_6(findings=findings), STAMP))


def test_long_annex_goes_on_over_pages_with_its_head_on_each():
    document = compose(load_definition("action-6-due-diligence"), facts_with_nodes(120))
    pages = [page.extract_text() for page in read(render_pdf(document, STAMP)).pages]
    annex = [text for text in pages if "Haut-Sassandra" in text and "Questionnaire" in text]

    assert len(annex) >= 3
    assert sum(text.count("Haut-Sassandra") for text in annex) >= 120


def test_report_without_facts_is_printed():
    text = text_of(
        render_pdf(compose(load_definition("action-6-due-diligence"), {}), Stamp("R", ""))
    )

    assert "not assessed" in text


def test_bar_without_nodes_says_that_none_is_known():
    bars = StackedBars((Bar("Tier 9", ((RiskBand.LOW, 0), (None, 0))),), "node")

    assert "none known" in text_of(render_pdf(small(Figure("F", "C", bars)), STAMP))


def test_empty_table_with_a_note_prints_both():
    table = Table("t", "T", (Column("k", "K"),), (), empty="Nothing.", note="A note.")

    assert "Nothing. A note." in text_of(render_pdf(small(table), STAMP))


# -- the table ---------------------------------------------------------------------------------


def long_table(rows: int, columns: int = 3) -> TableFlowable:
    heads = tuple(Column(f"c{i}", f"Column {i}") for i in range(columns))
    cells = [tuple(f"r{row} c{i}" for i in range(columns)) for row in range(rows)]
    return TableFlowable(wrap_table(heads, cells, width=TEXT_WIDTH))


def test_table_splits_into_ranges_that_hold_every_row_once():
    parts, rest = [], long_table(100)
    while True:
        first, *more = rest.split(TEXT_WIDTH, 200)
        parts.append((first.first, first.last))
        if not more:
            break
        rest = more[0]

    assert parts[0][0] == 0 and parts[-1][1] == 100
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert min(last - first for first, last in parts) >= 2


def test_part_of_a_table_is_no_higher_than_the_room_it_was_given():
    first, _ = long_table(100).split(TEXT_WIDTH, 200)

    assert first.wrap(TEXT_WIDTH, 200)[1] <= 200


def test_last_row_never_stands_alone_on_the_next_page():
    table = long_table(12)
    row = table.table.tops[1]
    height = table.table.head_height + 11 * row

    first, rest = table.split(TEXT_WIDTH, height)

    assert (first.last, rest.first, rest.last) == (10, 10, 12)


def test_table_does_not_begin_where_fewer_than_two_rows_fit():
    assert long_table(100).split(TEXT_WIDTH, 40) == []


def test_column_under_another_is_printed_below_it_and_takes_no_width():
    columns = (
        Column("name", "Name"),
        Column("id", "Id", under="name"),
        Column("note", "Note", missing="–", under="name"),
        Column("band", "Band", kind=Kind.BAND),
    )
    rows = [("Coop Divo", "coop-divo", None, "high"), ("Lagune", "lagune", "closed", None)]
    table = wrap_table(columns, rows, width=300)

    assert [column.key for column in table.columns] == ["name", "band"]
    assert table.head[0].small == ("Id · Note",)
    assert [row[0].small for row in table.rows] == [("coop-divo",), ("lagune · closed",)]
    text = text_of(render_pdf(small(Table("t", "T", columns, tuple(rows))), STAMP))
    assert "Coop Divo" in text and "lagune · closed" in text


def test_column_under_one_that_is_left_out_stands_by_itself():
    table = wrap_table((Column("ref", "Ref", under="title"),), [("F-1",)], width=300)

    assert [cell.lines for cell in table.rows[0]] == [("F-1",)]


def test_small_letters_longer_than_a_page_go_on_in_a_further_row():
    words = " ".join(f"note{i}" for i in range(3000))
    columns = (Column("a", "A"), Column("b", "B", under="a"))

    text = text_of(render_pdf(small(Table("t", "T", columns, (("x", words),))), STAMP))

    assert "note2999" in text


def test_a_long_register_takes_two_pages_of_paper_at_most():
    risks = [
        {
            "rank": rank,
            "issue": "ISS-CL",
            "issue_title": "Child labour",
            "node_name": f"Farm {rank}",
        }
        | {"band": "high", "residual_index": 99 - rank % 90, "country": "CI", "tier": 4}
        for rank in range(1, 501)
    ]
    file = read(render_pdf(action_6(risks=risks), STAMP))

    texts = [page.extract_text() for page in file.pages]
    first = max(at for at, text in enumerate(texts) if "All risks" in text)
    last = max(at for at, text in enumerate(texts) if "Factors, sources and years" in text)
    assert last - first <= 3
    assert "more, and each row by itself, stand in the workbook" in " ".join(
        " ".join(texts).split()
    )


def test_short_table_stays_on_one_page_with_its_caption():
    filler = [Paragraph("words " * 90) for _ in range(8)]
    rows = tuple((f"row{i}",) for i in range(9))
    table = Table("t", "Short table", (Column("a", "A"),), rows)
    for extra in range(4):
        pages = read(render_pdf(small(*filler[extra:], table), STAMP)).pages
        holding = [page.extract_text() for page in pages if "row" in page.extract_text()]
        assert len(holding) == 1
        assert "Short table" in holding[0]


def test_row_longer_than_a_page_goes_on_in_a_further_row():
    words = " ".join(f"word{i}" for i in range(3000))
    table = Table("t", "T", (Column("a", "A"), Column("b", "B")), ((words, "x"),))

    assert "word2999" in text_of(render_pdf(small(table), STAMP))


def test_columns_fill_the_width_and_none_breaks_the_words_of_its_title():
    columns = (
        Column("a", "Involvement", 0.1),
        Column("b", "B", 9),
        Column("c", "Band", 1, kind=Kind.BAND),
    )
    table = wrap_table(columns, [("x", "y", None)], width=300)

    assert sum(table.widths) == pytest.approx(300)
    assert table.head[0].lines == ("Involvement",)


def test_one_column_too_wide_is_cut_alone_and_the_others_break_no_word():
    columns = (Column("a", "No."), Column("b", "Likelihood"), Column("c", "State"))
    table = wrap_table(columns, [("142", "unbroken" * 30, "assessed")], width=150)

    assert sum(table.widths) == pytest.approx(150)
    assert [cell.lines[0] for cell in (table.head[0], table.head[2])] == ["No.", "State"]
    assert table.rows[0][0].lines == ("142",)
    assert table.rows[0][2].lines == ("assessed",)


def test_more_columns_than_fit_share_the_width():
    columns = tuple(Column(f"c{i}", "Involvement") for i in range(12))
    table = wrap_table(columns, [tuple("x" for _ in columns)], width=300)

    assert sum(table.widths) == pytest.approx(300)


def test_dates_and_not_assessed_stay_on_one_line():
    columns = (
        Column("d", "D", 0.1, kind=Kind.DATE),
        Column("n", "N", 0.1, kind=Kind.INDEX),
        Column("t", "T", 9),
    )
    table = wrap_table(columns, [("2026-11-25", None, "x")], width=300)

    assert [len(cell.lines) for cell in table.rows[0]] == [1, 1, 1]
    assert table.blank == {(0, 1)}


# -- lines -------------------------------------------------------------------------------------


def test_word_wider_than_the_line_is_broken_without_losing_a_letter():
    lines = wrapped("tiny " + "x" * 200, "Source", 10, 80)

    assert "".join(lines).replace(" ", "") == "tiny" + "x" * 200
    assert max(text_width(line, "Source", 10) for line in lines) <= 80


def test_line_breaks_and_empty_text_are_kept():
    assert wrapped("a\n\nb", "Source", 10, 80) == ("a", "", "b")
    assert wrapped("", "Source", 10, 80) == ("",)


def test_cut_text_ends_in_an_ellipsis_and_fits():
    short = cut("Çağlayan Fındık İhracat", "Source", 10, 50)

    assert short.endswith("…") and text_width(short, "Source", 10) <= 50
    assert cut("short", "Source", 10, 50) == "short"


# -- the receipt -------------------------------------------------------------------------------

RECEIPT = Receipt(
    number="Q-2026-0042",
    submitted="25 November 2026, 14:02 UTC",
    questionnaire="Supplier self-assessment 2.1",
    respondent="Çağlayan Fındık İhracat A.Ş. <b>",
    requester="Maison Cacao SAS",
    sent=(("Answers", "42 of 45"), ("Files", "6")),
    next_steps=("Someone reads your answers within ten working days.",),
)


def test_receipt_is_one_page_and_says_what_was_sent_and_what_comes_next():
    data = render_receipt(RECEIPT)
    text = text_of(data)

    assert len(read(data).pages) == 1
    for words in ("Q-2026-0042", "25 November 2026", "42 of 45", "ten working days", "A.Ş. <b>"):
        assert words in text


def test_receipt_with_much_in_it_stays_on_one_page():
    sent = tuple((f"Section {i}", "x" * 300) for i in range(40))
    data = render_receipt(Receipt("N", "now", "Q", "A", "B", sent, ("step " * 200,) * 20))

    assert len(read(data).pages) == 1
    assert "Section 11" in text_of(data)


def test_equal_receipts_give_equal_bytes():
    assert render_receipt(RECEIPT) == render_receipt(RECEIPT)


# -- edges -------------------------------------------------------------------------------------


def test_letters_the_font_lacks_are_told_to_the_reader():
    text = text_of(render_pdf(small(Paragraph("上海"), Heading("上"), Paragraph("Türkiye")), STAMP))

    assert "Letters that are not shown" in text
    assert "2 texts hold letters that the font of this file lacks" in text
    assert "Letters that are not shown" not in text_of(render_pdf(action_6(), STAMP))


def test_one_text_with_letters_the_font_lacks_is_counted_as_one():
    assert "1 text holds letters" in text_of(render_pdf(small(Paragraph("مرحبا")), STAMP))


def test_gap_and_note_longer_than_a_page_run_on():
    words = " ".join(f"w{i}" for i in range(3000))
    text = text_of(render_pdf(small(Gap("What", words), Note("Title", words + " end")), STAMP))

    assert "w2999 Title" in text and "w2999 end" in text


def test_unknown_key_figure_is_said_and_never_green():
    data = render_pdf(small(KeyFigures((KeyFigure("Nodes", "Not assessed"),))), STAMP)
    content = read(data).pages[2].get_contents().get_data()

    assert "Not assessed" in text_of(data)
    assert f"{0x5F / 255:.6f}".lstrip("0")[:6].encode() in content


def test_control_signs_and_endless_names_do_not_break_the_layout():
    facts = example_facts()
    facts["organisation"]["name"] = "Gesellschaft für Beteiligungen " * 9
    facts["value_chain"]["nodes"][0]["name"] = "x" * 400 + "\x00\x07"
    document = compose(load_definition("action-6-due-diligence"), facts)

    assert len(read(render_pdf(document, Stamp("R", "y" * 400))).pages) > 5


def _pages_with(file, *words):
    """The page, from 0, on which each text stands last: the contents come before."""
    texts = [" ".join(page.extract_text().split()) for page in read(file).pages]
    return [(max(at for at, text in enumerate(texts) if word in text), word) for word in words]


def _turned_words(page):
    """The words of a page that do not run from left to right."""
    found = []

    def look(text, around, matrix, *_rest):
        if text.strip() and (around[1] or matrix[1]):
            found.append(text)

    page.extract_text(visitor_text=look)
    return found


def test_map_of_many_tiers_stands_upright_on_a_page_across_of_its_own():
    boxes = tuple(Box(f"n{t}-{i}", t, f"Site {i} of tier {t}") for t in range(11) for i in range(8))
    wide = Figure("Map by tier", "Source", ChainMap(View(boxes)))
    few = draw_figure(ChainMap(View(boxes[:24])), width=TEXT_WIDTH)

    file = render_pdf(small(Paragraph("Before"), wide, PageBreak(), Heading("After")), STAMP)

    pages = {word: at for at, word in _pages_with(file, "Before", "Site 7 of", "After")}
    assert pages["Before"] + 1 == pages["Site 7 of"] == pages["After"] - 1
    across = [float(page.mediabox.width) > float(page.mediabox.height) for page in read(file).pages]
    assert [at for at, is_across in enumerate(across) if is_across] == [pages["Site 7 of"]]
    assert _turned_words(read(file).pages[pages["Site 7 of"]]) == []
    assert few.width > few.height or few.width > TEXT_WIDTH / 2


def test_long_key_figure_is_set_smaller_and_stays_whole():
    figure = KeyFigure("Counted", "1,146 of 6,632 sites", "since May")

    assert "1,146 of 6,632 sites" in text_of(render_pdf(small(KeyFigures((figure,))), STAMP))


def test_heading_at_the_very_end_is_printed():
    assert "The end" in text_of(render_pdf(small(Paragraph("x"), Heading("The end")), STAMP))


def test_heat_map_with_every_risk_placed_says_nothing_of_others():
    risks = [{"rank": 1, "severity_band": "severe", "likelihood": 0.5}]

    assert "not assessed, in no cell" in text_of(render_pdf(action_6(), STAMP))
    assert "not assessed, in no cell" not in text_of(render_pdf(action_6(risks=risks), STAMP))


def test_box_of_the_map_says_in_full_how_many_are_not_assessed():
    rest = Box("rest", 1, "55 more", "2 countries, 14 not assessed", group=True, rest=True)
    boxes = (rest, *(Box(f"t{t}", t, f"Tier {t}") for t in (0, 2, 3, 4)))

    assert "14 not assessed" in text_of(
        render_pdf(small(Figure("F", "C", ChainMap(View(boxes)))), STAMP)
    )
