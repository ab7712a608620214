"""Signed heads of a log: C2SP checkpoint text in a signed note with Ed25519.

Source:
    c2sp.org/tlog-checkpoint and c2sp.org/signed-note.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ddplatform.core.ledger.errors import BadSignature, InconsistentHead, UnreadableNote
from ddplatform.core.ledger.tree import verify_consistency

_ED25519: Final = b"\x01"
_SIGNATURE_START: Final = "— "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its name, its number of events, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed: three lines, each with its line end."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A named Ed25519 public key, 32 raw bytes."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that point to this key in a note; a hint, never a proof."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def text(self) -> str:
        """The key in the form `name+id+key` of the signed-note specification."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.raw).decode()}"

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Whether the signature over the text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def read_public_key(text: str) -> PublicKey:
    """Read a key from `name+id+key`.

    Raises:
        UnreadableNote: another form, another algorithm, or an id that is not the key's.
    """
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise UnreadableNote("A public key reads name+id+key.")
    raw = _decode(parts[2], "public key")
    if len(raw) != 33 or raw[:1] != _ED25519:
        raise UnreadableNote(f"The key '{parts[0]}' is no Ed25519 key.")
    key = PublicKey(parts[0], raw[1:])
    if key.key_id.hex() != parts[1]:
        raise UnreadableNote(f"The id of the key '{parts[0]}' does not belong to it.")
    return key


@dataclass(frozen=True, slots=True)
class Signer:
    """A named Ed25519 private key. The name has no space and no plus sign."""

    name: str
    key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not self.name or any(sign.isspace() or sign == "+" for sign in self.name):
            raise ValueError("The name of a key is not empty and has no space and no plus sign.")

    @property
    def public_key(self) -> PublicKey:
        return PublicKey(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, new: Checkpoint, *, last: Checkpoint | None, proof: Sequence[bytes] = ()) -> str:
        """Sign a head and give the signed note.

        Args:
            new: the head to sign.
            last: the head signed before, None only for a log that has none yet.
            proof: consistency proof from `last` to `new`.

        Raises:
            InconsistentHead: `new` does not hold the events of `last` as its beginning.
        """
        if last is not None and not _grows_out_of(last, new, proof):
            raise InconsistentHead(
                f"The head of {new.size} events does not continue the signed head of "
                f"{last.size} events. Verify the log before anything is signed."
            )
        signature = self.key.sign(new.text().encode())
        mark = b64encode(self.public_key.key_id + signature).decode()
        return f"{new.text()}\n{_SIGNATURE_START}{self.name} {mark}\n"


def _grows_out_of(last: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    return last.origin == new.origin and verify_consistency(
        old_size=last.size,
        old_root=last.root,
        new_size=new.size,
        new_root=new.root,
        proof=proof,
    )


def open_checkpoint(note: str, keys: Sequence[PublicKey]) -> Checkpoint:
    """Read a signed note and check it against keys that were got another way.

    Signatures of unknown keys (witnesses, say) are passed over; those of known keys must
    all be true, and there must be at least one.

    Raises:
        UnreadableNote: no signed checkpoint.
        BadSignature: signed by no known key, or one signature is false.
    """
    text, signatures = _split_note(note)
    by_id = {(key.name, key.key_id): key for key in keys}
    known = [
        (by_id[name, mark[:4]], mark[4:]) for name, mark in signatures if (name, mark[:4]) in by_id
    ]
    if not known:
        raise BadSignature("No known key has signed this checkpoint.")
    for key, signature in known:
        if not key.has_signed(text, signature):
            raise BadSignature(f"The signature of the key '{key.name}' is false.")
    return _read_text(text)


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, blank, rest = note.rpartition("\n\n")
    if not blank or not rest.endswith("\n"):
        raise UnreadableNote("A signed note is text, a blank line, then signature lines.")
    signatures = []
    for line in rest[:-1].split("\n"):
        name, space, mark = line.removeprefix(_SIGNATURE_START).partition(" ")
        if not line.startswith(_SIGNATURE_START) or not space:
            raise UnreadableNote("A signature line reads: dash, name of the key, signature.")
        signatures.append((name, _decode(mark, "signature")))
    return text + "\n", signatures


def _read_text(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise UnreadableNote("A checkpoint has three lines: origin, size, root.")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit()) or (size != "0" and size.startswith("0")):
        raise UnreadableNote(f"The size of a checkpoint is a whole number, not '{size}'.")
    found = Checkpoint(origin, int(size), _decode(root, "root"))
    if len(found.root) != 32:
        raise UnreadableNote("The root of a checkpoint has 32 bytes.")
    return found


def _decode(text: str, what: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise UnreadableNote(f"The {what} is not in base64.") from error
