"""The key under which unsent answers wait in a person's browser (docs/cryptography.md)."""

from base64 import urlsafe_b64encode
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ddplatform.infrastructure.adapters.installed import adapters

KEY_BYTES = 32


def browser_key(user_id: UUID) -> str:
    """The AES-256 key of one person's unsent answers, as `k` of a JSON Web Key (RFC 7518, 6.4.1).

    It is derived and stored nowhere: a browser gets it with a page of that person's session, so
    what waits there cannot be read after the session, and is read again after the next sign-in.
    """
    info = b"unsent answers in a browser|" + user_id.bytes
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info)
    return urlsafe_b64encode(hkdf.derive(adapters().secret_key.encode())).decode().rstrip("=")
