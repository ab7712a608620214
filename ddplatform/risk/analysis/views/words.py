"""What each analysis is called on a page, and what it is good for, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from ddplatform.risk.analysis_answers.queries.questions import Analysis


@dataclass(frozen=True)
class Words:
    """The question as a person asks it, what the answer is for, and how to read it."""

    question: str
    why: str
    reading: str


WORDS: Mapping[Analysis, Words] = {
    Analysis.ORIGINS: Words(
        "Where does the risk come from?",
        "Shows which suppliers, near or far, make up the exposure of a site, so that you work "
        "where it matters most.",
        "Exposure is a number from 0 to 1: how much risk on one issue sits in a site and in all "
        "that flows into it. It is linear, so it can be taken apart without a rest: by origin and "
        "by path, both lists add up to it.",
    ),
    Analysis.PATHS: Words(
        "How do goods get from one to the other?",
        "Shows every way between two sites and how much takes each of them.",
        "The share of a way is the product of the shares of its steps. A small share is still a "
        "link: responsibility does not end with the volume.",
    ),
    Analysis.CHOKE_POINTS: Words(
        "Who can nobody go round?",
        "Shows the few through whom the goods of many must pass: the best places to ask, and the "
        "most fragile ones.",
        "A site depends on another if every way from it to our own operations leads through that "
        "other one. Our own operations themselves are left out.",
    ),
    Analysis.DEPENDENCE: Words(
        "On whom does it depend?",
        "Shows how much comes from few suppliers, countries, regions or goods.",
        "The Herfindahl index is the sum of the squared shares. Competition authorities call a "
        "market concentrated above 0.25 and spread out below 0.15. Where origins are not known, "
        "the true value lies between the two.",
    ),
    Analysis.BLIND_SPOTS: Words(
        "What do we not see?",
        "Shows how much comes from an origin that nobody has mapped, tier by tier, and whom to "
        "ask first.",
        "Follow everything that arrives upstream: at each step a part begins there, a part comes "
        "from further up, and a part is lost from sight.",
    ),
    Analysis.PRODUCTS: Words(
        "Which goods flow?",
        "Shows the goods behind what arrives, with their HS codes, as customs and trade data name "
        "them.",
        "Each column is one step further up the chain; goods change on the way: sugar arrives, "
        "sugar beets stand behind it.",
    ),
    Analysis.CIRCLES: Words(
        "Does anything go round in circles?",
        "Shows sites that through others buy from themselves: true returns, or faults in the list.",
        "A circle into which nothing comes from outside is a gap in the map: somebody must have "
        "made the goods.",
    ),
    Analysis.REACH: Words(
        "Which of our operations does it touch?",
        "Starts at a far-off site, such as a mine or a farm group, and shows which of our own "
        "operations and goods it ends up in.",
        "The share is the part of an operation's input that passes this site, over all ways "
        "together.",
    ),
    Analysis.STOP: Words(
        "What if it stops?",
        "Shows who would be short of what if one site stopped, and who knows another source.",
        "It counts what would be missing if nobody stood in. It is no advice to leave: children "
        "are often worse off when a buyer leaves, so disengaging comes last.",
    ),
}
