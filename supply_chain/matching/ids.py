"""External ids of two records: agreements and contradictions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from supply_chain.matching.records import Record

_NOT_PART_OF_AN_ID = re.compile(r"[\W_]+")
# A spreadsheet wrote a long number so; what it was is lost.
_ROUNDED = re.compile(r"\s*\d[.,]?\d*[eE]\+?\d+\s*")
# Row numbers and fillers ("7", "n/a", "000000") are no ids.
SHORTEST = 5
FILLERS = frozenset({"UNKNOWN", "NONE", "NOTAPPLICABLE", "NOTAVAILABLE"})


@dataclass(frozen=True)
class IdRules:
    """Effect of external ids on a score; unlisted schemes count as those of a site.

    Two sites of one company share its LEI, so an id of a company only speaks for a pair.
    """

    company_schemes: frozenset[str]
    unchecked_schemes: frozenset[str]  # two values may differ and mean one thing
    shared_site_score: float
    shared_company: float  # log-odds
    conflict: float  # log-odds


@dataclass(frozen=True, slots=True)
class IdsCompared:
    """Schemes whose values are equal, of sites and of companies, and schemes that contradict."""

    site: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


NOTHING = IdsCompared()


def plain_ids(record: Record) -> Mapping[str, str]:
    """Scheme -> value without blanks and punctuation, upper case; no fillers, no "9.88E+12"."""
    plain = {
        scheme.strip().lower(): _NOT_PART_OF_AN_ID.sub("", value).upper()
        for scheme, value in record.external_ids.items()
        if not _ROUNDED.fullmatch(value)
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
