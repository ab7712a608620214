"""The reviewed weights and thresholds of matching: `data/matching/weights.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from supply_chain.matching.features import Columns
from supply_chain.matching.grams import Floats
from supply_chain.matching.legal_forms import DATA


@dataclass(frozen=True)
class IdRules:
    """What external ids do to a score; schemes that are not named count as those of a site.

    Two sites of one company share its LEI, so an id of a company only speaks for a pair.
    """

    company_schemes: frozenset[str]
    unchecked_schemes: frozenset[str]  # two values may differ and mean one thing
    shared_site_score: float
    shared_company: float  # log-odds
    conflict: float  # log-odds


@dataclass(frozen=True)
class Weights:
    """A logistic model: log-odds = intercept + sum of weight x product of the term's features."""

    version: str
    intercept: float
    terms: Mapping[str, float]
    same_from: float
    review_from: float
    ids: IdRules

    def log_odds(self, columns: Columns) -> Floats:
        """The log-odds of pairs from their features."""
        count = len(next(iter(columns.values())))
        start = np.full(count, self.intercept)
        weights = np.array([*self.terms.values()])
        found: Floats = start + term_columns(columns, list(self.terms)) @ weights
        return found


def term_columns(columns: Columns, terms: Sequence[str]) -> Floats:
    """Pairs x terms; a term is a feature, or several joined by " * " as their product."""
    made = [prod((columns[name] for name in term.split(" * ")), start=1.0) for term in terms]
    return np.column_stack(made)


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The shipped weights, read once."""
    told = json.loads((DATA / "weights.json").read_text(encoding="utf-8"))
    ids = told["ids"]
    return Weights(
        version=told["version"],
        intercept=told["intercept"],
        terms=told["terms"],
        same_from=told["same_from"],
        review_from=told["review_from"],
        ids=IdRules(
            company_schemes=frozenset(ids["company_schemes"]),
            unchecked_schemes=frozenset(ids["unchecked_schemes"]),
            shared_site_score=ids["shared_site_score"],
            shared_company=ids["shared_company"],
            conflict=ids["conflict"],
        ),
    )
