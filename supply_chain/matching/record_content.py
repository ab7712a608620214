"""Hash of a record's content: a decision is valid while the content of both records is the same."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping

from supply_chain.matching.records import Record

_GAPS = re.compile(r"[\W_]+")
_METRES_11 = 4
"""Decimals of a degree: two ways to round one place are the same place."""


def content_hash(record: Record) -> str:
    """SHA-256 (hex) of what a record says, whatever its id, capitals, spaces and punctuation.

    Who operates it is left out: that is another record, with a content of its own.
    """
    said = {
        "name": _plain(record.name),
        "address": _plain(record.address),
        "country": record.country.strip().upper(),
        "city": _plain(record.city),
        "region": _plain(record.region),
        "place": [_rounded(record.latitude), _rounded(record.longitude)],
        "ids": _ids(record.external_ids),
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def pair_key(one: str, other: str) -> tuple[str, str]:
    """Two content hashes in the order in which a decision on them is kept."""
    return (one, other) if one <= other else (other, one)


def _plain(text: str) -> str:
    # Original wording, so accents and script count: another spelling is another content.
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _GAPS.sub(" ", folded).strip()


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, _METRES_11) + 0.0


def _ids(external_ids: Mapping[str, str]) -> list[list[str]]:
    return sorted([_plain(key), _plain(str(value))] for key, value in external_ids.items())
