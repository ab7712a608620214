"""Answers about what stands downstream of one node: what it touches, who is short if it stops."""

from ddplatform.documents.content import Column, Kind
from ddplatform.documents.words import counted
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
    """Which own operations and goods a node touches."""
    found, words = told.core, WORDS[told.flows]
    spot = told.spots[found.row]
    sentence = f"{spot.name} reaches none of the own operations."
    if found.touched:
        top = found.touched[0]
        sentence = (
            f"{spot.name} stands behind {counted(found.count, 'own operation')}, most of all "
            f"{told.spots[top.row].name}: {top.share:.1%} of its {words.whole}."
        )
    return Answer(
        Analysis.REACH,
        (spot,),
        sentence,
        (
            Figure("own", "Own operations it touches", found.count, Kind.NUMBER),
            Figure("downstream", f"Direct and indirect {words.takers}", found.downstream,
                   Kind.NUMBER),
            Figure("without_share", "Linked, but no share stated", found.without_stated_share,
                   Kind.NUMBER),
        ),
        (_own_sheet(told, words.whole), _goods_sheet(told, words.whole)),
    )  # fmt: skip


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
        rows.append((Spot("", f"{found.count - len(rows):,} more"), None, ()))
    return Sheet(
        "own",
        "Own operations it touches",
        (
            Column("own", "Own operation", 2),
            Column("share", f"Of its {whole}", kind=Kind.SHARE, missing=""),
            Column("way", "The way that carries most", 4, missing="no share stated"),
        ),
        tuple(rows),
        "No way leads from here to an own operation.",
        "Over all ways together. However small the share, the link is there.",
        bar="share",
    )


def _goods_sheet(told: ReachFound, whole: str) -> Sheet:
    refs = told.commodities
    return Sheet(
        "goods",
        "Goods it is in",
        (
            Column("own", "Own operation", 2),
            Column("good", "Good that arrives", 2),
            Column("hs", "HS code", missing="no code"),
            Column("of_good", "Of this good", kind=Kind.SHARE),
            Column("share", f"Of all its {whole}", kind=Kind.SHARE),
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
        "It is in no good that an own operation buys.",
        bar="of_good",
    )


def answer_stop(told: StopFound) -> Answer:
    """Who is short of what if a node stops, and who has another source."""
    found, words = told.core, WORDS[told.flows]
    spot = told.spots[found.row]
    sentence = f"Nobody in this map buys from {spot.name}."
    if found.affected:
        top = found.affected[0]
        sentence = (
            f"If {spot.name} stops, {found.count:,} "
            f"{words.taker if found.count == 1 else words.takers} "
            f"{'is' if found.count == 1 else 'are'} short of "
            f"{words.whole}, {told.spots[top.row].name} of {top.lost:.0%}; "
            f"{found.without_other:,} {'knows' if found.without_other == 1 else 'know'} "
            "no other source of the same goods."
        )
    return Answer(
        Analysis.STOP,
        (spot,),
        sentence,
        (
            Figure("business", f"Of our {words.whole} lost", found.business, Kind.SHARE),
            Figure("affected", f"{words.takers.capitalize()} affected", found.count, Kind.NUMBER),
            Figure("without_other", "Without another source", found.without_other, Kind.NUMBER),
            Figure("cut_off", "Upstream, with no other way to us", told.cut_off_count, Kind.NUMBER),
        ),
        (_affected_sheet(told, words.whole), _cut_off_sheet(told)),
    )  # fmt: skip


def _affected_sheet(told: StopFound, whole: str) -> Sheet:
    rows = [
        (
            told.spots[one.row],
            one.lost,
            1 - one.lost,
            "buys from it" if one.is_direct else "through others",
            len(one.others),
            _others(told, one),
        )
        for one in told.core.affected
    ]
    return Sheet(
        "affected",
        "Who is short of what",
        (
            Column("node", "Who", 3),
            Column("lost", f"Loses, of its {whole}", kind=Kind.SHARE),
            Column("kept", "Keeps", kind=Kind.SHARE),
            Column("how", "How"),
            Column("others", "Other sources", kind=Kind.NUMBER),
            Column("who", "Such as", 3, missing="none known"),
        ),
        tuple(rows),
        "Nobody buys from it.",
        "If nobody stands in. Another source is a known one of the same good that does not "
        "itself depend on the site. Stopping business can harm children too: disengaging "
        "comes last, and with care.",
        bar="lost",
    )


def _others(told: StopFound, one: Affected) -> str:
    return ", ".join(told.spots[at].name for at in one.others[:OTHERS_NAMED])


def _cut_off_sheet(told: StopFound) -> Sheet:
    rows: list[tuple[Value, ...]] = [(spot, spot.country) for spot in told.cut_off]
    if told.cut_off_count > len(rows):
        rows.append((Spot("", f"{told.cut_off_count - len(rows):,} more"), None))
    return Sheet(
        "cut_off",
        "Who loses the only way to us",
        (
            Column("node", "Supplier or site", 3),
            Column("country", "Country", kind=Kind.COUNTRY, missing=""),
        ),
        tuple(rows),
        "Everybody upstream of it has another way to us, or nobody is there.",
        "They, and the children around them, lose this buyer as well.",
    )
