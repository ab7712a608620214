"""All facts of a report (docs/report-facts.md), made from its records."""

from typing import Any

from ddplatform.reporting.report_facts.queries.facts import Records
from ddplatform.reporting.report_facts.views.chain import chain_facts
from ddplatform.reporting.report_facts.views.gaps import gaps_of
from ddplatform.reporting.report_facts.views.reasons import add_country_figures
from ddplatform.reporting.report_facts.views.risks import factor_facts, risk_facts
from ddplatform.reporting.report_facts.views.words import country_word
from ddplatform.reporting.report_facts.views.work import (
    action_facts,
    finding_facts,
    questionnaire_facts,
    remedy_facts,
)

FORMAT = "report-facts/1"


def facts_of(records: Records, *, audience: str) -> dict[str, Any]:
    """The facts of a report, without its own number and its place in the log."""
    scope, organisation = records.scope, records.organisation
    chain = chain_facts(scope, records.whole)
    factors = factor_facts(scope, chain.countries, records.indicator_values)
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
        **risk_facts(scope, records.risks),
        "questionnaires": questionnaire_facts(scope, records.rounds),
        "findings": finding_facts(scope, records.findings),
        "actions": action_facts(scope, records.actions),
        **remedy_facts(records.cases),
        "frameworks": records.frameworks,
        "factors": factors,
    }
    add_country_figures(facts["risks"] or (), chain.document["nodes"], factors or ())
    return {**facts, "gaps": gaps_of(scope, chain, facts, factors)}
