"""Names of months, whole and shortened, in the languages of lists, from CLDR (Babel).

Run: .venv/bin/python scripts/write_month_names.py
"""

import csv
from collections import defaultdict
from pathlib import Path

from babel import Locale

from supply_chain.intake.words import squeeze

DATA = Path(__file__).resolve().parent.parent / "supply_chain/data"
# In all languages of CLDR together hardly a short name means one month alone.
LANGUAGES = (
    *("en", "fr", "es", "pt", "de", "it", "nl", "tr", "id", "ms", "vi", "pl", "sv", "da", "nb"),
    *("fi", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk", "ar", "fa", "he", "hi", "bn", "th"),
    *("zh", "ja", "ko", "sw"),
)
# Shortened otherwise than CLDR does.
OTHERS = {1: ("jän",), 3: ("mrz",), 9: ("sept",)}
WIDTHS = ("wide", "abbreviated")


def main() -> None:
    """Write `month_names.csv`: names that mean one month alone, one line a month."""
    names: dict[str, set[int]] = defaultdict(set)
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in WIDTHS:
                for number, name in months[context][width].items():
                    names[squeeze(name)].add(number)
    for number, others in OTHERS.items():
        for name in others:
            names[squeeze(name)].add(number)
    with (DATA / "month_names.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["month", "names"])
        for month in range(1, 13):
            clear = {
                name
                for name, numbers in names.items()
                if numbers == {month} and len(name) > 1 and any(map(str.isalpha, name))
            }
            writer.writerow([month, "|".join(sorted(n for n in clear if "|" not in n))])


if __name__ == "__main__":
    main()
