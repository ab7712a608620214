"""All models; importing this module registers every table."""

from ddplatform.accounts.api_tokens import models as api_tokens
from ddplatform.accounts.founding import models as first_run
from ddplatform.accounts.officers import models as officers
from ddplatform.accounts.organisations import models as organisations
from ddplatform.accounts.passkeys import models as passkeys
from ddplatform.accounts.second_factor import models as second_factor
from ddplatform.accounts.single_sign_on import models as single_sign_on
from ddplatform.api.repeats import models as repeats
from ddplatform.api.webhooks import models as webhooks
from ddplatform.audit import models as audit
from ddplatform.due_diligence.case_redaction import models as case_redaction
from ddplatform.due_diligence.custody import models as custody
from ddplatform.due_diligence.findings import models as findings
from ddplatform.due_diligence.remedy import models as remedy
from ddplatform.evidence.uploads import models as evidence
from ddplatform.infrastructure.jobs import models as jobs
from ddplatform.operations.retention import models as retention
from ddplatform.reporting.reports import models as reports
from ddplatform.risk.assessment_plan import models as visit_plan
from ddplatform.risk.context_events import models as context_events
from ddplatform.risk.follow_up import models as risk_follow_up
from ddplatform.risk.observations import models as risk_observations
from ddplatform.risk.reassessment import models as reassessment
from ddplatform.risk.reference import models as reference
from ddplatform.risk.runs import models as risk
from ddplatform.risk.scenarios import models as what_if
from ddplatform.risk.supplier_figures import models as supplier_figures
from ddplatform.supplier_engagement.campaigns import models as campaigns
from ddplatform.supplier_engagement.cascade import models as cascade
from ddplatform.supplier_engagement.library import models as questionnaires
from ddplatform.supplier_engagement.offline import models as answer_intake
from ddplatform.supplier_engagement.responses import models as responses
from ddplatform.supplier_engagement.returned_books import models as returned_books
from ddplatform.supplier_engagement.review import models as reviews
from ddplatform.supplier_engagement.sharing import models as sharing
from ddplatform.value_chain.approvals import models as approvals
from ddplatform.value_chain.bulk_changes import models as bulk_changes
from ddplatform.value_chain.history import models as map_history
from ddplatform.value_chain.imports import models as map_imports
from ddplatform.value_chain.mapping import models as value_chain
from ddplatform.value_chain.matching import models as matching
from ddplatform.value_chain.saved_views import models as saved_views
from ddplatform.value_chain.screening import models as screening

__all__ = [
    "answer_intake",
    "api_tokens",
    "approvals",
    "audit",
    "bulk_changes",
    "campaigns",
    "cascade",
    "case_redaction",
    "context_events",
    "custody",
    "evidence",
    "findings",
    "first_run",
    "jobs",
    "map_history",
    "map_imports",
    "matching",
    "officers",
    "organisations",
    "passkeys",
    "questionnaires",
    "reassessment",
    "reference",
    "remedy",
    "repeats",
    "reports",
    "responses",
    "retention",
    "returned_books",
    "reviews",
    "risk",
    "risk_follow_up",
    "risk_observations",
    "saved_views",
    "screening",
    "second_factor",
    "sharing",
    "single_sign_on",
    "supplier_figures",
    "value_chain",
    "visit_plan",
    "webhooks",
    "what_if",
]
