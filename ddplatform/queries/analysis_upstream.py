"""Answers about what comes from upstream: origins, ways, dependence, blind spots, goods."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ddplatform.queries.analysis import Spot, Study
from ddplatform.queries.analysis_content import Analysis, Answer, Figure, Sheet, Value
from ddplatform.queries.analysis_words import (
    FlowWords,
    good_name,
    goods_of_way,
    hs_codes,
    words_into,
)
from ddplatform.reports.content import Column, Kind
from supply_chain.analysis.blind_spots import BlindSpots, blind_spots
from supply_chain.analysis.contributions import Contributions, contributions
from supply_chain.analysis.paths import Paths, paths_between
from supply_chain.analysis.products import ProductFlow, product_flows
from supply_chain.risk.method import Floats
from supply_chain.vocabulary import Issue

NAMED = 20
WAYS = 50
EPSILON = 1e-12
LEAST_OF_TWO_DECIMALS = 0.01
STEPS_SHOWN = 12


def answer_origins(
    study: Study, row: int, issue: Issue, residual: Floats, *, most: int = NAMED
) -> Answer:
    """Where the exposure of a node comes from, by origin, country and path (RM-1.0 11.1)."""
    found = contributions(study.flow, residual, row, most=most, most_paths=most)
    spot = study.spot(row)
    first = found.origins[0] if found.origins else None
    sentence = f"Nothing that is assessed reaches {spot.name} on this issue."
    if first is not None:
        whence = "from itself" if first.row == row else f"from {study.spot(first.row).name}"
        sentence = (
            f"The exposure of {spot.name} is {found.exposure:.2f} of 1. The largest part, "
            f"{first.value / found.exposure:.0%}, comes {whence}."
        )
    return Answer(
        Analysis.ORIGINS,
        (spot,),
        sentence,
        (
            Figure("exposure", "Exposure, 0 to 1", found.exposure, Kind.SCORE, issue.value),
            Figure("itself", "Of it from the node itself", _own(found), Kind.SHARE),
            Figure("origins", "Origins", len(found.origins) + found.origins_left, Kind.NUMBER),
        ),
        (
            _origin_sheet(study, found, residual),
            _country_sheet(study, found),
            _path_sheet(study, found, residual),
        ),
    )


def _own(found: Contributions) -> float:
    own = next((part.value for part in found.origins if part.row == found.row), 0.0)
    return own / found.exposure if found.exposure else 0.0


def _origin_sheet(study: Study, found: Contributions, residual: Floats) -> Sheet:
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (
            study.spot(part.row),
            part.value,
            part.value / whole,
            float(residual[part.row]),
            part.value / float(residual[part.row]),
        )
        for part in found.origins
    ]
    if found.origins_left:
        rest = Spot("", f"{found.origins_left:,} smaller origins together")
        rows.append((rest, found.origins_rest, found.origins_rest / whole, None, None))
    if rows:
        rows.append((Spot("", "All origins: the exposure"), whole, 1.0, None, None))
    return Sheet(
        "origins",
        "By origin",
        (
            Column("origin", "Origin", 3),
            Column("part", "Adds", kind=Kind.SCORE),
            Column("of_all", "Of the exposure", kind=Kind.SHARE),
            Column("residual", "Its likelihood", kind=Kind.SCORE, missing=""),
            Column("reach", "How much of it arrives", kind=Kind.SHARE, missing=""),
        ),
        tuple(rows),
        "Nothing reaches this node: neither it nor anything upstream is scored on this issue.",
        "What an origin adds is its residual likelihood times how much of it arrives over all "
        "ways together.",
        bar="of_all",
    )


def _country_sheet(study: Study, found: Contributions) -> Sheet:
    """The same by country: thousands of small origins add up to few large parts."""
    where, codes = study.countries
    adding = found.each > 0
    parts = np.bincount(where[adding] + 1, found.each[adding], minlength=len(codes) + 1)
    counts = np.bincount(where[adding] + 1, minlength=len(codes) + 1)
    order = [at for at in np.argsort(-parts, kind="stable").tolist() if counts[at]]
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (codes[at - 1] if at else None, float(parts[at]), float(parts[at]) / whole, int(counts[at]))
        for at in order
    ]
    if rows:
        rows.append((Spot("", "All countries: the exposure"), whole, 1.0, int(counts.sum())))
    return Sheet(
        "by_country",
        "By country",
        (
            Column("country", "Country", 3, kind=Kind.COUNTRY, missing="not known"),
            Column("part", "Adds", kind=Kind.SCORE),
            Column("of_all", "Of the exposure", kind=Kind.SHARE),
            Column("origins", "Origins", kind=Kind.NUMBER),
        ),
        tuple(rows),
        "Nothing reaches this node.",
        "What all origins in a country add together, the node itself among them.",
        bar="of_all",
    )


def _path_sheet(study: Study, found: Contributions, residual: Floats) -> Sheet:
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (
            tuple(study.spot(at) for at in path.rows),
            path.value,
            path.value / whole,
            _factors(study, path.rows, residual),
            goods_of_way(study, path.rows),
        )
        for path in found.paths
    ]
    if found.paths_rest > EPSILON:
        count = "All smaller" if found.paths_left is None else f"{found.paths_left:,} smaller"
        rest = (Spot("", f"{count} paths together"),)
        rows.append((rest, found.paths_rest, found.paths_rest / whole, None, None))
    if rows:
        rows.append(((Spot("", "All paths: the exposure"),), whole, 1.0, None, None))
    return Sheet(
        "paths",
        "By path",
        (
            Column("path", "Path, from the node up to the origin", 4),
            Column("part", "Adds", kind=Kind.SCORE),
            Column("of_all", "Of the exposure", kind=Kind.SHARE),
            Column("factors", "How it is worked out", 3, missing=""),
            Column("goods", "What flows", missing=""),
        ),
        tuple(rows),
        "No path carries anything to this node.",
        "Each step keeps what the buyer's own likelihood leaves, times the share of its input; "
        "the end gives its likelihood. A path through a circle counts at each pass.",
        bar="of_all",
    )


def _factors(study: Study, rows: Sequence[int], residual: Floats) -> str:
    steps = [
        f"(1 − {residual[buyer]:.2f}) × {_told(weight_of(study, buyer, supplier))}"
        for buyer, supplier in pairwise(rows)
    ]
    return " × ".join([*steps, f"{residual[rows[-1]]:.2f}"])


def weight_of(study: Study, buyer: int, supplier: int) -> float:
    """The part of a buyer's input that comes straight from a supplier (w of 11.1)."""
    weights = study.flow.weights
    run = slice(int(weights.indptr[buyer]), int(weights.indptr[buyer + 1]))
    at = int(np.searchsorted(weights.indices[run], supplier))
    return float(weights.data[run][at])


