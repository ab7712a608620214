"""What-ifs: saved under a name and removed again, without effect on their map."""

from collections.abc import Sequence
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext
from ddplatform.risk.scenarios.models import SavedScenario
from ddplatform.risk.scenarios.queries.scenarios import get_saved, try_on_map
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.analysis.what_if_changes import MOST, Change, pack_change

NAME_LENGTH = 120


def keep(chain_id: UUID, name: str, changes: Sequence[Change], *, act: Act) -> SavedScenario:
    """Keep changes under a name, with how many nodes they raise and lower today.

    Raises:
        NotFound: no such map.
        Invalid: no name, no change or too many, or a change that cannot be tried on this map.
    """
    chain = get_chain(chain_id)
    faults: dict[str, str] = {}
    if fault := fault_in(name, label="a name", longest=NAME_LENGTH):
        faults["name"] = fault
    if not 1 <= len(changes) <= MOST:
        faults["changes"] = gettext(
            "Add at least one change; a scenario holds at most %(most)s.", most=MOST
        )
    if faults:
        raise Invalid(fields=faults)
    tried = try_on_map(chain.id, changes, act.at.date())
    if tried.problems:
        raise Invalid(fields={"changes": " ".join(problem.text for problem in tried.problems)})
    counts = tried.what_if.counts()
    begin_change()  # nobody waits while it is tried
    kept = SavedScenario(
        chain_id=chain.id,
        name=name.strip(),
        changes=[pack_change(change) for change in changes],
        chain_version=chain.version,
        as_of=act.at.date(),
        higher=counts.higher,
        lower=counts.lower,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(kept)
    db.session.flush()  # the event names it
    audit.record(
        "what_if:keep",
        kept,
        act=act,
        name=kept.name,
        changes=len(changes),
        chain_version=chain.version,
    )
    return kept


def put_away(what_if_id: UUID, *, act: Act) -> None:
    """Take a what-if out of the list; what was planned because of it stays.

    Raises:
        NotFound: no such what-if, or put away already.
    """
    kept = get_saved(what_if_id)
    kept.archived_at, kept.archived_by_id = act.at, act.by.user_id
    audit.record("what_if:put_away", kept, act=act, name=kept.name)
