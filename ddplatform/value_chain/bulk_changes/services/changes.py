"""Bulk changes of nodes in one step: owner, group, tags, archive; and their undo."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_person
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext
from ddplatform.value_chain.bulk_changes.models import BulkChange, BulkPart, BulkVerb
from ddplatform.value_chain.bulk_changes.queries import (
    Wish,
    find_part_to_do,
    find_part_to_undo,
    get_change,
    has_failed,
    is_one_going_on,
    plan_change,
)
from ddplatform.value_chain.bulk_changes.services.steps import change_part, change_part_back
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change
from ddplatform.value_chain.mapping.services.changes import follow_change
from supply_chain.graph.labels import GROUP_LENGTH, TAG_LENGTH, plain_tag

CHANGE, UNDO = "bulk:change", "bulk:undo"
PART = 500
"""Nodes changed in one transaction; more than these are changed in the background."""
MOST = 100_000
IDS_IN_EVENT = 1_000
_FIELDS = {BulkVerb.OWNER: "owner", BulkVerb.GROUP: "group"}


def read_wish(verb: BulkVerb, value: str) -> Wish:
    """The request of a person, checked.

    Raises:
        Invalid: no member, no tag, or a text that is too long or leads to a person.
    """
    value = " ".join(value.split())
    if verb is BulkVerb.ARCHIVE:
        return Wish(verb)
    if verb is BulkVerb.OWNER:
        return Wish(verb, _member(value))
    is_tag = verb is not BulkVerb.GROUP
    value = plain_tag(value) if is_tag else value
    if verb is BulkVerb.REMOVE_TAG and value:
        return Wish(verb, value)  # whatever a list brought can be taken off
    label, longest = (
        (gettext("a tag"), TAG_LENGTH) if is_tag else (gettext("a name of the group"), GROUP_LENGTH)
    )
    if fault := fault_in(value, label=label, longest=longest, required=is_tag):
        raise Invalid(fields={_FIELDS.get(verb, "tag"): fault})
    return Wish(verb, value)


def _member(value: str) -> str:
    try:
        return str(get_person(UUID(value)).user_id) if value else ""
    except (ValueError, NotFound) as error:
        raise Invalid(fields={"owner": gettext("Choose a person of your organisation.")}) from error


def too_many_words() -> str:
    """That more sites were chosen than one change can hold."""
    return gettext("More than %(most)s sites at once.", most=f"{MOST:,}")


def mark_of(keys: Sequence[UUID]) -> str:
    """A short mark of which nodes were chosen, in whatever order."""
    return hashlib.sha256(b"".join(sorted(key.bytes for key in keys))).hexdigest()[:16]


def request_change(
    chain_id: UUID, wish: Wish, keys: Sequence[UUID], *, seen: str, act: Act
) -> BulkChange:
    """Change many nodes: at once where they are few, else in the background.

    Args:
        keys: the nodes that were chosen; what cannot be changed is left out.
        seen: `mark_of` the nodes that the person was shown and agreed to change.

    Raises:
        Invalid: nothing to change, or more than `MOST` were chosen.
        Conflict: another change of many goes on in this map, or by now this one would change other
            nodes than the person was shown.
    """
    if len(keys) > MOST:
        raise Invalid(too_many_words(), gettext("Set a filter to select fewer."))
    chain = get_chain_for_change(chain_id)
    if is_one_going_on(chain_id):
        raise Conflict(
            gettext("Another bulk change of sites is in progress in this map."),
            gettext("Wait until it has ended."),
        )
    wanted = sorted(plan_change(chain_id, wish, keys).before)
    if mark_of(wanted) != seen:
        raise Conflict(
            gettext("The sites changed after you opened this page."),
            gettext("Check the numbers again, then continue."),
        )
    if not wanted:
        raise Invalid(
            gettext("Nothing would change."), gettext("Choose other sites, or another step.")
        )
    change = _made(chain, wish, wanted, act=act)
    if len(wanted) > PART:
        _queue(change, CHANGE, act=act)
    else:
        while _next_step(chain, change, act=act):
            pass
    return change


def _made(chain: ValueChain, wish: Wish, wanted: Sequence[UUID], *, act: Act) -> BulkChange:
    """The change with its parts and its one event."""
    change = BulkChange(
        chain_id=chain.id,
        verb=wish.verb,
        value=wish.value,
        asked=len(wanted),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(change)
    db.session.flush()  # its parts, its job and its event name it
    _cut(change, wanted)
    audit.record(
        "bulk_change:make",
        change,
        act=act,
        chain=chain.id,
        verb=wish.verb,
        value=wish.value,
        nodes=len(wanted),
        ids=[str(key) for key in wanted[:IDS_IN_EVENT]],
        ids_sha256=mark_of(wanted),
    )
    return change


def _cut(change: BulkChange, keys: Sequence[UUID]) -> None:
    parts = [keys[start : start + PART] for start in range(0, len(keys), PART)]
    insert_rows(
        BulkPart,
        [
            {
                "id": key,
                "change_id": change.id,
                "place": place,
                "node_ids": [str(one) for one in part],
                "before": {},
                "link_ids": [],
                "kept_ids": [],
            }
            for place, (key, part) in enumerate(zip(rising_keys(len(parts)), parts, strict=True))
        ],
    )


def _queue(change: BulkChange, name: str, *, act: Act) -> None:
    payload = {"change_id": str(change.id)}
    job = jobs.enqueue(name, payload, act=act, unique_key=f"{name}:{change.id}")
    change.job_id = job.id


def carry_out(change_id: UUID, *, unit: Unit, progress: Progress, act: Act) -> dict[str, int]:
    """Go on with a change or its undo, a part at a time; begun again it goes on where it ended."""
    while True:
        with unit():
            chain = get_chain_for_change(get_change(change_id).chain_id)
            change = get_change(change_id, for_change=True)
            is_open = change.finished_at is None and _next_step(chain, change, act=act)
            done, asked = change.changed, change.asked
        if not is_open:
            return {"changed": done, "asked": asked}
        progress(done, asked)


def _next_step(chain: ValueChain, change: BulkChange, *, act: Act) -> bool:
    """Change one part, or back; False where none is left, and the work is finished."""
    if change.undone_at is not None:
        part, step = find_part_to_undo(change.id), change_part_back
    else:
        part = None if change.stopped_at is not None else find_part_to_do(change.id)
        step = change_part
    if part is not None:
        step(chain, change, part, act=act)
        db.session.flush()  # the next step looks for what is left
        return True
    _finish(chain, change, act=act)
    return False


def _finish(chain: ValueChain, change: BulkChange, *, act: Act) -> None:
    """The end of a change or of its undo: scores stand for a version of the map, so it asks."""
    change.finished_at = act.at
    if change.verb is BulkVerb.ARCHIVE:
        refresh_tiers(chain)
    follow_change(chain.id, "facts", act=act)


def stop(change_id: UUID, *, act: Act) -> BulkChange:
    """Stop a change that goes on; what is changed stays, and can be undone.

    One whose work ended early ends with this, since nobody goes on with it.

    Raises:
        Conflict: it is finished, or being undone.
    """
    chain = get_chain_for_change(get_change(change_id).chain_id)
    change = get_change(change_id, for_change=True)
    if change.finished_at is not None or change.undone_at is not None:
        raise Conflict(
            gettext("There is nothing to stop."),
            gettext("Open the page again to see what was done."),
        )
    change.stopped_at = act.at
    if has_failed(change):
        _finish(chain, change, act=act)
    audit.record("bulk_change:stop", change, act=act, changed=change.changed)
    return change


def undo(change_id: UUID, *, act: Act) -> BulkChange:
    """Take a change back in one step; nodes that were changed since stay so, and are named.

    A change whose work ended early is taken back as far as it came; an undo whose work ended
    early is asked for again.

    Raises:
        Conflict: it goes on still, or was undone already.
    """
    chain = get_chain_for_change(get_change(change_id).chain_id)
    change = get_change(change_id, for_change=True)
    is_over_early = has_failed(change)
    if change.undone_at is not None and not is_over_early:
        raise Conflict(
            gettext("This was undone already."),
            gettext("Open the page again to see what was done."),
        )
    if change.finished_at is None and not is_over_early:
        raise Conflict(
            gettext("There is nothing to undo yet."),
            gettext("Wait until it has ended, or stop it."),
        )
    change.undone_at, change.undone_by_id, change.finished_at = act.at, act.by.user_id, None
    audit.record("bulk_change:undo", change, act=act, verb=change.verb, nodes=change.changed)
    if change.changed > PART:
        _queue(change, UNDO, act=act)
    else:
        while _next_step(chain, change, act=act):
            pass
    return change
