"""Records as columns, made plain once, so that many pairs of them are compared at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from supply_chain.intake.countries import country_name
from supply_chain.matching.grams import Floats, Ints, gram_rows, gram_weights, word_counts
from supply_chain.matching.normalise import Forms, address_forms, name_forms
from supply_chain.matching.plain_words import plain_words
from supply_chain.matching.records import Record

# A text shorter than this and without a number names a province, not an address.
ADDRESS_WORDS, ADDRESS_WORD_LETTERS = 3, 16
# What lists write where they do not know the operator.
FILLERS = frozenset({"unknown", "na", "none", "nil", "various", "tbc", "tbd", "notavailable"})


@dataclass(frozen=True)
class Prepared:
    """Columns over records, in their order; "" and NaN stand for what is missing."""

    records: Sequence[Record]
    names: Sequence[Forms]
    companies: Sequence[Forms]
    addresses: Sequence[Forms]
    places: Sequence[str]  # city, region, and an address that only names a province
    countries: Sequence[str]
    latitude: Floats
    longitude: Floats
    name_grams: csr_array
    address_grams: csr_array
    name_words: csr_array
    name_numbers: csr_array
    address_numbers: csr_array


def prepare(records: Sequence[Record]) -> Prepared:
    """Make the columns of records."""
    names = [name_forms(record.name) for record in records]
    split = [_address_and_place(record) for record in records]
    addresses = [address for address, _ in split]
    counts = word_counts("name")
    return Prepared(
        records=records,
        names=names,
        companies=[_company(record) for record in records],
        addresses=addresses,
        places=[place for _, place in split],
        countries=[record.country.strip().upper() for record in records],
        latitude=_degrees(record.latitude for record in records),
        longitude=_degrees(record.longitude for record in records),
        name_grams=gram_rows([form.squeezed for form in names], gram_weights("name")),
        address_grams=gram_rows([form.squeezed for form in addresses], gram_weights("address")),
        name_words=_word_rows([form.words for form in names], counts.weight),
        name_numbers=_word_rows([form.numbers for form in names]),
        address_numbers=_word_rows([form.numbers for form in addresses]),
    )


def _company(record: Record) -> Forms:
    company = name_forms(record.company)
    return name_forms("") if company.squeezed in FILLERS else company


def _address_and_place(record: Record) -> tuple[Forms, str]:
    """The address without its country's name, and the words for city and region."""
    country = plain_words(country_name(record.country)) if record.country else ()
    words = _without_run(address_forms(record.address).words, country)
    near = " ".join(plain_words(f"{record.city} {record.region}"))
    is_full = (
        len(words) >= ADDRESS_WORDS
        or any(word.isdigit() for word in words)
        or any(len(word) >= ADDRESS_WORD_LETTERS for word in words)
    )
    if is_full:
        return address_forms(" ".join(words)), near
    return address_forms(""), " ".join([*near.split(), *words])


def _without_run(words: tuple[str, ...], run: tuple[str, ...]) -> tuple[str, ...]:
    size = len(run)
    for start in range(len(words) - size, -1, -1):
        if size and words[start : start + size] == run:
            return words[:start] + words[start + size :]
    return words


def _degrees(values: Iterable[float | None]) -> Floats:
    found: NDArray[np.float64] = np.array(
        [np.nan if value is None else value for value in values], dtype=np.float64
    )
    return found


def _word_rows(
    texts: Sequence[Iterable[str]], weight: Callable[[str], float] = lambda word: 1.0
) -> csr_array:
    """Texts as rows over the words that stand in them, each word once, with its weight."""
    numbers: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, words in enumerate(texts):
        for word in set(words):
            rows.append(row)
            columns.append(numbers.setdefault(word, len(numbers)))
    weights: Floats = np.array([weight(word) for word in numbers], dtype=np.float64)
    picked: Ints = np.array(columns, dtype=np.int64)
    shape = (len(texts), max(len(numbers), 1))
    return csr_array((weights[picked], (rows, columns)), shape=shape)