def answer_paths(study: Study, first: int, second: int, *, most: int = WAYS) -> Answer:
    """All ways between two nodes, the one that carries most first."""
    found = paths_between(study.flow, first, second, most=most)
    buyer, supplier = study.spot(found.buyer), study.spot(found.supplier)
    words = words_into(study, study.arrival_at(found.buyer))
    sentence = f"No way leads from {supplier.name} to {buyer.name}, in neither direction."
    if found.paths:
        many = f"More than {len(found.paths):,} ways lead" if found.is_cut else "1 way leads"
        if not found.is_cut and len(found.paths) > 1:
            many = f"{len(found.paths):,} ways lead"
        sentence = (
            f"{many} from {supplier.name} to {buyer.name}; "
            f"{found.passing:.1%} of its {words.whole} passes there."
        )
    return Answer(
        Analysis.PATHS,
        (buyer, supplier),
        sentence,
        (
            Figure("passing", f"Of its {words.whole}", found.passing, Kind.SHARE),
            Figure("ways", "Ways shown", len(found.paths), Kind.NUMBER,
                   "there are more" if found.is_cut else "all there are"),
        ),
        (_way_sheet(study, found, words),),
    )  # fmt: skip


def _way_sheet(study: Study, found: Paths, words: FlowWords) -> Sheet:
    rows = [
        (
            tuple(study.spot(at) for at in path.rows),
            path.value,
            len(path.rows) - 1,
            _shares(study, path.rows),
            goods_of_way(study, path.rows),
        )
        for path in found.paths
    ]
    return Sheet(
        "ways",
        "Ways, the one that carries most first",
        (
            Column("way", f"Way, from the {words.taker} up", 4),
            Column("share", f"Of the {words.whole}", kind=Kind.SHARE),
            Column("steps", "Steps", kind=Kind.NUMBER),
            Column("shares", "Share of each step", 2),
            Column("goods", "What flows"),
        ),
        tuple(rows),
        "Neither of the two stands upstream of the other.",
        "The shares of the steps multiplied. A way of 0% is there, but nothing is stated to flow "
        "on it.",
        bar="share",
    )


def _shares(study: Study, rows: Sequence[int]) -> str:
    steps = pairwise(rows)
    return " × ".join(_told(weight_of(study, buyer, supplier)) for buyer, supplier in steps)


def _told(share: float) -> str:
    """A share of two decimals, a small one of six: of many suppliers none reads 0.00."""
    is_small = 0 < share < LEAST_OF_TWO_DECIMALS
    return f"{share:.6f}" if is_small else f"{share:.2f}"


