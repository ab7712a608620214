"""External ids of registers: recognised by their shape, checked by their check digits.

Sources: LEI ISO 17442 (mod 97-10 of ISO 7064); GLN, GS1 General Specifications section 7.9; OS ID,
Open Supply Hub; CNPJ, Receita Federal; unified social credit code, GB 32100-2015; SIREN and SIRET,
INSEE (Luhn). DUNS, CIN, UML ID, Higg ID, CID and registration numbers have a shape alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from supply_chain.intake.cells import CellFault
from supply_chain.intake.words import words

_BETWEEN = re.compile(r"[\s.\-/]+")
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SOCIAL_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DUNS_DIGITS = 9
# Schemes whose values no other number looks like: they are known without the name of the column.
_TELLING = ("lei", "os_id", "uml_id", "rmi_smelter_id", "uscc")
_ENOUGH_TELLING = 0.9


def bare(text: str) -> str:
    """An id without blanks, dots, hyphens and slashes, in capitals: the form to compare by."""
    return _BETWEEN.sub("", text).upper()


def has_shape(scheme: str, text: str) -> bool:
    """Whether a text could be an id of the scheme, check digits aside; unknown schemes take all."""
    shape = words().id_schemes.get(scheme)
    return shape is None or bool(shape.fullmatch(text) or shape.fullmatch(bare(text)))


def has_sound_check(scheme: str, text: str) -> bool:
    """Whether the check digits of an id fit; true where the scheme has none."""
    check = _CHECKS.get(scheme)
    return check is None or check(bare(text))


def scheme_of_values(values: Sequence[str]) -> str | None:
    """The scheme that at least nine in ten of the values of a column belong to, or None."""
    for scheme in _TELLING:
        sound = [v for v in values if has_shape(scheme, v) and has_sound_check(scheme, v)]
        if values and len(sound) >= _ENOUGH_TELLING * len(values):
            return scheme
    return None


def read_external_id(scheme: str, text: str) -> tuple[str | None, CellFault | None]:
    """The id of a cell, or None where it cannot be one, with a remark where there is a doubt.

    An OS ID whose check sign does not fit is kept (lists print many by hand), any other id with
    wrong check digits is not: it would be that of somebody else, or of nobody.
    """
    name = scheme.replace("_", " ").upper()
    if _SHORTENED.fullmatch(text):
        return None, CellFault(
            f"The {name} “{text}” was shortened by a spreadsheet; its last digits are lost.",
            "Format the column as text, fill it again from its source and export the list again.",
        )
    if scheme == "duns" and text.isdigit() and len(text) == _DUNS_DIGITS - 1:
        return text.zfill(_DUNS_DIGITS), CellFault(
            f"The {name} {text} has eight digits and was read as {text.zfill(_DUNS_DIGITS)}.",
            "Format the column as text, so that a spreadsheet keeps the zero at the front.",
        )
    if not any(map(str.isdigit, text)):
        return None, None  # "pending", "not assigned": words, no id with a mistake in it
    if not has_shape(scheme, text):
        return None, CellFault(
            f"“{text}” has not the shape of a {name}; it is kept as a further fact.",
            "Look for a typing mistake, or empty the cell.",
        )
    if has_sound_check(scheme, text):
        return text, None
    kept = scheme == "os_id"
    how = "is kept all the same" if kept else "is kept as a further fact and identifies nobody"
    return text if kept else None, CellFault(
        f"The check digits of the {name} “{text}” do not fit; it {how}.",
        "Compare it with the register: a sign is wrong or two are swapped.",
    )


def _lei(text: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97 == 1


def _gs1(text: str) -> bool:
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def _luhn(text: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _os_id(text: str) -> bool:
    if any(sign not in _CROCKFORD for sign in text[2:]):
        return False
    total = ord(text[0]) + ord(text[1]) + sum(_CROCKFORD.index(sign) for sign in text[2:-1])
    return _CROCKFORD[total % 32] == text[-1]


def _cnpj(text: str) -> bool:
    """Two check digits modulo 11; since 2026 letters count as their code less that of zero."""
    values = [ord(sign) - ord("0") for sign in text]
    for place in (12, 13):
        weights = [2 + (place - 1 - at) % 8 for at in range(place)]
        rest = sum(w * v for w, v in zip(weights, values[:place], strict=True)) % 11
        if values[place] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def _social_credit(text: str) -> bool:
    if any(sign not in _SOCIAL_CREDIT for sign in text):
        return False
    total = sum(_SOCIAL_CREDIT.index(sign) * pow(3, at, 31) for at, sign in enumerate(text[:-1]))
    return _SOCIAL_CREDIT[(31 - total % 31) % 31] == text[-1]


_CHECKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "lei": _lei,
        "gln": _gs1,
        "os_id": _os_id,
        "cnpj": _cnpj,
        "uscc": _social_credit,
        "siren": _luhn,
        "siret": _luhn,
    }
)
