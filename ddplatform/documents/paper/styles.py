"""Paper, fonts, colours and paragraph styles of printed reports (same tokens as the pages)."""

from functools import cache
from importlib.resources import files

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from supply_chain.vocabulary import RiskBand

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 54.0
TOP, BOTTOM = 66.0, 62.0
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN

REGULAR, SEMIBOLD, BOLD, ITALIC = "Source", "Source-Semibold", "Source-Bold", "Source-Italic"
FONT_FILES = {
    REGULAR: "SourceSansPro-Regular.ttf",
    SEMIBOLD: "SourceSansPro-Semibold.ttf",
    BOLD: "SourceSansPro-Bold.ttf",
    ITALIC: "SourceSansPro-It.ttf",
}
"""Source Sans Pro (SIL Open Font License 1.1) from the package font-source-sans-pro: TrueType
outlines that can be embedded, with Latin Extended, Vietnamese, Greek and Cyrillic letters.
ReportLab's own Vera lacks the Turkish and Latvian letters that names of places need."""

INK, INK_2, INK_3 = HexColor(0x1C2430), HexColor(0x4A5464), HexColor(0x5F6877)
LINE, LINE_2, SUNKEN = HexColor(0xE3DFD6), HexColor(0xCFC9BD), HexColor(0xF1EEE7)
ACCENT, ACCENT_SOFT = HexColor(0x0B5A62), HexColor(0xE4F1F0)
WARN, WARN_SOFT = HexColor(0x7A4A00), HexColor(0xFDF2DC)
SURFACE = HexColor(0xFFFFFF)

BAND_FILL: dict[RiskBand | None, Color] = {
    RiskBand.CRITICAL: HexColor(0x8C1D40),
    RiskBand.HIGH: HexColor(0xDB7A2B),
    RiskBand.MEDIUM: HexColor(0xF2CB57),
    RiskBand.LOW: HexColor(0xC6DDEC),
    None: HexColor(0xECEAE4),
}
BAND_INK: dict[RiskBand | None, Color] = {
    RiskBand.CRITICAL: HexColor(0xFFFFFF),
    RiskBand.HIGH: HexColor(0x1F0F00),
    RiskBand.MEDIUM: HexColor(0x3D2D00),
    RiskBand.LOW: HexColor(0x17384A),
    None: HexColor(0x4A5160),
}


@cache
def register_fonts() -> None:
    """Make the four cuts of the report font known to ReportLab, once a process."""
    folder = files("font_source_sans_pro") / "files"
    for name, file_name in FONT_FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file_name)))


BODY = ParagraphStyle(
    "body", fontName=REGULAR, fontSize=10, leading=14.2, textColor=INK, spaceAfter=7
)
SMALL = ParagraphStyle(
    "small", fontName=REGULAR, fontSize=8.2, leading=11, textColor=INK_3, spaceAfter=4
)
BULLET = ParagraphStyle(
    "bullet",
    fontName=REGULAR,
    fontSize=10,
    leading=14,
    textColor=INK,
    leftIndent=13,
    bulletIndent=2,
    spaceAfter=3,
)
CAPTION = ParagraphStyle(
    "caption",
    fontName=SEMIBOLD,
    fontSize=10,
    leading=13,
    textColor=INK,
    spaceBefore=8,
    spaceAfter=4,
)
NOTE_TITLE = ParagraphStyle(
    "note-title", fontName=SEMIBOLD, fontSize=9.5, leading=13, textColor=INK
)
NOTE_TEXT = ParagraphStyle(
    "note-text", fontName=REGULAR, fontSize=9.2, leading=12.6, textColor=INK_2
)
HEADINGS = {
    1: ParagraphStyle(
        "h1", fontName=BOLD, fontSize=19, leading=23, textColor=ACCENT, spaceBefore=20, spaceAfter=9
    ),
    2: ParagraphStyle(
        "h2",
        fontName=SEMIBOLD,
        fontSize=13,
        leading=17,
        textColor=INK,
        spaceBefore=13,
        spaceAfter=5,
    ),
    3: ParagraphStyle(
        "h3",
        fontName=SEMIBOLD,
        fontSize=10.5,
        leading=14,
        textColor=INK,
        spaceBefore=8,
        spaceAfter=2,
    ),
}
