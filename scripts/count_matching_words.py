"""Number of open records with each word: `data/matching/word_counts.csv`.

    PYTHONPATH=. .venv/bin/python scripts/count_matching_words.py

From lists without labels and the open half of the care sites (`benchmarks/data/matching`); numbers
and words in fewer than three records are left out, so no firm can be told from the file.
Train the weights anew afterwards (`scripts/train_matching.py`).
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from benchmarks.labelled_pairs import DATA as LISTS
from benchmarks.labelled_pairs import site_records
from supply_chain.matching.data_files import DATA
from supply_chain.matching.normalise import Forms, address_forms, name_forms

FEWEST = 3


def main() -> None:
    """Count and write."""
    facilities, mills = _rows("facilities.csv"), _rows("mills.csv")
    sites = [record for record, _ in site_records(proof=False)]
    names = [row["name"] for row in (*facilities, *mills)]
    names += [row["company"] for row in mills] + [record.name for record in sites]
    addresses = [row["address"] for row in facilities] + [record.address for record in sites]
    addresses += [f"{row['district']}, {row['province']}" for row in mills]
    with (DATA / "word_counts.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("kind", "word", "records"))
        writer.writerows(_counted("name", names, name_forms))
        writer.writerows(_counted("address", addresses, address_forms))


def _rows(name: str) -> list[dict[str, str]]:
    with (LISTS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _counted(
    kind: str, texts: Iterable[str], forms: Callable[[str], Forms]
) -> Iterator[tuple[str, str, int]]:
    """Number of texts, then the words, the commonest first."""
    given = {text for text in texts if text.strip()}
    counts = Counter(word for text in given for word in {*forms(text).words})
    yield kind, "", len(given)
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count >= FEWEST and not word.isdigit():
            yield kind, word, count


if __name__ == "__main__":
    main()
