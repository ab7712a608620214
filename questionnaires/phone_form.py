"""A questionnaire as an XForm document for ODK Collect, Enketo and KoboToolbox."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from questionnaires.export import add_languages
from questionnaires.sheets import Sheets, mend, read_sheets
from questionnaires.translations import Translation
from questionnaires.xlsform import convert_sheets

REFERENCE = "dd_assignment"
"""The hidden field that tells whose answers a submission holds."""
_HERE = "here"
"""Stands in the field until the form is converted."""


def xform_of(
    definition: bytes,
    file_type: str,
    *,
    reference: str = "",
    translations: Sequence[Translation] = (),
    language: str = "",
) -> str:
    """The XForm of a definition.

    Args:
        definition: the bytes of the form.
        file_type: `.xlsx .xls .csv .md`.
        reference: put into the hidden field, so that submissions tell where they belong.
        translations: further languages that a person can choose in the app; a text without a
            translation stands there in that of the source.
        language: the code of the one that the form is opened in, where it speaks it.

    Raises:
        FormUnusable: the definition cannot be read.
    """
    sheets = mend(read_sheets(definition, file_type))
    if translations:
        add_languages(sheets.book, translations, first=language)
    if not reference:
        return str(convert_sheets(sheets).xform)
    _add_reference(sheets)
    # The converter takes "12345678-..." for a sum, which an app would work out.
    xform = str(convert_sheets(sheets).xform)
    return xform.replace(f"<{REFERENCE}>{_HERE}<", f"<{REFERENCE}>{escape(reference)}<", 1)


def _add_reference(sheets: Sheets) -> None:
    row = {"type": "hidden", "name": REFERENCE, "default": _HERE}
    sheets.book["survey"] = [*sheets.book["survey"], row]
    headings = dict.fromkeys((*sheets.headings("survey"), *row))
    sheets.book["survey_header"] = [headings]
