"""Reviewed weights and thresholds of matching: `data/matching/weights.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import mul

import numpy as np

from supply_chain.matching.data_files import DATA
from supply_chain.matching.features import Columns
from supply_chain.matching.grams import Floats
from supply_chain.matching.ids import IdRules


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

    def most_log_odds(self, least: Columns, most: Columns) -> Floats:
        """An upper bound of the log-odds of pairs whose features lie between `least` and `most`."""
        found = np.full(len(next(iter(most.values()))), self.intercept)
        for term, weight in self.terms.items():
            columns = most if weight > 0 else least
            found += weight * _term(columns, term)
        return found


def term_columns(columns: Columns, terms: Sequence[str]) -> Floats:
    """Pairs x terms; a term is a feature, or several joined by " * " as their product."""
    return np.column_stack([_term(columns, term) for term in terms])


def _term(columns: Columns, term: str) -> Floats:
    found: Floats = reduce(mul, (columns[name] for name in term.split(" * ")))
    return found


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
