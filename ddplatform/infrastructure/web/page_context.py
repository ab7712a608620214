"""The template context of every page: person, organisation, language, navigation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user

from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.permissions import Permission as P
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.access.roles import Role, RoleId
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.web import languages
from ddplatform.languages import lazy_gettext as _

PRODUCT = "Waymark"


SUPPLIERS = frozenset({RoleId.SUPPLIER})
OTHERS = frozenset(RoleId) - SUPPLIERS


@dataclass(frozen=True)
class Entry:
    """One entry of the side navigation, shown to those who may open it."""

    label: str
    icon: str
    endpoint: str
    permission: P
    locked: bool = False
    also: tuple[str, ...] = ()
    """Other pages of this entry, where two entries share a blueprint."""
    not_for: frozenset[RoleId] = frozenset()
    """Roles that may open the page and do not need it in their navigation."""


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(
                _("Overview"),
                "layout-dashboard",
                "overview.show",
                P.OVERVIEW_READ,
                not_for=frozenset({RoleId.AUDITOR}),
            ),
            Entry(_("Value chain"), "sitemap", "value_chain.index", P.VALUE_CHAIN_READ),
            Entry(
                _("Questionnaires"), "clipboard-list", "questionnaires.index", P.QUESTIONNAIRE_READ
            ),
            Entry(_("My questionnaires"), "clipboard-list", "responses.index", P.RESPONSE_ANSWER),
            Entry(
                _("My figures"),
                "list-search",
                "supplier_figures.index",
                P.RESPONSE_ANSWER,
                not_for=OTHERS,
            ),
            Entry(_("My suppliers"), "hierarchy", "cascade.index", P.CASCADE_NAME),
            Entry(_("Who can see what"), "eye", "sharing.index", P.RESPONSE_ANSWER),
            Entry(
                _("My actions"),
                "checkbox",
                "findings.my_actions",
                P.ACTION_REPORT,
                also=("findings.my_action", "findings.progress_of_mine", "findings.report_mine"),
            ),
        ),
    ),
    (
        _("Assess"),
        (
            Entry(_("Risks"), "alert-triangle", "risk.index", P.RISK_READ),
            Entry(_("Scenarios"), "arrows-split", "what_if.index", P.RISK_READ),
            Entry(_("Assessment plan"), "map-search", "visit_plan.index", P.RISK_READ),
            Entry(_("Events"), "cloud-storm", "context_events.index", P.RISK_READ),
            Entry(
                _("Context atlas"),
                "world",
                "reference.countries",
                P.REFERENCE_READ,
                also=(
                    *("reference.country", "reference.compare", "reference.goods"),
                    *("reference.good", "reference.pair", "reference.index"),
                ),
            ),
        ),
    ),
    (
        _("Respond"),
        (
            Entry(_("Findings"), "flag", "findings.index", P.FINDING_READ),
            Entry(
                _("Actions"),
                "checkbox",
                "findings.actions",
                P.FINDING_READ,
                also=(
                    *("findings.action", "findings.extend", "findings.move_action"),
                    *("findings.progress", "findings.report", "findings.verify"),
                    *("findings.send_back", "findings.library"),
                    *("indicators.index", "indicators.show", "indicators.record"),
                    *("indicators.new", "indicators.edit"),
                ),
            ),
            Entry(_("Remediation"), "heart-handshake", "remedy.index", P.CASE_COUNT, locked=True),
            Entry(_("Concerns"), "bell", "concerns.index", P.CONCERN_WORK, locked=True),
        ),
    ),
    (
        _("Reporting and assurance"),
        (
            Entry(_("Documents"), "paperclip", "evidence.index", P.EVIDENCE_READ),
            Entry(_("Reports"), "report", "reports.index", P.REPORT_READ),
            Entry(_("Audit trail"), "history", "audit.index", P.AUDIT_READ, not_for=SUPPLIERS),
            Entry(_("What was done here"), "history", "audit.index", P.AUDIT_READ, not_for=OTHERS),
        ),
    ),
    (
        _("Administration"),
        (
            Entry(_("People"), "users", "organisations.people", P.PEOPLE_READ),
            Entry(
                _("Settings"),
                "settings",
                "organisations.settings",
                P.ORGANISATION_UPDATE,
                also=(
                    "organisations.second_factor_roles",
                    "organisations.remove_sample",
                    "organisations.api_tokens",
                    "organisations.new_api_token",
                    "organisations.revoke_api_token",
                    "organisations.webhooks",
                    "organisations.new_webhook",
                    "organisations.remove_webhook",
                ),
            ),
        ),
    ),
)


CLAIMED = frozenset(
    endpoint
    for _, entries in GROUPS
    for entry in entries
    for endpoint in (entry.endpoint, *entry.also)
)
"""Pages that an entry names: no other entry of their blueprint covers them."""
UNDER = {
    "matching": "value_chain",
    "screening": "value_chain",
    "campaigns": "questionnaires",
    "governance": "evidence",
    "policies": "evidence",
    "grievance_check": "evidence",
    "redaction": "evidence",
    "method_comparison": "risk",
    "reassessment": "risk",
    "risk_explanation": "risk",
    "risk_register": "risk",
    "risk_response": "risk",
    "approvals": "risk",
}
"""Pages of a column that belong to the entry of another."""


@dataclass(frozen=True)
class PageNotice:
    """A notice that stands on every page until what it is about has ended."""

    text: str
    link: str
    endpoint: str


class Notices(Protocol):
    """A later package's notices for one person."""

    def __call__(self, identity: Identity, *, now: datetime) -> Sequence[PageNotice]:
        """The notices of this moment; nobody can put one away."""


