"""Gaps in the records of a report, found by counting; never evidence of "no risk"."""

from collections.abc import Iterator, Sequence
from typing import Any

from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.reporting.report_facts.views.chain import ChainFacts
from ddplatform.reporting.report_facts.views.words import country_word

Gap = dict[str, Any]
SHOWN = 12


def gaps_of(
    scope: Scope, chain: ChainFacts, facts: dict[str, Any], factors: Sequence[dict[str, Any]] | None
) -> list[Gap]:
    """The gaps that the platform finds itself, in the order of the report's sections.

    Args:
        facts: what was gathered so far: questionnaires, findings, actions, frameworks, risks.
    """
    return [
        *_of_past(scope),
        *_of_map(scope, chain),
        *_of_risks(facts),
        *_of_countries(scope, chain, factors),
        *_of_questionnaires(facts),
        *(() if scope.is_past else _of_work(facts)),
        *_of_frameworks(facts),
    ]


def _gap(key: str, count: int, what: str, why: str) -> Gap:
    return {"key": key, "count": count, "what": what, "why": why, "found": True}


def _of_past(scope: Scope) -> Iterator[Gap]:
    if scope.is_past:
        yield _gap(
            "past_day",
            1,
            f"Data cut-off: {scope.as_of.day} {scope.as_of:%B %Y}",
            "The report shows what had been recorded by that day. Earlier states of findings, "
            "actions, cases and evidence that changed later are not retained and are left out.",
        )


def _of_map(scope: Scope, chain: ChainFacts) -> Iterator[Gap]:
    document = chain.document
    nodes, listed = document["node_count"], document["nodes_listed"]
    if scope.run is None:
        yield _gap(
            "not_assessed",
            nodes,
            "The map has not been assessed",
            "No assessment was in force on that day.",
        )
    elif chain.not_assessed:
        yield _gap(
            "not_assessed",
            chain.not_assessed,
            f"{chain.not_assessed:,} of {nodes:,} nodes are not assessed",
            "They were added after the last assessment, or are confirmed closed.",
        )
    if scope.run is not None and scope.run.chain_version < scope.map_version:
        yield _gap(
            "stale",
            1,
            f"The scores are based on map version {scope.run.chain_version}",
            f"The current map version is {scope.map_version}. Reassess the map."
            if not scope.is_past
            else f"The map was at version {scope.map_version} on that day and was not assessed "
            "before the day ended.",
        )
    if chain.unknown_origins:
        share = document["unknown_share"]
        words = "its share is not known" if share is None else f"{share:.0%} of the volume"
        yield _gap(
            "unknown_origins",
            chain.unknown_origins,
            f"{chain.unknown_origins:,} nodes buy from an unknown origin",
            f"Share that reaches the own business from there: {words}.",
        )
    if listed < nodes:
        yield _gap(
            "nodes_cut",
            nodes - listed,
            f"{nodes - listed:,} nodes are counted but not listed individually",
            f"The report lists the {listed:,} with the highest risk.",
        )


def _of_risks(facts: dict[str, Any]) -> Iterator[Gap]:
    counts = facts.get("risk_counts")
    if counts and counts["listed"] < counts["scored"]:
        left = counts["scored"] - counts["listed"]
        yield _gap(
            "risks_cut",
            left,
            f"{left:,} risks are counted but not listed individually",
            f"The report lists the first {counts['listed']:,} in order of salience.",
        )


def _of_countries(
    scope: Scope, chain: ChainFacts, factors: Sequence[dict[str, Any]] | None
) -> Iterator[Gap]:
    known = {row["country"] for row in factors or () if row["value"] is not None}
    bare = [country for country in chain.countries if country not in known]
    if scope.release is not None and bare:
        names = ", ".join(str(country_word(code)) for code in bare[:SHOWN]) + (
            " and more" if len(bare) > SHOWN else ""
        )
        yield _gap(
            "countries",
            len(bare),
            f"No country figures for {names}",
            "No open data set gives them; the method then assumes more risk, not less.",
        )


def _of_questionnaires(facts: dict[str, Any]) -> Iterator[Gap]:
    asked = facts["questionnaires"]
    open_ = asked["sent"] - asked["submitted"]
    if not asked["sent"]:
        yield _gap(
            "questionnaires",
            0,
            "No supplier received a questionnaire",
            "None was sent in the period.",
        )
    elif open_:
        yield _gap(
            "questionnaires",
            open_,
            f"{open_:,} of {asked['sent']:,} questionnaires are not answered",
            f"{asked['overdue']:,} of them are overdue.",
        )


def _of_work(facts: dict[str, Any]) -> Iterator[Gap]:
    open_findings = [row for row in facts["findings"] if row["status"] == "open"]
    ownerless = sum(1 for row in open_findings if row["owner"] is None)
    if ownerless:
        yield _gap(
            "findings_owner",
            ownerless,
            f"{ownerless:,} of {len(open_findings):,} open findings have no owner",
            "No owner has been assigned.",
        )
    late = sum(1 for row in facts["actions"] if row["status"] == "overdue")
    if late:
        yield _gap(
            "actions_overdue",
            late,
            f"{late:,} of {len(facts['actions']):,} actions are overdue",
            "Past due; completion not reported.",
        )


def _of_frameworks(facts: dict[str, Any]) -> Iterator[Gap]:
    bare = [
        row["id"]
        for one in facts["frameworks"] or ()
        for row in one["requirements"]
        if row["status"] == "evidence_missing"
    ]
    if bare:
        names = ", ".join(bare[:SHOWN]) + (" and more" if len(bare) > SHOWN else "")
        yield _gap(
            "requirements",
            len(bare),
            f"{len(bare):,} requirements have no evidence on the platform",
            names + ".",
        )
