"""Answers about the shape of a map: choke points, dependence, circles."""

from collections.abc import Sequence

import numpy as np

from ddplatform.documents.content import Column, Kind
from ddplatform.documents.words import counted
from ddplatform.risk.analysis.queries.content import NAMED, Analysis, Answer, Figure, Sheet, Value
from ddplatform.risk.analysis.queries.words import good_name, words_into
from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.choke_points import ChokePoint, ChokePoints, choke_points
from supply_chain.analysis.circles import Circles, circles_of
from supply_chain.analysis.dependence import Concentration, concentration, where_it_ends
from supply_chain.analysis.flow import Arrival


def answer_choke_points(study: Study, *, most: int = NAMED) -> Answer:
    """Nodes that others, or much of the volume, cannot go round."""
    found = choke_points(study.flow, study.tree, study.start, most=most)
    words = words_into(study, study.arrival)
    sentence = "No supplier stands alone between another one and the business."
    if found.by_nodes:
        top = found.by_nodes[0]
        sentence = (
            f"{found.dependent:,} of {counted(found.reached, 'node')} "
            f"{'reaches' if found.dependent == 1 else 'reach'} the business through one "
            f"other site only; most of them, {top.depends:,}, through {study.spot(top.row).name}."
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
        _choke_sheets(study, found, words.whole),
    )  # fmt: skip


def _choke_sheets(study: Study, found: ChokePoints, whole: str) -> tuple[Sheet, ...]:
    def rows(points: Sequence[ChokePoint]) -> tuple[tuple[Value, ...], ...]:
        return tuple(
            (study.spot(one.row), study.spot(one.row).country, one.depends, one.passing)
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
            rows(found.by_nodes),
            "Every supplier has a second way to the business, or stands right at it.",
            "Take one of these away, and the others have no way left to the business "
            "(dominators of the map seen from the own operations).",
            bar="depends",
        ),
        Sheet(
            "by_volume",
            "Through whom most passes",
            columns,
            rows(found.by_volume),
            "The own operations have no mapped suppliers.",
            f"The part of our {whole} that passes it at any step.",
            bar="passing",
        ),
    )


def answer_dependence(study: Study, row: int | None, *, most: int = NAMED) -> Answer:
    """How much hangs on few suppliers, countries, regions, goods (Herfindahl, largest share)."""
    arrival = study.arrival_at(row)
    words, parts = words_into(study, arrival), _concentrations(study, arrival, most)
    first = parts[0][2]
    whose = "of the business" if row is None else f"of {study.spot(row).name}"
    sentence = f"No {words.source} {whose} is mapped."
    if first.count:
        name = study.spot(first.portions[0].label).name
        sentence = (
            f"The {words.whole} {whose} comes from {first.count:,} direct "
            f"{words.source if first.count == 1 else words.sources}; "
            f"the largest, {name}, has {first.largest:.0%}."
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
        () if row is None else (study.spot(row),),
        sentence,
        (
            Figure("largest", f"Largest {words.source}", first.largest, Kind.SHARE),
            Figure("herfindahl", "Herfindahl index, at least", first.herfindahl, Kind.SCORE),
            Figure("unknown", f"{words.whole.capitalize()} not mapped", first.unknown, Kind.SHARE),
        ),
        (overview, *(_portions(ref, title, c, names) for ref, title, c, names in parts)),
    )


Part = tuple[str, str, Concentration, "list[Value]"]


def _concentrations(study: Study, arrival: Arrival, most: int) -> list[Part]:
    """(ref, title, shares, names of the labels that are shown), the direct ones first."""
    flow, words = study.flow, words_into(study, arrival)
    ends = where_it_ends(flow, arrival)
    every = np.arange(len(flow))
    suppliers = concentration(arrival.nodes, every, flow.unknown, most=most)
    origins = concentration(ends, every, flow.unknown, most=most)
    found: list[Part] = [
        ("suppliers", f"direct {words.sources}", suppliers, _spots(study, suppliers)),
        ("origins", "where it begins, as far as mapped", origins, _spots(study, origins)),
    ]
    for ref, title, (label, names) in (
        ("countries", "countries it begins in", study.countries),
        ("regions", "regions it begins in", study.regions),
    ):
        shares = concentration(ends, label, flow.unknown, most=most)
        found.append((ref, title, shares, [names[one.label] for one in shares.portions]))
    goods = concentration(
        arrival.links,
        flow.link_commodity - (None in flow.commodities),  # what names no good becomes -1
        np.zeros(len(flow.graph.links), dtype=np.bool_),
        most=most,
    )
    stated = [ref for ref in flow.commodities if ref is not None]
    found.append(
        ("goods", "goods that arrive", goods, [good_name(stated[p.label]) for p in goods.portions])
    )
    return found


def _spots(study: Study, shares: Concentration) -> list[Value]:
    return [study.spot(portion.label) for portion in shares.portions]


def _portions(ref: str, title: str, shares: Concentration, names: list[Value]) -> Sheet:
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


def answer_circles(study: Study, *, most: int = NAMED) -> Answer:
    """Nodes that through others buy from themselves."""
    found = circles_of(study.flow, study.start, most=most)
    words = words_into(study, study.arrival)
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
        (_circle_sheet(study, found, words.whole), _itself_sheet(study, found)),
    )


def _circle_sheet(study: Study, found: Circles, whole: str) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        (
            tuple(study.spot(row) for row in one.example),
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


def _itself_sheet(study: Study, found: Circles) -> Sheet:
    rows: list[tuple[Value, ...]] = [(study.spot(row),) for row in found.to_itself]
    return Sheet(
        "to_itself",
        "Linked to themselves",
        (Column("node", "Supplier or site", 3),),
        tuple(rows),
        "No site is linked to itself.",
        "Such a link plays no part in any score; check whether another site was meant.",
    )
