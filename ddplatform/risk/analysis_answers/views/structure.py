"""Answers about the shape of a map: choke points, dependence, circles."""

from collections.abc import Sequence

from ddplatform.documents.content import Column, Kind
from ddplatform.documents.words import counted
from ddplatform.risk.analysis_answers.queries.questions import Analysis
from ddplatform.risk.analysis_answers.queries.structure import (
    ChokePointsFound,
    CirclesFound,
    DependenceFound,
)
from ddplatform.risk.analysis_answers.views.content import Answer, Figure, Sheet, Value
from ddplatform.risk.words.flows import WORDS, good_name
from ddplatform.value_chain.graph.queries.study import Spot
from supply_chain.analysis.choke_points import ChokePoint
from supply_chain.analysis.dependence import Concentration


def answer_choke_points(told: ChokePointsFound) -> Answer:
    """Nodes that others, or much of the volume, cannot go round."""
    found = told.core
    sentence = "No supplier stands alone between another one and the business."
    if found.by_nodes:
        top = found.by_nodes[0]
        sentence = (
            f"{found.dependent:,} of {counted(found.reached, 'node')} "
            f"{'reaches' if found.dependent == 1 else 'reach'} the business through one "
            f"other site only; most of them, {top.depends:,}, through {told.spots[top.row].name}."
        )
    return Answer(
        Analysis.CHOKE_POINTS,
        (),
        sentence,
        (
            Figure("choke_points", "Sites others depend on", found.count, Kind.NUMBER),
            Figure("dependent", "Sites with one way only", found.dependent, Kind.NUMBER,
                   f"of {found.reached:,} that reach the business"),
        ),
        _choke_sheets(told, WORDS[told.flows].whole),
    )  # fmt: skip


def _choke_sheets(told: ChokePointsFound, whole: str) -> tuple[Sheet, ...]:
    def rows(points: Sequence[ChokePoint]) -> tuple[tuple[Value, ...], ...]:
        return tuple(
            (told.spots[one.row], told.spots[one.row].country, one.depends, one.passing)
            for one in points
        )

    columns = (
        Column("node", "Supplier or site", 3),
        Column("country", "Country", kind=Kind.COUNTRY, missing="not known"),
        Column("depends", "Reach us only through it", kind=Kind.NUMBER),
        Column("passing", f"Of our {whole}", kind=Kind.SHARE),
    )
    return (
        Sheet(
            "by_nodes",
            "On whom most others depend",
            columns,
            rows(told.core.by_nodes),
            "Every supplier has a second way to the business, or stands right at it.",
            "Take one of these away, and the others have no way left to the business "
            "(dominators of the map seen from the own operations).",
            bar="depends",
        ),
        Sheet(
            "by_volume",
            "Through whom most passes",
            columns,
            rows(told.core.by_volume),
            "The own operations have no mapped suppliers.",
            f"The part of our {whole} that passes it at any step.",
            bar="passing",
        ),
    )


def answer_dependence(told: DependenceFound) -> Answer:
    """How much hangs on few suppliers, countries, regions, goods (Herfindahl, largest share)."""
    words, parts, first = WORDS[told.flows], _parts(told), told.suppliers.core
    whose = "of the business" if told.about is None else f"of {told.about.name}"
    sentence = f"No {words.source} {whose} is mapped."
    if first.count:
        sentence = (
            f"The {words.whole} {whose} comes from {first.count:,} direct "
            f"{words.source if first.count == 1 else words.sources}; "
            f"the largest, {_name(told.suppliers.names[0])}, has {first.largest:.0%}."
        )
    overview = Sheet(
        "overview",
        "How concentrated it is",
        (
            Column("what", "Shares of", 2),
            Column("count", "Known sources", kind=Kind.NUMBER),
            Column("largest", "Largest share", kind=Kind.SHARE),
            Column("herfindahl", "Herfindahl index, at least", kind=Kind.SCORE),
            Column("herfindahl_most", "at most", kind=Kind.SCORE),
            Column("unknown", "Not known", kind=Kind.SHARE),
        ),
        tuple(
            (title, c.count, c.largest, c.herfindahl, c.herfindahl_most, c.unknown)
            for _, title, c, _ in parts
        ),
        "Nothing is mapped.",
        "The index is the sum of the squared shares: 1 is a single source, 0.25 is four equal "
        "ones. What is not known may come from many or from the largest: hence two values.",
        bar="largest",
    )
    return Answer(
        Analysis.DEPENDENCE,
        () if told.about is None else (told.about,),
        sentence,
        (
            Figure("largest", f"Largest {words.source}", first.largest, Kind.SHARE),
            Figure("herfindahl", "Herfindahl index, at least", first.herfindahl, Kind.SCORE),
            Figure("unknown", f"{words.whole.capitalize()} not mapped", first.unknown, Kind.SHARE),
        ),
        (overview, *(_portions(ref, title, c, names) for ref, title, c, names in parts)),
    )


