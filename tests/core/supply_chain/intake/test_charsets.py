"""The character set of a text, named as in a media type."""

import codecs

import pytest

from supply_chain.intake import encodings
from supply_chain.intake.encodings import charset_of


@pytest.mark.parametrize("encoding", [*encodings._CANDIDATES, *dict(encodings._BOMS).values()])
def test_each_encoding_that_is_recognised_has_a_name_that_reads_it(encoding: str):
    charset = encodings._CHARSETS[encoding]
    base = {"cp949": "euc_kr", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    known = {"windows-31j": "cp932", "windows-874": "cp874"}.get(charset, charset)

    assert codecs.lookup(known).name == codecs.lookup(base).name


def test_bytes_that_are_no_text_in_what_they_claim_have_none():
    assert charset_of("année".encode()) == "utf-8"
    assert charset_of("année".encode("utf-16")) == "utf-16"
    assert charset_of(codecs.BOM_UTF8 + b"\xff\xfe\xfa") is None
    assert charset_of("ひらがなだけのぶんしょう".encode("cp932")) is None
