"""Register ids typed by hand: checked by shape and check digits, merged with those of lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from supply_chain.intake.external_ids import bare, has_shape, has_sound_check


@dataclass(frozen=True)
class Register:
    """A register whose ids people type: name and shape of its id, and its place."""

    title: str
    shape: str
    where: str


REGISTERS: Final[Mapping[str, Register]] = {
    "os_id": Register(
        "OS ID",
        "15 signs: two letters of the country, seven digits, six letters or digits",
        "opensupplyhub.org",
    ),
    "lei": Register("LEI", "20 letters and digits, the last two are digits", "search.gleif.org"),
    "duns": Register("DUNS", "nine digits", "the page of Dun & Bradstreet"),
    "gln": Register("GLN", "13 digits", "the Verified by GS1 page"),
}


def read_typed(
    typed: Mapping[str, str], known: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """All ids of a place after an edit, and the faults by scheme.

    An empty field removes its id; what a list brought and nobody changed is left as it came,
    even where its check digits do not fit.

    Args:
        typed: scheme of `REGISTERS` -> text of its field.
        known: scheme -> id as the place has it, of any register.
    """
    ids, faults = dict(known), dict[str, str]()
    for scheme, text in typed.items():
        wanted = text.strip()
        if wanted == str(known.get(scheme, "")):
            continue
        if not wanted:
            ids.pop(scheme, None)
        elif fault := _fault_in(scheme, wanted):
            faults[scheme] = fault
        else:
            ids[scheme] = bare(wanted)
    return ids, faults


def _fault_in(scheme: str, text: str) -> str | None:
    """Fault of a typed id and its remedy; None when it is sound."""
    register = REGISTERS[scheme]
    signs = bare(text)
    if not has_shape(scheme, signs):
        length = f" This has {len(signs)} signs." if signs else ""
        return (
            f"A valid {register.title} has {register.shape}.{length} "
            f"Copy it from {register.where}, or leave the field empty."
        )
    if not has_sound_check(scheme, signs):
        return (
            f"The check digits of this {register.title} do not fit: a sign is wrong or two are "
            f"swapped. Copy it from {register.where}, or leave the field empty."
        )
    return None
