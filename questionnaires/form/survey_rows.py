"""Rows of a survey sheet for the checks: parsed type, cells with headings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from questionnaires import lazy
from questionnaires.errors import Fault
from questionnaires.form.sheets import Row, Sheets, begins, canonical, cell, ends

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
FROM_FILE = re.compile(r"\.(csv|xml|geojson)\s*$", re.I)
WITHOUT_CONTROL = (
    "calculate hidden start end today deviceid phonenumber username simserial subscriberid imei "
    "email audit start-geopoint background-geopoint csv-external xml-external entity "
    "background-audio xml_external uri:deviceid"
)
UNSUPPORTED = frozenset({"geotrace", "geoshape", "background-audio", "start-geopoint", "osm"})
SELECT_BASES = frozenset({"select_one", "select_multiple", "rank", "select one external"})
OTHER_TYPES = frozenset({"osm", "entity", "include", "loop"})


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One row that is not empty. `list_name`: of a select; `file`: of a select from a file."""

    number: int
    cells: Row
    type: str
    name: str
    base: str
    list_name: str = ""
    file: str = ""
    path: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_begin(self) -> bool:
        """Whether it opens a group or repeat."""
        return bool(begins(self.type))

    @property
    def is_end(self) -> bool:
        """Whether it closes one."""
        return bool(ends(self.type))

    @property
    def is_comment(self) -> bool:
        """Whether it has neither type nor name nor label: every program passes over it."""
        named = {"type", "name", "label"}
        return not any(canonical(column) in named and cell for column, cell in self.cells.items())

    @property
    def is_select(self) -> bool:
        """Whether its answers come from a list."""
        return self.base in SELECT_BASES

    @property
    def is_asked(self) -> bool:
        """Whether a person sees it as a question or note."""
        return not (self.is_begin or self.is_end or self.base in unasked_types())

    @property
    def is_miswritten(self) -> bool:
        """Whether a type of XLSForm is written with capitals, which other programs refuse."""
        text = " ".join(self.type.split())
        if begun := begins(text):
            return text[: begun.end(1)] != text[: begun.end(1)].lower()  # a list may have capitals
        if self.is_end:
            return text != text.lower()
        if self.is_select:
            return not text.startswith(tuple(lazy.aliases.select))
        return self.base not in known_types() and self.base.lower() in known_types()

    def text(self, column: str) -> str:
        """The cell under a heading of XLSForm, stripped."""
        return cell(self.cells, column)

    def fault(
        self, level: str, code: str, message: str, mend: str, *, column: str, at: int | None = None
    ) -> Fault:
        """A fault of one cell of this row; `column` as XLSForm calls it."""
        heading = next((name for name in self.cells if canonical(name) == column), None)
        return Fault(
            "error" if level == "error" else "warning",
            code,
            message,
            mend,
            sheet=SURVEY,
            row=self.number,
            column=heading or self.headings.get(column, column),
            cell=str(self.cells[heading]) if heading else None,
            at=at,
        )


def survey_rows(sheets: Sheets) -> Iterator[SurveyRow]:
    """Every row of the survey sheet, with the names of the groups around it."""
    headings = {canonical(name): name for name in reversed(sheets.headings(SURVEY))}
    stack: list[str] = []
    for number, cells in sheets.rows(SURVEY):
        kind, name = cell(cells, "type"), cell(cells, "name")
        base, list_name, file = take_apart(kind)
        row = SurveyRow(number, cells, kind, name, base, list_name, file, tuple(stack), headings)
        yield row
        if row.is_begin:
            stack.append(name)
        elif row.is_end and stack:
            stack.pop()


def take_apart(kind: str) -> tuple[str, str, str]:
    """A type cell as base type, list and file: "select_one yn" -> ("select_one", "yn", "")."""
    text = " ".join(kind.split())
    for word in sorted(lazy.aliases.select, key=len, reverse=True):
        rest = text[len(word) :]
        if text.lower().startswith(word) and rest[:1] in ("", " "):
            listed = re.sub(r"\s+or[ _](specify[ _])?other$", "", rest.strip(), flags=re.I)
            base = str(lazy.aliases.select[word])
            base = {"select one": "select_one", "select all that apply": "select_multiple"}.get(
                base, base
            )
            return (base, "", listed) if FROM_FILE.search(listed) else (base, listed, "")
    return text, "", ""


@cache
def unasked_types() -> frozenset[str]:
    """Types of rows that are not visible as a question or note."""
    kinds = lazy.question_type_dictionary.QUESTION_TYPE_DICT.items()
    without = (str(name) for name, kind in kinds if "control" not in kind)
    return frozenset(WITHOUT_CONTROL.split()).union(without)


@cache
def known_types() -> frozenset[str]:
    """All types of XLSForm."""
    names = map(str, lazy.question_type_dictionary.QUESTION_TYPE_DICT)
    return OTHER_TYPES.union(unasked_types(), names)
