"""Keys on disk, outside the database and its backups (docs/operations.md, inventory of keys)."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ddplatform.core.ledger.checkpoint import Signer
from ddplatform.infrastructure.adapters.private_files import make_private_folder, open_private

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
        self._read: dict[str, bytes] = {}

    def log_signer(self) -> Signer:
        """Signs the heads of the logs of this installation."""
        raw = self._keep(
            "log_signing_key", lambda: Ed25519PrivateKey.generate().private_bytes_raw()
        )
        # The name is in every event and signed head: it stays when the address changes.
        name = self._keep("log_origin", self._origin.encode).decode()
        return Signer(name, Ed25519PrivateKey.from_private_bytes(raw))

    def case_master(self) -> bytes:
        """32 bytes that wrap the data keys of remediation cases."""
        return self._keep("case_master_key", lambda: secrets.token_bytes(32))

    def second_factor(self) -> bytes:
        """32 bytes that seal the secrets which people share with their authenticator apps."""
        return self._keep("second_factor_key", lambda: secrets.token_bytes(32))

    def _keep(self, name: str, make: Callable[[], bytes]) -> bytes:
        if name not in self._read:
            self._read[name] = self._read_or_make(name, make)
        return self._read[name]

    def _read_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / name
        if not path.exists():
            make_private_folder(self._folder)
            draft = path.with_suffix(f".{os.getpid()}")
            with open_private(draft) as file:
                file.write(make())
            try:
                os.link(draft, path)  # the first process wins; the others read its key
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_bytes()
