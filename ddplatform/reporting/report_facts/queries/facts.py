"""All facts of a report (docs/report-facts.md), gathered in one look at the database."""

from typing import Any

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.due_diligence.frameworks.queries import framework_facts
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.reporting.report_facts.queries.chain import load_chain_facts
from ddplatform.reporting.report_facts.queries.gaps import list_gaps
from ddplatform.reporting.report_facts.queries.reasons import add_country_figures
from ddplatform.reporting.report_facts.queries.risks import (
    country_word,
    load_factor_facts,
    load_risk_facts,
)
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.reporting.report_facts.queries.work import (
    load_action_facts,
    load_finding_facts,
    load_questionnaire_facts,
    load_remedy_facts,
)

FORMAT = "report-facts/1"


def load_facts(scope: Scope, *, audience: str) -> dict[str, Any]:
    """What the records say of a scope, without the report's own number and its place in the log.

    The number of statements does not depend on the size of the map.
    """
    chain = load_chain_facts(scope)
    factors = load_factor_facts(scope, chain.countries)
    organisation = get_organisation(current_organisation())
    facts = {
        "format": FORMAT,
        "audience": audience,
        "organisation": {
            "name": organisation.name,
            "country": country_word(organisation.country),
            "ownership_type": None,
        },
        "scope": {"label": scope.map_name, "value_chains": [scope.map_name]},
        "period": {"from": scope.period_from.isoformat(), "to": scope.period_to.isoformat()},
        "as_of": scope.as_of.isoformat(),
        "value_chain": chain.document,
        **load_risk_facts(scope),
        "questionnaires": load_questionnaire_facts(scope),
        "findings": load_finding_facts(scope),
        "actions": load_action_facts(scope),
        **load_remedy_facts(scope),
        "frameworks": None if scope.is_past else framework_facts(as_of=scope.as_of),
        "factors": factors,
    }
    add_country_figures(facts["risks"] or (), chain.document["nodes"], factors or ())
    return {**facts, "gaps": list_gaps(scope, chain, facts, factors)}
