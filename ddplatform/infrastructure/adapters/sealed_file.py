"""Encrypted files of any size: AES-256-GCM in chunks that are bound to their order.

The STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár ("Online Authenticated-Encryption
and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015): the nonce of a chunk is its number and a mark
on the last one, so that a chunk that is missing, moved or cut off does not open. Each file has a
key of its own, derived from a fresh salt, and every chunk authenticates the header.

    magic (16 bytes) | length of the header (4) | header (JSON) | chunk ... | last chunk

A chunk is `CHUNK_BYTES` of content (the last one may be shorter) and a tag of 16 bytes.
"""

import hmac
import io
import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ddplatform.infrastructure.errors import Invalid

MAGIC: Final = b"DDSEALEDFILE\x00\x00\x00\x01"
CHUNK_BYTES: Final = 1024 * 1024
TAG_BYTES: Final = 16
SALT_BYTES: Final = 32
KEY_BYTES: Final = 32
MOST_HEADER_BYTES: Final = 4096
MIN_PASSPHRASE_CHARACTERS: Final = 15
MIN_KEY_FILE_BYTES: Final = 32
NEAR: Final = 64
"""Chunks before and after in whose place one that does not open is tried, to name the fault."""
# RFC 9106, section 4: the second recommended option.
ARGON2: Final = {"passes": 3, "memory_kib": 64 * 1024, "lanes": 4}
MOST_ARGON2: Final = {"passes": 16, "memory_kib": 1024 * 1024, "lanes": 16}
"""What a header may ask of the machine that opens it."""


class SealedFileError(Invalid):
    """A sealed file, or the secret for it, cannot be used; `code` names the fault."""

    def __init__(self, code: str, message: str, advice: str = "") -> None:
        super().__init__(message, advice)
        self.code = code


