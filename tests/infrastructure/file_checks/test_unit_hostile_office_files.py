"""Hostile Office files: each is refused for its fault, or comes in without what is hostile."""

import io
import re
import zipfile

import pytest

from ddplatform.infrastructure.adapters.uploads import MEDIA_TYPES, check_upload
from ddplatform.infrastructure.file_checks import office
from ddplatform.infrastructure.file_checks.refusals import Refused
from supply_chain.errors import FileRefused
from tests.hostile_office import HARMLESS, Hostile, office_files

FILES = list(office_files())
REFUSED = [one for one in FILES if one.reason != HARMLESS]
MADE_HARMLESS = [one for one in FILES if one.reason == HARMLESS]
LEFT = re.compile(
    rb"attachedTemplate|javascript:|file:///|ms-msdt|&#10;|somethingElse|xlPathMissing|MZ\x90|passwd"
)
"""Words of the hostile files that no copy may hold."""


def media_type_of(content: bytes) -> str:
    return MEDIA_TYPES[".xlsx" if b"xl/workbook.xml" in content else ".docx"]


def test_there_are_some_hundred_hostile_files_with_names_of_their_own():
    assert len(FILES) > 400
    assert len({one.name for one in FILES}) == len(FILES)


@pytest.mark.parametrize("hostile", REFUSED, ids=lambda one: one.name)
def test_a_hostile_file_is_refused_for_its_fault(hostile: Hostile):
    content = hostile.content()

    with pytest.raises(Refused) as refused:
        office.clean(content, media_type_of(content))

    assert hostile.reason in (refused.value.reason, "*")


@pytest.mark.parametrize("hostile", MADE_HARMLESS, ids=lambda one: one.name)
def test_a_hostile_file_that_comes_in_has_lost_what_was_hostile(hostile: Hostile):
    content = hostile.content()

    made = office.clean(content, media_type_of(content))

    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        written = b"\n".join(parts.read(name) for name in parts.namelist())
    assert not LEFT.search(written)
    assert b'TargetMode="External"' not in written


@pytest.mark.parametrize("reason", sorted({one.reason for one in REFUSED} - {"*"}))
def test_every_reason_is_told_with_the_file_and_a_way_out(reason: str):
    hostile = next(one for one in REFUSED if one.reason == reason)
    content = hostile.content()
    name = "letter.xlsx" if media_type_of(content) == MEDIA_TYPES[".xlsx"] else "letter.docx"

    with pytest.raises(FileRefused) as refused:
        check_upload(name, content)

    assert refused.value.code == reason
    assert name in refused.value.message
    assert refused.value.advice.endswith(".")
