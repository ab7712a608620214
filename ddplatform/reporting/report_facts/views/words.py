"""Display texts of vocabularies and country codes in the facts of a report."""

from supply_chain.reference.release import load_reference


def spaced(word: str | None) -> str | None:
    """A word of a vocabulary as people write it: `directly_linked` -> "directly linked"."""
    return word.replace("_", " ") if word else None


def country_word(code: str | None) -> str | None:
    """The name of a country; an unknown code stays as it is."""
    country = load_reference().countries.get(code or "")
    return country.short_name if country else code
