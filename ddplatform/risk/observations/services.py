"""Entry and withdrawal of observations of a place.

Evidence is added, never changed (RM-2.0 section 15, P4): a wrong entry is withdrawn with a reason
by a second person, and remains readable.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed
from ddplatform.infrastructure.plain_text import fault_in, is_web_address
from ddplatform.languages import gettext as _
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.risk.observations.queries.evidence import get_observation, sites_of_region
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.reference.regions import region_key
from supply_chain.risk.rm2.observable import TELLERS, observable, score_of, takes_figure

SOURCE_LENGTH, NOTE_LENGTH, REASON_LENGTH = 300, 2000, 1000
CHANGED = "observation"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The observation of one factor by a source: a value from 0 to 1, or a figure in its unit."""

    factor: str
    value: float | None = None
    figure: float | None = None
    source_type: str
    source: str
    source_url: str = ""
    observed_on: date
    note: str
    for_region: bool = False
    """Whether it is of all sites in the region of the site, now and later; figures alone are."""


def add_observation(node_id: UUID, seen: Seen, *, act: Act) -> PlaceObservation:
    """Enter what a source saw; the score follows with the next assessment.

    Raises:
        NotFound: no such node.
        Conflict: the node is archived.
        Invalid: naming every field that breaks a rule.
    """
    node = get_node(node_id)
    if node.archived_at is not None:
        raise Conflict(_("This place is archived."), _("Restore it first."))
    _check(seen, node, today=act.at.date())
    kept = PlaceObservation(
        node_id=node_id,
        factor=seen.factor,
        value=_value_of(seen),
        figure=seen.figure if takes_figure(seen.factor) else None,
        source_type=seen.source_type,
        source=" ".join(seen.source.split()),
        source_url=seen.source_url.strip(),
        observed_on=seen.observed_on,
        note=seen.note.strip(),
        country=node.country if seen.for_region else None,
        region=node.region if seen.for_region else None,
        region_key=region_key(node.region) if seen.for_region else None,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(kept)
    db.session.flush()  # the event names it
    audit.record(
        "risk:add_observation",
        kept,
        act=act,
        node=node_id,
        factor=kept.factor,
        value=kept.value,
        source_type=kept.source_type,
        observed_on=kept.observed_on,
        region=kept.region,
    )
    _reassess(kept, act=act)
    return kept


def withdraw_observation(observation_id: UUID, reason: str, *, act: Act) -> PlaceObservation:
    """Take an observation out of scores; it stays readable with the reason.

    Raises:
        NotFound: no such observation.
        NotAllowed: an own observation, or no right to approve.
        Conflict: it was withdrawn before.
        Invalid: no reason.
    """
    kept = get_observation(observation_id)
    _check_second_person(kept, act.by)
    if kept.withdrawn_at is not None:
        raise Conflict(_("It was withdrawn before."), _("Reload the page."))
    if fault := fault_in(reason, label="the reason", longest=REASON_LENGTH):
        raise Invalid(fields={"reason": fault})
    kept.withdrawn_at, kept.withdrawn_by_id = act.at, act.by.user_id
    kept.withdrawn_reason = reason.strip()
    audit.record(
        "risk:withdraw_observation",
        kept,
        act=act,
        node=kept.node_id,
        factor=kept.factor,
        reason=kept.withdrawn_reason,
    )
    _reassess(kept, act=act)
    return kept


def _reassess(kept: PlaceObservation, *, act: Act) -> None:
    """Queue new assessments of the map of the site, or of all maps with sites in the region."""
    maps = {get_node(kept.node_id).chain_id: None}
    if kept.country and kept.region_key:
        sites = sites_of_region(kept.country, kept.region_key)
        maps |= dict.fromkeys(chain_id for _, chain_id in sites)
    for chain_id in maps:
        ask_reassessment(chain_id, CHANGED, act=act)


def _check_second_person(kept: PlaceObservation, by: Identity) -> None:
    if kept.created_by_id == by.user_id:
        raise NotAllowed(
            _("You cannot withdraw your own observation."),
            _("Ask a colleague with the right to approve scores."),
        )
    if not by.has(Permission.RISK_APPROVE):
        raise NotAllowed(
            _("Your role may not withdraw evidence."),
            _("A sustainability manager of your organisation can."),
        )


def _value_of(seen: Seen) -> float:
    if takes_figure(seen.factor) and seen.figure is not None:
        return score_of(seen.factor, seen.figure)
    assert seen.value is not None  # checked
    return seen.value


def _check(seen: Seen, node: ValueChainNode, *, today: date) -> None:
    faults = {**_what(seen), **_source(seen, today), **_where(seen, node)}
    if faults:
        raise Invalid(fields=faults)


def _where(seen: Seen, node: ValueChainNode) -> dict[str, str]:
    if not seen.for_region:
        return {}
    if not takes_figure(seen.factor):
        return {"for_region": _("Only regional figures apply to all sites of a region.")}
    if not (node.country and region_key(node.region)):
        return {"for_region": _("The site has no region. Enter its country and region first.")}
    return {}


def _what(seen: Seen) -> dict[str, str]:
    faults = {}
    if seen.factor not in observable():
        faults["factor"] = _("Choose a factor.")
    elif takes_figure(seen.factor):
        if seen.figure is None:
            faults["figure"] = _("Enter the regional figure in per cent.")
        elif not 0 <= seen.figure <= 100:
            faults["figure"] = _("Enter a percentage between 0 and 100.")
        if seen.source_type != "official":
            faults["source_type"] = _("Regional figures need a public body as their source.")
    elif seen.value is None or not 0 <= seen.value <= 1:
        faults["value"] = _("Choose an observation.")
    if fault := fault_in(seen.note, label="the details", longest=NOTE_LENGTH):
        faults["note"] = fault
    return faults


def _source(seen: Seen, today: date) -> dict[str, str]:
    faults = {}
    if seen.source_type not in TELLERS:
        faults["source_type"] = _("Choose a source type.")
    if fault := fault_in(seen.source, label="the source", longest=SOURCE_LENGTH):
        faults["source"] = fault
    if seen.source_url.strip() and not is_web_address(seen.source_url):
        faults["source_url"] = _("Enter the full address, beginning with https:// or http://.")
    if seen.observed_on > today:
        faults["observed_on"] = _("The date is in the future.")
    return faults
