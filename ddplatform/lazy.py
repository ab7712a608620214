"""Command modules, each imported when one of its commands is called (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {
    "access": "ddplatform.infrastructure.access.commands",
    "analysis": "ddplatform.risk.analysis.commands",
    "assessment": "ddplatform.risk.assessment.commands.assess",
    "assessment_plan": "ddplatform.risk.assessment_plan.commands",
    "assets": "ddplatform.infrastructure.assets.commands",
    "audit": "ddplatform.audit.commands",
    "database": "ddplatform.infrastructure.database_roles.commands",
    "custody": "ddplatform.due_diligence.custody.commands",
    "backup": "ddplatform.operations.backup.commands",
    "demo": "ddplatform.demo.commands",
    "files": "ddplatform.evidence.orphaned_files.commands",
    "forms": "ddplatform.supplier_engagement.library.commands.forms",
    "founding": "ddplatform.accounts.founding.commands",
    "frameworks": "ddplatform.due_diligence.frameworks.commands",
    "jobs": "ddplatform.infrastructure.jobs.commands",
    "keys": "ddplatform.operations.keys.commands",
    "map_files": "ddplatform.value_chain.map_files.commands",
    "method_comparison": "ddplatform.risk.method_comparison.commands",
    "officers": "ddplatform.accounts.officers.commands",
    "organisations": "ddplatform.accounts.organisations.commands",
    "personal_data": "ddplatform.operations.personal_data.commands",
    "reference": "ddplatform.risk.reference.commands",
    "reports": "ddplatform.reporting.reports.commands",
    "retention": "ddplatform.operations.retention.commands",
    "screening": "ddplatform.value_chain.screening.commands",
    "web_server": "ddplatform.infrastructure.web_server.commands",
    "second_factor": "ddplatform.accounts.organisation_factors.commands",
    "sessions": "ddplatform.accounts.own_sessions.commands",
    "single_sign_on": "ddplatform.accounts.single_sign_on.commands",
}

if TYPE_CHECKING:
    from ddplatform.accounts.founding import commands as founding
    from ddplatform.accounts.officers import commands as officers
    from ddplatform.accounts.organisation_factors import commands as second_factor
    from ddplatform.accounts.organisations import commands as organisations
    from ddplatform.accounts.own_sessions import commands as sessions
    from ddplatform.accounts.single_sign_on import commands as single_sign_on
    from ddplatform.audit import commands as audit
    from ddplatform.demo import commands as demo
    from ddplatform.due_diligence.custody import commands as custody
    from ddplatform.due_diligence.frameworks import commands as frameworks
    from ddplatform.evidence.orphaned_files import commands as files
    from ddplatform.infrastructure.access import commands as access
    from ddplatform.infrastructure.assets import commands as assets
    from ddplatform.infrastructure.database_roles import commands as database
    from ddplatform.infrastructure.jobs import commands as jobs
    from ddplatform.infrastructure.web_server import commands as web_server
    from ddplatform.operations.backup import commands as backup
    from ddplatform.operations.keys import commands as keys
    from ddplatform.operations.personal_data import commands as personal_data
    from ddplatform.operations.retention import commands as retention
    from ddplatform.reporting.reports import commands as reports
    from ddplatform.risk.analysis import commands as analysis
    from ddplatform.risk.assessment.commands import assess as assessment
    from ddplatform.risk.assessment_plan import commands as assessment_plan
    from ddplatform.risk.method_comparison import commands as method_comparison
    from ddplatform.risk.reference import commands as reference
    from ddplatform.supplier_engagement.library.commands import forms
    from ddplatform.value_chain.map_files import commands as map_files
    from ddplatform.value_chain.screening import commands as screening
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
