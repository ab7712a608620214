"""Documents as PDF: equal document and stamp, equal bytes (ReportLab's invariant mode)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
)

from ddplatform.documents.content import Document
from ddplatform.documents.paper.flowables import ContentsFlowable, ContentsLine, Headed, printed
from ddplatform.documents.paper.letters import letters_note
from ddplatform.documents.paper.scripts import canvas_class, script, writing
from ddplatform.documents.paper.sheets import Stamp, draw_cover, draw_running
from ddplatform.documents.paper.story import (
    RUNNING,
    WIDE,
    contents_of,
    tell_story,
    wrap_tables,
)
from ddplatform.documents.paper.styles import (
    BOTTOM,
    HEADINGS,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TEXT_WIDTH,
    TOP,
    register_fonts,
)
from ddplatform.documents.tables.printed import SketchCanvas
from ddplatform.languages import gettext, speaking

rl_config.useA85 = 0  # a fifth smaller; part of the bytes, so fixed here for all reports
rl_config.trustedSchemes = []
rl_config.trustedHosts = []


def render_pdf(document: Document, stamp: Stamp) -> bytes:
    """Lay the report out and return the PDF file.

    Laid out twice: first to learn the page of each heading and how many pages there
    are, then for good. No file, image or address named in the text is ever opened.
    """
    register_fonts()
    with speaking(document.language.partition("-")[0]), writing(document.language):
        return _render(document, stamp)


def _render(document: Document, stamp: Stamp) -> bytes:
    written = (document.cover, *document.blocks)
    note = letters_note(written, is_report=document.made_at is not None)
    blocks = (*document.blocks, *note)
    tables = wrap_tables(blocks)
    story = tell_story(blocks, tables)
    contents = contents_of(story)
    first = _Layout(document, stamp, pages=0)
    first.build(
        [*_front(contents), *story], canvasmaker=canvas_class() if script() else SketchCanvas
    )
    known = [replace(line, page=first.page_of[line.anchor]) for line in contents]
    final = _Layout(document, stamp, pages=first.page)
    final.build([*_front(known), *tell_story(blocks, tables)], canvasmaker=canvas_class())
    return final.buffer.getvalue()


def _front(contents: Sequence[ContentsLine]) -> list[Flowable]:
    return [
        NextPageTemplate(RUNNING),
        PageBreak(),
        printed(gettext("Contents"), HEADINGS[1]),
        ContentsFlowable(contents, TEXT_WIDTH),
        PageBreak(),
    ]


class _Layout(BaseDocTemplate):
    """One run over the story; `page_of` maps the anchor of a heading to its page."""

    def __init__(self, document: Document, stamp: Stamp, *, pages: int) -> None:
        self.buffer = BytesIO()
        self.page_of: dict[str, int] = {}
        cover = document.cover
        super().__init__(
            self.buffer,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            lang=document.language,
            title=f"{cover.title}, {cover.organisation}",
            author=cover.organisation,
            subject=f"{document.ref} {document.version}, {stamp.report_id}",
            creator="ddplatform",
        )
        running = partial(_running, document=document, stamp=stamp, pages=pages)
        self.addPageTemplates(
            [
                PageTemplate(
                    "cover",
                    [_frame(PAGE_WIDTH, PAGE_HEIGHT)],
                    onPage=partial(_cover, document=document, stamp=stamp),
                ),
                PageTemplate(RUNNING, [_frame(PAGE_WIDTH, PAGE_HEIGHT)], onPage=running),
                PageTemplate(
                    WIDE,
                    [_frame(PAGE_HEIGHT, PAGE_WIDTH)],
                    onPage=partial(running, size=(PAGE_HEIGHT, PAGE_WIDTH)),
                    pagesize=(PAGE_HEIGHT, PAGE_WIDTH),
                ),
            ]
        )

    def afterFlowable(self, flowable: Flowable) -> None:
        """Called by ReportLab for each part once it is placed on its page."""
        if isinstance(flowable, Headed):
            self.page_of[flowable.anchor] = self.page


def _frame(width: float, height: float) -> Frame:
    """The text area on a page of this size."""
    return Frame(
        MARGIN,
        BOTTOM,
        width - 2 * MARGIN,
        height - TOP - BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )


def _cover(canvas: Canvas, layout: BaseDocTemplate, *, document: Document, stamp: Stamp) -> None:
    draw_cover(canvas, document.cover, stamp)


def _running(
    canvas: Canvas,
    layout: BaseDocTemplate,
    *,
    document: Document,
    stamp: Stamp,
    pages: int,
    size: tuple[float, float] = (PAGE_WIDTH, PAGE_HEIGHT),
) -> None:
    draw_running(canvas, document.cover, stamp, page=layout.page, pages=pages, size=size)
