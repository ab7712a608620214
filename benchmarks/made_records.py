"""Seeded synthetic supplier lists with duplicates, made of syllables; no real firm is in them.

Of 100 records about 15 are a variant of one of the others: typing mistakes, squeezed and split
words, other legal forms, lost addresses and postcodes, moved or lost coordinates. Real lists are
hard because different suppliers look alike, so there are also companies with several sites (same
name, another unit number or town) and parks where many share an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from benchmarks.contract import SEED
from supply_chain.matching.records import Record

PRINTED_AGAIN = 0.15
SITES = 0.2  # records that are another site of the company before
PARKS = 0.15  # records in a park that many share
WORDS, TOWNS, STREETS = 4_000, 600, 900
COUNTRIES = ("BD", "CN", "IN", "VN", "TR", "ID", "PK", "KH", "MX", "ET")
TRADES = (
    *("Textiles", "Garments", "Apparel", "Knitwear", "Foods", "Agro", "Palm Oil Mill", "Trading"),
    *(
        "Industries",
        "Plastics",
        "Leather",
        "Footwear",
        "Spinning Mills",
        "Packaging",
        "Metal Works",
    ),
)
FORMS = ("Ltd", "Limited", "Pvt Ltd", "Co., Ltd.", "Sdn Bhd", "S.A.", "LLC", "PT", "A.S.", "")
SYLLABLES = (
    *("ka", "ri", "mon", "sa", "lo", "vi", "ten", "ba", "ru", "shi", "dar", "mi", "no", "pel"),
    *("go", "za", "tu", "hal", "be", "yan", "cor", "li", "fa", "wes", "jo", "nak", "ul", "em"),
)
KM = 1 / 111.2
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class MadeList:
    """Records in mixed order and which thing each of them is."""

    records: list[Record]
    things: list[int]

    def true_pairs(self) -> set[tuple[str, str]]:
        """Ids of all pairs that are one thing, in the order of ids."""
        together: dict[int, list[str]] = {}
        for record, thing in zip(self.records, self.things, strict=True):
            together.setdefault(thing, []).append(record.id)
        return {
            (one, other) for ids in together.values() for one in ids for other in ids if one < other
        }


def make_records(count: int, *, seed: int = SEED) -> MadeList:
    """`count` records; equal arguments give equal lists."""
    maker = _Maker(np.random.default_rng(seed))
    originals = maker.originals(round(count * (1 - PRINTED_AGAIN)))
    records, things = [*originals], [*range(len(originals))]
    while len(records) < count:
        thing = int(maker.draw.integers(len(originals)))
        records.append(maker.printed_again(originals[thing]))
        things.append(thing)
    order = maker.draw.permutation(count).tolist()
    named = [replace(records[old], id=f"r{new:07d}") for new, old in enumerate(order)]
    return MadeList(named, [things[old] for old in order])


class _Maker:
    def __init__(self, draw: np.random.Generator) -> None:
        self.draw = draw
        self.words = [self._word() for _ in range(WORDS)]
        self.towns = [(self._word(), self._in(-10, 45), self._in(-100, 120)) for _ in range(TOWNS)]
        self.streets = [
            f"{self._word()} {self._of(('Road', 'Street', 'Avenue'))}" for _ in range(STREETS)
        ]

    def originals(self, count: int) -> list[Record]:
        found: list[Record] = []
        parks: list[Record] = []
        for number in range(count):
            record = self._supplier(number)
            if found and self._chance(SITES):
                name = f"{found[-1].name} Unit {self.draw.integers(1, 20)}"
                record = replace(record, name=name, country=found[-1].country)
            if parks and self._chance(PARKS):
                park = parks[int(self.draw.integers(len(parks)))]
                record = replace(self._moved(park, 0.3), id=record.id, name=record.name)
            elif number % 40 == 0:
                parks.append(record)
            found.append(record)
        return found

    def printed_again(self, record: Record) -> Record:
        name, address = self._form_changed(record.name), record.address
        name = self._mistyped(name) if self._chance(0.35) else name
        name = name.replace(" ", "", 1) if self._chance(0.12) else name
        name = " ".join(name) if self._chance(0.02) else name
        name = self._of((str.upper, str.lower, str.title, str))(name)
        if self._chance(0.4):
            address = ", ".join(address.split(", ")[:-1])
        address = self._mistyped(address) if self._chance(0.3) else address
        address = address.replace(", ", " ") if self._chance(0.3) else address
        address = "" if self._chance(0.12) else address
        found = replace(record, name=name, address=address)
        if self._chance(0.2):
            return replace(found, latitude=None, longitude=None)
        return self._moved(found, self._in(20, 300) if self._chance(0.05) else 0.4)

    def _supplier(self, number: int) -> Record:
        town, latitude, longitude = self.towns[int(self.draw.integers(TOWNS))]
        words = " ".join(self._of(self.words) for _ in range(int(self.draw.integers(1, 3))))
        name = f"{words} {self._of(TRADES)} {self._of(FORMS)}".strip().title()
        street = f"No. {self.draw.integers(1, 900)} {self._of(self.streets)}"
        address = f"{street}, {town}, {self.draw.integers(10_000, 99_999)}".title()
        place = latitude + self._in(-0.1, 0.1), longitude + self._in(-0.1, 0.1)
        country = COUNTRIES[int(abs(longitude)) % len(COUNTRIES)]
        return Record(str(number), name, address, country, "", "", *place)

    def _moved(self, record: Record, km: float) -> Record:
        if record.latitude is None or record.longitude is None:
            return record
        north, east = (float(self.draw.normal(0, km * KM)) for _ in range(2))
        return replace(record, latitude=record.latitude + north, longitude=record.longitude + east)

    def _form_changed(self, name: str) -> str:
        form = next((form for form in FORMS if form and name.endswith(f" {form.title()}")), "")
        bare = name.removesuffix(form.title()).strip() if form else name
        return f"{bare} {self._of(FORMS)}".strip() if self._chance(0.5) else name

    def _mistyped(self, text: str) -> str:
        if len(text) < 4:
            return text
        place = int(self.draw.integers(1, len(text) - 1))
        before, hit, after = text[:place], text[place], text[place + 1 :]
        letter = self._of(("a", "e", "r", "n", "t", "i"))
        kinds = (before + after, before + hit + hit + after, before + letter + after)
        return self._of(kinds)

    def _word(self) -> str:
        return "".join(self._of(SYLLABLES) for _ in range(int(self.draw.integers(2, 4))))

    def _in(self, low: float, high: float) -> float:
        return float(self.draw.uniform(low, high))

    def _chance(self, share: float) -> bool:
        return bool(self.draw.random() < share)

    def _of(self, among: Sequence[Choice]) -> Choice:
        return among[int(self.draw.integers(len(among)))]
