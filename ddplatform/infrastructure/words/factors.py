"""Names of risk-method factors in two parts: the factor, and its measure.

The method (RM-1.0 section 5) writes both in one line: "out of school, lower secondary age, %
(UNESCO UIS, SDG 4.1.4)". A reader wants the first; the second is below it in small print.
"""

import re
from collections.abc import Mapping

_MEASURE = re.compile(r":\s| \(|, (?=%)")
_PLAIN: Mapping[str, tuple[str, str]] = {
    "log10(1 + state-based and one-sided deaths a year)": (
        "Deaths in armed conflict",
        "log10 of 1 + state-based and one-sided deaths a year",
    ),
    "share NOT ratified of": ("Treaties on children's rights not ratified", "share of"),
}
"""Beginnings that do not read as words, with the words for them and how the measure begins."""


def factor_title(name: str) -> str:
    """The name of the factor, capitalised: "Out of school, lower secondary age"."""
    return _parts(name)[0]


def factor_measure(name: str) -> str:
    """Its measure: "%, UNESCO UIS, SDG 4.1.4"; empty where the name has no more."""
    return _parts(name)[1]


def _parts(name: str) -> tuple[str, str]:
    for beginning, (title, measure) in _PLAIN.items():
        if name.casefold().startswith(beginning.casefold()):
            return title, measure + name[len(beginning) :]
    cut = _MEASURE.search(name)
    title, measure = (name[: cut.start()], name[cut.end() :]) if cut else (name, "")
    if measure.startswith("%"):
        measure = ", ".join(measure.split(" (", 1))
    if measure.count("(") < measure.count(")"):  # the bracket that the cut opened
        measure = measure.replace(")", "", 1)
    return title[:1].upper() + title[1:], measure
