"""Answers about the shape of a map: choke points, dependence, cycles."""

from collections.abc import Sequence

from ddplatform.documents.content import Column, Kind
from ddplatform.languages import gettext as _
from ddplatform.languages import ngettext
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
    sentence = _("No supplier is a choke point.")
    if found.by_nodes:
        top = found.by_nodes[0]
        nodes = ngettext(
            "%(number)s node", "%(number)s nodes", found.reached, number=f"{found.reached:,}"
        )
        sentence = ngettext(
            "%(number)s of %(nodes)s reaches the business through one other site only; most of "
            "them, %(most)s, through %(site)s.",
            "%(number)s of %(nodes)s reach the business through one other site only; most of "
            "them, %(most)s, through %(site)s.",
            found.dependent,
            number=f"{found.dependent:,}",
            nodes=nodes,
            most=f"{top.depends:,}",
            site=told.spots[top.row].name,
        )
    return Answer(
        Analysis.CHOKE_POINTS,
        (),
        sentence,
        (
            Figure("choke_points", _("Sites others depend on"), found.count, Kind.NUMBER),
            Figure(
                "dependent",
                _("Sites with one way only"),
                found.dependent,
                Kind.NUMBER,
                _("of %(num)s that reach the business", num=f"{found.reached:,}"),
            ),
        ),
        _choke_sheets(told, WORDS[told.flows].whole),
    )


def _choke_sheets(told: ChokePointsFound, whole: str) -> tuple[Sheet, ...]:
    def rows(points: Sequence[ChokePoint]) -> tuple[tuple[Value, ...], ...]:
        return tuple(
            (told.spots[one.row], told.spots[one.row].country, one.depends, one.passing)
            for one in points
        )

    columns = (
        Column("node", _("Supplier or site"), 3),
        Column("country", _("Country"), kind=Kind.COUNTRY, missing=_("not known")),
        Column("depends", _("Reach us only through it"), kind=Kind.NUMBER),
        Column("passing", _("Of our %(whole)s", whole=whole), kind=Kind.SHARE),
    )
    return (
        Sheet(
            "by_nodes",
            _("On whom most others depend"),
            columns,
            rows(told.core.by_nodes),
            _("Every supplier has a second route to the business or supplies it directly."),
            _(
                "Take one of these away, and the others have no way left to the business "
                "(dominators of the map seen from the own operations)."
            ),
            bar="depends",
        ),
        Sheet(
            "by_volume",
            _("Through whom most passes"),
            columns,
            rows(told.core.by_volume),
            _("The own operations have no mapped suppliers."),
            _("The part of our %(whole)s that passes it at any step.", whole=whole),
            bar="passing",
        ),
    )


def answer_dependence(told: DependenceFound) -> Answer:
    """The dependence on few suppliers, countries, regions, goods (Herfindahl, largest share)."""
    words, parts, first = WORDS[told.flows], _parts(told), told.suppliers.core
    overview = Sheet(
        "overview",
        _("Concentration"),
        (
            Column("what", _("Shares of"), 2),
            Column("count", _("Known sources"), kind=Kind.NUMBER),
            Column("largest", _("Largest share"), kind=Kind.SHARE),
            Column("herfindahl", _("Herfindahl index, at least"), kind=Kind.SCORE),
            Column("herfindahl_most", _("at most"), kind=Kind.SCORE),
            Column("unknown", _("Not known"), kind=Kind.SHARE),
        ),
        tuple(
            (title, c.count, c.largest, c.herfindahl, c.herfindahl_most, c.unknown)
            for _, title, c, _ in parts
        ),
        _("Nothing is mapped."),
        _(
            "The index is the sum of the squared shares: 1 is a single source, 0.25 is four equal "
            "ones. What is not known may come from many or from the largest: hence two values."
        ),
        bar="largest",
    )
    return Answer(
        Analysis.DEPENDENCE,
        () if told.about is None else (told.about,),
        _comes_from(told),
        (
            Figure(
                "largest", _("Largest %(source)s", source=words.source), first.largest, Kind.SHARE
            ),
            Figure("herfindahl", _("Herfindahl index, at least"), first.herfindahl, Kind.SCORE),
            Figure(
                "unknown",
                _("%(whole)s not mapped", whole=words.whole.capitalize()),
                first.unknown,
                Kind.SHARE,
            ),
        ),
        (overview, *(_portions(ref, title, c, names) for ref, title, c, names in parts)),
    )


