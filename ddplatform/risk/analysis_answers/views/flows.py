"""Answers about what flows in from upstream: what of it is not known, and which goods it is."""

from collections.abc import Sequence

from ddplatform.documents.content import Column, Kind
from ddplatform.risk.analysis_answers.queries.flows import BlindSpotsFound, ProductsFound
from ddplatform.risk.analysis_answers.queries.questions import EPSILON, Analysis
from ddplatform.risk.analysis_answers.views.content import Answer, Figure, Sheet, Value
from ddplatform.risk.words.flows import (
    WORDS,
    FlowWords,
    good_name,
    hs_codes,
)
from ddplatform.value_chain.graph.queries.study import Spot
from supply_chain.analysis.blind_spots import BlindSpots
from supply_chain.analysis.products import ProductFlow

STEPS_SHOWN = 12


LEAST_ON_ITS_WAY = 0.001
"""A step that less than this part of the volume reaches is not told on its own."""


def answer_blind_spots(told: BlindSpotsFound) -> Answer:
    """How much of the volume ends in unknown origin, tier by tier (RM-1.0 11.3)."""
    found, words = told.core, WORDS[told.flows]
    sentence = "Where all of it comes from is known."
    if found.unknown > EPSILON:
        sentence = (
            f"{found.unknown:.0%} of the {words.whole} comes from an origin that is not known."
        )
    return Answer(
        Analysis.BLIND_SPOTS,
        () if told.about is None else (told.about,),
        sentence,
        (
            Figure("unknown", "From unknown origin", found.unknown, Kind.SHARE),
            Figure("begins", "Followed to its origin", found.begins, Kind.SHARE),
            Figure("circling", "Still going round in circles", found.circling, Kind.SHARE),
        ),
        (_tier_sheet(found, words), _gap_sheet(told, words)),
    )


def _tier_sheet(found: BlindSpots, words: FlowWords) -> Sheet:
    so_far, beyond = 0.0, ""
    rows: list[tuple[Value, ...]] = []
    for tier in found.tiers[: STEPS_SHOWN + 1]:
        # A circle gives ever smaller parts: rows of 0% and more 0%.
        if rows and tier.unknown + tier.begins + tier.onward < LEAST_ON_ITS_WAY:
            beyond = f" Beyond these steps less than {LEAST_ON_ITS_WAY:.1%} is on its way."
            break
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
        f"how large they are.{beyond}",
        bar="unknown",
    )


def _gap_sheet(told: BlindSpotsFound, words: FlowWords) -> Sheet:
    found, spots = told.core, told.spots
    rows: list[tuple[Value, ...]] = [
        (spots[gap.buyer], gap.share, gap.step, spots[gap.row]) for gap in found.gaps
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


def answer_products(told: ProductsFound) -> Answer:
    """Which goods flow, with their HS codes, and how much of each is not known."""
    found, refs, words = told.core, told.commodities, WORDS[told.flows]
    stated = sum(one.by_step[0] for one in found if refs[one.commodity] is not None)
    goods = sum(1 for one in found if refs[one.commodity] is not None)
    sentence = "No link says which good flows over it."
    if goods:
        top = next(one for one in found if refs[one.commodity] is not None)
        sentence = (
            f"{goods:,} {'good is' if goods == 1 else 'goods are'} named on the way. "
            f"{good_name(refs[top.commodity])} is {top.by_step[0]:.0%} of the {words.whole} "
            "that arrives."
        )
    return Answer(
        Analysis.PRODUCTS,
        () if told.about is None else (told.about,),
        sentence,
        (
            Figure("goods", "Goods", goods, Kind.NUMBER),
            Figure("stated", "Good stated on the last step", stated, Kind.SHARE),
        ),
        (_good_sheet(found, refs, words),),
    )


def _good_sheet(
    found: Sequence[ProductFlow], refs: Sequence[str | None], words: FlowWords
) -> Sheet:
    rows = [
        (
            good_name(refs[one.commodity]),
            hs_codes(refs[one.commodity]),
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
