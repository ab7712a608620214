"""Words of trades and addresses in other scripts: 针织 is "knitting", गारमेंट्स is "garment".

Lists in Latin letters give such words in English, while a firm's own name is spelled by sound:
without them 宁波申洲针织 and "Ningbo Shenzhou Knitting" have half a name in common.
`data/matching/script_words.csv` holds them; `inside` ones occur in texts written without blanks,
`word` ones by themselves. They also split text written without blanks; 市 and 省 do only that.
"""

import csv
import re
import unicodedata
from functools import lru_cache

from supply_chain.matching.data_files import DATA

_BEFORE, _AFTER = r"(?<![^\s(\"'«،,;.\-–/])", r"(?![^\s)\"'»،,;.\-–/।])"


def with_known_words(text: str) -> str:
    """A text with each known word of another script in English, parted by blanks."""
    if text.isascii():
        return text
    known, pattern = _known_words()
    return pattern.sub(
        lambda found: f" {known[found.group()]} ", unicodedata.normalize("NFKC", text)
    )


@lru_cache(maxsize=1)
def _known_words() -> tuple[dict[str, str], re.Pattern[str]]:
    with (DATA / "script_words.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    longest_first = sorted(rows, key=lambda row: -len(row["written"]))
    inside, alone = (
        "|".join(re.escape(row["written"]) for row in longest_first if row["where"] == where)
        for where in ("inside", "word")
    )
    pattern = re.compile(f"{inside}|{_BEFORE}(?:{alone}){_AFTER}")
    return {row["written"]: row["word"] for row in rows}, pattern
