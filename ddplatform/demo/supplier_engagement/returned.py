"""Workbooks of the sample, mailed by a supplier and imported by its buyer."""

import io
from datetime import datetime
from functools import partial
from typing import Any

from openpyxl import load_workbook

from ddplatform.demo.world import World
from ddplatform.infrastructure.access.identity import Act
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.returned_books.services.books import bring, carry_out


def mail_back(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    """The workbook of one supplier filled in, beside a file that is none; read as by the worker."""
    with world.acting(entry["to"]):
        content = write_book(world.made[entry["key"]], at=at)[1]
    files = [
        (deed["name"], _filled(content, deed["answers"])),
        (deed["beside"], b"%PDF-1.7 a letter"),
    ]
    with world.acting(entry["by"]) as by:
        delivery_id = bring(files, act=Act(by, at)).id
    unit = partial(world.unit, by.organisation_id)
    carry_out(
        delivery_id, look=unit, unit=unit, progress=lambda _done, _total: None, act=Act(by, at)
    )


def _filled(content: bytes, answers: dict[str, Any]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        if sheet["D1"].value != "answer":
            continue  # no sheet of a section
        for row in sheet.iter_rows(min_row=3):
            if (key := str(row[0].value)) in answers:
                row[3].value = answers[key]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
