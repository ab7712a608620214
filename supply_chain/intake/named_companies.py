"""Companies named only in chain and buyer columns: their data from all rows together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from supply_chain.intake.drafts import Json, NodeDraft
from supply_chain.intake.node_rows import Step, made_id
from supply_chain.intake.words import squeeze

PARENT = "Parent company"
"""The attribute that keeps what a list calls the parent of such a company."""


@dataclass(slots=True)
class _Heard:
    spellings: Counter[str] = field(default_factory=Counter)
    countries: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)


class CompaniesNamed:
    """Hears every row first, so that the order of the rows changes nothing."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = defaultdict(_Heard)

    def hear(self, step: Step) -> None:
        """Take in what one row says."""
        for name in step.names:
            heard = self._heard[squeeze(name)]
            heard.spellings[name] += 1
            for facts, fact in (
                (heard.countries, step.country),
                (heard.addresses, step.address),
                (heard.parents, step.parent),
            ):
                if fact:
                    facts.add(fact)

    def is_in_several_countries(self, name: str) -> bool:
        """Whether rows name two countries of a company, so that its name is not enough."""
        return len(self._heard[squeeze(name)].countries) > 1

    def node(self, name: str, step: Step) -> NodeDraft:
        """The company of a name: one node, or one for each country where rows name several.

        A fact is kept where all rows that give it agree.
        """
        heard = self._heard[squeeze(name)]
        country = step.country or _only(heard.countries)
        is_one = len(heard.countries) < 2
        parent = _only(heard.parents) if is_one else None
        attributes: dict[str, Json] = {PARENT: parent} if parent else {}
        # Where only some rows give the country, the id must not depend on it.
        return NodeDraft(
            id=made_id(name, None if is_one else country, ""),
            name=min(heard.spellings, key=lambda name: (-heard.spellings[name], name)),
            country=country,
            address=_only(heard.addresses) if is_one else None,
            attributes=attributes,
        )


def _only(facts: set[str]) -> str | None:
    return next(iter(facts)) if len(facts) == 1 else None
