"""Answers about origins of exposure upstream, and the paths between two nodes."""

from dataclasses import replace

from ddplatform.documents.content import Column, Kind
from ddplatform.languages import gettext as _
from ddplatform.languages import ngettext
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
    """The sources of the exposure of a node, by origin, country and path (RM-2.0 11.1)."""
    spot = found.about
    first = found.origins[0] if found.origins else None
    sentence = _("Nothing that is assessed reaches %(site)s on this issue.", site=spot.name)
    if first is not None:
        sentence = _largest(found, first)
    return Answer(
        Analysis.ORIGINS,
        (spot,),
        sentence,
        (
            Figure(
                "exposure", _("Exposure, 0 to 1"), found.exposure, Kind.SCORE, found.issue.value
            ),
            Figure(
                "itself",
                _("Of it from the site itself"),
                _of_whole(found, found.itself),
                Kind.SHARE,
            ),
            Figure(
                "unproven",
                _("Of it from unproven flows"),
                _of_whole(found, found.unproven),
                Kind.SHARE,
            ),
            Figure("origins", _("Origins"), len(found.origins) + found.origins_left, Kind.NUMBER),
        ),
        (
            _origin_sheet(found),
            _country_sheet(found),
            _path_sheet(found),
        ),
    )


def _largest(found: OriginsFound, origin: Origin) -> str:
    """The exposure, and where its largest part comes from."""
    said = {
        "site": found.about.name,
        "exposure": f"{found.exposure:.2f}",
        "share": f"{origin.value / found.exposure:.0%}",
        "origin": origin.spot.name,
    }
    if origin.residual is None:
        return _(
            "The exposure of %(site)s is %(exposure)s of 1. The largest part, %(share)s, comes "
            "from unproven flows to %(origin)s.",
            **said,
        )
    if origin.is_itself:
        return _(
            "The exposure of %(site)s is %(exposure)s of 1. The largest part, %(share)s, comes "
            "from itself.",
            **said,
        )
    return _(
        "The exposure of %(site)s is %(exposure)s of 1. The largest part, %(share)s, comes from "
        "%(origin)s.",
        **said,
    )


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
        rest = Spot("", _("%(num)s smaller origins together", num=f"{found.origins_left:,}"))
        rows.append((rest, found.origins_rest, found.origins_rest / whole, None, None))
    if rows:
        rows.append((Spot("", _("All origins: the exposure")), whole, 1.0, None, None))
    return Sheet(
        "origins",
        _("By origin"),
        (
            Column("origin", _("Origin"), 3),
            Column("part", _("Adds"), kind=Kind.SCORE),
            Column("of_all", _("Of the exposure"), kind=Kind.SHARE),
            Column("residual", _("Its likelihood"), kind=Kind.SCORE, missing=""),
            Column("reach", _("Share that arrives"), kind=Kind.SHARE, missing=""),
        ),
        tuple(rows),
        _("Nothing reaches this site: neither it nor anything upstream is scored on this issue."),
        _(
            "What an origin adds is its residual likelihood times how much of it arrives over all "
            "ways together. An unproven flow counts as at least what an unknown origin of its "
            "goods would be: what that adds stands at the buyer, until the flow is proven."
        ),
        bar="of_all",
    )


def _named(origin: Origin) -> Spot:
    """The node of an origin; what unproven flows to it count as has a line of its own."""
    spot = origin.spot
    if origin.residual is not None:
        return spot
    name = _("Unproven flows to %(site)s", site=spot.name)
    return replace(spot, ref=f"{UNPROVEN}{spot.ref}", name=name)


