"""Answers about flows from upstream: their unknown part, and their goods."""

from collections.abc import Sequence

from ddplatform.documents.content import Column, Kind
from ddplatform.languages import gettext as _
from ddplatform.languages import ngettext
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
    """The part of the volume that ends in unknown origin, tier by tier (RM-1.0 11.3)."""
    found, words = told.core, WORDS[told.flows]
    sentence = _("All origins are known.")
    if found.unknown > EPSILON:
        sentence = _(
            "%(share)s of the %(whole)s has an unknown origin.",
            share=f"{found.unknown:.0%}",
            whole=words.whole,
        )
    return Answer(
        Analysis.BLIND_SPOTS,
        () if told.about is None else (told.about,),
        sentence,
        (
            Figure("unknown", _("From unknown origin"), found.unknown, Kind.SHARE),
            Figure("begins", _("Followed to its origin"), found.begins, Kind.SHARE),
            Figure("circling", _("Still going round in circles"), found.circling, Kind.SHARE),
        ),
        (_tier_sheet(found, words), _gap_sheet(told, words)),
    )


def _tier_sheet(found: BlindSpots, words: FlowWords) -> Sheet:
    so_far, beyond = 0.0, ""
    rows: list[tuple[Value, ...]] = []
    for tier in found.tiers[: STEPS_SHOWN + 1]:
        # A circle gives ever smaller parts: rows of 0% and more 0%.
        if rows and tier.unknown + tier.begins + tier.onward < LEAST_ON_ITS_WAY:
            beyond = _(
                "Beyond these steps less than %(share)s is on its way.",
                share=f"{LEAST_ON_ITS_WAY:.1%}",
            )
            break
        so_far += tier.unknown
        rows.append((tier.step, tier.unknown, tier.begins, tier.onward, so_far))
    note = _(
        "Parts of all %(whole)s. Each own operation counts the same: the map does not say how "
        "large they are.",
        whole=words.whole,
    )
    return Sheet(
        "tiers",
        _("Tier by tier"),
        (
            Column("step", _("Steps up"), kind=Kind.NUMBER),
            Column("unknown", _("Origin not known"), kind=Kind.SHARE),
            Column("begins", _("Begins here"), kind=Kind.SHARE),
            Column("onward", _("From suppliers further upstream"), kind=Kind.SHARE),
            Column("so_far", _("Not known so far"), kind=Kind.SHARE),
        ),
        tuple(rows),
        _("Nothing is mapped."),
        f"{note} {beyond}".strip(),
        bar="unknown",
    )


def _gap_sheet(told: BlindSpotsFound, words: FlowWords) -> Sheet:
    found, spots = told.core, told.spots
    rows: list[tuple[Value, ...]] = [
        (spots[gap.buyer], gap.share, gap.step, spots[gap.row]) for gap in found.gaps
    ]
    if found.gaps_left:
        rest = Spot("", _("%(num)s smaller gaps together", num=f"{found.gaps_left:,}"))
        rows.append((rest, found.gaps_rest, None, Spot("", "")))
    return Sheet(
        "gaps",
        _("The largest gaps: map these first"),
        (
            Column("buyer", _("Ask this supplier for the origin"), 3),
            Column("share", _("Of all %(whole)s", whole=words.whole), kind=Kind.SHARE),
            Column("step", _("Steps up"), kind=Kind.NUMBER, missing=""),
            Column("origin", _("Record in the map"), 3),
        ),
        tuple(rows),
        _("There is no gap."),
        _("Unknown origin counts as risk until it is mapped."),
        bar="share",
    )


def answer_products(told: ProductsFound) -> Answer:
    """The goods that flow, with their HS codes and the unknown part of each."""
    found, refs, words = told.core, told.commodities, WORDS[told.flows]
    stated = sum(one.by_step[0] for one in found if refs[one.commodity] is not None)
    goods = sum(1 for one in found if refs[one.commodity] is not None)
    sentence = _("No link states the good that it carries.")
    if goods:
        top = next(one for one in found if refs[one.commodity] is not None)
        sentence = ngettext(
            "%(number)s good is named on the way. %(good)s is %(share)s of the %(whole)s that "
            "arrives.",
            "%(number)s goods are named on the way. %(good)s is %(share)s of the %(whole)s that "
            "arrives.",
            goods,
            number=f"{goods:,}",
            good=good_name(refs[top.commodity]),
            share=f"{top.by_step[0]:.0%}",
            whole=words.whole,
        )
    return Answer(
        Analysis.PRODUCTS,
        () if told.about is None else (told.about,),
        sentence,
        (
            Figure("goods", _("Goods"), goods, Kind.NUMBER),
            Figure("stated", _("Good stated on the last step"), stated, Kind.SHARE),
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
        _("By good"),
        (
            Column("good", _("Good"), 2),
            Column("hs", _("HS code"), missing=_("no code")),
            Column("first", _("Arrives"), kind=Kind.SHARE),
            Column("second", _("One step up"), kind=Kind.SHARE),
            Column("third", _("Two steps up"), kind=Kind.SHARE),
            Column("suppliers", _("Known %(sources)s", sources=words.sources), kind=Kind.NUMBER),
            Column("unknown", _("Of it unknown origin"), kind=Kind.SHARE),
        ),
        tuple(rows),
        _("No input is mapped."),
        _(
            "Parts of all %(whole)s, by the good that the links name; HS codes are those of 2022 "
            "that a good covers.",
            whole=words.whole,
        ),
        bar="first",
    )
