"""Consonant form of names, the same for one name in two scripts.

Arabic script omits short vowels, and Latin letters spell its sounds in several ways: the
consonants are common to both. Sounds that one script does not distinguish (p and b, j and g, z and
s) count as one. For search, not for display: different names may have the same form.
"""

import re
import unicodedata

from supply_chain.search.spelling import latin

_WORD = re.compile(r"[^\W_]+")
_LATIN_WORD = re.compile("[a-z0-9]+")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_GREEK_PAIRS = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("αυ", "av"), ("ευ", "ev"))
"""Sounds that Greek spells in two letters as no other script does."""

_ARABIC_ARTICLE = re.compile(r"^(?:[وب]?ال|لل)(?=..)")
_ARABIC_END = re.compile("[ةهہۀ]$")
_ARABIC_SOUNDS = {
    **dict.fromkeys("بپ", "b"),
    **dict.fromkeys("تثطٹةۃ", "t"),
    **dict.fromkeys("جگغ", "g"),
    **dict.fromkeys("حهہھۀ", "h"),
    **dict.fromkeys("خكکق", "k"),
    **dict.fromkeys("دذضڈ", "d"),
    **dict.fromkeys("رڑ", "r"),
    **dict.fromkeys("زسشصظژچ", "s"),
    **dict.fromkeys("فڤ", "f"),
    **dict.fromkeys("ل", "l"),
    **dict.fromkeys("م", "m"),
    **dict.fromkeys("نں", "n"),
}
"""Letters for a vowel, or for a sound that Latin letters leave out: no consonants here."""
_LATIN_ARTICLE = re.compile(r"\b(?:al|el|il|ul|wa|lil|bil|wal)\b|\b[ae]l(?=[^\Waeiouy]\w\w)")
_LATIN_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("[scz]h"), "s"),
    (re.compile("([kgtd])h"), r"\1"),
    (re.compile(r"h\b"), ""),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("x"), "ks"),
)
_LATIN_LETTERS = str.maketrans("cqzvpj", "kksfbg", "aeiouyw")
_TWICE = re.compile(r"([a-z])\1+")


def is_of_other_script(text: str) -> bool:
    """Whether a text has letters that are not Latin."""
    return not text.isascii() and any(
        char.isalpha() and not unicodedata.name(char, "").startswith("LATIN")
        for char in text
        if char > "\u007f"
    )


def consonants(text: str) -> str:
    """The consonants of each word in small Latin letters, digits as they are; articles left out."""
    told = unicodedata.normalize("NFKC", text)
    if not _ARABIC.search(told):
        return _of_latin(_read_greek(told) if _GREEK.search(told) else told)
    bare = "".join(char for char in told if not unicodedata.combining(char) and char != "ـ")
    words = (_of_arabic(w) if _ARABIC.search(w) else _of_latin(w) for w in _WORD.findall(bare))
    return " ".join(filter(None, words))


def _of_arabic(word: str) -> str:
    stem = _ARABIC_END.sub("", _ARABIC_ARTICLE.sub("", word))
    sounds = "".join(
        _ARABIC_SOUNDS.get(char, "") if _ARABIC.match(char) and not char.isdigit() else latin(char)
        for char in stem
    )
    return _TWICE.sub(r"\1", "".join(_LATIN_WORD.findall(sounds)))


def _of_latin(text: str) -> str:
    plain = _LATIN_ARTICLE.sub("", " ".join(_LATIN_WORD.findall(latin(text))))
    for spelling, sound in _LATIN_SOUNDS:
        plain = spelling.sub(sound, plain)
    return " ".join(_TWICE.sub(r"\1", plain.translate(_LATIN_LETTERS)).split())


def _read_greek(text: str) -> str:
    bare = "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    ).casefold()
    for pair, sound in _GREEK_PAIRS:
        bare = bare.replace(pair, sound)
    return bare
