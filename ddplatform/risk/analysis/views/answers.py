"""Findings about a map as an answer: a sentence, figures and tables."""

from ddplatform.languages import gettext as _
from ddplatform.risk.analysis.queries.answers import Answered, Found, Missing, Unanswered
from ddplatform.risk.analysis_answers.queries.downstream import ReachFound, StopFound
from ddplatform.risk.analysis_answers.queries.flows import BlindSpotsFound, ProductsFound
from ddplatform.risk.analysis_answers.queries.questions import Analysis
from ddplatform.risk.analysis_answers.queries.structure import (
    ChokePointsFound,
    CirclesFound,
    DependenceFound,
)
from ddplatform.risk.analysis_answers.queries.upstream import OriginsFound, PathsFound
from ddplatform.risk.analysis_answers.views.content import Answer
from ddplatform.risk.analysis_answers.views.downstream import answer_reach, answer_stop
from ddplatform.risk.analysis_answers.views.flows import answer_blind_spots, answer_products
from ddplatform.risk.analysis_answers.views.structure import (
    answer_choke_points,
    answer_circles,
    answer_dependence,
)
from ddplatform.risk.analysis_answers.views.upstream import answer_origins, answer_paths
from supply_chain.risk.rm2.method import METHOD_VERSION


def answer_of(answered: Answered) -> Answer:
    """The answer for pages, commands and files."""
    if isinstance(answered.found, Unanswered):
        return _unanswered(answered.what, answered.found)
    return _told(answered.found)


def _told(answered: Found) -> Answer:
    match answered:
        case ReachFound() as found:
            return answer_reach(found)
        case StopFound() as found:
            return answer_stop(found)
        case BlindSpotsFound() as found:
            return answer_blind_spots(found)
        case ProductsFound() as found:
            return answer_products(found)
        case ChokePointsFound() as found:
            return answer_choke_points(found)
        case CirclesFound() as found:
            return answer_circles(found)
        case DependenceFound() as found:
            return answer_dependence(found)
        case OriginsFound() as found:
            return answer_origins(found)
        case PathsFound() as found:
            return answer_paths(found)


def _unanswered(what: Analysis, found: Unanswered) -> Answer:
    about = () if found.about is None else (found.about,)
    return Answer(what, about, _why(found), (), ())


def _why(found: Unanswered) -> str:
    if found.missing is Missing.MAP:
        return _("The map is empty.")
    if found.missing is Missing.RUN:
        return _("This map is not assessed yet, so the origins of exposure are not known.")
    return _(
        "This map was last assessed under %(before)s. Where exposure comes from is shown once it "
        "is assessed under %(now)s.",
        before=found.method_version,
        now=METHOD_VERSION,
    )
