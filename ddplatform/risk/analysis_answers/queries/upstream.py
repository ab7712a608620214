"""Answers about where exposure comes from: origins upstream, and the ways between two nodes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ddplatform.documents.content import Column, Kind
from ddplatform.risk.analysis.queries.content import (
    EPSILON,
    NAMED,
    Analysis,
    Answer,
    Figure,
    Sheet,
    Value,
)
from ddplatform.risk.analysis.queries.words import FlowWords, goods_of_way, words_into
from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.contributions import Contributions, IssueFlow, Part, contributions
from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.paths import Paths, paths_between
from supply_chain.risk.rm2.contributions import Proven
from supply_chain.risk.rm2.graph_file import UNPROVEN
from supply_chain.vocabulary import Issue

WAYS = 50
LEAST_OF_TWO_DECIMALS = 0.01


def answer_origins(
    study: Study, row: int, issue: Issue, of_issue: IssueFlow, *, most: int = NAMED
) -> Answer:
    """Where the exposure of a node comes from, by origin, country and path (RM-2.0 11.1)."""
    found = contributions(of_issue, row, most=most, most_paths=most)
    spot = study.spot(row)
    first = found.origins[0] if found.origins else None
    sentence = f"Nothing that is assessed reaches {spot.name} on this issue."
    if first is not None:
        sentence = (
            f"The exposure of {spot.name} is {found.exposure:.2f} of 1. The largest part, "
            f"{first.value / found.exposure:.0%}, comes {_whence(study, found, first)}."
        )
    return Answer(
        Analysis.ORIGINS,
        (spot,),
        sentence,
        (
            Figure("exposure", "Exposure, 0 to 1", found.exposure, Kind.SCORE, issue.value),
            Figure("itself", "Of it from the site itself", _own(found), Kind.SHARE),
            Figure(
                "unproven",
                "Of it from unproven flows",
                _of_whole(found, float(found.unproven.sum())),
                Kind.SHARE,
            ),
            Figure("origins", "Origins", len(found.origins) + found.origins_left, Kind.NUMBER),
        ),
        (
            _origin_sheet(study, found, of_issue.proven),
            _country_sheet(study, found),
            _path_sheet(study, found, of_issue),
        ),
    )


def _whence(study: Study, found: Contributions, part: Part) -> str:
    spot = study.spot(part.row)
    if part.is_unproven:
        return f"from unproven flows to {spot.name}"
    return "from itself" if part.row == found.row else f"from {spot.name}"


def _own(found: Contributions) -> float:
    return _of_whole(found, float(found.each[found.row]))


def _of_whole(found: Contributions, part: float) -> float:
    return part / found.exposure if found.exposure else 0.0


def _origin_sheet(study: Study, found: Contributions, proven: Proven) -> Sheet:
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (
            _origin(study, part),
            part.value,
            part.value / whole,
            *_likelihood_and_reach(part, proven),
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
        "Nothing reaches this site: neither it nor anything upstream is scored on this issue.",
        "What an origin adds is its residual likelihood times how much of it arrives over all "
        "ways together. An unproven flow counts as at least what an unknown origin of its goods "
        "would be: what that adds stands at the buyer, until the flow is proven.",
        bar="of_all",
    )


def _origin(study: Study, part: Part) -> Spot:
    spot = study.spot(part.row)
    if not part.is_unproven:
        return spot
    return replace(spot, ref=f"{UNPROVEN}{spot.ref}", name=f"Unproven flows to {spot.name}")


def _likelihood_and_reach(part: Part, proven: Proven) -> tuple[float | None, float | None]:
    """L_res of an origin and how much of it arrives; unproven flows have no likelihood."""
    if part.is_unproven:
        return None, None
    residual = float(proven.residual[part.row])
    return residual, part.value / residual


def _country_sheet(study: Study, found: Contributions) -> Sheet:
    """The same by country: thousands of small origins add up to few large parts."""
    where, codes = study.countries
    adding, unproven = found.each > 0, found.unproven > 0
    parts = np.bincount(where[adding] + 1, found.each[adding], minlength=len(codes) + 1)
    counts = np.bincount(where[adding] + 1, minlength=len(codes) + 1)
    # What is not proven may come from anywhere.
    parts[0] += found.unproven.sum()
    counts[0] += unproven.sum()
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
        "Nothing reaches this site.",
        "What all origins in a country add together, the site itself among them. Unproven flows "
        "count as not known: their goods may come from elsewhere.",
        bar="of_all",
    )


def _path_sheet(study: Study, found: Contributions, of_issue: IssueFlow) -> Sheet:
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (
            tuple(study.spot(at) for at in path.rows),
            path.value,
            path.value / whole,
            _factors(study, path.rows, of_issue),
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
            Column("path", "Path, from the site up to the origin", 4),
            Column("part", "Adds", kind=Kind.SCORE),
            Column("of_all", "Of the exposure", kind=Kind.SHARE),
            Column("factors", "How it is worked out", 3, missing=""),
            Column("goods", "What flows", missing=""),
        ),
        tuple(rows),
        "No path carries anything to this site.",
        "Each step keeps what the buyer's own likelihood leaves, times the share of its input, "
        "times what of it is proven; the end gives its likelihood, and what unproven flows to it "
        "count as. A path through a circle counts at each pass.",
        bar="of_all",
    )


def _factors(study: Study, rows: Sequence[int], of_issue: IssueFlow) -> str:
    residual, unproven = of_issue.proven.residual, of_issue.proven.unproven
    steps = []
    for buyer, supplier in pairwise(rows):
        share = weight_of(study.flow, buyer, supplier)
        carried = weight_of(of_issue.flow, buyer, supplier) * (1 - float(unproven[buyer]))
        step = f"(1 − {residual[buyer]:.2f}) × {_told(share)}"
        is_proven = carried >= share * (1 - EPSILON)
        steps.append(step if is_proven else f"{step} × {carried / share:.2f}")
    end = float(residual[rows[-1]])
    added = float(of_issue.proven.certain[rows[-1]]) - end
    return " × ".join([*steps, f"({end:.2f} + {added:.2f})" if added > EPSILON else f"{end:.2f}"])


def weight_of(flow: FlowMap, buyer: int, supplier: int) -> float:
    """The part of a buyer's input that comes straight from a supplier (w of 11.1)."""
    weights = flow.weights
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
    return " × ".join(_told(weight_of(study.flow, buyer, supplier)) for buyer, supplier in steps)


def _told(share: float) -> str:
    """A share of two decimals, a small one of six: of many suppliers none reads 0.00."""
    is_small = 0 < share < LEAST_OF_TWO_DECIMALS
    return f"{share:.6f}" if is_small else f"{share:.2f}"
