"""Tables of docs/asvs.md, generated from the lists of requirements in docs/asvs/.

A list names each requirement of a chapter of OWASP ASVS 5.0.0 that is held against this program:
all of level 1 and 2, and some of level 3.

Usage: python -m scripts.write_asvs_page
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import yaml

from scripts.page_tables import DOCS, rewrite, table

PAGE = DOCS / "asvs.md"
LISTS = DOCS / "asvs"
State = Literal["met", "operator", "not_applicable", "not_met"]
STATES: Mapping[State, str] = {
    "met": "met",
    "not_met": "not met",
    "operator": "by the operator",
    "not_applicable": "not applicable",
}
CHAPTERS: Sequence[str] = (
    "Encoding and sanitisation",
    "Validation and business logic",
    "Browser",
    "API and web services",
    "Files",
    "Authentication",
    "Sessions",
    "Authorisation",
    "Self-contained tokens",
    "OAuth and OpenID Connect",
    "Cryptography",
    "Secure communication",
    "Configuration",
    "Data protection",
    "Secure coding and architecture",
    "Logging and error handling",
    "WebRTC",
)


@dataclass(frozen=True)
class Requirement:
    """A requirement, how it is met, and what shows it."""

    id: str
    level: int
    about: str
    state: State
    how: str
    where: Sequence[str] = ()
    """Files, from the root of the repository."""
    tests: Sequence[str] = ()
    """`FILE::FUNCTION`"""

    @property
    def chapter(self) -> int:
        """From 1 to 17."""
        return int(self.id.split(".")[0])


def requirements() -> list[Requirement]:
    """All of them, in the order of their ids."""
    return sorted(_read(), key=lambda one: [int(part) for part in one.id.split(".")])


def _read() -> Iterator[Requirement]:
    for path in LISTS.glob("V*.yaml"):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Requirement(**row)


def tables() -> dict[str, str]:
    """Every table of the page by its name."""
    found = requirements()
    counts = [Counter(one.state for one in found if one.chapter == n + 1) for n in range(17)]
    rows = [
        [f"[V{n:02}](asvs/V{n:02}.yaml) {title}", *(str(count[state]) for state in STATES)]
        for n, (title, count) in enumerate(zip(CHAPTERS, counts, strict=True), 1)
    ]
    whole = Counter(one.state for one in found)
    rows.append(["All", *(str(whole[state]) for state in STATES)])
    open_ones = [
        [one.id, str(one.level), one.about, one.how] for one in found if one.state == "not_met"
    ]
    return {
        "asvs_chapters": table(["chapter", *STATES.values()], rows),
        "asvs_not_met": table(["", "level", "asks for", "what is missing"], open_ones),
    }


if __name__ == "__main__":
    rewrite([PAGE], tables())
