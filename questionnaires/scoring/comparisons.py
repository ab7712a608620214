"""Comparison of answers with earlier ones, and with other sites of the same respondent.

An inconsistency raises a review, never an accusation. Source: questionnaires.md section 0,
consistency checks CHK-4 and CHK-7.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

from questionnaires.evaluation.response import Response
from questionnaires.form.form import Kind, Node, Question
from questionnaires.scoring.plan import extra, question_id
from questionnaires.scoring.signals import Check, Signals

SHORTEST = 30
"""Characters. Shorter texts ("more time", "none") are alike without anybody having copied them."""
NAMES = frozenset({"graph", "cascade"})
"""Uses that name organisations and sites (column `use`): rightly the same at each site."""
FAR = 0.5
"""Change of a risk value from which it raises a question."""

Place = tuple[str, int | None]


def own_words(response: Response) -> Mapping[str, Sequence[str]]:
    """The free texts of a response that are long enough to be compared -> ids of the questions."""
    found: dict[str, list[str]] = {}
    for state in response.states():
        question = state.node
        if state.relevant and len(state.value) >= SHORTEST and _is_told(question):
            found.setdefault(state.value, []).append(question_id(question))
    return found


def _is_told(question: Node) -> TypeGuard[Question]:
    """Whether the answer is in free text, and names nothing."""
    return (
        isinstance(question, Question)
        and question.kind is Kind.TEXT
        and extra(question, "use") not in NAMES
        and not extra(question, "part_of")
    )


def same_words(response: Response, elsewhere: Mapping[str, Iterable[str]]) -> Check | None:
    """CHK-4: the same free text at several sites.

    Args:
        elsewhere: text -> names of the other sites of this respondent with it.
    """
    texts = own_words(response)
    twice = {text for text, questions in texts.items() if len(questions) > 1}
    shared = [text for text in texts if text in twice or text in elsewhere]
    if not shared:
        return None
    names = sorted({name for text in shared for name in elsewhere.get(text, ())})
    where = f"here and at {', '.join(names)}" if names else "at several places of these answers"
    return Check(
        "CHK-4",
        tuple(dict.fromkeys(name for text in shared for name in texts[text])),
        f"The same words stand {where}. Ask what is particular to this place.",
    )


def has_note(response: Response) -> bool:
    """Whether the respondent explained the answers: a note beside the attestation."""
    asked = [(s, s.node) for s in response.states() if isinstance(s.node, Question)]
    attested = {question_id(node) for _, node in asked if extra(node, "use") == "attestation"}
    return any(state.value for state, node in asked if extra(node, "part_of") in attested)


def far_moves(now: Signals, before: Signals) -> Check | None:
    """CHK-7: answers that are much better or much worse than those of the time before.

    Blank answers are left out: silence is asked about by itself.
    """
    old, new = _values(before), _values(now)
    better = [place for place in new if place in old and old[place] - new[place] > FAR]
    worse = [place for place in new if place in old and new[place] - old[place] > FAR]
    if not (better or worse):
        return None
    return Check(
        "CHK-7",
        tuple(dict.fromkeys(question for question, _ in (*better, *worse))),
        f"Much changed since last time, without a note: {len(better)} much better, {len(worse)} "
        "much worse. Ask what was done, or what happened.",
    )


def _values(signals: Signals) -> Mapping[Place, float]:
    causes = [cause for factor in signals.factors.values() for cause in factor.causes]
    causes += [cause for control in signals.controls.values() for cause in control.causes]
    found: dict[Place, float] = {}
    for cause in causes:
        if cause.answer is not None:
            place = (cause.question, cause.instance)
            found[place] = max(cause.r, found.get(place, 0.0))
    return found
