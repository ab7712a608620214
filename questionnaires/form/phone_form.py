"""Export of a questionnaire as an XForm document for ODK Collect, Enketo and KoboToolbox."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.sax.saxutils import escape

from questionnaires.form.export import OWN_LANGUAGE, add_languages
from questionnaires.form.repeat_comparisons import counted
from questionnaires.form.sheets import Sheets, read_sheets, repair
from questionnaires.form.xlsform import convert_sheets
from questionnaires.translations.texts import Translation

NOTHING: Mapping[str, str] = MappingProxyType({})
REFERENCE = "dd_assignment"
"""The hidden field that identifies the respondent of a submission."""
ABOUT = "dd_about"
"""The note at the beginning: what the form is called, and what is to be known of its words."""
ANYBODY = "here"
"""The reference of a form that waits for `addressed`."""


def xform_of(
    definition: bytes,
    file_type: str,
    *,
    reference: str = "",
    translations: Sequence[Translation] = (),
    language: str = "",
    about: Mapping[str, str] = NOTHING,
) -> str:
    """The XForm of a definition.

    Args:
        definition: the bytes of the form.
        file_type: `.xlsx .xls .csv .md`.
        reference: put into the hidden field, so that submissions can be assigned.
        translations: further languages that a person can choose in the app; a text without a
            translation stands there in that of the source.
        language: the code of the one that the form is opened in, where it speaks it.
        about: what a note at the beginning says, by the code of a language; "" is that of the
            source, which stands where a language has no words of its own. Only beside translations.

    Raises:
        FormUnusable: the definition cannot be read.
    """
    sheets = repair(read_sheets(definition, file_type))
    sheets.book["survey"] = counted(sheets.book["survey"])
    if translations:
        add_languages(sheets.book, translations, first=language)
        _add_note(sheets, about, translations)
    if not reference:
        return str(convert_sheets(sheets).xform)
    _add_reference(sheets)
    return addressed(str(convert_sheets(sheets).xform), reference)


def addressed(xform: str, reference: str) -> str:
    """The XForm with whose answers it asks for.

    The converter would take "12345678-..." for a sum, which an app would work out.
    """
    return xform.replace(f"<{REFERENCE}>{ANYBODY}<", f"<{REFERENCE}>{escape(reference)}<", 1)


def _add_note(
    sheets: Sheets, about: Mapping[str, str], translations: Sequence[Translation]
) -> None:
    if not about:
        return
    row = {"type": "note", "name": ABOUT, f"label::{OWN_LANGUAGE}": about[""]}
    row |= {f"label::{one.name}": about.get(one.language, about[""]) for one in translations}
    sheets.book["survey"] = [row, *sheets.book["survey"]]


def _add_reference(sheets: Sheets) -> None:
    row = {"type": "hidden", "name": REFERENCE, "default": ANYBODY}
    sheets.book["survey"] = [*sheets.book["survey"], row]
    headings = dict.fromkeys((*sheets.headings("survey"), *row))
    sheets.book["survey_header"] = [headings]
