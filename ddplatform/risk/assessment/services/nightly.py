"""Nightly assessment of maps as a whole whose run rests on one of an earlier day.

Every score depends on the age of its evidence, so the first change of a day would wait for a
whole run; at night nobody waits for it.
"""

from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.runs.queries.runs import list_maps_to_renew

RENEW = "risk:renew"
CALENDAR = "calendar"


def ask_whole_runs(*, act: Act) -> dict[str, int]:
    """Queue a run of each of these maps; a map that waits already, or was renewed, is left."""
    maps = list_maps_to_renew(act.at.date())
    for chain_id in maps:
        ask_reassessment(chain_id, CALENDAR, act=act)
    return {"maps": len(maps)}
