"""Names that pass for others: signs that nobody sees, mixed alphabets, letters that look alike.

After the procedure of Unicode Technical Standard 39 (Unicode Security Mechanisms): section 4
compares names by a "skeleton", section 5 looks for mixed scripts. No library here has its table of
confusable signs. The one below is ours: Greek and Cyrillic letters that print like Latin ones.
Letters of other alphabets go through the transliteration of `anyascii`.
"""

import unicodedata

from anyascii import anyascii

from ddplatform.languages import gettext

ALPHABETS = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Alphabets with letters of one shape; a word of a name is in one of them."""
MOST_MARKS = 3
"""Accents on one letter; Vietnamese needs two."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and marks without a shape."""
_JOINERS = frozenset("\u200c\u200d")
"""Between letters of Persian and of Indian scripts they change the shape."""

_UPPER = dict(
    zip(
        "АВЕКМНОРСТУХЅІЈԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "abekmhopctyxsijgqwabezhikmnoptyx",
        strict=True,
    )
)
_LOWER = dict(
    zip(
        "авекмнорстухѕіјһԁԛԝгαβεηικνορτυχω",
        "abekmhopctyxsijhdqwrabenikvoptuxw",
        strict=True,
    )
)
_SHAPES = str.maketrans({**_UPPER, **_LOWER})
_SAME = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"))
"""Latin signs and pairs that are read for others, in this order."""


def name_fault(name: str) -> str | None:
    """What a name must not hold, with the remedy; None when it is good.

    It looks at the name alone and at no other one, so that a refusal tells nothing of who is here.
    """
    if any(_is_unseen(sign, name) for sign in name):
        return gettext("The name holds an invisible sign. Type it anew instead of pasting it.")
    if not any(sign.isalnum() for sign in name):
        return gettext("Write the name with letters.")
    if _most_marks(name) > MOST_MARKS:
        return gettext("A letter of the name has too many accents. Write it as on your letterhead.")
    for word in _words(name):
        alphabets = sorted({*map(_alphabet, word)} - {""})
        if len(alphabets) > 1:
            return gettext(
                "“%(word)s” mixes letters of several alphabets. Write each word in one.",
                word=word,
            )
    return None


def skeleton(name: str) -> str:
    """What a name looks like: equal for names that a reader would take for each other.

    Without case, accents, blanks and punctuation; only to be compared, never to be shown.
    """
    bare = unicodedata.normalize("NFKD", name)
    shapes = "".join(sign for sign in bare if not unicodedata.combining(sign)).translate(_SHAPES)
    plain = anyascii(shapes.casefold()).casefold()
    for seen, read in _SAME:
        plain = plain.replace(seen, read)
    return "".join(sign for sign in plain if sign.isalnum())


def _is_unseen(sign: str, name: str) -> bool:
    if sign in _JOINERS:
        return any(_alphabet(other) for other in name)
    return sign in _BLANKS or unicodedata.category(sign) in _UNSEEN


def _most_marks(name: str) -> int:
    most = here = 0
    for sign in unicodedata.normalize("NFD", name):
        here = here + 1 if unicodedata.combining(sign) else 0
        most = max(most, here)
    return most


def _words(name: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in name).split()


def _alphabet(sign: str) -> str:
    """The alphabet of a letter, where it is one that others are taken for; else ""."""
    if not sign.isalpha():
        return ""
    script = unicodedata.name(sign, "").partition(" ")[0]
    return script if script in ALPHABETS else ""
