"""Public child-protection services by country.

Numbers in the list were read in their sources and not called: pages show them with their date.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from ddplatform.core.due_diligence.errors import DataFault

DIRECTORY: Final = "https://childhelplineinternational.org/helplines/"
"""The directory of child helplines of most countries (Child Helpline International)."""
FILE: Final = Path(__file__).parent / "data" / "protection_services.yaml"
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_PHONE = re.compile(r"\+?[0-9][0-9 ]{1,18}\Z")


@dataclass(frozen=True, slots=True)
class ProtectionService:
    """One service. `said_on`: the day of the source, none where it bears no date.

    A source without a date may be old: the day it was read says nothing of the number.
    """

    country: str
    name: str
    phones: tuple[str, ...]
    always: bool
    source: str
    said_on: date | None
    read_on: date


ByCountry = Mapping[str, tuple[ProtectionService, ...]]


@cache
def shipped_services() -> ByCountry:
    """The list that comes with the product, by country."""
    return read_services(FILE.read_text("utf-8"))


def read_services(text: str) -> ByCountry:
    """Services by country from a file like the shipped one.

    Raises:
        DataFault: the file is no such list; names the entry and the way out.
    """
    try:
        rows = yaml.safe_load(text) or []
    except (yaml.YAMLError, ValueError) as fault:  # a day that does not exist is the second
        raise DataFault(f"The list of services is no YAML: {fault}.") from fault
    if not isinstance(rows, list):
        raise DataFault("The list of services begins each entry with “- country: XX”.")
    found: dict[str, tuple[ProtectionService, ...]] = {}
    for place, row in enumerate(rows, start=1):
        service = _service(row, place)
        found[service.country] = (*found.get(service.country, ()), service)
    return found


def joined(own: ByCountry, shipped: ByCountry) -> ByCountry:
    """The operator's own list, and the shipped one for the countries it does not name."""
    return {**shipped, **own}


def _service(row: Any, place: int) -> ProtectionService:
    if not isinstance(row, dict):
        raise DataFault(f"Service {place}: write country, name, phones, source and read_on.")
    country, name, source = (str(row.get(key) or "") for key in ("country", "name", "source"))
    phones, said_on, read_on = row.get("phones"), row.get("said_on"), row.get("read_on")
    if not _COUNTRY.match(country):
        raise DataFault(f"Service {place}: country “{country}” is no code of two letters, as CI.")
    if not name or not source:
        raise DataFault(f"Service {place}: write its name and the source of the number.")
    if not isinstance(phones, list) or not phones:
        raise DataFault(f'Service {place}: write phones as a list, as ["116"].')
    if wrong := [str(phone) for phone in phones if not _PHONE.match(str(phone))]:
        raise DataFault(f"Service {place}: “{wrong[0]}” is no phone number: digits and spaces.")
    if type(read_on) is not date or not (said_on is None or type(said_on) is date):
        raise DataFault(f"Service {place}: read_on and said_on are days, as 2026-11-28.")
    always = row.get("always") is True
    return ProtectionService(
        country, name, tuple(str(phone) for phone in phones), always, source, said_on, read_on
    )
