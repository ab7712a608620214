"""Folding of texts for search: no case, accents or vowel marks.

One rule for Python and for both databases: SQLite calls this function (`db.py`), PostgreSQL does
it itself (`text_search.py`).
"""

import re
import unicodedata

MARKS = r"\u0300-\u036f\u0640\u064b-\u065f\u0670"
"""Accents, and what may be left out of Arabic: the lengthening stroke and the vowel marks."""
STROKED, PLAIN = "łŁøØđĐħĦ", "lLoOdDhH"
"""Letters whose stroke is no mark of its own."""
_MARKS = re.compile(f"[{MARKS}]")
_STROKED = str.maketrans(STROKED, PLAIN)


def fold(text: str) -> str:
    """A text in capital letters without accents: "Côte d'Ivoire" is "COTE D'IVOIRE".

    Capitals, since "ß", "ς" and the Turkish "ı" have the same ones as their counterparts.
    """
    if text.isascii():
        return text.upper()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return bare.translate(_STROKED).upper()


def fold_value(text: str | None) -> str | None:
    """The same as a function of the database, for which nothing stays nothing."""
    return None if text is None else fold(text)