Part = tuple[str, str, Concentration, Sequence[Value]]


def _parts(told: DependenceFound) -> list[Part]:
    """(ref, title, shares, names of the portions that are shown), the direct ones first."""
    direct = f"direct {WORDS[told.flows].sources}"
    goods = [good_name(_name(ref)) for ref in told.goods.names]
    return [
        ("suppliers", direct, told.suppliers.core, told.suppliers.names),
        ("origins", "where it begins, as far as mapped", told.origins.core, told.origins.names),
        ("countries", "countries it begins in", told.countries.core, told.countries.names),
        ("regions", "regions it begins in", told.regions.core, told.regions.names),
        ("goods", "goods that arrive", told.goods.core, goods),
    ]


def _name(portion: Spot | str) -> str:
    return portion.name if isinstance(portion, Spot) else portion


def _portions(ref: str, title: str, shares: Concentration, names: Sequence[Value]) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        (name, portion.share) for name, portion in zip(names, shares.portions, strict=True)
    ]
    named = sum(portion.share for portion in shares.portions)
    is_node = ref in ("suppliers", "origins")
    if shares.count > len(names):
        text = f"{shares.count - len(names):,} smaller ones together"
        rows.append((Spot("", text) if is_node else text, max(0.0, 1 - named - shares.unknown)))
    if shares.unknown:
        rows.append((Spot("", "Not known") if is_node else "Not known", shares.unknown))
    kind = Kind.COUNTRY if ref == "countries" else Kind.TEXT
    return Sheet(
        ref,
        title[:1].upper() + title[1:],
        (Column("name", "Name", 3, kind=kind), Column("share", "Share", kind=Kind.SHARE)),
        tuple(rows),
        "Nothing is mapped.",
        bar="share",
    )


def answer_circles(told: CirclesFound) -> Answer:
    """Nodes that through others buy from themselves."""
    found = told.core
    sentence = "There is no circle: no site buys from itself through others."
    if found.count:
        what = "circle goes" if found.count == 1 else "circles go"
        sentence = f"{found.count:,} {what} through {found.members:,} nodes."
    return Answer(
        Analysis.CIRCLES,
        (),
        sentence,
        (
            Figure("circles", "Circles", found.count, Kind.NUMBER),
            Figure("members", "Sites in circles", found.members, Kind.NUMBER),
            Figure("to_itself", "Linked to themselves", len(found.to_itself), Kind.NUMBER),
        ),
        (_circle_sheet(told, WORDS[told.flows].whole), _itself_sheet(told)),
    )


def _circle_sheet(told: CirclesFound, whole: str) -> Sheet:
    found = told.core
    rows: list[tuple[Value, ...]] = [
        (
            tuple(told.spots[row] for row in one.example),
            len(one.rows),
            one.passing,
            one.outside,
            "a gap: where it is made is missing"
            if one.is_gap
            else "a true return, or a link the wrong way round",
        )
        for one in found.circles
    ]
    if found.count > len(rows):
        rest = Spot("", f"{counted(found.count - len(rows), 'smaller circle')}")
        rows.append(((rest,), None, None, None, None))
    return Sheet(
        "circles",
        "Circles, those with most volume first",
        (
            Column("example", "A shortest way round", 4),
            Column("members", "Nodes", kind=Kind.NUMBER, missing=""),
            Column("passing", f"Of our {whole}", kind=Kind.SHARE, missing=""),
            Column("outside", "Comes in from outside", kind=Kind.SHARE, missing=""),
            Column("remark", "What it means", 2, missing=""),
        ),
        tuple(rows),
        "There is no circle in this map.",
        "Scrap, returns and trade within a group make true circles; many come from links entered "
        "the wrong way round. Exposure counts a circle at each pass.",
        bar="passing",
    )


def _itself_sheet(told: CirclesFound) -> Sheet:
    rows: list[tuple[Value, ...]] = [(told.spots[row],) for row in told.core.to_itself]
    return Sheet(
        "to_itself",
        "Linked to themselves",
        (Column("node", "Supplier or site", 3),),
        tuple(rows),
        "No site is linked to itself.",
        "Such a link plays no part in any score; check whether another site was meant.",
    )
