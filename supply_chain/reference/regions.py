"""Spellings of country regions in lists: “Punjab”, “Prov. Punjab” and “PUNJAB” are one.

Words for the kind of region (province, state, 省) are ignored. Districts are distinct:
Dhaka District is a part of Dhaka Division.
"""

import re
from functools import lru_cache

from supply_chain.search.spelling import bare_words

_KINDS = frozenset(
    (
        *("province", "provinces", "prov", "provincia", "provincie", "provinz", "provinsi"),
        *("provinsiya", "state", "states", "estado", "etat", "eyalet", "eyaleti", "bundesland"),
        *("region", "regio", "regione", "reg", "bolge", "bolgesi", "division", "prefecture"),
        *("governorate", "gouvernorat", "gov", "muhafazah", "wilaya", "wilayat", "department"),
        *("departement", "departamento", "dept", "dpto", "county", "canton", "kanton", "oblast"),
        *("krai", "voivodeship", "wojewodztwo", "judet", "judetul", "sheng", "tinh", "changwat"),
        *("mkoa", "ili", "do", "fylke", "lan", "область", "обл", "краи", "регион", "محافظة"),
        *("ولاية", "منطقة", "إقليم"),
    )
)
_JOINING = frozenset(("of", "de", "du", "des", "da", "del", "di", "the", "wa", "y"))
_SUFFIXES = re.compile(r"(?<=.{2})(?:省|自治区|州|県|道)$")
_WORD = re.compile(r"[^\s,;()]+")


@lru_cache(maxsize=16_384)
def region_key(region: str | None) -> str:
    """Common key of all spellings of a region: no case, accents, marks and kind of region.

    Empty where nothing is named.
    """
    words = bare_words(_SUFFIXES.sub("", (region or "").strip()))
    named = tuple(word for word in words if word not in _KINDS)
    if named and len(named) < len(words):
        # “Province of Punjab”, but “de” of a name stays: “Rio de Janeiro”.
        while len(named) > 1 and named[0] in _JOINING:
            named = named[1:]
        while len(named) > 1 and named[-1] in _JOINING:
            named = named[:-1]
    return " ".join(named or words)


def without_kind(region: str) -> str:
    """A region as it is written, without the words that say which kind it is."""
    key = set(region_key(region).split())
    bare = _SUFFIXES.sub("", region.strip())
    kept = [word for word in _WORD.findall(bare) if set(bare_words(word)) & key]
    return " ".join(kept) or region
