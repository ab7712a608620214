"""Answers about the downstream reach of one node, and shortages if it stops."""

from ddplatform.documents.content import Column, Kind
from ddplatform.languages import gettext as _
from ddplatform.languages import ngettext
from ddplatform.risk.analysis_answers.queries.downstream import (
    OTHERS_NAMED,
    ReachFound,
    StopFound,
)
from ddplatform.risk.analysis_answers.queries.questions import Analysis
from ddplatform.risk.analysis_answers.views.content import Answer, Figure, Sheet, Value
from ddplatform.risk.words.flows import WORDS, good_name, hs_codes
from ddplatform.value_chain.graph.queries.study import Spot
from supply_chain.analysis.reach import Affected


def answer_reach(told: ReachFound) -> Answer:
    """The own operations and goods that a node reaches."""
    found, words = told.core, WORDS[told.flows]
    spot = told.spots[found.row]
    sentence = _("%(site)s reaches none of the own operations.", site=spot.name)
    if found.touched:
        top = found.touched[0]
        sentence = ngettext(
            "%(site)s supplies %(number)s own operation, mainly %(own)s: %(share)s of "
            "its %(whole)s.",
            "%(site)s supplies %(number)s own operations, mainly %(own)s: %(share)s of "
            "its %(whole)s.",
            found.count,
            number=f"{found.count:,}",
            site=spot.name,
            own=told.spots[top.row].name,
            share=f"{top.share:.1%}",
            whole=words.whole,
        )
    return Answer(
        Analysis.REACH,
        (spot,),
        sentence,
        (
            Figure("own", _("Own operations it touches"), found.count, Kind.NUMBER),
            Figure(
                "downstream",
                _("Direct and indirect %(takers)s", takers=words.takers),
                found.downstream,
                Kind.NUMBER,
            ),
            Figure(
                "without_share",
                _("Linked, but no share stated"),
                found.without_stated_share,
                Kind.NUMBER,
            ),
        ),
        (_own_sheet(told, words.whole), _goods_sheet(told, words.whole)),
    )


def _own_sheet(told: ReachFound, whole: str) -> Sheet:
    found, spots = told.core, told.spots
    rows: list[tuple[Value, ...]] = [
        (
            spots[one.row],
            one.share,
            tuple(spots[at] for at in one.way.rows) if one.way else None,
        )
        for one in found.touched
    ]
    if found.count > len(rows):
        rows.append((Spot("", _more(found.count - len(rows))), None, ()))
    return Sheet(
        "own",
        _("Own operations it touches"),
        (
            Column("own", _("Own operation"), 2),
            Column("share", _("Of its %(whole)s", whole=whole), kind=Kind.SHARE, missing=""),
            Column("way", _("The way that carries most"), 4, missing=_("no share stated")),
        ),
        tuple(rows),
        _("No way leads from here to an own operation."),
        _("Over all ways together. However small the share, the link is there."),
        bar="share",
    )


def _goods_sheet(told: ReachFound, whole: str) -> Sheet:
    refs = told.commodities
    return Sheet(
        "goods",
        _("Goods that contain it"),
        (
            Column("own", _("Own operation"), 2),
            Column("good", _("Good that arrives"), 2),
            Column("hs", _("HS code"), missing=_("no code")),
            Column("of_good", _("Of this good"), kind=Kind.SHARE),
            Column("share", _("Of all its %(whole)s", whole=whole), kind=Kind.SHARE),
        ),
        tuple(
            (
                told.spots[one.row],
                good_name(refs[one.commodity]),
                hs_codes(refs[one.commodity]),
                one.of_good,
                one.share,
            )
            for one in told.core.goods
        ),
        _("No good bought by an own operation contains it."),
        bar="of_good",
    )


def answer_stop(told: StopFound) -> Answer:
    """Shortages if a node stops, and buyers with another source."""
    found, words = told.core, WORDS[told.flows]
    spot = told.spots[found.row]
    sentence = _("%(site)s has no buyer in this map.", site=spot.name)
    if found.affected:
        sentence = _("%(short)s; %(alone)s.", short=_short(told), alone=_alone(found.without_other))
    return Answer(
        Analysis.STOP,
        (spot,),
        sentence,
        (
            Figure(
                "business",
                _("Of our %(whole)s lost", whole=words.whole),
                found.business,
                Kind.SHARE,
            ),
            Figure(
                "affected",
                _("%(takers)s affected", takers=words.takers.capitalize()),
                found.count,
                Kind.NUMBER,
            ),
            Figure("without_other", _("Without another source"), found.without_other, Kind.NUMBER),
            Figure(
                "cut_off",
                _("Upstream, with no other route to the business"),
                told.cut_off_count,
                Kind.NUMBER,
            ),
        ),
        (_affected_sheet(told, words.whole), _cut_off_sheet(told)),
    )


def _short(told: StopFound) -> str:
    """The shortages, as a sentence without its full stop."""
    found, words, top = told.core, WORDS[told.flows], told.core.affected[0]
    return ngettext(
        "If %(site)s stops, %(number)s %(taker)s is short of %(whole)s, %(most)s of %(share)s",
        "If %(site)s stops, %(number)s %(takers)s are short of %(whole)s, %(most)s of %(share)s",
        found.count,
        number=f"{found.count:,}",
        site=told.spots[found.row].name,
        taker=words.taker,
        takers=words.takers,
        whole=words.whole,
        most=told.spots[top.row].name,
        share=f"{top.lost:.0%}",
    )


def _alone(count: int) -> str:
    return ngettext(
        "%(number)s knows no other source of the same goods",
        "%(number)s know no other source of the same goods",
        count,
        number=f"{count:,}",
    )


def _more(count: int) -> str:
    return _("%(num)s more", num=f"{count:,}")


def _affected_sheet(told: StopFound, whole: str) -> Sheet:
    rows = [
        (
            told.spots[one.row],
            one.lost,
            1 - one.lost,
            _("buys from it") if one.is_direct else _("through others"),
            len(one.others),
            _others(told, one),
        )
        for one in told.core.affected
    ]
    return Sheet(
        "affected",
        _("Who is short of what"),
        (
            Column("node", _("Who"), 3),
            Column("lost", _("Loses, of its %(whole)s", whole=whole), kind=Kind.SHARE),
            Column("kept", _("Keeps"), kind=Kind.SHARE),
            Column("how", _("How")),
            Column("others", _("Other sources"), kind=Kind.NUMBER),
            Column("who", _("Such as"), 3, missing=_("none known")),
        ),
        tuple(rows),
        _("It has no buyer."),
        _(
            "If nobody stands in. Another source is a known one of the same good that does not "
            "itself depend on the site. Stopping business can harm children too: disengaging "
            "comes last, and with care."
        ),
        bar="lost",
    )


def _others(told: StopFound, one: Affected) -> str:
    return ", ".join(told.spots[at].name for at in one.others[:OTHERS_NAMED])


def _cut_off_sheet(told: StopFound) -> Sheet:
    rows: list[tuple[Value, ...]] = [(spot, spot.country) for spot in told.cut_off]
    if told.cut_off_count > len(rows):
        rows.append((Spot("", _more(told.cut_off_count - len(rows))), None))
    return Sheet(
        "cut_off",
        _("Suppliers that lose their only route to the business"),
        (
            Column("node", _("Supplier or site"), 3),
            Column("country", _("Country"), kind=Kind.COUNTRY, missing=""),
        ),
        tuple(rows),
        _("No upstream supplier depends on it alone."),
        _("They, and the children around them, lose this buyer as well."),
    )
