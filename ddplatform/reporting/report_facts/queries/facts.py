"""All records of a report, gathered from the database at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.due_diligence.frameworks.queries.coverage import framework_facts
from ddplatform.due_diligence.remedy.queries.cases import CaseFigures, count_cases_by_stage
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.reporting.report_facts.queries.chain import WholeMap, load_map
from ddplatform.reporting.report_facts.queries.risks import (
    Risks,
    load_indicator_values,
    load_risks,
)
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.reporting.report_facts.queries.work import (
    Actions,
    FindingRecord,
    Rounds,
    load_actions,
    load_findings,
    load_rounds,
)


@dataclass(frozen=True)
class Records:
    """The records of a scope; `cases` and `frameworks` are stored for today alone."""

    scope: Scope
    organisation: Organisation
    whole: WholeMap
    risks: Risks | None
    indicator_values: Sequence[Any]
    rounds: Rounds
    findings: Sequence[FindingRecord]
    actions: Actions
    cases: CaseFigures | None
    frameworks: list[dict[str, Any]] | None


def load_records(scope: Scope) -> Records:
    """The records of a scope.

    The number of statements does not depend on the size of the map.
    """
    whole = load_map(scope)
    return Records(
        scope=scope,
        organisation=get_organisation(current_organisation()),
        whole=whole,
        risks=load_risks(scope),
        indicator_values=load_indicator_values(scope, whole.countries),
        rounds=load_rounds(scope),
        findings=load_findings(scope),
        actions=load_actions(scope),
        cases=None if scope.is_past else count_cases_by_stage(on=scope.as_of),
        frameworks=None if scope.is_past else framework_facts(as_of=scope.as_of),
    )
