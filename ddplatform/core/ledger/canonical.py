"""Canonical JSON, so that equal content has equal bytes (RFC 8785)."""

import json
from typing import Any

import rfc8785

from ddplatform.core.ledger.errors import NotCanonical


def canonical_json(value: Any) -> bytes:
    """Write a value as canonical JSON in UTF-8.

    Raises:
        NotCanonical: the value holds something JSON has no exact form for, such as a date,
            an infinite number or an integer beyond 2^53 - 1.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonical(f"This cannot be written as canonical JSON: {error}.") from error


def read_canonical(line: bytes) -> dict[str, Any]:
    """Read one canonical JSON object.

    Raises:
        NotCanonical: not UTF-8, not JSON, no object, or spelt in another way.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"This is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise NotCanonical("This is no JSON object.")
    if canonical_json(value) != line:
        raise NotCanonical("This JSON is not in its canonical spelling (RFC 8785).")
    return value
