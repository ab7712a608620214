"""Encrypted files: any content comes back, and any change of the file is found and named."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.adapters import sealed_file
from ddplatform.infrastructure.adapters.sealed_file import (
    CHUNK_BYTES,
    MAGIC,
    TAG_BYTES,
    OpeningReader,
    SealedFileError,
    SealingWriter,
    Secret,
)

KEY = Secret(b"\x07" * 32, is_passphrase=False)
"""A key file: opened without the work that a passphrase costs."""
WHOLE = CHUNK_BYTES + TAG_BYTES


def sealed(content: bytes, secret: Secret = KEY) -> bytes:
    into = BytesIO()
    writer = SealingWriter(into, secret)
    writer.write(content)
    writer.finish()
    return into.getvalue()


def opened(content: bytes, secret: Secret = KEY) -> bytes:
    return OpeningReader(BytesIO(content), secret).read()


def fault_of(content: bytes, secret: Secret = KEY) -> str:
    with pytest.raises(SealedFileError) as refused:
        opened(content, secret)
    assert refused.value.message
    return refused.value.code


def beginning(content: bytes) -> int:
    """Where the first chunk begins."""
    return len(MAGIC) + 4 + int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "big")


@pytest.fixture(scope="module")
def three_chunks() -> bytes:
    return sealed(bytes(CHUNK_BYTES) + b"\x01" * CHUNK_BYTES + b"the end")


@given(
    pieces=st.lists(st.binary(max_size=200), max_size=5),
    many=st.sampled_from([0, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1]),
)
def test_any_content_comes_back_however_it_was_written(pieces: list[bytes], many: int):
    into = BytesIO()
    writer = SealingWriter(into, KEY)
    for piece in (*pieces, bytes(many)):
        writer.write(piece)
    writer.finish()

    assert opened(into.getvalue()) == b"".join(pieces) + bytes(many)


@given(data=st.data())
def test_any_changed_byte_is_found(data: st.DataObject):
    content = bytearray(sealed(b"a short text"))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealedFileError):
        opened(bytes(content))


@given(data=st.data())
def test_a_file_that_is_cut_anywhere_is_found(data: st.DataObject):
    content = sealed(b"a short text")

    with pytest.raises(SealedFileError):
        opened(content[: data.draw(st.integers(0, len(content) - 1))])


def test_a_file_that_ends_after_a_whole_chunk_is_cut_short(three_chunks: bytes):
    assert fault_of(three_chunks[: beginning(three_chunks) + 2 * WHOLE]) == "cut_short"


def test_a_missing_chunk_is_told_from_a_changed_one(three_chunks: bytes):
    first = beginning(three_chunks)
    missing = three_chunks[:first] + three_chunks[first + WHOLE :]
    changed = bytearray(three_chunks)
    changed[first + 5] ^= 1

    assert fault_of(missing) == "misplaced_chunk"
    assert fault_of(bytes(changed)) == "changed_chunk"


def test_chunks_in_another_order_are_found(three_chunks: bytes):
    first = beginning(three_chunks)
    one, two = three_chunks[first : first + WHOLE], three_chunks[first + WHOLE : first + 2 * WHOLE]

    assert fault_of(three_chunks[:first] + two + one + three_chunks[first + 2 * WHOLE :]) == (
        "misplaced_chunk"
    )


def test_a_chunk_of_another_file_under_the_same_secret_is_found():
    one, other = sealed(b"one text"), sealed(b"two text")

    assert fault_of(one[: beginning(one)] + other[beginning(other) :]) == "cut_short"


def test_another_passphrase_is_told_from_a_damaged_file():
    content = sealed(b"text", sealed_file.passphrase("copper lantern river seven"))

    assert opened(content, sealed_file.passphrase("copper lantern river seven")) == b"text"
    assert fault_of(content, sealed_file.passphrase("copper lantern river eight")) == "wrong_secret"
    assert fault_of(content, KEY) == "wrong_secret"
    assert fault_of(sealed(b"text"), sealed_file.passphrase("copper lantern river seven")) == (
        "wrong_secret"
    )


def test_another_kind_of_file_is_told():
    assert fault_of(b"PK\x03\x04 an archive") == "not_sealed"


def test_a_header_that_asks_for_all_memory_is_refused():
    content = sealed(b"text", sealed_file.passphrase("copper lantern river seven"))

    greedy = content.replace(b'"memory_kib": 65536', b'"memory_kib": 99999999')

    assert fault_of(greedy, sealed_file.passphrase("copper lantern river seven")) == (
        "changed_header"
    )


def test_equal_content_gives_different_files():
    assert sealed(b"text") != sealed(b"text")


def test_secrets_that_can_be_guessed_are_refused(tmp_path: Path):
    (tmp_path / "key").write_bytes(b"short")

    with pytest.raises(SealedFileError, match="fewer than 15 characters"):
        sealed_file.passphrase("swordfish")
    with pytest.raises(SealedFileError, match="fewer than 32 bytes"):
        sealed_file.key_file(tmp_path / "key")
