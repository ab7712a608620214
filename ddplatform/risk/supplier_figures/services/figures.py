"""Figures of suppliers' places: renewed with each assessment, announced, questioned, answered."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.response.queries.conduct import ConductRecord, load_conduct
from ddplatform.risk.response.queries.questions import Questions, load_questions
from ddplatform.risk.supplier_figures.models import SupplierFigures
from ddplatform.risk.supplier_figures.queries import (
    AskedPlace,
    has_asked,
    list_asked,
    list_asked_maps,
    list_stored,
)
from ddplatform.risk.words.figures import whole_points
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.method import METHOD_VERSION
from supply_chain.risk.rm2.response import Conduct, ConductFlag, Label, Response, measure_response
from supply_chain.risk.rm2.response_steps import best_step
from supply_chain.risk.rm2.supplier_view import SupplierLines, basis_of, lines_for_supplier

RENEW = "supplier_figures:renew"
LOOK = "supplier_figures:look"
TELL = "supplier_figures:tell"
DAYS_BEFORE_BUYER = 7
"""The supplier reads a new measure first, for so many days (decision 20)."""


@dataclass(frozen=True)
class Known:
    """The evidence on the places of a map that received a request."""

    places: tuple[AskedPlace, ...]
    nodes: NodeColumns  # in the order of the places
    evidence: Evidence
    conduct: Mapping[UUID, ConductRecord]
    questions: Mapping[UUID, Mapping[str, Questions]]  # behind each factor that a supplier told of
    as_of: date
    lines: Mapping[str, list[Any]]  # that are kept, by what they rest on


@dataclass(frozen=True)
class Made:
    """The figures of one place."""

    place: AskedPlace
    measure: float | None
    label: Label | None
    response: dict[str, Any]
    issues: list[Any]
    basis: str  # empty where there are no lines


def ask_renewal(chain_id: UUID, *, act: Act) -> None:
    """Queue new figures of a map, where any supplier of it was asked."""
    if has_asked(chain_id):
        key = f"{RENEW}:{chain_id}"
        jobs.enqueue(RENEW, {"chain_id": str(chain_id)}, act=act, unique_key=key)


def ask_renewals(*, act: Act) -> dict[str, int]:
    """Each day: what was due has passed, and ages moved."""
    maps = list_asked_maps()
    for chain_id in maps:
        ask_renewal(chain_id, act=act)
    return {"maps": len(maps)}


def renew(chain_id: UUID, *, act: Act, look: Unit, unit: Unit) -> dict[str, int]:
    """Make the figures of a map anew; only what reads differently is written. Twice is once.

    Args:
        look, unit: open a look and a unit of work in the tenant of the map.
    """
    with look():
        known = load(chain_id, act.at.date())
    made = [make(known, row) for row in range(len(known.places))]
    with unit():
        return _keep(chain_id, made, known.as_of, act=act)


def load(chain_id: UUID, as_of: date) -> Known:
    """Read what the figures of a map rest on, in a flat number of statements."""
    places = list_asked(chain_id)
    keys = [place.node_id for place in places]
    return Known(
        places=tuple(places),
        nodes=_columns(places),
        evidence=load_evidence(chain_id, keys, as_of),
        conduct=load_conduct(keys, as_of),
        questions=load_questions(keys, as_of),
        as_of=as_of,
        lines={row.basis: row.issues for row in list_stored(chain_id).values() if row.basis},
    )


def make(known: Known, row: int) -> Made:
    """The figures of one place; lines for a supplier who has come in, who alone reads them."""
    place = known.places[row]
    record = known.conduct[place.node_id]
    found = measure_response(_open_conduct(record))
    basis, issues = _lines(known, row) if place.respondent_organisation_id else ("", [])
    return Made(
        place=place,
        measure=found.value if found else None,
        label=found.label if found else None,
        response=_response(found, record) if found else {},
        issues=issues,
        basis=basis,
    )


def _lines(known: Known, row: int) -> tuple[str, list[Any]]:
    """Lines of a place; those that are kept where what they rest on is the same."""
    questions = known.questions.get(known.places[row].node_id, {})
    stated = [(factor, str(one.version_id), one.ids) for factor, one in sorted(questions.items())]
    reference = load_reference()
    basis = basis_of(known.nodes, known.evidence, row, reference=reference) + _digest(stated)
    if basis in known.lines:
        return basis, known.lines[basis]
    found = lines_for_supplier(known.nodes, known.evidence, row, known.as_of, reference=reference)
    return basis, [_issue(one, questions) for one in found]


def _digest(stated: object) -> str:
    return hashlib.sha256(repr(stated).encode()).hexdigest()[:16]


def _issue(lines: SupplierLines, questions: Mapping[str, Questions]) -> dict[str, Any]:
    """The lines of an issue as plain values, with the questions behind the supplier's own."""
    own = [line.factor for line in lines.own if line.factor in questions]
    behind = {one: [str(questions[one].version_id), *questions[one].ids] for one in own}
    return {**lines.as_json(), "questions": behind}


def _open_conduct(record: ConductRecord) -> Conduct:
    """Without reports of retaliation: the supplier must not learn that somebody reported it."""
    return _without_reports(record).conduct


def _without_reports(record: ConductRecord) -> ConductRecord:
    flags = tuple(one for one in record.flags if one[0] is not ConductFlag.RETALIATION)
    return ConductRecord(record.forms, record.actions, record.disclosed_on, flags)


