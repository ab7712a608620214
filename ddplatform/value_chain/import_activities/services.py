"""Activities of the places of a list: shown on its page, answered once for all equal rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext
from ddplatform.value_chain.import_corrections.queries import find_answers, load_answers
from ddplatform.value_chain.imports.models import ActivityAnswer
from ddplatform.value_chain.mapping.models import MapImport
from supply_chain.intake.drafts import ActivityQuestion, MapDraft
from supply_chain.intake.words import squeeze
from supply_chain.reference.release import load_reference
from supply_chain.risk.rm2.activity_effect import Place, effects_of

SHOWN = 20
"""Questions with their effects; those of most places come first."""
READINGS_SHOWN = 60


def answers_for(row: MapImport) -> dict[str, str]:
    """Answers to read a list with: those remembered, but for what is said of this one."""
    own = {squeeze(answer["says"]): answer for answer in row.answers}
    kept = {says: ref for says, ref in load_answers().items() if squeeze(says) not in own}
    return kept | {one["says"]: one["sector"] for one in own.values() if one["sector"]}


def add_answers(row: MapImport, choices: Mapping[str, str]) -> list[str]:
    """Keep what words of a list mean; the caller has the list read again.

    Args:
        choices: words of a question -> ref of a sector; an empty one leaves the words open.

    Returns:
        The words that were answered.

    Raises:
        Invalid: nothing was chosen, or a sector that there is not.
    """
    sectors = load_reference().sectors
    asked = row.counts.get("activities", {})
    known = {one["says"] for one in (*asked.get("questions", ()), *asked.get("readings", ()))}
    chosen = {says: ref or None for says, ref in choices.items() if says in known}
    if not chosen or not {ref for ref in chosen.values() if ref} <= sectors.keys():
        raise Invalid(gettext("Choose an activity for at least one of the questions."))
    others = [one for one in row.answers if one["says"] not in chosen]
    row.answers = [*others, *({"says": says, "sector": ref} for says, ref in chosen.items())]
    return sorted(chosen)


def remember_answers(row: MapImport, *, by_id: UUID | None, at: datetime) -> None:
    """Keep the answers of an applied list for the next lists of the organisation."""
    answers = {squeeze(one["says"]): one for one in row.answers}
    kept = find_answers(answers)
    for key, answer in answers.items():
        known = kept.get(key)
        if not answer["sector"]:
            if known is not None:
                db.session.delete(known)
            continue
        if known is None:
            known = ActivityAnswer(key=key)
            db.session.add(known)
        known.says, known.sector = answer["says"], answer["sector"]
        known.answered_at, known.answered_by_id = at, by_id


def activities_of_draft(draft: MapDraft) -> dict[str, Any]:
    """The evidence on the activities of a list, as pages and commands show it.

    `{"places", "known", "asked", "contradicted", "unknown"}` are counts of places. `questions`,
    those of most places first: `{"says", "column", "places", "choices"}`, each choice with
    `sector`, `name`, `sure` (0..1), and for the first 20 `before`, `after` (mean headline index of
    the places, 0-100) and `moved` (places that move by more than 5 points). `readings`: `{"says",
    "column", "sector", "name", "answered", "places"}`.
    """
    found, sectors = draft.activities, load_reference().sectors
    places = {node.id: Place(node.country, node.commodities) for node in draft.nodes}
    asked = {node for question in found.questions for node in question.nodes}
    questions = [
        _question(question, places if number < SHOWN else None)
        for number, question in enumerate(found.questions)
    ]
    readings = sorted(found.readings, key=lambda one: (not one.is_answer, -len(one.nodes)))
    return {
        "places": len(found.known) + len(asked) + len(found.unknown),
        "known": len(found.known),
        "asked": len(asked),
        "contradicted": len(found.contradicted),
        "unknown": len(found.unknown),
        "questions": questions,
        "readings": [
            {
                "says": one.says,
                "column": one.column,
                "sector": one.sector,
                "name": sectors[one.sector].name,
                "answered": one.is_answer,
                "places": len(one.nodes),
            }
            for one in readings[:READINGS_SHOWN]
        ],
    }


def _question(question: ActivityQuestion, places: Mapping[str, Place] | None) -> dict[str, Any]:
    reference = load_reference()
    choices: list[dict[str, Any]] = [
        {"sector": ref, "name": reference.sectors[ref].name, "sure": sure}
        for ref, sure in question.choices
    ]
    if places is not None:
        of = [places[node] for node in question.nodes]
        refs = [choice["sector"] for choice in choices]
        for choice, effect in zip(choices, effects_of(of, refs, reference=reference), strict=True):
            choice["before"], choice["after"] = round(effect.before, 1), round(effect.after, 1)
            choice["moved"] = effect.moved
    return {
        "says": question.says,
        "column": question.column,
        "places": len(question.nodes),
        "choices": choices,
    }
