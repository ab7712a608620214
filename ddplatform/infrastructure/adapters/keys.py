"""Keys on disk, outside the database and its backups (docs/operations.md, inventory of keys)."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ddplatform.core.ledger.checkpoint import PublicKey, Signer, read_public_key
from ddplatform.infrastructure.adapters.private_files import (
    make_private_folder,
    open_private,
    sync,
    write_whole,
)

LOG_KEY, LOG_ORIGIN, LOG_PUBLIC_KEYS = "log_signing_key", "log_origin", "log_public_keys"
CASE_MASTER, SINGLE_SIGN_ON = "case_master_key", "single_sign_on_key"
SECOND_FACTOR, WEBHOOK = "second_factor_key", "webhook_key"
NEXT, BEFORE = ".next", ".before"
"""Endings of a key that was made and is not in force yet, and of one that still opens."""
PUBLIC_NAMES = (LOG_ORIGIN, LOG_PUBLIC_KEYS)
"""Files of the folder that hold no secret."""
NO_HOST = "ddplatform-log"
"""The name of the log where the installation has no address of its own."""
_OWN_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def log_name(base_url: str) -> str:
    """The name of a new installation's log: its address, once it has one."""
    address = base_url.split("//")[-1]
    return NO_HOST if _is_own_machine(address) else f"ddplatform/{address}"


def key_on_paper(signer: Signer) -> str:
    """The key as reports name it, `name+id`.

    A log that began without an address may be called by that of the machine, which tells an
    outsider nothing; the name stays in its signed heads alone.
    """
    _, _, address = signer.name.partition("/")
    name = NO_HOST if _is_own_machine(address) else signer.name
    return f"{name}+{signer.public_key.key_id.hex()}"


def _is_own_machine(address: str) -> bool:
    return urlsplit(f"//{address}").hostname in _OWN_MACHINE


class KeyFolder:
    """The key that signs log heads and the keys that seal columns, made when missing."""

    def __init__(self, folder: Path, *, origin: str) -> None:
        self._folder, self._origin = folder, origin
        self._read: dict[str, tuple[tuple[int, int], bytes]] = {}

    def log_signer(self) -> Signer:
        """Signs the heads of the logs of this installation."""
        raw = self._keep(LOG_KEY, _new_log_key)
        # The name is in every event and signed head: it stays when the address changes.
        name = self._keep(LOG_ORIGIN, self._origin.encode).decode()
        return Signer(name, Ed25519PrivateKey.from_private_bytes(raw))

    def log_public_keys(self) -> tuple[PublicKey, ...]:
        """Every public key that has signed heads here, the one in use last."""
        current = self.log_signer().public_key
        path = self._folder / LOG_PUBLIC_KEYS
        lines = path.read_text().split() if path.exists() else []
        known = [read_public_key(line) for line in lines]
        if current not in known:
            self._put(LOG_PUBLIC_KEYS, "".join(f"{line}\n" for line in (*lines, current.text())))
        return (*(key for key in known if key != current), current)

    def prepare_log_signer(self) -> PublicKey:
        """Make the next signing key, known from now on; the same again until it is in force."""
        name = self.log_signer().name
        self.log_public_keys()
        raw = self._keep(LOG_KEY + NEXT, _new_log_key)
        made = Signer(name, Ed25519PrivateKey.from_private_bytes(raw)).public_key
        lines = (self._folder / LOG_PUBLIC_KEYS).read_text().split()
        if made.text() not in lines:
            self._put(LOG_PUBLIC_KEYS, "".join(f"{line}\n" for line in (*lines, made.text())))
        return made

    def change_log_signer(self) -> None:
        """Put the prepared key in force. The one before is gone; its public half stays."""
        (self._folder / (LOG_KEY + NEXT)).replace(self._folder / LOG_KEY)
        sync(self._folder)

    def case_master(self) -> bytes:
        """32 bytes that wrap the data keys of new remediation cases."""
        return self._keep_random(CASE_MASTER)

    def case_masters(self) -> tuple[bytes, ...]:
        """The keys that data keys may be wrapped with: two while a change goes on."""
        return self._with_before(CASE_MASTER)

    def single_sign_on(self) -> bytes:
        """32 bytes that seal the secrets by which providers know this platform."""
        return self._keep_random(SINGLE_SIGN_ON)

    def single_sign_on_keys(self) -> tuple[bytes, ...]:
        """The keys that these secrets may be sealed with: two while a change goes on."""
        return self._with_before(SINGLE_SIGN_ON)

    def second_factor(self) -> bytes:
        """32 bytes that seal the secrets which people share with their authenticator apps."""
        return self._keep_random(SECOND_FACTOR)

    def second_factors(self) -> tuple[bytes, ...]:
        """The keys that these secrets may be sealed with: two while a change goes on."""
        return self._with_before(SECOND_FACTOR)

    def webhook(self) -> bytes:
        """32 bytes that seal the secrets by which webhooks sign what they send."""
        return self._keep_random(WEBHOOK)

    def webhooks(self) -> tuple[bytes, ...]:
        """The keys that these secrets may be sealed with: two while a change goes on."""
        return self._with_before(WEBHOOK)

    def begin_change(self, name: str) -> None:
        """Put a new key in force and keep the old one; goes on where it was interrupted.

        Args:
            name: of the file, one of the constants of this module.
        """
        before, made = self._folder / (name + BEFORE), self._folder / (name + NEXT)
        if not before.exists():
            self._keep_random(name)
            self._keep_random(made.name)
            # Both names point to the old key until the new one takes the first in one step.
            os.link(self._folder / name, before)
        if made.exists():
            made.replace(self._folder / name)
            sync(self._folder)

    def finish_change(self, name: str) -> None:
        """Destroy the old key, once nothing is sealed or wrapped with it any more."""
        (self._folder / (name + BEFORE)).unlink(missing_ok=True)
        sync(self._folder)

    def made_at(self, name: str) -> datetime | None:
        """When the file of a key was written; None: no such key was made yet."""
        try:
            return datetime.fromtimestamp((self._folder / name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def is_changing(self, name: str) -> bool:
        """Whether a change of this key was begun and has not ended."""
        return any((self._folder / (name + ending)).exists() for ending in (NEXT, BEFORE))

    def _keep_random(self, name: str) -> bytes:
        return self._keep(name, lambda: secrets.token_bytes(32))

    def _with_before(self, name: str) -> tuple[bytes, ...]:
        before = self._find(name + BEFORE)
        return (self._keep_random(name), *((before,) if before else ()))

    def _keep(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The content of a file, made when it is missing."""
        found = self._find(name)
        while found is None:
            self._make(self._folder / name, make())
            found = self._find(name)
        return found

    def _find(self, name: str) -> bytes | None:
        """The content of a file, read again where another process has replaced it; None: none."""
        path = self._folder / name
        try:
            found = path.stat()
            mark = (found.st_mtime_ns, found.st_ino)
            if self._read.get(name, (None,))[0] != mark:
                self._read[name] = (mark, path.read_bytes())
        except FileNotFoundError:
            return None
        return self._read[name][1]

    def _make(self, path: Path, content: bytes) -> None:
        make_private_folder(self._folder)
        draft = self._folder / f".{path.name}.{os.getpid()}"
        with open_private(draft) as file:
            file.write(content)
        try:
            os.link(draft, path)  # the first process wins; the others read its key
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def _put(self, name: str, text: str) -> None:
        make_private_folder(self._folder)
        write_whole(self._folder / name, text.encode())


def _new_log_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()
