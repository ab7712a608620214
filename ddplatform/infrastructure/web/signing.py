"""Signatures of cookies and form tokens: HMAC-SHA-256, also those that libraries make.

OWASP ASVS 5.0, 9.1.2 and 11.4.1. The default of itsdangerous is HMAC-SHA-1.
"""

import hashlib

from itsdangerous import Signer


def sign_with_sha256() -> None:
    """Let every signer of this process use SHA-256, for its keys as well."""
    Signer.default_digest_method = staticmethod(hashlib.sha256)
