"""Supplier list imported by a round of kills, with some suppliers twice in different spellings."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.contract import SEED
from supply_chain.intake.drafts import NamedBytes

LINKS_OF_EACH = 2
TOWNS = ("Kumasi", "Tamale", "Abidjan", "Daloa", "Izmir", "Dhaka")
COUNTRIES = ("GH", "GH", "CI", "CI", "TR", "BD")


@dataclass(frozen=True)
class Sizes:
    """Size of the map of a round; bulk merges go in units of 25."""

    suppliers: int = 300
    twice: int = 51


def list_files(sizes: Sizes) -> tuple[NamedBytes, ...]:
    """A list of suppliers, some of them twice in other words, and who supplies whom."""
    chance = Random(SEED)
    rows = [_supplier(chance, number) for number in range(sizes.suppliers)]
    rows += [_again(rows[number], number) for number in range(sizes.twice)]
    links = [
        (rows[at][0], rows[buyer][0])
        for at in range(1, len(rows))
        for buyer in sorted({chance.randrange(at) for _ in range(LINKS_OF_EACH)})
    ]
    columns = ("id", "name", "country", "address")
    return _csv("nodes.csv", columns, rows), _csv("links.csv", ("supplier", "buyer"), links)


def _supplier(chance: Random, number: int) -> tuple[str, ...]:
    word = "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(5))
    place = chance.randrange(len(TOWNS))
    street = f"{chance.randrange(1, 900)} {word[:4].title()} Road, {TOWNS[place]}"
    return f"S{number:05}", f"{word.title()} Trading Ltd", COUNTRIES[place], street


def _again(row: tuple[str, ...], number: int) -> tuple[str, ...]:
    return f"T{number:05}", row[1].replace("Ltd", "Limited").upper(), *row[2:]


def _csv(name: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> NamedBytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    return NamedBytes(name, stream.getvalue().encode())
