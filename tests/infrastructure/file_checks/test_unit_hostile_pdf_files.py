"""Hostile PDF files: each comes in without what runs, opens or fetches something."""

import io
import re
from collections.abc import Iterator

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from ddplatform.infrastructure.adapters.uploads import check_upload
from ddplatform.infrastructure.file_checks import pdf
from ddplatform.infrastructure.file_checks.refusals import TOO_LARGE, Refused
from tests.hostile_pdf import ELSEWHERE, MARK, HostilePdf, objects, pdf_files, plain

FILES = list(pdf_files())
ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|GoToR|GoToE|SubmitForm|ImportData|Rendition|RichMedia\w*|Movie|Sound"
    rb"|XFA|AA|OpenAction|EmbeddedFiles?|Filespec|Next)\b"
)


def clean(content: bytes) -> bytes:
    return pdf.clean(content, "application/pdf")


def dictionaries_of(content: bytes) -> Iterator[DictionaryObject]:
    """Every dictionary of a file, also those to which nothing leads."""
    reader = PdfReader(io.BytesIO(content))
    waiting: list[object] = [reader.get_object(n) for n in range(1, len(reader.xref[0]) + 1)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            continue
        if isinstance(item, DictionaryObject):
            yield item
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, ArrayObject):
            waiting += list(item)


def test_there_are_some_hundred_hostile_files_with_names_of_their_own():
    assert len(FILES) > 400
    assert len({one.name for one in FILES}) == len(FILES)


@pytest.mark.parametrize("hostile", FILES, ids=lambda one: one.name)
def test_a_hostile_pdf_comes_in_without_what_is_hostile(hostile: HostilePdf):
    made = clean(hostile.content)

    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    assert MARK.encode() not in made
    for found in dictionaries_of(made):
        assert not ACTIVE.search(" ".join(found).encode())
        assert found.get("/S") in (None, "/URI", "/GoTo")


@pytest.mark.parametrize(
    "action",
    [f"<< /S /URI /URI ({ELSEWHERE}) >>", "<< /S /URI /URI (mailto:a@b.example) >>"],
)
def test_links_to_pages_and_mails_stay(action: str):
    page = f"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A {action} >>]"

    (kept,) = PdfReader(io.BytesIO(clean(plain(objects(page=page))))).pages[0]["/Annots"]

    assert kept.get_object()["/A"]["/S"] == "/URI"


def test_a_link_to_a_page_of_the_same_file_stays():
    page = "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /GoTo /D [3 0 R /Fit] >> >>]"

    (kept,) = PdfReader(io.BytesIO(clean(plain(objects(page=page))))).pages[0]["/Annots"]

    assert kept.get_object()["/A"]["/S"] == "/GoTo"


def test_a_font_may_be_called_like_an_action():
    page = "/Resources << /Font << /Next << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>"

    kept = PdfReader(io.BytesIO(clean(plain(objects(page=page))))).pages[0]

    assert kept["/Resources"]["/Font"]["/Next"]["/BaseFont"] == "/Courier"


def test_a_pdf_of_more_pages_than_anybody_reads_is_refused():
    writer = PdfWriter()
    for _ in range(pdf.MAX_PAGES + 1):
        writer.add_blank_page(9, 9)
    output = io.BytesIO()
    writer.write(output)

    with pytest.raises(Refused) as refused:
        clean(output.getvalue())

    assert refused.value.reason == TOO_LARGE


def test_a_hostile_pdf_that_is_uploaded_comes_in_harmless():
    hostile = next(one for one in FILES if one.name == "script, link, in object streams")

    assert MARK.encode() not in check_upload("paper.pdf", hostile.content).content
