"""Nothing is asked twice: what was answered to the same buyer before stands there to be checked.

No section counts as done by it, documents and attestations are given anew.
"""

from ddplatform.queries.responses import Filled, find_earlier, list_answers, load_filled
from questionnaires import Response, StepRefused, carry_over
from questionnaires.form import UPLOADS
from questionnaires.scoring_plan import extra

ATTESTATION = "attestation"


def prefill(filled: Filled) -> int:
    """Put the answers of the newest earlier questionnaire into a new form; returns how many."""
    found = find_earlier(filled.assignment)
    if found is None:
        return 0
    assignment, row = found
    old = load_filled(assignment, row, now=filled.form.now)
    asked = {
        question.path
        for question in filled.form.form.questions()
        if question.is_input
        and question.kind not in UPLOADS
        and extra(question, "use") != ATTESTATION
    }
    texts = {answer.path: answer.raw for answer in list_answers(row.id) if answer.raw}
    carried = carry_over(old.form.form, filled.form.form, texts).answers
    return sum(_put(filled.form, path, text, asked) for path, text in carried.items())


def _put(form: Response, path: str, text: str, asked: set[str]) -> bool:
    _make_room(form, path)
    try:
        if form.state(path).node.path not in asked:
            return False
        form.set(path, text)
    except (KeyError, StepRefused):
        return False  # a counted repeat has no such entry yet
    return True


def _make_room(form: Response, path: str) -> None:
    """Add entries to the free repeats on the way until the path has its place."""
    steps = path.split("/")
    for end, step in enumerate(steps, start=1):
        name, mark, place = step.partition("[")
        repeat = "/".join([*steps[: end - 1], name])
        try:
            while mark and form.state(repeat).count < int(place.rstrip("]")):
                form.add_repeat(repeat)
        except (KeyError, StepRefused):
            return
