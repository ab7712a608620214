"""Small forms for tests, written as rows with `|` between the cells."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from questionnaires import Form, Response, plan, read_form

REAL_FORMS = Path(__file__).parent / "data" / "xlsforms"
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def table(sheet: str, columns: str, *rows: str) -> str:
    """One sheet as CSV: columns and rows with `|` between the cells, `¦` for a `|` in one."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([sheet])
    for row in (columns, *rows):
        writer.writerow(["", *(cell.strip().replace("¦", "|") for cell in row.split("|"))])
    return out.getvalue()


def form(survey: str, *more: str) -> Form:
    """The form of these sheets."""
    return read_form((survey + "".join(more)).encode(), ".csv")


def respond(
    survey: str, *more: str, answers: Mapping[str, str] | None = None, language: str | None = None
) -> Response:
    """A response to the form of these sheets, begun anew or from stored answers."""
    return Response(plan(form(survey, *more)), answers, now=NOW, language=language)


def value_of(calculation: str, **answers: str) -> str:
    """What a calculation gives in a form with the questions `n`, `t`, `m` and a blank one.

    They stand in the group `g`: `n` is an integer, `t` a text, `m` chooses several of a, b, c.
    """
    response = respond(
        table(
            "survey",
            "type | name | label | calculation",
            "begin group | g | G | ",
            "integer | n | N | ",
            "text | t | T | ",
            "select_multiple abc | m | M | ",
            "text | blank | B | ",
            "end group | | | ",
            f"calculate | result | | {calculation.replace('|', '¦')}",
        ),
        table("choices", "list_name | name | label", "abc | a | A", "abc | b | B", "abc | c | C"),
    )
    for name, text in answers.items():
        response.set(f"/data/g/{name}", text)
    return response.state("/data/result").value
