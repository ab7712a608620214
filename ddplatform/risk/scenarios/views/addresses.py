"""Changes of a what-if in the address; an unsaved what-if is stored nowhere else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from flask import url_for

from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.typed_values import read_finite, read_json
from ddplatform.languages import gettext
from supply_chain.analysis.what_if_changes import (
    MOST,
    AddControl,
    Change,
    ChangeShare,
    CloseNode,
    KnowOrigin,
    pack_change,
    read_change,
)


def changes_in(texts: Sequence[str]) -> list[Change]:
    """The changes that an address names, once each; what is no change is left out."""
    found: dict[str, Change] = {}
    for text in texts[:MOST]:
        try:
            change = read_change(read_json(text))
        except (ValueError, AttributeError, TypeError):
            continue
        found[text_of(change)] = change
    return list(found.values())


def text_of(change: Change) -> str:
    """A change as written in an address."""
    return json.dumps(pack_change(change), separators=(",", ":"), ensure_ascii=False)


def try_address(chain_id: UUID, changes: Iterable[Change]) -> str:
    """The page on which these changes are tried."""
    return url_for("what_if.try_on", chain_id=chain_id, change=[text_of(one) for one in changes])


def without(changes: Sequence[Change], place: int) -> list[Change]:
    """All changes but one."""
    return [change for at, change in enumerate(changes) if at != place]


class NotReadable(ValueError):
    """A field of a new change that cannot be read; says which and how to mend it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def new_change(node_ref: str, asked: Mapping[str, str], ends: tuple[str, str] | None) -> Change:
    """The change that the form of a node asks for.

    Args:
        ends: buyer and supplier of the chosen link; None: none is chosen.

    Raises:
        NotReadable: a number is missing or outside 0 to 100, or no link is chosen.
        NotFound: it is no such form.
    """
    kind = asked.get("do", "")
    if kind == "close":
        return CloseNode(node_ref)
    if kind == "control":
        return AddControl(
            node_ref,
            asked.get("control", ""),
            _percent(
                asked,
                "coverage",
                gettext("Enter the coverage as a percentage from 0 to 100."),
            ),
            _level(asked.get("evidence", "")),
        )
    if kind == "origin":
        return KnowOrigin(node_ref, asked.get("country") or None, asked.get("commodity") or None)
    if kind == "share":
        if ends is None:
            raise NotReadable("link", gettext("Choose the supply link whose share changes."))
        advice = gettext("Enter the new share as a percentage from 0 to 100.")
        return ChangeShare(*ends, _percent(asked, "share", advice))
    raise NotFound()


def _percent(asked: Mapping[str, str], field: str, advice: str) -> float:
    text = asked.get(field, "").strip().rstrip("%").strip().replace(",", ".")
    try:
        value = read_finite(text)
    except ValueError:
        raise NotReadable(field, advice) from None
    if not 0 <= value <= 100:  # NaN too
        raise NotReadable(field, advice)
    return value / 100


def _level(text: str) -> float:
    try:
        return read_finite(text)
    except ValueError:
        raise NotReadable("evidence", gettext("Choose the evidence of effectiveness.")) from None
