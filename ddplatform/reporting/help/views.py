"""The help page: first tasks and glossary, each with the pages that the reader may open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for

from ddplatform.infrastructure.access.permissions import Permission as P
from ddplatform.infrastructure.text_search import NOWHERE, Words
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.reporting.help.glossary import Term

May = Callable[[P], bool]


@dataclass(frozen=True)
class Page:
    """A page that the help leads to, for those who hold its permission."""

    label: str
    endpoint: str
    permission: P
    text: str = ""


PAGES: Final[Mapping[str, Page]] = {
    "actions": Page(_("Actions"), "findings.actions", P.FINDING_READ),
    "approvals": Page(_("Approvals"), "approvals.show", P.RISK_READ),
    "audit": Page(_("Audit trail"), "audit.index", P.AUDIT_READ),
    "events": Page(_("Events"), "context_events.index", P.RISK_READ),
    "findings": Page(_("Findings"), "findings.index", P.FINDING_READ),
    "map": Page(_("Value chain"), "value_chain.index", P.VALUE_CHAIN_READ),
    "plans": Page(_("Assessment plan"), "visit_plan.index", P.RISK_READ),
    "questionnaires": Page(_("Questionnaires"), "questionnaires.index", P.QUESTIONNAIRE_READ),
    "reassessments": Page(_("Reassessments"), "reassessment.index", P.RISK_READ),
    "remedy": Page(_("Remediation"), "remedy.index", P.CASE_COUNT),
    "reports": Page(_("Reports"), "reports.index", P.REPORT_READ),
    "response": Page(_("Response of suppliers"), "risk_response.index", P.RISK_READ),
    "risks": Page(_("Risks"), "risk.index", P.RISK_READ),
    "scenarios": Page(_("Scenarios"), "what_if.index", P.RISK_READ),
    "screening": Page(_("List screening"), "screening.index", P.RISK_READ),
}
"""Where a term of the glossary leads, by its `page`."""
TASKS: Final[Sequence[Page]] = (
    Page(
        _("Import a supplier list"),
        "value_chain.index",
        P.VALUE_CHAIN_IMPORT,
        _(
            "Open Imports of a map and upload the list. Problems are shown by row and column, and "
            "nothing is applied before you have reviewed the changes."
        ),
    ),
    Page(
        _("Read the risk register"),
        "risk.index",
        P.RISK_READ,
        _(
            "Risks are listed in the order of work, each with its likely range, evidence grade and "
            "next step. Select a risk to see how its score is made up."
        ),
    ),
    Page(
        _("Send a questionnaire"),
        "questionnaires.library",
        P.QUESTIONNAIRE_ASSIGN,
        _("Choose a questionnaire of the library, then its recipients and the due date."),
    ),
    Page(
        _("Record a finding"),
        "findings.record",
        P.FINDING_EDIT,
        _("Choose the site and describe the harm or risk; then assess severity and involvement."),
    ),
    Page(
        _("Plan an action"),
        "findings.index",
        P.ACTION_EDIT,
        _(
            "Open a finding and choose Plan an action. Someone other than the owner verifies it "
            "once it is reported as done."
        ),
    ),
    Page(
        _("Work on a remediation case"),
        "remedy.index",
        P.CASE_WORK,
        _("Your cases are listed with the step that is due first at the top."),
    ),
    Page(
        _("Seal a report"),
        "reports.new",
        P.REPORT_REQUEST,
        _("Choose the reader, the report and the period. Review the gaps before you make it."),
    ),
    Page(
        _("Check a report file"),
        "reports.check_file",
        P.REPORT_READ,
        _("Upload a file to see whether it is a sealed report and has not been altered."),
    ),
    Page(
        _("Verify the log"),
        "audit.check",
        P.AUDIT_READ,
        _("The whole audit trail is recomputed; a changed, removed or added event is shown."),
    ),
)
"""What somebody begins with, in the order of the due diligence steps."""


@dataclass(frozen=True)
class Link:
    """A link with its label; `text` says what to do there."""

    label: str
    href: str
    text: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry of the glossary as it is shown; `link` where the reader may open its page."""

    id: str
    term: str
    meaning: str
    source: str
    link: Link | None


@dataclass(frozen=True)
class HelpPage:
    """What the page shows.

    Attributes:
        typed: what was searched for in the glossary; empty: all of it is shown.
        letters: each leads to the first entry that begins with it.
        total: terms of the whole glossary.
    """

    typed: str
    tasks: Sequence[Link]
    letters: Sequence[Link]
    entries: Sequence[Entry]
    total: int


def page_of(typed: str, terms: Sequence[Term], *, may: May) -> HelpPage:
    """The page for a reader; a search without a letter shows the whole glossary.

    Args:
        terms: in alphabetical order.
    """
    words = Words.of(typed)
    shown = [one for one in terms if one.place(words) < NOWHERE] if words else terms
    firsts = {one.term[0].upper(): one.id for one in reversed(shown)}
    letters = [Link(letter, f"#{term_id}") for letter, term_id in sorted(firsts.items())]
    tasks = [_link(one) for one in TASKS if may(one.permission)]
    entries = [_entry(one, may) for one in shown]
    return HelpPage(typed if words else "", tasks, letters, entries, len(terms))


def _entry(one: Term, may: May) -> Entry:
    """An entry; asked of the catalogue, so that a page in another language never mixes two."""
    page = PAGES.get(one.page)
    link = _link(page) if page is not None and may(page.permission) else None
    return Entry(one.id, gettext(one.term), gettext(one.meaning), gettext(one.source), link)


def _link(page: Page) -> Link:
    return Link(str(page.label), url_for(page.endpoint), str(page.text))


def link_to_term(one: Term) -> Link:
    """The "?" beside a term: its label for a screen reader, and the entry of the glossary."""
    name = gettext(one.term)
    label = gettext("What is “%(term)s”?", term=name)
    return Link(label, url_for("help.show", _anchor=one.id))
