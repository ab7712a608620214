"""docs/uploads.md names every address that takes files, with the types and sizes of the code."""

import re
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.infrastructure.access import body_limits
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.adapters import uploads
from ddplatform.supplier_engagement.own_forms import label_media
from ddplatform.supplier_engagement.own_forms.services import forms, media
from ddplatform.supplier_engagement.phone_apps.services import submissions
from ddplatform.value_chain.imports.services import reading as lists
from questionnaires.submissions import csv_tables, files, instance, tables
from questionnaires.workbook import reading as books
from supply_chain.intake import workbook
from supply_chain.screening import lists as screening
from supply_chain.screening import pages

PAGE = (Path(__file__).resolve().parents[2] / "docs/uploads.md").read_text(encoding="utf-8")
MB = 1024**2


def row(address: str) -> str:
    [found] = [line for line in PAGE.splitlines() if line.startswith("| ") and address in line]
    return found


def test_every_address_that_takes_files_is_in_the_table_and_no_other(app: Flask):
    taking = {
        name
        for name in app.view_functions
        if (access := access_of(app, name)) is not None and access.takes_files
    }
    cells = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]

    assert {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)} == taking


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("`evidence.add`", ", ".join(uploads.MEDIA_TYPES)),
        ("`evidence.add`", f"| {uploads.MAX_BYTES // MB} MB |"),
        ("`value_chain.upload`", f"{lists.MAX_FILES} files of {lists.MAX_BYTES // MB} MB"),
        (
            "`value_chain.upload`",
            f"{workbook.MAX_UNPACKED_BYTES // MB} MB, {workbook.MAX_ROWS:,} rows, "
            f"{workbook.MAX_COLUMNS} columns",
        ),
        ("`screening.new_list`", f"saved page ({', '.join(pages.ENDINGS)})"),
        (
            "`screening.new_list`",
            f"CSV {uploads.MAX_BYTES // MB} MB, page {pages.MAX_PAGE_BYTES // MB} MB | "
            f"{screening.MAX_ENTRIES:,} entries",
        ),
        (
            "`responses.bring`",
            f"workbook {books.MAX_BYTES // MB} MB; one submission {instance.MAX_BYTES // MB} MB, "
            f"an export {csv_tables.MAX_TABLE_BYTES // MB} MB",
        ),
        (
            "`responses.bring`",
            f"{files.MAX_UNPACKED // MB} MB, {files.MAX_ENTRIES:,} files, "
            f"{tables.MOST_SUBMISSIONS:,} submissions, {instance.DEEPEST} levels",
        ),
        ("`openrosa.submission`", f"{submissions.MOST_ATTACHMENTS} attachments"),
        ("`openrosa.submission`", f"{instance.MOST_NODES:,} elements"),
        ("`questionnaires.returned`", f"each workbook {books.MAX_BYTES // MB} MB"),
        (
            "`questionnaires.returned`",
            f"{files.MAX_UNPACKED // MB} MB, {files.MAX_ENTRIES:,} files",
        ),
        ("`questionnaires.bring_in`", f"{', '.join(forms.KINDS)}; media"),
        ("`questionnaires.bring_in`", ", ".join(label_media.PLAYED)),
        (
            "`questionnaires.bring_in`",
            f"form {forms.MAX_BYTES // MB} MB; {label_media.MAX_BYTES // MB} MB a medium, "
            f"{media.MOST_BYTES // MB} MB together",
        ),
        ("`questionnaires.bring_table`", f"| {books.MAX_BYTES // MB} MB |"),
    ],
)
def test_types_and_sizes_of_the_table_are_those_of_the_code(address: str, words: str):
    assert words in row(address)


def test_size_of_a_request_is_that_of_the_code():
    assert body_limits.FILES_BYTES == 26 * MB and PAGE.count("request holds 26 MB") == 2
    assert f"anybody else {body_limits.ANONYMOUS_BYTES // 1024} KB" in PAGE
    assert {*label_media.PICTURES} == {".png", ".jpg", ".jpeg", ".webp"}
