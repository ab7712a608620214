"""Training of the matching weights in `supply_chain/data/matching/weights.json`.

    PYTHONPATH=. .venv/bin/python scripts/train_matching.py

Trains on the open half of the labelled pairs whose licence allows it and on variants of open lists
of mills and facilities (`benchmarks/data/matching/SOURCES.md`); the proof half is never read here.
A set has the weight given beside it, however many pairs it has. Review the difference of the file
before you commit it: `docs/matching.md` explains each figure.
"""

import json
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from benchmarks import labelled_pairs
from benchmarks.labelled_pairs import (
    Labelled,
    names_alone,
    names_other_units,
    without_coordinates,
)
from scripts.facility_variants import facility_variants
from scripts.matching_variants import mill_variants, of_one_park, placed
from supply_chain.matching.data_files import DATA
from supply_chain.matching.features import Columns, compare
from supply_chain.matching.prepared import prepare
from supply_chain.matching.weights import term_columns

PENALTY = 2.0  # of the squared weights
MILL_VARIANTS, FACILITY_VARIANTS = 2_200, 1_500

# The origin of a pair must not leak in through the gaps of its lists.
UNUSED = ("place_given", "country_given")
NAME_FEATURES = ("name_", "legal_forms_differ", "countries_differ")
TOGETHER = (
    "name_grams * address_grams",
    "name_grams * near",
    "name_grams * same_area",
    "name_part * near",
    "name_numbers_differ * near",
    "operator_is_other_name * near",
    "name_grams * operator_letters",
    "name_part * operator_letters",
    "name_rare_words * operator_letters",
    "name_first_word * operator_letters",
    "name_grams * operator_is_other_name",
    "name_part * operator_is_other_name",
    "operator_letters * operator_is_other_name",
    "name_part_close * operator_letters",
    "name_words_close * operator_letters",
    "name_grams_close * operator_letters",
    "name_rare_left_over * operator_letters",
    "name_rare_left_over * operator_is_other_name",
    "name_rare_left_over * operator_given",
    "name_rare_left_over * name_part",
    "name_equal * near",
    "name_part_close * near",
    "name_grams_close * near",
    "name_letters_close * near",
    "name_rare_words * near",
    "name_first_word * near",
    "near * same_area",
    "near * operator_letters",
    "near * operator_part",
    "place_words * near",
    "same_area * name_words",
    "same_area * name_part",
    "far * name_grams",
    "far * name_number_one_side",
    "far * far",
)
# Evidence against a pair may never raise a score, and similarity may never lower it.
AGAINST = {
    "name_numbers_differ",
    "name_number_one_side",
    "name_rare_left_over",
    "legal_forms_differ",
    "countries_differ",
    "far",
    "name_each_alone",
    "name_one_alone",
    "address_numbers_differ",
}
GIVEN = {"operator_given", "address_given", "distance_given"}
Limit = tuple[float | None, float | None]
Sets = list[tuple[float, list[Labelled]]]


def main() -> None:
    """Fit and write."""
    opened = Opened(
        labelled_pairs.facilities(proof=False),
        labelled_pairs.names(proof=False),
        labelled_pairs.sites(proof=False),
    )
    write(*fitted(training_sets(opened)))


@dataclass(frozen=True)
class Opened:
    """The pairs with a verdict that may train."""

    facilities: list[Labelled]
    names: list[Labelled]
    sites: list[Labelled]


def fitted(sets: Sets) -> tuple[float, dict[str, float]]:
    """The intercept and the weight of each term."""
    columns = [columns_of(pairs) for _, pairs in sets]
    terms = terms_of(columns[0])
    rows = np.vstack([term_columns(found, terms) for found in columns])
    truth = np.concatenate([[pair.is_match for pair in pairs] for _, pairs in sets]).astype(float)
    share = np.concatenate([np.full(len(pairs), weight / len(pairs)) for weight, pairs in sets])
    intercept, found = fit(rows, truth, share=share / share.mean(), limits=list(map(limit, terms)))
    return intercept, dict(zip(terms, found.tolist(), strict=True))


def training_sets(opened: Opened) -> Sets:
    """Sets of pairs with the weight of each set."""
    facilities, sites = opened.facilities, opened.sites
    mills = mill_variants(MILL_VARIANTS)
    printed = facility_variants(FACILITY_VARIANTS)
    parks = of_one_park(facilities * 6 + sites[::6] + printed[: FACILITY_VARIANTS // 2 : 2])
    return [
        (0.4, facilities),
        (0.2, placed(facilities)),
        (1.0, printed),
        (0.3, placed(printed[::3])),
        (0.6, [pair for pair in opened.names if not names_other_units(pair)]),
        (1.0, sites),
        (1.5, mills),
        (0.5, without_coordinates(mills[::2])),
        (0.4, placed(sites[::3])),
        (0.05, parks),
        (0.25, placed(parks)),
        (1.2, names_alone(sites[::2])),
        (0.6, names_alone(mills[::2])),
        (0.6, names_alone(printed[::2])),
    ]


def columns_of(pairs: list[Labelled]) -> Columns:
    """The features of pairs."""
    prepared = prepare([*(pair.left for pair in pairs), *(pair.right for pair in pairs)])
    rows = np.arange(len(pairs))
    return compare(prepared, rows, rows + len(pairs))


def terms_of(columns: Columns) -> list[str]:
    """Features alone, those of names also where addresses or places are compared, products."""
    alone = [name for name in columns if name not in UNUSED]
    named = [n for n in alone if n.startswith(NAME_FEATURES) and not n.endswith("_close")]
    beside = [f"{n} * {given}" for given in ("address_given", "distance_given") for n in named]
    return [*alone, *beside, *TOGETHER]


def limit(term: str) -> Limit:
    """The least and the greatest weight that a term may have."""
    parts = set(term.split(" * "))
    if parts & AGAINST:
        return None, 0.0
    return (None, None) if term in GIVEN else (0.0, None)


def fit(
    rows: np.ndarray, truth: np.ndarray, *, share: np.ndarray, limits: list[Limit]
) -> tuple[float, np.ndarray]:
    """Weighted logistic regression with a quadratic penalty on all but the intercept."""

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        odds = rows @ point[:-1] + point[-1]
        lost = (share * (np.logaddexp(0, odds) - truth * odds)).sum()
        pull = share * (1 / (1 + np.exp(-odds)) - truth)
        slope = np.append(rows.T @ pull + PENALTY * point[:-1], pull.sum())
        return lost + PENALTY / 2 * (point[:-1] @ point[:-1]), slope

    start = np.zeros(rows.shape[1] + 1)
    bounds = [*limits, (None, None)]
    options = {"maxiter": 1_000}
    point = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    return float(point[-1]), point[:-1]


def write(intercept: float, terms: dict[str, float]) -> None:
    """Keep what is written by hand in the file, replace what is fitted."""
    path = DATA / "weights.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["intercept"] = round(intercept, 3)
    told["terms"] = {term: round(weight, 3) for term, weight in terms.items() if round(weight, 3)}
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
