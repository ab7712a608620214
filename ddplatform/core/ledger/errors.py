"""Errors of the ledger core."""


class LedgerError(Exception):
    """Base of all errors this package raises on purpose."""


class NotCanonical(LedgerError):
    """A value cannot be written as canonical JSON, or a line is not written so."""


class UnreadableNote(LedgerError):
    """A checkpoint or key is malformed; the message gives the error."""


class BadSignature(LedgerError):
    """A checkpoint has no signature of a known key, or one of them is false."""


class InconsistentHead(LedgerError):
    """A new checkpoint does not grow out of the last one; it must never be signed."""
