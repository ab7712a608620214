"""A questionnaire as an XForm document for ODK Collect, Enketo and KoboToolbox."""

from questionnaires.sheets import Sheets, mend, read_sheets
from questionnaires.xlsform import convert_sheets

REFERENCE = "dd_assignment"
"""The hidden field that tells whose answers a submission holds."""


def xform_of(definition: bytes, file_type: str, *, reference: str = "") -> str:
    """The XForm of a definition.

    Args:
        definition: the bytes of the form.
        file_type: `.xlsx .xls .csv .md`.
        reference: put into the hidden field, so that submissions tell where they belong.

    Raises:
        FormUnusable: the definition cannot be read.
    """
    sheets = mend(read_sheets(definition, file_type))
    if reference:
        _add_reference(sheets, reference)
    return str(convert_sheets(sheets).xform)


def _add_reference(sheets: Sheets, reference: str) -> None:
    row = {"type": "hidden", "name": REFERENCE, "default": reference}
    sheets.book["survey"] = [*sheets.book["survey"], row]
    headings = dict.fromkeys((*sheets.headings("survey"), *row))
    sheets.book["survey_header"] = [headings]
