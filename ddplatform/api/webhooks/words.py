"""Labels of the kinds of events."""

from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.languages import LazyText
from ddplatform.languages import lazy_gettext as _

SUBJECT_LABELS: dict[Subject, LazyText] = {
    Subject.NODES: _("Maps, sites and supply links"),
    Subject.RISKS: _("Assessments of risks"),
    Subject.QUESTIONNAIRES: _("Questionnaires"),
    Subject.FINDINGS: _("Findings"),
    Subject.ACTIONS: _("Actions"),
    Subject.REPORTS: _("Reports"),
}
