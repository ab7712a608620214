"""Tables of docs/due-diligence.md and docs/remediation.md, generated from the data of the program.

Usage: python -m scripts.write_lifecycle_page
"""

from collections.abc import Iterable, Sequence

from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.lifecycle import Lifecycle, lifecycles
from ddplatform.core.due_diligence.remedy_protocol import RemedyStep, remedy_steps
from ddplatform.core.due_diligence.time_limits import TimeLimit, limit_words
from scripts.page_tables import DOCS, rewrite, table

PAGES = (DOCS / "due-diligence.md", DOCS / "remediation.md")

Row = Sequence[str]


def limits(within: TimeLimit | None, within_danger: TimeLimit | None) -> str:
    """The usual limit and, where there is one, that of danger."""
    usual = limit_words(within)
    return f"{usual}; in danger {limit_words(within_danger)}" if within_danger else usual


def lifecycle_table(life: Lifecycle) -> str:
    """One row for each step; states that lead to it by the same step are grouped."""
    grouped: dict[tuple[str, str, tuple[str, ...], str], list[str]] = {}
    for step in life.steps.values():
        key = (step.title, step.to, step.needs, limits(step.within, step.within_danger))
        grouped.setdefault(key, []).append(step.state)
    rows = [
        [_states(life, origins, to), life.states[to], title, _needs(life, needs), within]
        for (title, to, needs, within), origins in grouped.items()
    ]
    return table(["from", "to", "step", "what must be true first", "within"], rows)


def _states(life: Lifecycle, origins: Sequence[str], to: str) -> str:
    if len(origins) == len(life.states) - 1:
        return f"any other than {life.states[to]}"
    return "; ".join(life.states[state] for state in origins)


def _needs(life: Lifecycle, needs: Iterable[str]) -> str:
    return " ".join(life.guards[guard] for guard in needs)


def remedy_rows() -> Iterable[Row]:
    """The remediation protocol, step by step."""
    for step in remedy_steps().values():
        records = "; ".join(step.records.values())
        yield [step.ref, step.title, step.who, _remedy_limit(step), step.note, records]


def _remedy_limit(step: RemedyStep) -> str:
    if step.visits:
        return "visits after " + ", ".join(limit_words(visit) for visit in step.visits)
    return limits(step.within, step.within_danger)


def tables() -> dict[str, str]:
    """Every table of the page by its name."""
    words = impact_words()
    levels = [
        [str(level), *(words.severity[part][level] for part in words.severity)]
        for level in range(1, 6)
    ]
    roles = [
        [body["title"], body["stop"], body["mitigate"], body["remedy"], body["leverage"]]
        for body in words.responses.values()
    ]
    named = {
        "severity": table(["", *words.severity_titles.values()], levels),
        "involvement_questions": table(["", "question"], words.involvement_questions.items()),
        "involvement": table(["", "stop", "mitigate", "remedy", "leverage"], roles),
        "leverage_decisions": table(
            ["", "decision"], [[ref, row["title"]] for ref, row in words.leverage_decisions.items()]
        ),
        "exit_gate": table(["", "before the relationship ends"], words.exit_gate.items()),
        "remedy_steps": table(
            ["", "step", "who", "time limit", "note", "what a person confirms"], remedy_rows()
        ),
        "support_items": table(
            ["", "support", "rule"],
            [[ref, row["title"], row["rule"]] for ref, row in words.support_items.items()],
        ),
        "closure_criteria": table(
            ["", "criterion", "evidence"],
            [[ref, row["title"], row["evidence"]] for ref, row in words.closure_criteria.items()],
        ),
    }
    return named | {str(ref): lifecycle_table(life) for ref, life in lifecycles().items()}


if __name__ == "__main__":
    rewrite(PAGES, tables())
