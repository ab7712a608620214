"""Answers about where exposure comes from: origins upstream, and the ways between two nodes."""

from dataclasses import replace

from ddplatform.documents.content import Column, Kind
from ddplatform.risk.analysis_answers.queries.questions import EPSILON, Analysis
from ddplatform.risk.analysis_answers.queries.upstream import (
    Origin,
    OriginsFound,
    Path,
    PathsFound,
)
from ddplatform.risk.analysis_answers.views.content import Answer, Figure, Sheet, Value
from ddplatform.risk.words.flows import WORDS, FlowWords, goods_of_way
from ddplatform.value_chain.graph.queries.study import Spot
from supply_chain.risk.rm2.graph_file import UNPROVEN

LEAST_OF_TWO_DECIMALS = 0.01


def answer_origins(found: OriginsFound) -> Answer:
    """Where the exposure of a node comes from, by origin, country and path (RM-2.0 11.1)."""
    spot = found.about
    first = found.origins[0] if found.origins else None
    sentence = f"Nothing that is assessed reaches {spot.name} on this issue."
    if first is not None:
        sentence = (
            f"The exposure of {spot.name} is {found.exposure:.2f} of 1. The largest part, "
            f"{first.value / found.exposure:.0%}, comes {_whence(first)}."
        )
    return Answer(
        Analysis.ORIGINS,
        (spot,),
        sentence,
        (
            Figure("exposure", "Exposure, 0 to 1", found.exposure, Kind.SCORE, found.issue.value),
            Figure(
                "itself", "Of it from the site itself", _of_whole(found, found.itself), Kind.SHARE
            ),
            Figure(
                "unproven",
                "Of it from unproven flows",
                _of_whole(found, found.unproven),
                Kind.SHARE,
            ),
            Figure("origins", "Origins", len(found.origins) + found.origins_left, Kind.NUMBER),
        ),
        (
            _origin_sheet(found),
            _country_sheet(found),
            _path_sheet(found),
        ),
    )


def _whence(origin: Origin) -> str:
    if origin.residual is None:
        return f"from unproven flows to {origin.spot.name}"
    return "from itself" if origin.is_itself else f"from {origin.spot.name}"


def _of_whole(found: OriginsFound, part: float) -> float:
    return part / found.exposure if found.exposure else 0.0


def _origin_sheet(found: OriginsFound) -> Sheet:
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (
            _named(origin),
            origin.value,
            origin.value / whole,
            origin.residual,
            None if origin.residual is None else origin.value / origin.residual,
        )
        for origin in found.origins
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


def _named(origin: Origin) -> Spot:
    """The node of an origin; what unproven flows to it count as has a line of its own."""
    spot = origin.spot
    if origin.residual is not None:
        return spot
    return replace(spot, ref=f"{UNPROVEN}{spot.ref}", name=f"Unproven flows to {spot.name}")


def _country_sheet(found: OriginsFound) -> Sheet:
    """The same by country: thousands of small origins add up to few large parts."""
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (part.country, part.value, part.value / whole, part.origins) for part in found.countries
    ]
    if rows:
        count = sum(part.origins for part in found.countries)
        rows.append((Spot("", "All countries: the exposure"), whole, 1.0, count))
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


def _path_sheet(found: OriginsFound) -> Sheet:
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (
            path.spots,
            path.value,
            path.value / whole,
            _factors(path),
            goods_of_way(path.goods),
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


def _factors(path: Path) -> str:
    steps = []
    for step in path.steps:
        kept = f"(1 − {step.residual:.2f}) × {_told(step.share)}"
        steps.append(kept if step.proven is None else f"{kept} × {step.proven:.2f}")
    end, added = path.end, path.added
    return " × ".join([*steps, f"({end:.2f} + {added:.2f})" if added > EPSILON else f"{end:.2f}"])


def answer_paths(found: PathsFound) -> Answer:
    """All ways between two nodes, the one that carries most first."""
    buyer, supplier, words = found.buyer, found.supplier, WORDS[found.flows]
    sentence = f"No way leads from {supplier.name} to {buyer.name}, in neither direction."
    if found.ways:
        many = f"More than {len(found.ways):,} ways lead" if found.is_cut else "1 way leads"
        if not found.is_cut and len(found.ways) > 1:
            many = f"{len(found.ways):,} ways lead"
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
            Figure("ways", "Ways shown", len(found.ways), Kind.NUMBER,
                   "there are more" if found.is_cut else "all there are"),
        ),
        (_way_sheet(found, words),),
    )  # fmt: skip


def _way_sheet(found: PathsFound, words: FlowWords) -> Sheet:
    rows = [
        (
            way.spots,
            way.value,
            len(way.spots) - 1,
            " × ".join(map(_told, way.shares)),
            goods_of_way(way.goods),
        )
        for way in found.ways
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


def _told(share: float) -> str:
    """A share of two decimals, a small one of six: of many suppliers none reads 0.00."""
    is_small = 0 < share < LEAST_OF_TWO_DECIMALS
    return f"{share:.6f}" if is_small else f"{share:.2f}"
