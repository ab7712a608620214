"""Paper in Arabic, joined and from right to left, and in Chinese; its fonts are made at set-up."""

import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from ddplatform.documents.content import Bullets, Cover, Document, Heading, Note, Paragraph
from ddplatform.documents.paper import scripts
from ddplatform.documents.paper.letters import letters_note
from ddplatform.documents.paper.pdf import render_pdf
from ddplatform.documents.paper.receipt import Receipt, render_receipt
from ddplatform.documents.paper.scripts import has_letters, pieces, runs, writing
from ddplatform.documents.paper.sheets import Stamp
from ddplatform.documents.paper.styles import (
    MARGIN,
    PAGE_WIDTH,
    REGULAR,
    TEXT_WIDTH,
    register_fonts,
)
from ddplatform.documents.tables.lines import text_width, wrapped

ARABIC, CHINESE = "كيف تحترم منظمتك حقوق الطفل", "贵机构如何尊重儿童权利：自我评估"
LONG = {
    "ar": "اكتب هنا ما حدث (مثل حادث أو مرض) في Maison Cacao، ومتى حدث ذلك. " * 40,
    "zh": "请在这里写下发生了什么（例如事故或疾病），以及Maison Cacao什么时候知道。" * 40,
}


@pytest.fixture(autouse=True)
def fonts():
    assert scripts.FOLDER.is_dir(), "Run scripts/build_frontend.sh: it makes the fonts of paper."
    register_fonts()


def receipt(language: str, text: str) -> Receipt:
    return Receipt(
        number="K7QM-2WXD",
        submitted="2026",
        questionnaire=text,
        respondent="Çağlayan Tekstil (İzmir)",
        requester="Maison Cacao",
        sent=((text, "42"),),
        next_steps=(text,),
        language=language,
    )


def document(language: str) -> Document:
    text = LONG[language]
    blocks = (
        Note(text[:40], text[:90]),
        Heading(text[:30], 1, "1"),
        Heading(text[:50], 3),
        Bullets((text[:60], text[:70])),
        Paragraph(text),
    )
    return Document("q", "1", language, Cover(text[:20], "Acme", "", (), ""), blocks, None)