def _country_sheet(found: OriginsFound) -> Sheet:
    """The same by country: thousands of small origins add up to few large parts."""
    whole = found.exposure
    rows: list[tuple[Value, ...]] = [
        (part.country, part.value, part.value / whole, part.origins) for part in found.countries
    ]
    if rows:
        count = sum(part.origins for part in found.countries)
        rows.append((Spot("", _("All countries: the exposure")), whole, 1.0, count))
    return Sheet(
        "by_country",
        _("By country"),
        (
            Column("country", _("Country"), 3, kind=Kind.COUNTRY, missing=_("not known")),
            Column("part", _("Adds"), kind=Kind.SCORE),
            Column("of_all", _("Of the exposure"), kind=Kind.SHARE),
            Column("origins", _("Origins"), kind=Kind.NUMBER),
        ),
        tuple(rows),
        _("Nothing reaches this site."),
        _(
            "What all origins in a country add together, the site itself among them. Unproven "
            "flows count as not known: their goods may come from elsewhere."
        ),
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
        text = _("All smaller paths together")
        if found.paths_left is not None:
            text = _("%(num)s smaller paths together", num=f"{found.paths_left:,}")
        rest = (Spot("", text),)
        rows.append((rest, found.paths_rest, found.paths_rest / whole, None, None))
    if rows:
        rows.append(((Spot("", _("All paths: the exposure")),), whole, 1.0, None, None))
    return Sheet(
        "paths",
        _("By path"),
        (
            Column("path", _("Path, from the site up to the origin"), 4),
            Column("part", _("Adds"), kind=Kind.SCORE),
            Column("of_all", _("Of the exposure"), kind=Kind.SHARE),
            Column("factors", _("Calculation"), 3, missing=""),
            Column("goods", _("What flows"), missing=""),
        ),
        tuple(rows),
        _("No path carries anything to this site."),
        _(
            "Each step keeps what the buyer's own likelihood leaves, times the share of its input, "
            "times what of it is proven; the end gives its likelihood, and what unproven flows to "
            "it count as. A path through a circle counts at each pass."
        ),
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
    said = {"supplier": supplier.name, "buyer": buyer.name}
    sentence = _("No way leads from %(supplier)s to %(buyer)s, in neither direction.", **said)
    if found.ways:
        count = len(found.ways)
        said |= {"share": f"{found.passing:.1%}", "whole": str(words.whole), "number": f"{count:,}"}
        sentence = ngettext(
            "%(number)s way leads from %(supplier)s to %(buyer)s; %(share)s of its %(whole)s "
            "passes there.",
            "%(number)s ways lead from %(supplier)s to %(buyer)s; %(share)s of its %(whole)s "
            "passes there.",
            count,
            **said,
        )
        if found.is_cut:
            sentence = _(
                "More than %(number)s ways lead from %(supplier)s to %(buyer)s; %(share)s of its "
                "%(whole)s passes there.",
                **said,
            )
    return Answer(
        Analysis.PATHS,
        (buyer, supplier),
        sentence,
        (
            Figure("passing", _("Of its %(whole)s", whole=words.whole), found.passing, Kind.SHARE),
            Figure(
                "ways",
                _("Ways shown"),
                len(found.ways),
                Kind.NUMBER,
                _("there are more") if found.is_cut else _("all there are"),
            ),
        ),
        (_way_sheet(found, words),),
    )


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
        _("Ways, the one that carries most first"),
        (
            Column("way", _("Way, from the %(taker)s up", taker=words.taker), 4),
            Column("share", _("Of the %(whole)s", whole=words.whole), kind=Kind.SHARE),
            Column("steps", _("Steps"), kind=Kind.NUMBER),
            Column("shares", _("Share of each step"), 2),
            Column("goods", _("What flows")),
        ),
        tuple(rows),
        _("Neither of the two is upstream of the other."),
        _(
            "The product of the shares of all steps. A route of %(none)s exists, but no flow is "
            "stated on it.",
            none="0%",
        ),
        bar="share",
    )


def _told(share: float) -> str:
    """A share of two decimals, a small one of six: of many suppliers none reads 0.00."""
    is_small = 0 < share < LEAST_OF_TWO_DECIMALS
    return f"{share:.6f}" if is_small else f"{share:.2f}"