@dataclass(frozen=True)
class Secret:
    """A passphrase or the content of a key file."""

    content: bytes
    is_passphrase: bool

    def master_key(self, salt: bytes, costs: dict[str, int] | None) -> bytes:
        """32 bytes for one file: Argon2id of a passphrase, HKDF of a key file."""
        if costs is None:
            return _derived(self.content, salt, b"sealed file, key file")
        return hash_secret_raw(
            self.content,
            salt,
            time_cost=costs["passes"],
            memory_cost=costs["memory_kib"],
            parallelism=costs["lanes"],
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


def passphrase(text: str) -> Secret:
    """A passphrase. Raises SealedFileError where it is short enough to be guessed."""
    if len(text) < MIN_PASSPHRASE_CHARACTERS:
        raise SealedFileError(
            "short_passphrase",
            f"The passphrase has fewer than {MIN_PASSPHRASE_CHARACTERS} characters.",
            "Use five or more random words; who holds the file can try passphrases for years.",
        )
    return Secret(text.encode(), is_passphrase=True)


def key_file(path: Path) -> Secret:
    """A file of random bytes. Raises SealedFileError where it is too short to be a key."""
    content = path.read_bytes()
    if len(content) < MIN_KEY_FILE_BYTES:
        raise SealedFileError(
            "short_key_file",
            f"The key file has fewer than {MIN_KEY_FILE_BYTES} bytes.",
            f"Make one, for example: head -c {MIN_KEY_FILE_BYTES} /dev/urandom > {path.name}",
        )
    return Secret(content, is_passphrase=False)


class SealingWriter(io.RawIOBase):
    """Seals what is written into a binary file; whole only after `finish`."""

    def __init__(self, file: BinaryIO, secret: Secret) -> None:
        self._file, self._waiting, self._number = file, bytearray(), 0
        salt = os.urandom(SALT_BYTES)
        costs = dict(ARGON2) if secret.is_passphrase else None
        master = secret.master_key(salt, costs)
        header = _header(salt, costs, master)
        self._cipher, self._bound = _cipher(master), _bound(header)
        file.write(MAGIC + len(header).to_bytes(4, "big") + header)

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        """Take bytes; whole chunks are written at once."""
        self._waiting += content
        # One chunk stays back: only `finish` knows which one is the last.
        while len(self._waiting) > CHUNK_BYTES:
            self._write_chunk(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> None:
        """Write the last chunk. Without it the file never opens as a whole."""
        self._write_chunk(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _write_chunk(self, content: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, content, self._bound))
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Reads what `SealingWriter` wrote; every byte that it gives is authenticated.

    Raises:
        SealedFileError: another kind of file, another secret, or a file that was changed.
    """

    def __init__(self, file: BinaryIO, secret: Secret) -> None:
        self._file, self._number, self._left = file, 0, b""
        header = _read_header(file)
        told = _parse_header(header)
        master = secret.master_key(bytes.fromhex(told["salt"]), _costs(told, secret))
        if not hmac.compare_digest(told["check"], _check(master, told["salt"], told["costs"])):
            raise SealedFileError(
                "wrong_secret",
                "The passphrase or key file is not the one of this file, or its first lines were "
                "changed.",
                "Check which passphrase or key file was used when it was made.",
            )
        self._cipher, self._bound = _cipher(master), _bound(header)
        self._ahead = file.read(CHUNK_BYTES + TAG_BYTES)
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any, /) -> int:
        """Give the next bytes; 0 after the last."""
        while not self._left and not self._is_over:
            self._left = self._next_chunk()
        given = self._left[: len(into)]
        into[: len(given)] = given
        self._left = self._left[len(given) :]
        return len(given)

    def _next_chunk(self) -> bytes:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK_BYTES + TAG_BYTES)
        self._is_over = not self._ahead
        content = self._opened(sealed, self._number, is_last=self._is_over)
        if content is None:
            raise self._fault_of(sealed)
        self._number += 1
        return content

    def _opened(self, sealed: bytes, number: int, *, is_last: bool) -> bytes | None:
        try:
            return self._cipher.decrypt(_nonce(number, is_last=is_last), sealed, self._bound)
        except (InvalidTag, ValueError):
            return None

    def _fault_of(self, sealed: bytes) -> SealedFileError:
        """The reason why the chunk at this place does not open."""
        here = self._number + 1
        if self._is_over and (
            len(sealed) < CHUNK_BYTES + TAG_BYTES
            or self._opened(sealed, self._number, is_last=False) is not None
        ):
            return SealedFileError(
                "cut_short",
                f"The file ends within or after chunk {here}, before its last chunk, or its last "
                "chunk was changed.",
                "Copy it again from where it was made, or use an older one.",
            )
        near = range(max(0, self._number - NEAR), self._number + NEAR + 1)
        for number in near:
            for is_last in (False, True):
                if self._opened(sealed, number, is_last=is_last) is not None:
                    return SealedFileError(
                        "misplaced_chunk",
                        f"Chunk {number + 1} stands in the place of chunk {here}: chunks are "
                        "missing, doubled or in another order.",
                        "Copy the file again from where it was made, or use an older one.",
                    )
        return SealedFileError(
            "changed_chunk",
            f"Chunk {here} was changed.",
            "Copy the file again from where it was made, or use an older one.",
        )


def _header(salt: bytes, costs: dict[str, int] | None, master: bytes) -> bytes:
    check = _check(master, salt.hex(), costs)
    return json.dumps({"salt": salt.hex(), "costs": costs, "check": check}, sort_keys=True).encode()


def _read_header(file: BinaryIO) -> bytes:
    if file.read(len(MAGIC)) != MAGIC:
        raise SealedFileError(
            "not_sealed", "This is no encrypted file of this platform.", "Check the name of it."
        )
    length = int.from_bytes(file.read(4), "big")
    header = file.read(min(length, MOST_HEADER_BYTES))
    if len(header) != length:
        raise _changed_header()
    return header


def _parse_header(header: bytes) -> dict[str, Any]:
    try:
        told = dict(json.loads(header))
        is_sound = len(bytes.fromhex(told["salt"])) == SALT_BYTES and isinstance(told["check"], str)
        is_sound = is_sound and _may_be_spent(told["costs"])
    except (ValueError, KeyError, TypeError):
        is_sound = False
    if not is_sound:
        raise _changed_header()
    return told


def _may_be_spent(costs: Any) -> bool:
    """Whether a header asks for no more work than any of ours would."""
    return costs is None or (
        isinstance(costs, dict)
        and costs.keys() == MOST_ARGON2.keys()
        and all(
            isinstance(costs[name], int) and 1 <= costs[name] <= most
            for name, most in MOST_ARGON2.items()
        )
    )


def _changed_header() -> SealedFileError:
    return SealedFileError(
        "changed_header",
        "The first lines of the file were changed or cut off.",
        "Copy it again from where it was made, or use an older one.",
    )


def _costs(told: dict[str, Any], secret: Secret) -> dict[str, int] | None:
    costs: dict[str, int] | None = told["costs"]
    if (costs is None) is not secret.is_passphrase:
        return costs
    wanted = "a key file" if costs is None else "a passphrase"
    raise SealedFileError("wrong_secret", f"This file was made with {wanted}.", f"Give {wanted}.")


def _check(master: bytes, salt: str, costs: dict[str, int] | None) -> str:
    """Tells another secret from a changed chunk, and binds how the key is derived."""
    key = _derived(master, b"", b"sealed file, check")
    text = json.dumps([salt, costs], sort_keys=True).encode()
    return hmac.new(key, text, sha256).hexdigest()


def _cipher(master: bytes) -> AESGCM:
    return AESGCM(_derived(master, b"", b"sealed file, content"))


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt or None, info=info).derive(key)


def _bound(header: bytes) -> bytes:
    return sha256(MAGIC + header).digest()


def _nonce(number: int, *, is_last: bool) -> bytes:
    """12 bytes; each key seals one file, so that the number of a chunk is used once."""
    return number.to_bytes(11, "big") + bytes([is_last])
