"""Names of countries in all languages of CLDR and in ISO 3166 (Babel, pycountry).

Run: .venv/bin/python scripts/write_country_names.py
"""

import csv
from collections import defaultdict
from pathlib import Path

import pycountry
from babel import Locale
from babel.localedata import locale_identifiers
from rapidfuzz import fuzz, process

from supply_chain.intake.words import squeeze

DATA = Path(__file__).resolve().parent.parent / "supply_chain/data"
# A name so much like that of another country in a language lists are written in is left out:
# "Nigera" is Niger in one language, but on a list it is Nigeria with a typing mistake.
TOO_ALIKE = 85
MAIN_LANGUAGES = ("en", "fr", "es", "pt", "de", "it", "nl", "tr", "id", "vi", "pl", "sv", "da")


def names_of_languages() -> dict[str, set[str]]:
    """Alpha-2 code -> names, one language after the other (regions of a language add none)."""
    names: dict[str, set[str]] = defaultdict(set)
    for identifier in locale_identifiers():
        parts = identifier.split("_")
        if len(parts) == 1 or (len(parts) == 2 and len(parts[1]) == len("Hant")):
            for code, name in Locale.parse(identifier).territories.items():
                names[code].add(name)
    return names


def is_mistakable(key: str, code: str, main_names: dict[str, str]) -> bool:
    """Whether a name is nearer to the name of another country than to one of its own."""
    near = process.extract(
        key, main_names.keys(), scorer=fuzz.ratio, score_cutoff=TOO_ALIKE, limit=5
    )
    own = max((score for name, score, _ in near if main_names[name] == code), default=0.0)
    other = max((score for name, score, _ in near if main_names[name] != code), default=0.0)
    return other >= max(own, TOO_ALIKE)


def main() -> None:
    """Write `country_names.csv`: names that mean one country alone, one line a country."""
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as stream:
        codes = [row["iso2"] for row in csv.DictReader(stream)]
    names = names_of_languages()
    main_names = {
        squeeze(Locale.parse(language).territories[code]): code
        for language in MAIN_LANGUAGES
        for code in codes
        if code in Locale.parse(language).territories
    }
    for country in pycountry.countries:
        others = (getattr(country, key, "") for key in ("name", "official_name", "common_name"))
        names[country.alpha_2].update(filter(None, others))
    meanings: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        for name in names[code]:
            meanings[squeeze(name)].add(code)
    with (DATA / "country_names.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["iso2", "names"])
        for code in codes:
            first = {squeeze(name): name for name in sorted(names[code], reverse=True)}
            # Three letters of ASCII are as often a code as a name.
            clear = [
                name
                for key, name in first.items()
                if len(meanings[key]) == 1
                and (len(key) > 3 or not key.isascii())
                and not is_mistakable(key, code, main_names)
            ]
            writer.writerow([code, "|".join(sorted(clear))])


if __name__ == "__main__":
    main()
