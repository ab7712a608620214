"""Pairs of records with a verdict, split into an open half and an unseen proof half.

The half of a pair is decided by the hash of its id (of a site's true id, where pairs are
made of records), so it never changes. The *proof* half is only measured; features, weights and
thresholds were chosen on the *open* half.
"""

import csv
import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from supply_chain.intake.countries import country_code
from supply_chain.matching.normalise import name_forms
from supply_chain.matching.prepared import prepare
from supply_chain.matching.records import Record

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "benchmarks" / "data" / "matching"
MILL_PAIRS = ROOT / "tests" / "data" / "matching" / "mill_pairs.csv.gz"
# Of each site as many of the most similar other sites are taken as hard non-matches.
HARD = 2


@dataclass(frozen=True)
class Labelled:
    """Two records and whether they are the same thing."""

    left: Record
    right: Record
    is_match: bool


def is_proof(key: str) -> bool:
    """Whether the pair or site with this id is in the half that is only measured."""
    return is_in_second_half(key)


def is_in_second_half(key: str) -> bool:
    """In which half a key falls: by its hash, so that it never moves."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 1


def facilities(*, proof: bool) -> list[Labelled]:
    """Open Supply Hub: names, addresses, countries."""
    return [_pair(row, _facility) for row in _rows("facility_pairs.csv", "pair_id", proof)]


def names(*, proof: bool) -> list[Labelled]:
    """Names of organisations alone."""
    return [_pair(row, _named) for row in _rows("name_pairs.csv", "pair_id", proof)]


def mills(*, proof: bool) -> list[Labelled]:
    """Palm oil mills across lists of brands: names, companies, provinces, coordinates."""
    with gzip.open(MILL_PAIRS, "rt", encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if is_proof(row["pair_id"]) == proof]
    return [_pair(row, _mill) for row in rows]


def site_records(*, proof: bool) -> list[tuple[Record, str]]:
    """Sites with their true id."""
    return [
        (Record(row["id"], row["name"], f"{row['address']} {row['zip']}".strip()), row["true_id"])
        for row in _rows("care_sites.csv", "true_id", proof)
    ]


def sites(*, proof: bool) -> list[Labelled]:
    """All pairs of one site, and of each record the most similar records of other sites."""
    return site_pairs(site_records(proof=proof))


def site_pairs(found: list[tuple[Record, str]]) -> list[Labelled]:
    """The pairs of sites whose records and true ids are given."""
    records, true_ids = [record for record, _ in found], np.array([true for _, true in found])
    prepared = prepare(records)
    alike = (prepared.name_grams @ prepared.name_grams.T).toarray()
    alike += (prepared.address_grams @ prepared.address_grams.T).toarray()
    is_same = true_ids[:, None] == true_ids[None, :]
    matches = {(int(i), int(j)) for i, j in zip(*np.nonzero(np.triu(is_same, 1)), strict=True)}
    alike[is_same] = -1.0
    hard = {
        (min(row, int(other)), max(row, int(other)))
        for row, closest in enumerate(np.argsort(-alike, axis=1)[:, :HARD])
        for other in closest
    }
    return [
        Labelled(records[one], records[other], is_match)
        for pairs, is_match in ((sorted(matches), True), (sorted(hard), False))
        for one, other in pairs
    ]


def without_coordinates(pairs: list[Labelled]) -> list[Labelled]:
    """The same pairs as if no list gave coordinates."""
    return [
        Labelled(
            replace(pair.left, latitude=None, longitude=None),
            replace(pair.right, latitude=None, longitude=None),
            pair.is_match,
        )
        for pair in pairs
    ]


def names_alone(pairs: list[Labelled]) -> list[Labelled]:
    """The same pairs as if no list gave anything but names."""
    return [
        Labelled(
            Record(pair.left.id, pair.left.name),
            Record(pair.right.id, pair.right.name),
            pair.is_match,
        )
        for pair in pairs
    ]


def names_other_units(pair: Labelled) -> bool:
    """Whether a pair is called one although its numbers differ ("Trust I" and "Trust II").

    Who screens names wants to see such a pair; two units of one firm are two sites.
    """
    one, other = (name_forms(side.name).numbers for side in (pair.left, pair.right))
    return pair.is_match and bool(one) and bool(other) and one != other


def _rows(name: str, key: str, proof: bool) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        yield from (row for row in csv.DictReader(handle) if is_proof(row[key]) == proof)


def _pair(row: dict[str, str], side: Callable[[dict[str, str], str], Record]) -> Labelled:
    return Labelled(side(row, "left"), side(row, "right"), row["is_match"] == "1")


def _facility(row: dict[str, str], side: str) -> Record:
    country = country_code(row[f"{side}_country"]) or ""
    return Record(row["pair_id"] + side, row[f"{side}_name"], row[f"{side}_address"], country)


def _named(row: dict[str, str], side: str) -> Record:
    return Record(row["pair_id"] + side, row[f"{side}_name"])


def _mill(row: dict[str, str], side: str) -> Record:
    return Record(
        row["pair_id"] + side,
        row[f"{side}_mill_name"],
        country=country_code(row[f"{side}_country"]) or "",
        region=row[f"{side}_province"],
        latitude=_degrees(row[f"{side}_latitude"]),
        longitude=_degrees(row[f"{side}_longitude"]),
        company=row[f"{side}_company"],
    )


def _degrees(text: str) -> float | None:
    return float(text) if text else None
