"""Variants of mills from other lists: training pairs without need of a brand list.

Made from the Universal Mill List (CC BY 4.0) by a seeded generator: another name of the list
itself, the company in place of the mill, added words, legal forms, typing mistakes, moved or lost
coordinates. The non-matches are real: other mills of the list with a similar name, near by, or of
the same company.
"""

import csv
import math
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.labelled_pairs import DATA, Labelled
from supply_chain.intake.countries import country_code
from supply_chain.matching.prepared import prepare
from supply_chain.matching.records import Record

FORMS = (
    "PT {}",
    "PT. {}",
    "{} Sdn Bhd",
    "{} SDN. BHD.",
    "{} S.A.",
    "{} Ltd",
    "{} Co., Ltd",
    "CV {}",
)
ADDED = (" POM", " Palm Oil Mill", " MILL", " Oil Mill", " Factory")
CASES: tuple[Callable[[str], str], ...] = (str.upper, str.title, str.lower, str)
KM_PER_DEGREE = 111.2
Row = dict[str, str]


def mill_variants(count: int, seed: int = 5) -> list[Labelled]:
    """`count` matches and as many non-matches."""
    maker = _Maker(random.Random(seed))
    return [maker.match() for _ in range(count)] + [maker.non_match() for _ in range(count)]


def placed(pairs: list[Labelled], seed: int = 7) -> list[Labelled]:
    """Pairs of addresses with coordinates made up: matches near with some gross errors."""
    draw = random.Random(seed)
    found = []
    for pair in pairs:
        place = draw.uniform(-30, 50), draw.uniform(-90, 120)
        if pair.is_match:
            km = (
                draw.lognormvariate(math.log(0.3), 1.2)
                if draw.random() > 0.08
                else draw.uniform(5, 300)
            )
        else:
            near = math.exp(draw.uniform(math.log(0.05), math.log(5)))
            km = near if draw.random() < 0.5 else draw.uniform(5, 2000)
        moved = _moved(place, km, draw)
        found.append(Labelled(_at(pair.left, place), _at(pair.right, moved), pair.is_match))
    return found


def of_one_park(pairs: list[Labelled], seed: int = 11) -> list[Labelled]:
    """Non-matches: the names of two pairs at one address, as in a park or a shared building."""
    draw = random.Random(seed)
    found = []
    for pair in pairs:
        other = draw.choice(pairs).right
        if pair.left.address and other.name not in (pair.left.name, pair.right.name):
            is_printed_alike = not pair.is_match or draw.random() < 0.5
            address = pair.left.address if is_printed_alike else pair.right.address
            # Neighbours are often of one trade, and its word is in both names.
            trade = f" {pair.left.name.split()[-1]}" if draw.random() < 0.5 else ""
            name = other.name + trade
            moved = replace(other, name=name, address=address, country=pair.left.country)
            found.append(Labelled(pair.left, moved, False))
    return found


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        with (DATA / "mills.csv").open(encoding="utf-8", newline="") as handle:
            self.rows = list(csv.DictReader(handle))
        plain = prepare([self._plain(row) for row in self.rows])
        alike = (plain.name_grams @ plain.name_grams.T).toarray()
        np.fill_diagonal(alike, -1)
        self.alike = np.argsort(-alike, axis=1)[:, :3]
        points = np.column_stack([plain.latitude, plain.longitude])
        self.near = cKDTree(points).query(points, k=3)[1][:, 1:]
        self.points = points
        self.owned = defaultdict(list)
        for place, row in enumerate(self.rows):
            self.owned[row["company"]].append(place)

    def match(self) -> Labelled:
        row = self.draw.choice(self.rows)
        return Labelled(self._variant(row), self._variant(row), True)

    def non_match(self) -> Labelled:
        while True:
            one = self.draw.randrange(len(self.rows))
            kind = self.draw.random()
            among = (
                self.alike[one]
                if kind < 0.4
                else self.near[one]
                if kind < 0.7
                else self.owned[self.rows[one]["company"]]
            )
            other = int(self.draw.choice(list(among)))
            if not self._is_doubtful(one, other):
                return Labelled(
                    self._variant(self.rows[one]), self._variant(self.rows[other]), False
                )

    def _is_doubtful(self, one: int, other: int) -> bool:
        """The same mill, or one that the list may hold twice."""
        is_named_alike = self.rows[one]["name"] == self.rows[other]["name"]
        return one == other or (
            is_named_alike and abs(self.points[one] - self.points[other]).max() < 0.05
        )

    def _plain(self, row: Row) -> Record:
        place = float(row["latitude"]), float(row["longitude"])
        return Record(
            row["id"], row["name"], latitude=place[0], longitude=place[1], company=row["company"]
        )

    def _variant(self, row: Row) -> Record:
        draw = self.draw
        record = Record(
            row["id"],
            self._name(row) if draw.random() < 0.6 else row["name"],
            country="MY" if draw.random() < 0.01 else country_code(row["country"]) or "",
            region=row["province"] if draw.random() < 0.6 else "",
            company=self._company(row),
        )
        chance = draw.random()
        if chance < 0.05:
            return record
        km = 0.0 if chance < 0.35 else draw.lognormvariate(math.log(0.4), 1.0)
        if chance > 0.95:
            km = draw.uniform(5, 400)
        return _at(record, _moved((float(row["latitude"]), float(row["longitude"])), km, draw))

    def _name(self, row: Row) -> str:
        draw, name, chance = self.draw, row["name"], self.draw.random()
        if row["other_name"] and chance < 0.35:
            name = row["other_name"]
        elif chance < 0.47:
            name = row["company"]
        elif chance < 0.57:
            name = (
                f"{name} ({row['district']})" if draw.random() < 0.5 else f"{name} {row['company']}"
            )
        elif chance < 0.72:
            name += draw.choice(ADDED)
        elif chance < 0.80:
            name = draw.choice(FORMS).format(name)
        elif chance < 0.86:
            name = name.split("(")[0].strip() or name
        name = self._mistyped(name) if draw.random() < 0.15 else name
        name = name.replace(" ", "", 1) if draw.random() < 0.05 else name
        name = " ".join(name) if draw.random() < 0.04 else name
        name = name.replace(" III", " 3").replace(" II", " 2") if draw.random() < 0.3 else name
        return draw.choice(CASES)(name)

    def _company(self, row: Row) -> str:
        draw, chance = self.draw, self.draw.random()
        if chance < 0.25:
            return ""
        name = row["company"]
        if chance < 0.4 and row["group"] not in ("", "UNKNOWN"):
            name = row["group"]
        elif chance < 0.47:
            name = row["name"]
        name = draw.choice(FORMS).format(name) if draw.random() < 0.25 else name
        name = self._mistyped(name) if draw.random() < 0.1 else name
        return draw.choice(CASES)(name)

    def _mistyped(self, name: str) -> str:
        if len(name) < 5:
            return name
        place, letter = self.draw.randrange(1, len(name) - 1), self.draw.choice("aeiourstnlh")
        before, hit, after = name[:place], name[place], name[place + 1 :]
        return self.draw.choice(
            [
                before + after,
                before + after[0] + hit + after[1:],
                before + letter + after,
                before + letter + hit + after,
            ]
        )


def _moved(place: tuple[float, float], km: float, draw: random.Random) -> tuple[float, float]:
    angle = draw.uniform(0, 2 * math.pi)
    degrees = km / KM_PER_DEGREE
    return place[0] + degrees * math.cos(angle), place[1] + degrees * math.sin(angle)


def _at(record: Record, place: tuple[float, float]) -> Record:
    return replace(record, latitude=place[0], longitude=place[1])
