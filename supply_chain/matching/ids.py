"""External ids of two records: what they share and where they contradict each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from supply_chain.matching.records import Record
from supply_chain.matching.weights import IdRules

_NOT_PART_OF_AN_ID = re.compile(r"[\W_]+")
# Row numbers and fillers ("7", "n/a", "000000") are no ids.
SHORTEST = 5
FILLERS = frozenset({"UNKNOWN", "NONE", "NOTAPPLICABLE", "NOTAVAILABLE"})


@dataclass(frozen=True, slots=True)
class IdsCompared:
    """Schemes whose values are equal, of sites and of companies, and schemes that contradict."""

    site: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


NOTHING = IdsCompared()


def plain_ids(record: Record) -> Mapping[str, str]:
    """Scheme -> value without blanks and punctuation, upper case; fillers left out."""
    plain = {
        scheme.strip().lower(): _NOT_PART_OF_AN_ID.sub("", value).upper()
        for scheme, value in record.external_ids.items()
    }
    return {scheme: value for scheme, value in plain.items() if _is_id(value)}


def _is_id(value: str) -> bool:
    return len(value) >= SHORTEST and len(set(value)) > 1 and value not in FILLERS


def compare_ids(left: Mapping[str, str], right: Mapping[str, str], rules: IdRules) -> IdsCompared:
    """Compare the plain ids of two records scheme by scheme."""
    common = sorted(left.keys() & right.keys())
    if not common:
        return NOTHING
    equal = [scheme for scheme in common if left[scheme] == right[scheme]]
    return IdsCompared(
        site=tuple(scheme for scheme in equal if scheme not in rules.company_schemes),
        company=tuple(scheme for scheme in equal if scheme in rules.company_schemes),
        conflict=tuple(
            scheme
            for scheme in common
            if scheme not in equal and scheme not in rules.unchecked_schemes
        ),
    )