def answer_blind_spots(study: Study, row: int | None, *, most: int = NAMED) -> Answer:
    """How much of the volume ends in unknown origin, tier by tier (RM-1.0 11.3)."""
    arrival = study.arrival_at(row)
    found, words = blind_spots(study.flow, arrival, most=most), words_into(study, arrival)
    sentence = "Where all of it comes from is known."
    if found.unknown > EPSILON:
        sentence = (
            f"{found.unknown:.0%} of the {words.whole} comes from an origin that is not known."
        )
    return Answer(
        Analysis.BLIND_SPOTS,
        () if row is None else (study.spot(row),),
        sentence,
        (
            Figure("unknown", "From unknown origin", found.unknown, Kind.SHARE),
            Figure("begins", "Followed to its origin", found.begins, Kind.SHARE),
            Figure("circling", "Still going round in circles", found.circling, Kind.SHARE),
        ),
        (_tier_sheet(found, words), _gap_sheet(study, found, words)),
    )


def _tier_sheet(found: BlindSpots, words: FlowWords) -> Sheet:
    so_far, rows = 0.0, []
    for tier in found.tiers[: STEPS_SHOWN + 1]:
        so_far += tier.unknown
        rows.append((tier.step, tier.unknown, tier.begins, tier.onward, so_far))
    return Sheet(
        "tiers",
        "Tier by tier",
        (
            Column("step", "Steps up", kind=Kind.NUMBER),
            Column("unknown", "Origin not known", kind=Kind.SHARE),
            Column("begins", "Begins here", kind=Kind.SHARE),
            Column("onward", "Comes from further up", kind=Kind.SHARE),
            Column("so_far", "Not known so far", kind=Kind.SHARE),
        ),
        tuple(rows),
        "Nothing is mapped.",
        f"Parts of all {words.whole}. Each own operation counts the same: the map does not say "
        "how large they are.",
        bar="unknown",
    )


def _gap_sheet(study: Study, found: BlindSpots, words: FlowWords) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        (study.spot(gap.buyer), gap.share, gap.step, study.spot(gap.row)) for gap in found.gaps
    ]
    if found.gaps_left:
        rest = Spot("", f"{found.gaps_left:,} smaller gaps together")
        rows.append((rest, found.gaps_rest, None, Spot("", "")))
    return Sheet(
        "gaps",
        "The largest gaps: map these first",
        (
            Column("buyer", "Ask this one where it comes from", 3),
            Column("share", f"Of all {words.whole}", kind=Kind.SHARE),
            Column("step", "Steps up", kind=Kind.NUMBER, missing=""),
            Column("origin", "Stands in the map as", 3),
        ),
        tuple(rows),
        "There is no gap.",
        "Unknown origin counts as risk until it is mapped.",
        bar="share",
    )


def answer_products(study: Study, row: int | None) -> Answer:
    """Which goods flow, with their HS codes, and how much of each is not known."""
    arrival, names = study.arrival_at(row), study.flow.commodities
    found, words = product_flows(study.flow, arrival), words_into(study, arrival)
    stated = sum(one.by_step[0] for one in found if names[one.commodity] is not None)
    goods = sum(1 for one in found if names[one.commodity] is not None)
    sentence = "No link says which good flows over it."
    if goods:
        top = next(one for one in found if names[one.commodity] is not None)
        sentence = (
            f"{goods:,} goods are named on the way. {good_name(names[top.commodity])} "
            f"is {top.by_step[0]:.0%} of the {words.whole} that arrives."
        )
    return Answer(
        Analysis.PRODUCTS,
        () if row is None else (study.spot(row),),
        sentence,
        (
            Figure("goods", "Goods", goods, Kind.NUMBER),
            Figure("stated", "Good stated on the last step", stated, Kind.SHARE),
        ),
        (_good_sheet(found, names, words),),
    )


def _good_sheet(
    found: Sequence[ProductFlow], names: Sequence[str | None], words: FlowWords
) -> Sheet:
    rows = [
        (
            good_name(names[one.commodity]),
            hs_codes(names[one.commodity]),
            one.by_step[0],
            one.by_step[1] if len(one.by_step) > 1 else 0.0,
            one.by_step[2] if len(one.by_step) > 2 else 0.0,
            one.suppliers,
            one.unknown,
        )
        for one in found
    ]
    return Sheet(
        "goods",
        "By good",
        (
            Column("good", "Good", 2),
            Column("hs", "HS code", missing="no code"),
            Column("first", "Arrives", kind=Kind.SHARE),
            Column("second", "One step up", kind=Kind.SHARE),
            Column("third", "Two steps up", kind=Kind.SHARE),
            Column("suppliers", f"Known {words.sources}", kind=Kind.NUMBER),
            Column("unknown", "Of it unknown origin", kind=Kind.SHARE),
        ),
        tuple(rows),
        "No input is mapped.",
        f"Parts of all {words.whole}, by the good that the links name; HS codes are those of 2022 "
        "that a good covers.",
        bar="first",
    )
