"""Addresses that the platform sends to: encrypted, or on its own machine where that is allowed."""

from urllib.parse import SplitResult, urlsplit

from ddplatform.config import ON_THIS_MACHINE


def read_address(text: str, *, plain_here: bool) -> SplitResult | None:
    """The parts of an address that may be sent to; None for any other.

    No user, no fragment and no signs beyond printable ASCII.

    Args:
        plain_here: whether http will do on the own machine, as in development and tests.
    """
    if not (text.isascii() and text.isprintable() and " " not in text):
        return None
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    is_here = plain_here and host in ON_THIS_MACHINE
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    is_plain = "@" not in parts.netloc and not parts.fragment
    return parts if host and is_safe and is_plain else None