def _columns(nodes: Sequence[AskedPlace]) -> NodeColumns:
    return NodeColumns.build(
        [node.external_ref for node in nodes],
        kind=[node.kind for node in nodes],
        country=[node.country for node in nodes],
        sector=[node.sector_ref for node in nodes],
        commodities=[tuple(node.commodity_refs) for node in nodes],
    )


def _response(found: Response, record: ConductRecord) -> dict[str, Any]:
    """The measure with its complete basis, as plain values."""
    return {
        "value": found.value,
        "label": found.label.value,
        "limit": found.limit,
        "next": _next(record),
        "parts": [[part.component, part.weight, part.value] for part in found.parts],
        "forms": [
            {
                "assignment": str(form.assignment_id),
                "title": form.title,
                "due_on": form.due_on.isoformat(),
                "sent_on": form.sent_on.isoformat() if form.sent_on else None,
                "states": _counted(answer.state.value for answer in form.answers),
                "asked_evidence": sum(answer.evidence_asked for answer in form.answers),
                "evidence": sum(
                    answer.evidence_asked and (answer.evidence or answer.admission)
                    for answer in form.answers
                ),
                "admissions": sum(answer.admission for answer in form.answers),
                "blanks": list(form.blanks),
                "checks": {check.value: list(items) for check, items in form.checks.items()},
            }
            for form in record.forms
        ],
        "actions": [
            {
                "id": str(one.action_id),
                "title": one.title,
                "due_on": one.due_on.isoformat(),
                "reported_on": one.reported_on.isoformat() if one.reported_on else None,
                "verified_on": one.verified_on.isoformat() if one.verified_on else None,
                "is_late": one.counted.late,
                "effect": one.counted.effect.value,
                "self_disclosed": one.counted.self_disclosed,
            }
            for one in record.actions
        ],
        "disclosed": [day.isoformat() for day in record.disclosed_on],
        "flags": [[flag.value, day.isoformat()] for flag, day in _without_reports(record).flags],
    }


def _next(record: ConductRecord) -> list[Any] | None:
    found = best_step(_open_conduct(record))
    return [found.step.value, found.count, found.by] if found else None


def _counted(states: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    return counts


# ---- keeping --------------------------------------------------------------------------------


def _keep(chain_id: UUID, made: list[Made], as_of: date, *, act: Act) -> dict[str, int]:
    kept = list_stored(chain_id)
    changed = 0
    for one in made:
        row = kept.get(one.place.node_id)
        if row is None or _reads_differently(row, one):
            _write(row, one, as_of, act=act)
            changed += 1
    if changed:
        audit.record(RENEW, get_chain(chain_id), act=act, places=changed)
    return {"places": len(made), "changed": changed}


def _reads_differently(row: SupplierFigures, one: Made) -> bool:
    """Whether a page would change: whole points, words, their basis."""
    return (
        row.respondent_organisation_id != one.place.respondent_organisation_id
        or row.basis != one.basis
        or _shown_response(row.response) != _shown_response(one.response)
        or [_shown_lines(lines) for lines in row.issues]
        != [_shown_lines(lines) for lines in one.issues]
    )


def _shown_response(response: Mapping[str, Any]) -> Any:
    """The part of a measure that a reader sees."""
    if not response:
        return None
    parts = [(name, round(weight * value)) for name, weight, value in response["parts"]]
    behind = [response[key] for key in ("forms", "actions", "disclosed", "flags")]
    return round(response["value"]), response["label"], parts, behind


def _shown_lines(lines: Mapping[str, Any]) -> Any:
    """The score of an issue as a reader sees it: printed figures, and the lines there are."""
    figures = [whole_points(lines[key]) for key in ("index", "low", "high")]
    own = [(factor, source, month) for factor, _, source, month in lines["own"]]
    events = [event for event, _, _ in lines["events"]]
    controls = [control[0] for control in lines["controls"]]
    return lines["issue"], figures, lines["grade"], own, list(lines["others"]), events, controls


def _write(row: SupplierFigures | None, one: Made, as_of: date, *, act: Act) -> None:
    is_new = row is None or _shown_response(row.response) != _shown_response(one.response)
    if row is None:
        row = SupplierFigures(node_id=one.place.node_id, shown_from=as_of, shown_response={})
        row.response, row.measure, row.label = {}, None, None
        db.session.add(row)
    if is_new:
        _hold_back(row, one, as_of)
    place = one.place
    row.respondent_organisation_id = place.respondent_organisation_id
    row.node_name, row.node_country = place.node_name, place.node_country
    row.assignment_id, row.as_of, row.method_version = place.assignment_id, as_of, METHOD_VERSION
    row.measure, row.label, row.response = one.measure, one.label, one.response
    row.issues, row.basis, row.written_at = one.issues, one.basis, act.at
    db.session.flush()  # the job names its key
    if is_new and one.measure is not None and place.respondent_organisation_id:
        payload, key = {"figures_id": str(row.id)}, f"{TELL}:{row.id}"
        jobs.enqueue(TELL, payload, act=act, unique_key=key)


def _hold_back(row: SupplierFigures, one: Made, as_of: date) -> None:
    """The buyer goes on reading what it reads today, until the supplier had its days."""
    if row.shown_from <= as_of:
        row.shown_measure, row.shown_label = row.measure, row.label
        row.shown_response = row.response
    is_read = one.place.respondent_organisation_id is not None and one.measure is not None
    row.shown_from = as_of + timedelta(days=DAYS_BEFORE_BUYER) if is_read else as_of
