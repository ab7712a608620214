"""Rows of the register, and addresses of the register."""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number as figure
from ddplatform.languages import gettext, ngettext
from ddplatform.risk.follow_up.queries import FollowUp
from ddplatform.risk.follow_up.views import owner_words, step_words
from ddplatform.risk.register.queries.register import Asked, ListedRow, TieRow
from ddplatform.risk.register.queries.trend import Then, Trend
from ddplatform.risk.runs.queries.scores import RiskScore
from ddplatform.risk.words.figures import whole_points
from ddplatform.risk.words.ranges import RangeRow, row_of
from ddplatform.risk.words.register_filter import query_of
from supply_chain.risk.follow_up import FollowUpFilter, OpenStep


class Step(NamedTuple):
    """The next step for a risk; a link for those with the permission."""

    label: str
    href: str
    right: Permission


@dataclass(frozen=True)
class FollowLine:
    """The owner of a risk, and the actions in progress."""

    owner: str
    steps: str  # "Questionnaire out, Finding open"; empty: nothing
    deferred_until: date | None
    is_review_due: bool
    why: str  # reason and author of the deferral


@dataclass(frozen=True)
class Row:
    """One row of the register: a risk, or several with an equal score."""

    of: RangeRow
    position: str  # "3", "11–23"
    name: str
    href: str
    where: str  # country and tier, or how many share the row
    issue_href: str | None
    is_tie: bool
    step: Step | None
    mark: str = ""  # chooses the row for a step on many; empty: it cannot be chosen
    map_name: str = ""  # in a list over several maps
    follow: FollowLine | None = None
    then: Then | None = None  # on the past day
    was: str = ""  # the index then
    is_new: bool = False  # since the past day
    of_all: str = ""  # "of 2,944, top 1 %": among all of its map


def address(chain: UUID | str, asked: Asked, *, number: int | None = None, **more: Any) -> str:
    """The address of the register with what is asked for.

    Args:
        chain: a map, or `ALL_MAPS` of the basis.
    """
    given = {
        "chain": chain,
        "view": asked.view.value,
        **query_of(asked.wanted),
        **follow_query(asked.follow),
        "since": asked.since.isoformat() if asked.since else None,
        "tie": asked.tie,
        "page": number if number and number > 1 else None,
    }
    return url_for("risk_register.show", **{**given, **more})


def follow_query(wanted: FollowUpFilter) -> dict[str, str | None]:
    """A filter of the follow-up as written in an address; what is not filtered is None."""
    return {"owner": wanted.owner or None, "step": wanted.step.value if wanted.step else None}