def _comes_from(told: DependenceFound) -> str:
    """From how many direct sources it comes, and how much from the largest."""
    words, first = WORDS[told.flows], told.suppliers.core
    whose = _("the business") if told.about is None else told.about.name
    if not first.count:
        return _("No %(source)s of %(whose)s is mapped.", source=words.source, whose=whose)
    return ngettext(
        "The %(whole)s of %(whose)s comes from %(number)s direct %(source)s; the largest, "
        "%(largest)s, has %(share)s.",
        "The %(whole)s of %(whose)s comes from %(number)s direct %(sources)s; the largest, "
        "%(largest)s, has %(share)s.",
        first.count,
        number=f"{first.count:,}",
        whole=words.whole,
        whose=whose,
        source=words.source,
        sources=words.sources,
        largest=_name(told.suppliers.names[0]),
        share=f"{first.largest:.0%}",
    )


Part = tuple[str, str, Concentration, Sequence[Value]]


def _parts(told: DependenceFound) -> list[Part]:
    """(ref, title, shares, names of the portions that are shown), the direct ones first."""
    direct = _("direct %(sources)s", sources=WORDS[told.flows].sources)
    goods = [good_name(_name(ref)) for ref in told.goods.names]
    return [
        ("suppliers", direct, told.suppliers.core, told.suppliers.names),
        ("origins", _("where it begins, as far as mapped"), told.origins.core, told.origins.names),
        ("countries", _("countries it begins in"), told.countries.core, told.countries.names),
        ("regions", _("regions it begins in"), told.regions.core, told.regions.names),
        ("goods", _("goods that arrive"), told.goods.core, goods),
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
        text = _("%(num)s smaller ones together", num=f"{shares.count - len(names):,}")
        rows.append((Spot("", text) if is_node else text, max(0.0, 1 - named - shares.unknown)))
    if shares.unknown:
        text = _("Not known")
        rows.append((Spot("", text) if is_node else text, shares.unknown))
    kind = Kind.COUNTRY if ref == "countries" else Kind.TEXT
    return Sheet(
        ref,
        title[:1].upper() + title[1:],
        (Column("name", _("Name"), 3, kind=kind), Column("share", _("Share"), kind=Kind.SHARE)),
        tuple(rows),
        _("Nothing is mapped."),
        bar="share",
    )


def answer_circles(told: CirclesFound) -> Answer:
    """Nodes that through others buy from themselves."""
    found = told.core
    sentence = _("There is no circle: no site buys from itself through others.")
    if found.count:
        sentence = ngettext(
            "%(number)s circle goes through %(members)s nodes.",
            "%(number)s circles go through %(members)s nodes.",
            found.count,
            number=f"{found.count:,}",
            members=f"{found.members:,}",
        )
    return Answer(
        Analysis.CIRCLES,
        (),
        sentence,
        (
            Figure("circles", _("Circles"), found.count, Kind.NUMBER),
            Figure("members", _("Sites in circles"), found.members, Kind.NUMBER),
            Figure("to_itself", _("Linked to themselves"), len(found.to_itself), Kind.NUMBER),
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
            _("a gap: the place of production is missing")
            if one.is_gap
            else _("a true return, or a link the wrong way round"),
        )
        for one in found.circles
    ]
    if found.count > len(rows):
        left = found.count - len(rows)
        rest = Spot(
            "",
            ngettext(
                "%(number)s smaller circle", "%(number)s smaller circles", left, number=f"{left:,}"
            ),
        )
        rows.append(((rest,), None, None, None, None))
    return Sheet(
        "circles",
        _("Circles, those with most volume first"),
        (
            Column("example", _("A shortest way round"), 4),
            Column("members", _("Nodes"), kind=Kind.NUMBER, missing=""),
            Column("passing", _("Of our %(whole)s", whole=whole), kind=Kind.SHARE, missing=""),
            Column("outside", _("From outside"), kind=Kind.SHARE, missing=""),
            Column("remark", _("What it means"), 2, missing=""),
        ),
        tuple(rows),
        _("There is no circle in this map."),
        _(
            "Scrap, returns and trade within a group make true circles; many come from links "
            "entered the wrong way round. Exposure counts a circle at each pass."
        ),
        bar="passing",
    )


def _itself_sheet(told: CirclesFound) -> Sheet:
    rows: list[tuple[Value, ...]] = [(told.spots[row],) for row in told.core.to_itself]
    return Sheet(
        "to_itself",
        _("Linked to themselves"),
        (Column("node", _("Supplier or site"), 3),),
        tuple(rows),
        _("No site is linked to itself."),
        _("Such a link plays no part in any score; check whether another site was meant."),
    )