NOTICES: Registry[Notices] = Registry("notices of every page")


def register(app: Flask) -> None:
    """Hand the context to every template."""
    app.context_processor(_context)


def role_title(role: Role) -> str:
    """The title of a role, in the language of the page."""
    return str(role.label)


def _context() -> dict[str, Any]:
    identity: Identity | None = getattr(g, "identity", None)
    role = identity.role if identity else None
    return {
        "product_name": PRODUCT,
        "organisation": getattr(g, "organisation", None),
        "identity": {"name": identity.name, "role_title": role_title(role)}
        if identity and role
        else None,
        "may": may,
        "permission": P,
        "navigation": _navigation(identity) if identity else [],
        "page_notices": _notices,
        "links": _links(),
        "theme": current_user.theme if current_user and current_user.is_authenticated else "",
        **languages.of_page(),
        "access_until": identity.access_until if identity else None,
        "csp_nonce": getattr(g, "csp_nonce", ""),
        "now": getattr(g, "now", None),
    }


def _notices() -> list[PageNotice]:
    identity: Identity | None = getattr(g, "identity", None)
    if identity is None:
        return []
    return [notice for of_feature in NOTICES for notice in of_feature(identity, now=g.now)]


def may(permission: P) -> bool:
    """Whether the reader of this page holds a permission here."""
    identity: Identity | None = getattr(g, "identity", None)
    return identity is not None and allows(identity, permission, on=g.now.date())


@dataclass(frozen=True)
class PageLink:
    """A page of the navigation with its group; "" for the first one."""

    label: str
    group: str
    href: str


def list_pages() -> list[PageLink]:
    """The pages in the navigation of the reader."""
    identity: Identity | None = getattr(g, "identity", None)
    return [
        PageLink(str(item["label"]), str(group["title"]), item["href"])
        for group in (_navigation(identity) if identity else [])
        for item in group["items"]
    ]


def _navigation(identity: Identity) -> list[dict[str, Any]]:
    groups = []
    for title, entries in GROUPS:
        items = [
            {
                "label": entry.label,
                "icon": entry.icon,
                "href": url_for(entry.endpoint),
                "current": _is_current(entry),
                "locked": entry.locked,
            }
            for entry in entries
            if entry.endpoint in current_app.view_functions
            and identity.has(entry.permission)
            and identity.role_id not in entry.not_for
        ]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _is_current(entry: Entry) -> bool:
    here = request.endpoint or ""
    if here == entry.endpoint or here in entry.also:
        return True
    blueprint = here.partition(".")[0]
    same_blueprint = UNDER.get(blueprint, blueprint) == entry.endpoint.partition(".")[0]
    return here not in CLAIMED and same_blueprint and not entry.also


def _links() -> dict[str, str]:
    known = {
        "home": "auth.home",
        "sign_out": "auth.sign_out",
        "shared_phone": "auth.shared_phone",
        "account": "account.show",
        "theme": "account.theme",
        "switch": "auth.choose",
    }
    links = {k: url_for(e) for k, e in known.items() if e in current_app.view_functions}
    if may(P.RESPONSE_ANSWER):
        links["help"] = url_for("responses.help_page")
    if may(P.OVERVIEW_READ):
        links["help"] = url_for("help.show")
        links["search"] = url_for("search.show")
    return links
