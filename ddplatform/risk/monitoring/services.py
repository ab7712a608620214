"""Daily check for triggers of a reassessment: TRG-01 to TRG-12, as far as data can show them.

Each sign opens one task per site and trigger, once; changes that only people can know have a form
(`tasks.report_change`).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.reassessment import SeenBy, has_changed_much, trigger_seen_by
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.risk.context_events.services import events as context_events
from ddplatform.risk.reassessment.models import ShareMemory
from ddplatform.risk.reassessment.queries.changes import (
    see_list_entries,
    see_new_goods_and_countries,
    see_new_operators,
)
from ddplatform.risk.reassessment.queries.signs import (
    ChainShares,
    Seen,
    Shares,
    Sign,
    load_changed_shares,
    see_closures,
    see_expired_evidence,
    see_facts,
    see_new_nodes,
    see_time_passed,
)
from ddplatform.risk.reassessment.services.tasks import Wanted, open_tasks
from ddplatform.risk.words.signs import sign_words
from supply_chain.risk.factors import MONTH_DAYS

LOOK = "reassessment:look"


def look_for_changes(*, act: Act, unit: Unit) -> dict[str, int]:
    """Bring events in step, then look for each trigger, each in a unit of work of its own.

    Returns:
        How many events changed, and how many reasons of each trigger were new. A second look on
        the same day finds nothing.
    """
    with unit():
        found = {"events": context_events.keep_in_step(act=act)}
    for way, see in _ways(act.at).items():
        trigger = trigger_seen_by(way).ref
        with unit():
            found[trigger] = found.get(trigger, 0) + _open(trigger, see(), act=act)
    return {name: count for name, count in found.items() if count}


def _ways(at: datetime) -> dict[SeenBy, Callable[[], Iterable[Seen]]]:
    months = trigger_seen_by(SeenBy.MONTHS_PASSED).months or 0
    long_ago = at - timedelta(days=months * MONTH_DAYS)
    return {
        SeenBy.MONTHS_PASSED: lambda: see_time_passed(long_ago),
        SeenBy.NEW_NODE: see_new_nodes,
        SeenBy.NEW_GOODS_OR_COUNTRY: lambda: see_new_goods_and_countries(at),
        SeenBy.NEW_OPERATOR: lambda: see_new_operators(at),
        SeenBy.LIST_ENTRY: see_list_entries,
        SeenBy.SHARE_CHANGE: _see_changed_shares,
        SeenBy.FACT: see_facts,
        SeenBy.EVIDENCE_EXPIRY: lambda: see_expired_evidence(at.date()),
        SeenBy.CLOSURE: see_closures,
    }


def _open(trigger: str, seen: Iterable[Seen], *, act: Act) -> int:
    wanted = [Wanted(one.node_id, trigger, one.key, sign_words(one)) for one in seen]
    opened = open_tasks(wanted, at=act.at)
    if opened:
        audit.record("review_task:look", None, act=act, trigger=trigger, reasons=opened)
    return opened


def _see_changed_shares() -> Iterator[Seen]:
    """Suppliers whose share of a buyer's input moved much since it was remembered.

    A share is remembered until it has moved much, so that many small steps are seen as well.
    """
    above = trigger_seen_by(SeenBy.SHARE_CHANGE).change_above or 0.0
    for chain in load_changed_shares():
        known = Shares.unpack(chain.memory.content).by_link() if chain.memory else {}
        kept = {link: share for link, (_, share) in chain.links.items()}
        for link, (supplier_id, share) in chain.links.items():
            before = known.get(link, share)
            if has_changed_much(before, share, above=above):
                key = f"share:{link.hex()}:{chain.version}"
                yield Seen(supplier_id, key, Sign.SHARE, before=before, after=share)
            else:
                kept[link] = before
        _remember(chain, kept)


def _remember(chain: ChainShares, kept: dict[bytes, float]) -> None:
    now = Shares(
        np.frombuffer(b"".join(kept), np.uint8).reshape(len(kept), 16),
        np.array(list(kept.values()), dtype=np.float64),
    ).pack()
    if chain.memory is None:
        db.session.add(
            ShareMemory(chain_id=chain.chain_id, chain_version=chain.version, content=now)
        )
    else:
        chain.memory.chain_version, chain.memory.content = chain.version, now
