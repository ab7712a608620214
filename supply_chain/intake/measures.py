"""Shares of a buyer's input from the spend and purchase volume of suppliers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from supply_chain.intake.cells import CellFault

MEASURES = ("spend", "volume")
"""Fields of a row that say how much is bought of it; spend goes before volume."""
_CURRENCIES = {
    "€": "EUR",
    "R$": "BRL",
    "$": "USD",
    "£": "GBP",
    "¥": "CNY",
    "₹": "INR",
    "₺": "TRY",
    "৳": "BDT",
}
_SHARED = ("USD", "CNY")
"""Those whose sign several currencies have: dollars and pesos, yuan and yen."""
_CODES = (
    "EUR|USD|GBP|CHF|CNY|RMB|INR|TRY|BDT|PKR|BRL|MXN|JPY|VND|IDR|THB|AED|SAR|EGP|MAD|KES|TZS|UGX"
    "|SEK|NOK|DKK|PLN|CZK|HUF|RON|AUD|CAD|NZD|HKD|SGD|ZAR|LKR|KRW|TWD|COP|PEN|ARS|CLP"
)
_UNITS = "kg|tonnes|tons|tonne|ton|mt|t|lbs|lb|pcs|pieces|units|pairs|m3|litres|liters|l"
_CODE = re.compile(rf"(?<![A-Za-z])({_CODES})(?![A-Za-z])", re.IGNORECASE)
_UNIT = re.compile(rf"(?<![A-Za-z])({_UNITS})(?![A-Za-z0-9])", re.IGNORECASE)
_ALIKE_UNITS = {"tonnes": "t", "tonne": "t", "tons": "t", "ton": "t", "mt": "t", "lbs": "lb"}
_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9}
_AMOUNT = re.compile(r"([+-]?[\d.,'’ \u00a0\u202f]*\d)\s*(k|mn|mio|million|m|bn)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,'’])\d{3})(?:\1\d{3})*")


@dataclass(frozen=True, slots=True)
class Measure:
    """Quantity bought of a supplier, in its currency or unit ("" where it is unknown)."""

    value: float
    unit: str


def parse_measure(text: str, heading: str) -> Measure | None:
    """An amount with the currency or unit of its cell, else of its heading; None for no amount."""
    unit = _unit_of(text)
    if unit in _SHARED and not _CODE.search(text) and _CODE.search(heading):
        # "$" under "Compras (MXN)" are pesos.
        unit = ""
    unit = unit or _unit_of(heading)
    plain = _CODE.sub(" ", text)
    for sign in _CURRENCIES:
        plain = plain.replace(sign, " ")
    if not _AMOUNT.fullmatch(plain.strip()):
        plain = _UNIT.sub(" ", plain)
    found = _AMOUNT.fullmatch(plain.strip())
    value = _number(found[1]) if found else None
    if found is None or value is None or value < 0:
        return None
    return Measure(value * _SCALES.get((found[2] or "").lower(), 1.0), unit)


def bare_heading(heading: str) -> str:
    """A heading without currency, unit and brackets: "Annual spend (EUR)" is "Annual spend"."""
    plain = re.sub(r"[(\[（].{0,30}?[)\]）]", " ", heading)
    for sign in _CURRENCIES:
        plain = plain.replace(sign, " ")
    return " ".join(_UNIT.sub(" ", _CODE.sub(" ", plain)).split()).strip(" ,-/")


def _unit_of(text: str) -> str:
    for sign, code in _CURRENCIES.items():
        if sign in text:
            return code
    code_found = _CODE.search(text)
    if code_found:
        return code_found[1].upper().replace("RMB", "CNY")
    unit = _UNIT.search(text)
    return _ALIKE_UNITS.get(unit[1].lower(), unit[1].lower()) if unit else ""


def _number(text: str) -> float | None:
    """A number whatever parts its thousands: "1,200,000", "1.200,50", "1 200"."""
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[.,]", "", plain)
    elif "," in plain and "." in plain:
        last = max(plain.rfind(","), plain.rfind("."))
        plain = re.sub(r"[.,]", "", plain[:last]) + "." + plain[last + 1 :]
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Bought:
    """A supplier of a buyer, with what its row says of how much is bought."""

    supplier: str
    measures: Mapping[str, Measure]
    has_share: bool = False


def shares_of_buyer(
    buyer: str, suppliers: Sequence[Bought], columns: Mapping[str, str]
) -> tuple[dict[str, float], list[CellFault]]:
    """Supplier -> share (0..1) of a buyer's input, and remarks on measures not used.

    A share is the part of the sum of one measure. It is valid only where all suppliers of the buyer
    have the measure in one currency or unit, and no row states a share.

    Args:
        columns: measure -> the name of its column in the list.
    """
    told: list[CellFault] = []
    for measure in MEASURES:
        given = {
            one.supplier: one.measures[measure] for one in suppliers if measure in one.measures
        }
        if not given or any(one.has_share for one in suppliers):
            continue
        fault = _unusable(buyer, columns.get(measure, measure), given.values(), len(suppliers))
        if fault is None:
            total = sum(one.value for one in given.values())
            return {supplier: one.value / total for supplier, one in given.items()}, told
        told.append(fault)
    return {}, told


def _unusable(
    buyer: str, column: str, given: Iterable[Measure], suppliers: int
) -> CellFault | None:
    """Reason why a measure gives no shares."""
    found = list(given)
    units = sorted({one.unit or "not stated" for one in found})
    total = sum(one.value for one in found)
    if len(units) > 1:
        return CellFault(
            f"“{column}” of the suppliers of {buyer} is in several currencies or units"
            f" ({', '.join(units)}); no shares were taken from it.",
            "Convert the column to one currency or unit and import again.",
        )
    if len(found) < suppliers:
        return CellFault(
            f"“{column}” is missing for {suppliers - len(found)} of {suppliers} suppliers of"
            f" {buyer}; their shares stay unknown (the sum of the others is {total:,.0f}).",
            "Fill in the missing values to get the share of each supplier.",
        )
    if not total:
        return CellFault(f"“{column}” of all suppliers of {buyer} is 0.", "Check the column.")
    return None