class TieLinks:
    """Addresses of risks with an equal score within a list.

    A page has many of them, so the address of the list is put together once a map.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._lists: dict[UUID, str] = {}

    def of(self, chain_id: UUID, position: int) -> str:
        """The list of the risks that tie with the one at a position, from 1 on, of a map."""
        if chain_id not in self._lists:
            self._lists[chain_id] = address(chain_id, self._asked, tie=None)
        return f"{self._lists[chain_id]}&tie={position}"


def line_of(
    listed: ListedRow,
    ties: TieLinks,
    *,
    whole: int,
    many_maps: bool,
    trend: Trend | None = None,
) -> Row:
    """A row of the register with what is under way about it, and where it stood before.

    Args:
        whole: risks of its map.
    """
    row = row_of_tie(listed.row, listed.of.chain_id, ties)
    risk = listed.row.risk
    kind = "tie" if row.is_tie else "risk"
    return Row(
        **{
            **vars(row),
            "mark": f"{kind}:{risk.node_id}:{risk.issue.value}" if risk.node_id else "",
            "of_all": gettext(
                "of %(total)s, top %(share)s %%",
                total=figure(whole),
                share=top_share(listed.row.last, whole),
            ),
            "map_name": listed.of.name if many_maps else "",
            "follow": _follow(listed.follow) if listed.follow else None,
            **(_moved(listed, trend) if trend and not row.is_tie else {}),
        }
    )


def top_share(position: int, whole: int) -> int:
    """A position among all, as the whole per cent of them that it stands in."""
    return max(1, ceil(100 * position / whole))


def _moved(listed: ListedRow, trend: Trend) -> dict[str, Any]:
    position = listed.row.first - 1
    then = trend.then_of(listed.of, position)
    was = whole_points(then.index) if then else ""
    return {"then": then, "was": was, "is_new": trend.is_new(listed.of, position)}


def _follow(found: FollowUp) -> FollowLine:
    deferral = found.deferral
    put_off = {OpenStep.DEFERRED, OpenStep.REVIEW_DUE}
    return FollowLine(
        owner=owner_words(found),
        steps=", ".join(step_words(found, but=put_off)),
        deferred_until=deferral.review_on if deferral else None,
        is_review_due=OpenStep.REVIEW_DUE in found.steps,
        why=f"{deferral.reason} ({found.deferred_by})" if deferral else "",
    )


def row_of_tie(row: TieRow, chain_id: UUID, ties: TieLinks) -> Row:
    """A row of the register of a map, as it is drawn."""
    risk, is_tie = row.risk, row.count > 1
    if is_tie:
        return Row(
            of=row_of(risk),
            position=f"{figure(row.first)}–{figure(row.last)}",
            name=ngettext(
                "%(number)s place, equal score",
                "%(number)s places, equal score",
                row.count,
                number=figure(row.count),
            ),
            href=ties.of(chain_id, row.first),
            where=_country(risk),
            issue_href=None,
            is_tie=True,
            step=None,
        )
    return Row(
        of=row_of(risk),
        position=figure(row.first),
        name=risk.node_name,
        href=_place_href(risk, chain_id),
        where=f"{_country(risk)}, {tier_words(risk.tier)}",
        issue_href=None if risk.node_id is None else _risk_href(risk),
        is_tie=False,
        step=_step(risk, chain_id),
    )


def _country(risk: RiskScore) -> str:
    return country_name(risk.country) if risk.country else gettext("country not known")


def tier_words(tier: int | None) -> str:
    """A tier in words."""
    if tier is None:
        return gettext("not linked")
    return gettext("own business") if tier == 0 else gettext("tier %(tier)s", tier=tier)


def _place_href(risk: RiskScore, chain_id: UUID) -> str:
    if risk.node_id is None:
        return url_for("risk.unknown_origin", chain_id=chain_id, ref=risk.node_ref)
    return url_for("value_chain.node", node_id=risk.node_id)


def _risk_href(risk: RiskScore) -> str:
    return url_for("risk_explanation.show", node_id=risk.node_id, issue=risk.issue.value)


def _step(risk: RiskScore, chain_id: UUID) -> Step:
    """The next step by how much is known: find out first, then act."""
    assert risk.known is not None
    if risk.node_id is None:
        return Step(gettext("Map the origin"), _place_href(risk, chain_id), Permission.RISK_READ)
    if risk.known.is_emergency:
        href = url_for("findings.record", node=risk.node_id)
        return Step(gettext("Act now: record a finding"), href, Permission.FINDING_EDIT)
    if risk.status is not None:
        return Step(gettext("In remedy"), _risk_href(risk), Permission.RISK_READ)
    if risk.known.grade == "E":
        href = url_for("value_chain.node", node_id=risk.node_id)
        return Step(gettext("Complete the entry"), href, Permission.VALUE_CHAIN_READ)
    if risk.known.grade == "D":
        href = url_for("questionnaires.library")
        return Step(gettext("Send questionnaire"), href, Permission.QUESTIONNAIRE_ASSIGN)
    if risk.known.grade == "C":
        href = url_for("questionnaires.visit", node_id=risk.node_id)
        return Step(gettext("Plan a visit"), href, Permission.QUESTIONNAIRE_ASSIGN)
    href = url_for("findings.record", node=risk.node_id)
    return Step(gettext("Plan an action"), href, Permission.FINDING_EDIT)
