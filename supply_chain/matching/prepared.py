"""Records as normalised columns, prepared once for the comparison of many pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from supply_chain import lazy
from supply_chain.intake.countries import country_name
from supply_chain.matching.columns import Texts, sign_counts, text_column
from supply_chain.matching.grams import Floats, Ints, gram_rows, gram_weights, word_counts
from supply_chain.matching.ids import plain_ids
from supply_chain.matching.normalise import Forms, address_forms, forms_of_words, name_forms
from supply_chain.matching.plain_words import plain_words
from supply_chain.matching.records import Record
from supply_chain.matching.sounds import sounded
from supply_chain.matching.town_names import with_known_towns

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A text shorter than this and without a number but a postcode names a town, not an address.
ADDRESS_WORDS, ADDRESS_WORD_LETTERS = 3, 16
# A number with as many digits is a postcode, one with fewer that of a house, plot or floor.
UNIT_DIGITS = 2
POSTCODE_DIGITS = 5
# Entries of lists for an unknown operator.
FILLERS = frozenset({"unknown", "na", "none", "nil", "various", "tbc", "tbd", "notavailable"})


@dataclass(frozen=True)
class Prepared:
    """Columns over records, in their order; "" and NaN mean missing values."""

    records: Sequence[Record]
    ids: Sequence[Mapping[str, str]]
    id_rows: csr_array
    said: Ints  # equal where two records say the same, word for word
    names: Sequence[Forms]
    names_squeezed: Texts
    names_in_words: Texts
    first_words: Texts
    name_signs: NDArray[np.int16]
    names_sounded: Texts
    sound_signs: NDArray[np.int16]
    initials: Texts  # codes as of `names_squeezed`; of three words at least
    companies: Texts
    addresses: Sequence[Forms]
    addresses_squeezed: Texts
    addresses_in_words: Texts
    first_numbers: Texts
    places: Texts  # city, region, and an address that only names a province
    towns: Texts  # city and region alone
    countries: Texts
    latitude: Floats
    longitude: Floats
    name_grams: csr_array
    address_grams: csr_array
    name_words: csr_array
    name_numbers: csr_array
    unit_numbers: csr_array  # of those in names the ones that may be of a unit
    address_numbers: csr_array
    address_digits: Texts  # of all its numbers, in their order
    number_kinds: NDArray[np.int8]  # 1 where an address has a short number, 2 a postcode, or both
    legal_forms: csr_array


def prepare(records: Sequence[Record]) -> Prepared:
    """Make the columns of records."""
    names = [name_forms(record.name) for record in records]
    split = [_address_and_place(record) for record in records]
    addresses = [address for address, _ in split]
    towns = [_town(record) for record in records]
    counts = word_counts("name")
    codes: dict[str, int] = {}
    ids = [plain_ids(record) for record in records]
    sounds = sounded([form.squeezed for form in names])
    return Prepared(
        records=records,
        ids=ids,
        id_rows=_word_rows([[f"{scheme} {value}" for scheme, value in one.items()] for one in ids]),
        said=_said(records),
        names=names,
        names_squeezed=text_column([form.squeezed for form in names], codes),
        names_in_words=text_column([form.text for form in names]),
        first_words=text_column([form.words[0] if form.words else "" for form in names]),
        name_signs=sign_counts([form.squeezed for form in names]),
        names_sounded=text_column(sounds),
        sound_signs=sign_counts(sounds),
        initials=text_column([_initials(form) for form in names], codes),
        companies=text_column([_company(record) for record in records]),
        addresses=addresses,
        addresses_squeezed=text_column([form.squeezed for form in addresses]),
        addresses_in_words=text_column([form.text for form in addresses]),
        first_numbers=text_column([_first_number(form) for form in addresses]),
        places=text_column([place for _, place in split]),
        towns=text_column(towns),
        countries=text_column([record.country.strip().upper() for record in records]),
        latitude=_degrees(record.latitude for record in records),
        longitude=_degrees(record.longitude for record in records),
        name_grams=gram_rows([form.squeezed for form in names], gram_weights("name")),
        address_grams=gram_rows([form.squeezed for form in addresses], gram_weights("address")),
        name_words=_word_rows([form.words for form in names], counts.weight),
        name_numbers=_word_rows([form.numbers for form in names]),
        unit_numbers=_word_rows([_unit_numbers(form) for form in names]),
        address_numbers=_word_rows([form.numbers for form in addresses]),
        address_digits=text_column([_digits(form) for form in addresses]),
        number_kinds=np.array([_number_kinds(form) for form in addresses], dtype=np.int8),
        legal_forms=_word_rows([form.legal for form in names]),
    )


def _said(records: Sequence[Record]) -> Ints:
    known: dict[tuple[object, ...], int] = {}
    said = (
        (r.name, r.address, r.country, r.city, r.region, r.latitude, r.longitude, r.company)
        for r in records
    )
    return np.array([known.setdefault(one, len(known)) for one in said], dtype=np.int64)


def _initials(form: Forms) -> str:
    return "".join(word[0] for word in form.words) if len(form.words) > 2 else ""


def _first_number(form: Forms) -> str:
    return next((word for word in form.words if word.isdigit()), "")


def _digits(form: Forms) -> str:
    return "".join(word for word in form.words if word.isdigit())


def _unit_numbers(form: Forms) -> list[str]:
    """The numbers of a name that may be of a unit: no year, no telephone, no house."""
    return [number for number in form.numbers if len(number) <= UNIT_DIGITS]


def _number_kinds(form: Forms) -> int:
    has_postcode = [*map(_is_postcode, form.numbers)]
    return (False in has_postcode) + 2 * (True in has_postcode)


def _company(record: Record) -> str:
    company = name_forms(record.company).squeezed
    return "" if company in FILLERS else company


def _address_and_place(record: Record) -> tuple[Forms, str]:
    """The address without its country's name, and the words for city and region."""
    forms = address_forms(record.address)
    words = _without_run(forms.words, _country_words(record.country))
    near = _town(record)
    named = tuple(word for word in words if not _is_postcode(word))
    is_full = (
        len(named) >= ADDRESS_WORDS
        or not named
        or any(word.isdigit() for word in named)
        or any(len(word) >= ADDRESS_WORD_LETTERS for word in named)
    )
    if is_full:
        return (forms if words is forms.words else forms_of_words(words)), near
    return forms_of_words(()), " ".join([*near.split(), *named])


def _town(record: Record) -> str:
    return " ".join(with_known_towns(plain_words(f"{record.city} {record.region}")))


def _is_postcode(word: str) -> bool:
    return word.isdigit() and len(word) >= POSTCODE_DIGITS


@lru_cache(maxsize=1_000)
def _country_words(country: str) -> tuple[str, ...]:
    return plain_words(country_name(country)) if country else ()


def _without_run(words: tuple[str, ...], run: tuple[str, ...]) -> tuple[str, ...]:
    size = len(run)
    if not size or run[0] not in words:
        return words
    for start in range(len(words) - size, -1, -1):
        if words[start : start + size] == run:
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
    """Texts as rows over their words, each word once, with its weight."""
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
    return lazy.sparse.csr_array((weights[picked], (rows, columns)), shape=shape)
