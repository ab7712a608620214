"""Step on many risks: owner, deferral, urgency; carried out at once, with undo.

Rows are added, never changed: the undo adds rows that restore the earlier values.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.infrastructure.typed_values import read_day
from ddplatform.languages import gettext as _
from ddplatform.risk.context_events.queries.nodes import list_chains_of
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.follow_up.models import (
    FollowUpKind,
    RiskLot,
    RiskLotLine,
    RiskVerb,
)
from ddplatform.risk.follow_up.queries import Decided, FollowUps, Urgency, load_of_places
from ddplatform.risk.follow_up.services import (
    LONGEST,
    Wanted,
    check_person,
    deferral_row,
    end_row,
    faults_of,
    owner_row,
)
from ddplatform.risk.judgement.services import CHANGED
from ddplatform.risk.many.queries import (
    KEEP,
    Made,
    Noted,
    Plan,
    Target,
    Wish,
    get_lot,
    list_made,
    mark_of,
)
from ddplatform.risk.runs.models import SalienceNote
from supply_chain.risk.salience import Involvement
from supply_chain.vocabulary import Issue

IDS_IN_EVENT = 1_000
NOT_JUDGED = Noted(False, None, None)
UNDONE = "A step on many risks was undone."
Before = Decided | Urgency | None


def read_wish(given: Mapping[str, str], today: date) -> Wish:
    """The request of a person, checked.

    Raises:
        Invalid: no member, no reason, a day that is too far, or nothing to set; by field.
        ValueError: the verb is none.
    """
    verb = RiskVerb(given.get("verb", ""))
    reason = given.get("reason", "").strip()
    if verb is RiskVerb.OWNER:
        return Wish(verb, owner_id=_person(given))
    if verb is RiskVerb.DEFER:
        wanted = Wanted(_day(given.get("review_on", "")), reason, _person(given))
        if problems := faults_of(wanted, today):
            raise Invalid(fields=problems)
        return Wish(verb, wanted.owner_id, wanted.review_on, reason)
    if fault := fault_in(reason, label="the reason", longest=LONGEST):
        raise Invalid(fields={"reason": fault})
    if verb is RiskVerb.END:
        return Wish(verb, reason=reason)
    return _urgency(given, reason)


def _urgency(given: Mapping[str, str], reason: str) -> Wish:
    asked = {
        "emergency": (KEEP, "yes", "no"),
        "delay": (KEEP, "", "yes", "no"),
        "involvement": (KEEP, "", *(one.value for one in Involvement)),
    }
    parts = {name: given.get(name, KEEP) for name in asked}
    wrong = {name: _("Choose one of the list.") for name in asked if parts[name] not in asked[name]}
    if not wrong and set(parts.values()) == {KEEP}:
        wrong = {"emergency": _("Choose a value: nothing would change.")}
    if wrong:
        raise Invalid(fields=wrong)
    return Wish(
        RiskVerb.URGENCY,
        reason=reason,
        emergency=parts["emergency"],
        delay=parts["delay"],
        involvement=parts["involvement"],
    )


def _person(given: Mapping[str, str]) -> UUID | None:
    text = given.get("person", "")
    try:
        key = UUID(text) if text else None
    except ValueError:
        key = None if not text else UUID(int=0)  # nobody has this key
    check_person(key)
    return key


def _day(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def carry_out(wish: Wish, plan: Plan, *, seen: str, act: Act) -> RiskLot:
    """Change the risks of a plan in one step.

    Args:
        plan: made just now, in the same unit of work.
        seen: `mark_of` the risks that the person was shown and agreed to change.

    Raises:
        Invalid: nothing would change.
        Conflict: by now other risks would change than the person was shown.
    """
    if mark_of(plan.change) != seen:
        raise Conflict(
            _("The risks changed after you opened this page."),
            _("Check the numbers, then continue."),
        )
    if not plan.change:
        raise Invalid(_("Nothing would change."), _("Choose other risks, or another step."))
    lot = RiskLot(
        verb=wish.verb,
        wish=wish.as_values(),
        changed=len(plan.change),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(lot)
    made = [pair for one in plan.change for pair in _rows(one, wish, plan.follow_ups, act)]
    _keep(lot, made)
    _record("risk_lot:make", lot, plan.change, act=act)
    if wish.verb is RiskVerb.URGENCY:
        for chain_id in sorted({one.of.chain_id for one in plan.change}):
            ask_reassessment(chain_id, CHANGED, act=act)
    return lot


def _rows(one: Target, wish: Wish, found: FollowUps, act: Act) -> list[tuple[Made, Before]]:
    """The rows that change a risk, each with what counted before it."""
    node_id, issue, pair = one.risk.node_id, one.risk.issue, one.pair
    assert node_id is not None, "the plan leaves unknown origins out"
    owner, deferral = found.owners.get(pair), found.deferrals.get(pair)
    if wish.verb is RiskVerb.OWNER:
        return [(owner_row(node_id, issue, wish.owner_id, act=act), owner)]
    if wish.verb is RiskVerb.END:
        return [(end_row(node_id, issue, wish.reason, act=act), deferral)]
    if wish.verb is RiskVerb.URGENCY:
        note = found.notes.get(pair)
        values = wish.urgency_after(note)
        return [(_note(node_id, issue, values, wish.reason, act=act), note)]
    present = found.of(node_id, issue).owner
    key = wish.owner_id or (present.id if present else None)
    assert key is not None, "the plan leaves risks without an owner out"
    wanted = Wanted(wish.review_on, wish.reason)
    rows: list[tuple[Made, Before]] = [
        (deferral_row(node_id, issue, key, wanted, act=act), deferral)
    ]
    if present is None or present.id != key:
        rows.append((owner_row(node_id, issue, key, act=act), owner))
    return rows


def _note(node_id: UUID, issue: Issue, values: Noted, reason: str, *, act: Act) -> SalienceNote:
    emergency, delay, involvement = values
    return SalienceNote(
        node_id=node_id,
        issue=issue,
        is_emergency=emergency,
        delay_harms=delay,
        involvement=involvement,
        reason=reason,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )


def _keep(lot: RiskLot, made: Sequence[tuple[Made, Before]]) -> None:
    for key, (row, _before) in zip(rising_keys(len(made)), made, strict=True):
        row.id = key
        db.session.add(row)
    db.session.flush()  # its lines and its event name them
    lines = [
        {"id": key, "lot_id": lot.id, "made_id": row.id, "before_id": before.id if before else None}
        for key, (row, before) in zip(rising_keys(len(made)), made, strict=True)
    ]
    insert_rows(RiskLotLine, lines)


def _record(action: str, lot: RiskLot, targets: Sequence[Target], *, act: Act) -> None:
    audit.record(
        action,
        lot,
        act=act,
        **{name: value for name, value in lot.wish.items() if value and value != KEEP},
        risks=len(targets),
        ids=[f"{one.risk.node_id} {one.risk.issue.value}" for one in targets[:IDS_IN_EVENT]],
        ids_sha256=mark_of(targets),
    )


# ---- undo ------------------------------------------------------------------------------------


def undo(lot_id: UUID, *, act: Act) -> RiskLot:
    """Restore the earlier values of each risk; later decisions remain.

    Raises:
        Conflict: it was undone already.
    """
    lot = get_lot(lot_id, for_change=True)
    if lot.undone_at is not None:
        raise Conflict(_("This was undone already."), _("Reload the page to see the result."))
    lines = list_made(lot)
    newest = load_of_places((row.node_id for row, _ in lines), act.at.date())
    back = [_restored(row, before, act=act) for row, before in lines if _counts(row, newest)]
    db.session.add_all(back)
    lot.undone_at, lot.undone_by_id, lot.kept = act.at, act.by.user_id, len(lines) - len(back)
    audit.record("risk_lot:undo", lot, act=act, verb=lot.verb, restored=len(back), kept=lot.kept)
    if lot.verb is RiskVerb.URGENCY:
        for chain_id in list_chains_of([row.node_id for row in back]):
            ask_reassessment(chain_id, CHANGED, act=act)
    return lot


def _counts(row: Made, newest: FollowUps) -> bool:
    """Whether a row is still the newest of its kind about its risk."""
    pair = row.node_id.hex, row.issue.value
    if isinstance(row, SalienceNote):
        found: Before = newest.notes.get(pair)
    else:
        is_owner = row.kind is FollowUpKind.OWNER
        found = (newest.owners if is_owner else newest.deferrals).get(pair)
    return found is not None and found.id == row.id


def _restored(row: Made, before: Made | None, *, act: Act) -> Made:
    """A row that restores the values of a risk before another one."""
    node_id, issue = row.node_id, row.issue
    if isinstance(row, SalienceNote):
        values = NOT_JUDGED
        if isinstance(before, SalienceNote):
            values = Noted(before.is_emergency, before.delay_harms, before.involvement)
        return _note(node_id, issue, values, before.reason if before else UNDONE, act=act)
    assert not isinstance(before, SalienceNote), "both are of one table"
    if row.kind is FollowUpKind.OWNER:
        owner_id = before.owner_id if before else None
        return owner_row(node_id, issue, owner_id, act=act)
    if before is None or before.kind is FollowUpKind.END or before.owner_id is None:
        return end_row(node_id, issue, UNDONE, act=act)
    wanted = Wanted(before.review_on, before.reason)
    return deferral_row(node_id, issue, before.owner_id, wanted, act=act)
