"""Questionnaire evaluation: a section saved, one answer changed, a whole form against elementpath.

The forms are generated: groups of ten questions in which some are hidden by others, some are
limited, and one is calculated; a repeat whose numbers are added up outside. elementpath gets the
same expressions, parsed once, over the same answers as XML; it has no order of dependence to keep
and no choices, labels or messages to find, so it does less.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from elementpath import XPath1Parser, XPathContext, XPathToken, get_node_tree

from benchmarks.contract import Row, count_row, gain_row, in_turn, limit_row
from questionnaires import Form, Plan, Response, plan, read_form
from questionnaires.form.form import Question
from questionnaires.xpath.scope import Scope

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
IN_GROUP = 10
SIZES = (100, 1_000, 5_000)
GROWTH = 2.0  # how much longer a change may take in a form fifty times as large
ROUNDS = {"small": 15, "full": 101}


def run(size: str) -> list[Row]:
    """The three figures of a form's evaluation."""
    rounds = ROUNDS[size]
    return [*_section_saves(rounds), *_changes(rounds), *_whole_form(rounds)]


def made_form(questions: int, *, repeated: int = 0) -> Form:
    """A form of so many questions in groups of ten, the last `repeated` of them in a repeat."""
    rows = [
        "| survey |",
        "| | type | name | label | required | relevant | constraint | calculation |",
    ]
    for group in range((questions - repeated) // IN_GROUP):
        rows.append(f"| | begin_group | g{group} | Group {group} | | | | |")
        rows += [_question(f"q{group}_{place}", group, place) for place in range(IN_GROUP)]
        rows.append("| | end_group | | | | | | |")
    if repeated:
        rows.append("| | begin_repeat | entry | Entry | | | | |")
        rows += [
            f"| | integer | e{place} | Entry {place} | yes | | . >= 0 | |"
            for place in range(repeated)
        ]
        rows.append("| | end_repeat | | | | | | |")
        rows.append("| | calculate | total | | | | | sum(${e0}) |")
    rows += ["| choices |", "| | list_name | name | label |"]
    rows += [f"| | yn | {name} | {name} |" for name in ("yes", "no", "unsure")]
    return read_form("\n".join(rows).encode(), ".md")


def _question(name: str, group: int, place: int) -> str:
    first = f"q{group}_0"
    if place == 0:
        return f"| | select_one yn | {name} | Question {name} | yes | | | |"
    if place == 9:
        return f"| | calculate | {name} | | | | | ${{q{group}_1}} + ${{q{group}_2}} * 2 |"
    shown = (
        f"${{{first}}} = 'yes'" if place % 2 else f"${{q{group}_1}} > 3 and ${{{first}}} != 'no'"
    )
    rule = ". >= 0 and . <= 1000" if place < 5 else "string-length(.) < 200"
    kind = "integer" if place < 5 else "text"
    return f"| | {kind} | {name} | Question {name} | yes | {shown} | {rule} | |"


def answered(planned: Plan, *, entries: int = 0) -> Response:
    """A response in which everything is answered."""
    response = Response(planned, None, now=NOW)
    for _ in range(1, entries):
        response.add_repeat("/data/entry")
    for state in list(response.states()):
        if isinstance(state.node, Question) and state.node.is_input:
            response.set(state.path, _answer(state.node))
    return response


def _answer(question: Question) -> str:
    if question.choices:
        return "yes"
    return "7" if question.data_type == "int" else "word"


def _section_saves(rounds: int) -> list[Row]:
    """Ten answers of one page in a form of 500 questions with a repeat of 50 entries."""
    planned = plan(made_form(500, repeated=IN_GROUP))
    response = answered(planned, entries=50)
    kept = response.answers()
    paths = [f"/data/g20/q20_{place}" for place in range(9)]
    numbers = iter(range(10**9))

    def save() -> None:
        number = next(numbers)
        response.set(paths[0], ("yes", "unsure")[number % 2])
        for path in paths[1:5]:
            response.set(path, str(number % 900 + 4))
        for path in paths[5:]:
            response.set(path, f"word {number}")
        response.section("g20")
        response.open_required()

    title = "section save, 500 questions, 50 entries"
    return [
        limit_row(f"{title}, evaluation", _median(save, rounds), 0.005),
        limit_row(
            f"{title}, read back from storage",
            _median(lambda: Response(planned, kept, now=NOW), max(3, rounds // 10)),
            0.1,
        ),
    ]


def _changes(rounds: int) -> list[Row]:
    """One changed answer that opens and closes eight questions, in forms of three sizes."""
    rows, times = [], []
    for questions in SIZES:
        response = answered(plan(made_form(questions)))
        middle = questions // IN_GROUP // 2
        times.append(_median(_changes_of(response, f"/data/g{middle}/q{middle}_1"), rounds * 5))
        rows.append(limit_row(f"one changed answer of {questions:,}", times[-1], 0.0005))
    growth = times[-1] / times[0]
    return [*rows, count_row("one changed answer, 5,000 against 100", growth, GROWTH, "times")]


def _changes_of(response: Response, path: str) -> Callable[[], None]:
    numbers = iter(range(10**9))

    def change() -> None:
        response.set(path, str(next(numbers) % 2 * 5 + 1))

    return change


def _whole_form(rounds: int) -> list[Row]:
    """A form of 300 questions against elementpath: the same expressions, and everything of it."""
    planned = plan(made_form(300))
    kept = answered(planned).answers()
    tokens = _tokens(planned.form)
    root = _as_xml(planned.form, kept)
    tree = get_node_tree(root)  # once: made anew for each expression it would cost far more

    response = Response(planned, kept, now=NOW)
    world = response._engine.world
    scopes = [
        (rule.evaluate, Scope(node, node, world))
        for node in response._engine.document.below()
        for rule in (
            node.spec.relevant,
            node.spec.required,
            node.spec.constraint,
            node.spec.calculate,
        )
        if rule and node.spec.question
    ]

    def ours() -> None:
        for evaluate, scope in scopes:
            evaluate(scope)

    def everything() -> None:
        list(Response(planned, kept, now=NOW).states())

    def theirs() -> None:
        for token, item in tokens(root):
            token.evaluate(XPathContext(tree, item=item))

    alone = in_turn(ours, theirs, rounds, clock=time.process_time)
    whole = in_turn(everything, theirs, rounds, clock=time.process_time)
    return [
        gain_row(f"{len(scopes)} expressions of a form of 300 questions", alone, 4.0),
        gain_row("form of 300 questions read back, all states and texts", whole, 4.0),
    ]


def _tokens(form: Form) -> Callable[[Element], list[tuple[XPathToken, Element]]]:
    """Each expression of the form, parsed once, with the place where it is evaluated."""
    parser = XPath1Parser()
    parsed: dict[str, XPathToken] = {}
    places: list[tuple[XPathToken, str]] = []
    for question in form.questions():
        rules = question.rules
        for text in (rules.relevant, rules.required, rules.constraint, rules.calculate):
            if text:
                token = parsed.setdefault(text, parser.parse(text))
                places.append((token, question.path.removeprefix("/data/")))

    found: list[tuple[XPathToken, Element]] = []

    def at(root: Element) -> list[tuple[XPathToken, Element]]:
        if not found:
            found.extend(
                (token, node) for token, path in places if (node := root.find(path)) is not None
            )
        return found

    return at


def _as_xml(form: Form, kept: dict[str, str]) -> Element:
    root = Element("data")
    for section in form.sections:
        group = SubElement(root, section.name)
        for question in section.questions():
            SubElement(group, question.name).text = kept.get(question.path, "")
    return root


def _median(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()  # other programs on the machine do not count
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)
