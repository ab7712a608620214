"""A questionnaire as an XLSForm workbook that ODK and KoboToolbox take."""

import io
from datetime import datetime

import xlsxwriter
from pyxform.xls2json_backends import md_to_dict

SHEETS = ("survey", "choices", "settings")

# A fixed day of creation: the same questionnaire gives the same bytes.
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - the file format holds a time without zone

_WIDTHS = {"label": 60, "hint": 60, "constraint_message": 40, "relevant": 40}


def export_workbook(markdown: bytes) -> bytes:
    """Write an XLSForm of Markdown tables as .xlsx, every cell as text, nothing left out."""
    sheets = md_to_dict(markdown.decode("utf-8"))
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _CREATED, "title": sheets["settings"][0]["form_title"]})
        bold = book.add_format({"bold": True, "text_wrap": True})
        for name in SHEETS:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            headings = list(sheets[f"{name}_header"][0])
            for column, heading in enumerate(headings):
                sheet.set_column(column, column, _WIDTHS.get(heading, 18))
                sheet.write_string(0, column, heading, bold)
            for number, row in enumerate(sheets[name], start=1):
                for heading, cell in row.items():
                    sheet.write_string(number, headings.index(heading), cell)
    return target.getvalue()