def read(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def plain(text: str) -> str:
    """Arabic as it is typed, whatever shapes the letters have; blanks left out."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_arabic_letters_are_drawn_joined_and_from_right_to_left():
    with writing("ar"):
        line = "".join(piece for _, piece in runs("حق الطفل", REGULAR))

    assert line != "حق الطفل"
    assert all("\ufe70" <= sign <= "\ufefc" for sign in line if sign != " ")
    assert "".join(unicodedata.normalize("NFKC", sign) for sign in reversed(line)) == "حق الطفل"


def test_latin_words_in_an_arabic_line_stay_from_left_to_right_in_the_report_font():
    with writing("ar"):
        found = runs("في Maison Cacao (باريس)", REGULAR)

    assert [font for font, piece in found if "Maison Cacao" in piece] == [REGULAR]
    assert {font for font, _ in found} == {REGULAR, "ar"}


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("حق (طفل)", "(...) .."), ("Tekstil (Izmir)", "Tekstil (Izmir)"), ("[حق]", "[..]")],
)
def test_brackets_open_towards_what_they_hold(text: str, drawn: str):
    with writing("ar"):
        line = "".join(piece for _, piece in runs(text, REGULAR))

    assert "".join(sign if sign.isascii() else "." for sign in line) == drawn


@pytest.mark.parametrize(("language", "text"), [("ar", ARABIC), ("zh", CHINESE)])
def test_receipt_holds_its_words_in_fonts_that_are_embedded(language: str, text: str):
    page = read(render_receipt(receipt(language, text))).pages[0]

    written = plain(page.extract_text())
    assert any(one in written for one in (plain(text), plain(text)[::-1]))
    names = {str(f.get_object()["/BaseFont"]) for f in page["/Resources"]["/Font"].values()}
    assert any("Noto" in name for name in names)


def test_arabic_page_is_mirrored_and_its_letters_are_not():
    positions = []
    page = read(render_receipt(receipt("ar", ARABIC))).pages[0]
    page.extract_text(
        visitor_text=lambda text, _cm, tm, _font, size: positions.append((text, tm[4]))
    )

    (x,) = [x for text, x in positions if "K7QM-2WXD" in text]
    width = text_width("K7QM-2WXD", "Source-Bold", 30)
    assert x == pytest.approx(PAGE_WIDTH - MARGIN - width, abs=0.1)


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_paper_of_many_pages_has_its_headings_in_the_contents_and_equal_bytes(language: str):
    first, second = (render_pdf(document(language), Stamp("R", "")) for _ in range(2))

    assert first == second
    reader = read(first)
    assert len(reader.pages) >= 3
    assert [one.title for one in reader.outline] == [f"1\u2002{LONG[language][:30]}"]


@given(st.sampled_from(["ar", "zh"]), st.integers(60, 400))
def test_lines_of_another_script_are_no_wider_than_the_paper_and_lose_nothing(
    language: str, width: int
):
    with writing(language):
        lines = wrapped(LONG[language], REGULAR, 10, width)
        widths = [text_width(line, REGULAR, 10) for line in lines]

    assert max(widths) <= width
    assert plain("".join(lines)) == plain(LONG[language])
    assert width < TEXT_WIDTH or len(lines) > 1


def test_chinese_lines_break_between_signs_and_never_before_a_comma():
    assert pieces("请写下（例如）他，然后 Maison Cacao。") == [
        *("请", "写", "下", "（例", "如）", "他，", "然", "后", " Maison", " Cacao。")
    ]


@pytest.mark.parametrize(
    "word",
    ["1,250.50", "2026.11.28", "14:32", "anna.b@acme.example", "l’huile", "D'Arc", "9.5"],
)
def test_numbers_days_and_addresses_stay_on_one_line(word: str):
    assert pieces(f"في {word}، هنا") == ["في", f" {word}،", " هنا"]
    assert pieces(f"写{word}，然") == ["写", f"{word}，", "然"]
    assert pieces(f"{word}. End") == [f"{word}.", " End"]


def test_a_line_may_still_be_broken_after_a_stop_before_a_chinese_sign():
    assert pieces("ISO 9001.然后,他") == ["ISO", " 9001.", "然", "后,", "他"]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Factory 1) x مصنع", ".... Factory 1) x"),
        ("مصنع Factory 1) x", "Factory 1) x ...."),
        ("مصنع (A) B) C", "B) C (A) ...."),
        ("1) مصنع", ".... (1"),
        ("مصنع 2) A (B) «C» 3)", "(A (B) «C» 3 (2 ...."),
    ],
)
def test_a_single_bracket_is_turned_only_where_its_line_is(text: str, drawn: str):
    with writing("ar"):
        line = "".join(piece for _, piece in runs(text, REGULAR))

    assert "".join(sign if sign.isascii() or sign in "«»" else "." for sign in line) == drawn


@pytest.mark.parametrize(("language", "heading"), [("en", "Long words "), ("ar", "كلمات طويلة ")])
@pytest.mark.parametrize("level", [1, 3])
def test_a_long_heading_goes_on_over_the_end_of_a_page_wherever_it_begins(
    language: str, heading: str, level: int
):
    long = heading * (60 if level == 1 else 110)
    for offset in range(1, 46, 4):
        filler = [Paragraph("x")] * offset
        blocks = (*filler, Heading(long, level, "1"), Paragraph("end"), Heading("Z", 1))
        cover = Cover("Title", "Acme", "", (), "")
        reader = read(render_pdf(Document("q", "1", language, cover, blocks, None), Stamp("R", "")))

        text = plain("".join(page.extract_text() for page in reader.pages[2:]))
        assert "end" in text and len(reader.outline) == (2 if level == 1 else 1)
        assert text.count("x") == offset


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_paper_of_another_script_says_which_letters_it_lacks(language: str):
    with writing(language):
        lacked = [Paragraph("ঢাকা"), Heading("ไทย"), Paragraph(LONG[language])]
        (note,) = letters_note(lacked, is_report=False)
        shown = [Paragraph(f"{ARABIC}\n({CHINESE})"), Heading("Łódź\u200f (1)\u00a0· “é”")]
        none = letters_note(shown, is_report=False)

    assert "2 texts hold letters" in note.text and "Excel" not in note.text and none == ()


def test_letters_missing_on_the_cover_are_told_too():
    cover = Cover("Title", "ঢাকা", "", (), "")
    data = render_pdf(Document("q", "1", "zh", cover, (), None), Stamp("R", ""))

    assert "1 text holds letters" in read(data).pages[-1].extract_text()


@given(st.text("ab 1.,-/حق٣()[]{}«»", max_size=30), st.sampled_from(["R", "L"]))
def test_turning_brackets_leaves_the_order_of_a_line(text: str, base: str):
    drawn, plainly = scripts._in_order(text, base), str(get_display(text, base_dir=base))

    bare = str.maketrans(")]}»", "([{«")
    assert drawn.translate(bare) == plainly.translate(bare)


def test_paper_of_a_language_with_latin_letters_is_set_as_ever(monkeypatch: pytest.MonkeyPatch):
    with writing("fr"):
        assert scripts.script() == ""
    with writing("zh"):
        assert scripts.script() == "zh"


def test_without_its_fonts_paper_cannot_be_written_in_a_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    assert has_letters("ar")
    monkeypatch.setattr(scripts, "FOLDER", tmp_path)

    assert not has_letters("ar")
    assert has_letters("fr")
    with writing("ar"):
        assert scripts.script() == ""
