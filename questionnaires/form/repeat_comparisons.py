"""Comparisons with a question of a repeat from outside it, in a form that phone apps can evaluate.

`${child_here} = 'yes'`, asked outside the repeat of `child_here`, is true where any entry says yes
(XPath 1.0, section 3.4). JavaRosa, the basis of ODK Collect, stops at the second entry: "nodeset
has more than one node". An equivalent expression that it accepts is a count of entries.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from questionnaires.form.sheets import canonical

EXPRESSIONS = frozenset({"relevant", "constraint", "calculation", "required", "choice_filter"})
_COMPARISON = re.compile(
    r"""(?P<before>(?:^|[(,]|\band|\bor)\s*)
        (?P<question>\$\{\s*(?P<name>[^}\s]+)\s*\})\s*(?P<sign>!?=)\s*
        (?P<literal>'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?)
        (?=\s*(?:$|[),]|and\b|or\b))""",
    re.VERBOSE,
)
_EDGE = re.compile(r"(begin|end)[ _](repeat|lgroup|looped[ _]group)")
Repeats = tuple[int, ...]
"""The rows at which the repeats around a question begin, outermost first."""


def counted(survey: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows of a survey sheet with such comparisons written as counts, the rest as it was."""
    plain = [{canonical(heading): text for heading, text in row.items()} for row in survey]
    around = list(_around([row.get("type", "") for row in plain]))
    repeats = {row.get("name", ""): place for row, place in zip(plain, around, strict=True)}
    return [
        {
            heading: _counted(text, place, repeats) if canonical(heading) in EXPRESSIONS else text
            for heading, text in row.items()
        }
        for row, place in zip(survey, around, strict=True)
    ]


def _around(types: Sequence[str]) -> Iterator[Repeats]:
    opened: Repeats = ()
    for at, written in enumerate(types):
        edge = _EDGE.fullmatch(written.strip().lower())
        if edge and edge[1] == "end":
            opened = opened[:-1]
        yield opened
        if edge and edge[1] == "begin":
            opened = (*opened, at)


def _counted(text: str, place: Repeats, repeats: Mapping[str, Repeats]) -> str:
    def one(found: "re.Match[str]") -> str:
        theirs = repeats.get(found["name"], ())
        if theirs == place[: len(theirs)]:
            return found[0]
        test = f"[. {found['sign']} {found['literal']}]"
        return f"{found['before']}count({found['question']}{test}) > 0"

    return _COMPARISON.sub(one, text)
