"""Workbooks whose texts no spreadsheet takes for a formula (OWASP ASVS 1.2.10).

A text that begins like one gets the mark that a spreadsheet sets for a leading quote (`quotePrefix`
of its format, ECMA-376 18.8.45): it stays a text when somebody edits the cell, and is read back
without the mark. `supply_chain.quoted_cells` has the same for its own workbooks.
"""

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


class TextSheet(Worksheet):  # type: ignore[misc]
    """A sheet that marks such texts, whatever format they are written in."""

    def _write_string(
        self, row: int, col: int, string: str, cell_format: Format | None = None
    ) -> Any:
        if string.lstrip(" \u00a0").startswith(STARTS):
            cell_format = self._quoted(cell_format)
        return super()._write_string(row, col, string, cell_format)

    def _quoted(self, look: Format | None) -> Format:
        made: dict[Format | None, Format] = self.__dict__.setdefault("quoted_looks", {})
        if look not in made:
            one = made[look] = self.workbook_add_format()
            if look is not None:
                own = {"xf_index": None, "dxf_index": None, "_format_key": None}
                one.__dict__.update({**vars(look), **own})
            one.set_quote_prefix()
        return made[look]


class TextBook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook of such sheets."""

    worksheet_class = TextSheet
