"""Variants of facilities from other lists: training pairs with addresses.

Made by a seeded generator from small public lists that contributors gave Open Supply Hub (MIT).
The non-matches are other facilities of the lists with a similar name or address, and other units
of the same firm.
"""

import csv
import random
import re
from dataclasses import replace

import numpy as np
from rapidfuzz import fuzz

from benchmarks.labelled_pairs import DATA, Labelled
from supply_chain.intake.countries import country_code, country_name
from supply_chain.matching.normalise import name_forms
from supply_chain.matching.prepared import Prepared, prepare
from supply_chain.matching.records import Record

SHORT = {
    "Manufacturing": "Mfg", "International": "Intl", "Factory": "Fty", "Garments": "Garment",
    "Garment": "Garments", "Company": "Co", "Road": "Rd", "Street": "St", "Industrial": "Ind.",
    "Zone": "Park", "District": "Dist", "Village": "Vill.", "Building": "Bldg", "No.": "#",
}  # fmt: skip
FORMS = ("Ltd", "Limited", "Co., Ltd.", "Pvt Ltd", "(Pvt.) Ltd.", "S.A.", "LLC", "Corp", "")
FORM_ENDS = re.compile(
    r"[\s,.(]*\b(?:co|company|ltd|limited|pvt|inc|corp|llc|s\.?a)\b[\s.,)]*", re.I
)
CLOSEST = 4


def facility_variants(count: int, seed: int = 13) -> list[Labelled]:
    """`count` matches and as many non-matches."""
    maker = _Maker(random.Random(seed))
    return [maker.match() for _ in range(count)] + [maker.non_match() for _ in range(count)]


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        with (DATA / "facilities.csv").open(encoding="utf-8", newline="") as handle:
            self.records = [
                Record(row["id"], row["name"], row["address"], country_code(row["country"]) or "")
                for row in csv.DictReader(handle)
            ]
        self.plain = prepare(self.records)
        self.by_name = _closest((self.plain.name_grams @ self.plain.name_grams.T).toarray())
        address = (self.plain.address_grams @ self.plain.address_grams.T).toarray()
        self.by_address, self.alike = _closest(address), address

    def match(self) -> Labelled:
        record = self.draw.choice(self.records)
        return Labelled(record, self._printed(record), True)

    def non_match(self) -> Labelled:
        while True:
            one = self.draw.randrange(len(self.records))
            if self.draw.random() < 0.15:
                return self._other_unit(self.records[one])
            closest = self.by_name if self.draw.random() < 0.5 else self.by_address
            other = int(self.draw.choice(closest[one].tolist()))
            if not self._is_doubtful(one, other):
                return Labelled(self.records[one], self._printed(self.records[other]), False)

    def _is_doubtful(self, one: int, other: int) -> bool:
        """One facility that two lists may hold: names alike, and the addresses not far apart."""
        names = [self.plain.names[row].squeezed for row in (one, other)]
        is_named_alike = fuzz.partial_ratio(*names) >= 85 or fuzz.ratio(*names) >= 75
        return is_named_alike and (
            self.alike[one, other] > 0.35 or _share_number(self.plain, one, other)
        )

    def _other_unit(self, record: Record) -> Labelled:
        units = self.draw.sample(range(1, 20), 2)
        one, other = (replace(record, name=f"{record.name} Unit {unit}") for unit in units)
        number = str(self.draw.randrange(1, 300))
        moved = re.sub(r"\d+", number, record.address, count=1)
        if self.draw.random() < 0.4:
            one = record
        return Labelled(one, self._printed(replace(other, address=moved)), False)

    def _printed(self, record: Record) -> Record:
        return replace(record, name=self._name(record), address=self._address(record))

    def _name(self, record: Record) -> str:
        draw, name = self.draw, record.name
        if draw.random() < 0.45:
            name = f"{FORM_ENDS.sub(' ', name).strip()} {draw.choice(FORMS)}".strip() or name
        name = self._shortened(name) if draw.random() < 0.3 else name
        if draw.random() < 0.1:
            name = re.split(r"[-(]", name)[0].strip() or name
        if draw.random() < 0.1:
            words = re.findall(r"[A-Za-z]{4,}", record.address)
            name += f" ({words[-1]})" if words else ""
        name = self._mistyped(name) if draw.random() < 0.25 else name
        name = name.replace(" ", "", 1) if draw.random() < 0.08 else name
        if draw.random() < 0.1:
            name = "".join(sign + (" " if draw.random() < 0.4 else "") for sign in name)
        if len(name_forms(name).words) > 2 and draw.random() < 0.06:
            name = " ".join(name.split()[:-1])
        return draw.choice((str.lower, str.upper, str))(name)

    def _address(self, record: Record) -> str:
        draw = self.draw
        parts = [part.strip() for part in record.address.split(",") if part.strip()]
        if len(parts) > 2 and draw.random() < 0.35:
            parts.pop(draw.randrange(len(parts)))
        if len(parts) > 2 and draw.random() < 0.3:
            parts = parts[:-1]
        if record.country and draw.random() < 0.3:
            parts.append(country_name(record.country))
        if draw.random() < 0.15:
            parts.append(str(draw.randrange(1_000, 99_999)))
        address = draw.choice((", ", " ", ",", "")).join(parts)
        address = self._shortened(address) if draw.random() < 0.4 else address
        for _ in range(draw.choice((0, 0, 1, 2))):
            address = self._mistyped(address)
        if draw.random() < 0.05:
            address = parts[-1]
        return address.lower() if draw.random() < 0.5 else address

    def _shortened(self, text: str) -> str:
        return " ".join(SHORT.get(word.title(), word) for word in text.split())

    def _mistyped(self, text: str) -> str:
        if len(text) < 5:
            return text
        place, letter = self.draw.randrange(1, len(text) - 1), self.draw.choice("aeiourstnlh")
        before, hit, after = text[:place], text[place], text[place + 1 :]
        kinds = (before + after, before + letter + after, before + hit + letter + after)
        return self.draw.choice(kinds)


def _closest(alike: np.ndarray) -> np.ndarray:
    """The rows most like each row, itself left out."""
    np.fill_diagonal(alike, -1)
    return np.argsort(-alike, axis=1)[:, :CLOSEST]


def _share_number(plain: Prepared, one: int, other: int) -> bool:
    return bool(plain.addresses[one].numbers & plain.addresses[other].numbers)
