"""Leverage over a business partner, with its consequences (UNGP 19)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.impacts import decide_leverage, impact_words
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

REASON_LENGTH = 1000


@dataclass(frozen=True)
class LeverageAnswers:
    """Answers to the leverage table on a business partner (UNGP 19, commentary)."""

    has_leverage: bool
    can_be_raised: bool
    is_crucial: bool
    is_grave_danger: bool


def settle_leverage(
    finding_id: UUID,
    answers: LeverageAnswers,
    *,
    types: Sequence[str],
    reason: str,
    version: int,
    act: Act,
) -> str:
    """Decide by LD-1 to LD-5 on the business partner; returns the ref.

    Args:
        types: LEV-nn that are used or built.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        Invalid: no reason, or an unknown type of leverage.
    """
    finding = get_finding(finding_id, for_change=True)
    ref = decide_leverage(**asdict(answers))
    before = finding.step_data.get("leverage", {}).get("ref")
    titles = {key: one["title"] for key, one in impact_words().leverage_decisions.items()}
    label = gettext("Leverage")
    refuse_stale(
        finding,
        version,
        theirs={label: titles.get(before)},
        mine={label: titles[ref]},
    )
    _check_leverage(types, reason)
    finding.step_data = {
        **finding.step_data,
        "leverage": {
            "ref": ref,
            "types": list(types),
            "reason": reason.strip(),
            "on": act.at.date().isoformat(),
            "by": act.by.name,
            "after_failures": int(finding.step_data.get("failed_reviews", 0)),
        },
    }
    db.session.flush()  # the version that the page shows next
    audit.record(
        "finding:leverage", finding, act=act, leverage=(before, ref), reason=reason.strip()
    )
    return ref


def _check_leverage(types: Sequence[str], reason: str) -> None:
    faults: dict[str, str] = {}
    if fault := fault_in(reason, label=gettext("the reason"), longest=REASON_LENGTH):
        faults["reason"] = fault
    if not set(types) <= impact_words().leverage_types.keys():
        faults["types"] = gettext("Choose kinds of leverage from the list.")
    if faults:
        raise Invalid(fields=faults)
