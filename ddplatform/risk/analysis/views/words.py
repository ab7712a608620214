"""Name of each analysis on a page, its purpose and its interpretation."""

from collections.abc import Mapping
from dataclasses import dataclass

from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.analysis_answers.queries.questions import Analysis


@dataclass(frozen=True)
class Words:
    """The name of an analysis, what it is for, and how to read it."""

    title: str
    why: str
    reading: str


WORDS: Mapping[Analysis, Words] = {
    Analysis.ORIGINS: Words(
        _("Origins of the exposure"),
        _("Shows which suppliers, near or far, make up the exposure of a site, to set priorities."),
        _(
            "Exposure is a number from 0 to 1: how much risk on one issue is in a site and in all "
            "that flows into it. It is linear: the parts by origin add up to it, and so do the "
            "parts by path."
        ),
    ),
    Analysis.PATHS: Words(
        _("Paths between two sites"),
        _("Shows every path between two sites and how much flows along each."),
        _(
            "The share of a path is the product of the shares of its steps. A small share is still "
            "a link: responsibility does not end with the volume."
        ),
    ),
    Analysis.CHOKE_POINTS: Words(
        _("Choke points"),
        _(
            "Shows the few sites through which the goods of many must pass: the best places to "
            "ask, and the most fragile ones."
        ),
        _(
            "A site depends on another if every path from it to our own operations leads through "
            "that other site. Our own operations are left out."
        ),
    ),
    Analysis.DEPENDENCE: Words(
        _("Supplier concentration"),
        _("Shows how much comes from few suppliers, countries, regions or goods."),
        _(
            "The Herfindahl index is the sum of the squared shares. Competition authorities call a "
            "market concentrated above 0.25 and not concentrated below 0.15. Where origins are not "
            "known, the true value lies between the two."
        ),
    ),
    Analysis.BLIND_SPOTS: Words(
        _("Blind spots"),
        _("Shows how much comes from unmapped origins, tier by tier, and whom to ask first."),
        _(
            "The volume that arrives is followed upstream: at each step a part begins there, a "
            "part comes from further up, and a part has no known origin."
        ),
    ),
    Analysis.PRODUCTS: Words(
        _("Goods"),
        _(
            "Shows the goods behind what arrives, with their HS codes, as customs and trade data "
            "name them."
        ),
        _(
            "Each column is one step further up the chain; goods change on the way: sugar arrives, "
            "made from sugar beets."
        ),
    ),
    Analysis.CIRCLES: Words(
        _("Circular links"),
        _("Shows sites that buy from themselves through others: returns, or faults in a list."),
        _(
            "A circle without any input from outside is a gap in the map: the goods must be made "
            "somewhere."
        ),
    ),
    Analysis.REACH: Words(
        _("Own operations reached"),
        _(
            "Starts at a distant site, such as a mine or a farm group, and shows which of our own "
            "operations and goods it ends up in."
        ),
        _(
            "The share is the part of an operation's input that passes this site, over all paths "
            "together."
        ),
    ),
    Analysis.STOP: Words(
        _("Effect of a stoppage"),
        _("Shows who would lack which input if one site stopped, and who has another source."),
        _(
            "It counts what would be missing without a replacement. It is no advice to disengage: "
            "children are often worse off when a buyer leaves, so disengagement is a last resort."
        ),
    ),
}
