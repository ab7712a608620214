"""Page of one import: its parts, their pages, problems, and missing places."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.typed_values import find_number
from ddplatform.infrastructure.web.filters import day, number
from ddplatform.infrastructure.web.page_context import may
from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.import_corrections.views import activity_card
from ddplatform.value_chain.import_steps.queries.dependents import Dependents, list_dependents
from ddplatform.value_chain.import_steps.queries.first_run import leads_first_run
from ddplatform.value_chain.imports.models import GoneAnswer
from ddplatform.value_chain.imports.queries import (
    PAGE,
    count_gone,
    get_import,
    list_applied,
    list_faults,
    list_gone,
    load_page,
)
from ddplatform.value_chain.imports.views.mapping import field_word, remembered, unread_texts
from ddplatform.value_chain.mapping.forms import ApplyForm
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.merging.queries.references import Leads
from ddplatform.value_chain.words.dependents import counted
from ddplatform.value_chain.words.map_fields import KIND_WORDS
from supply_chain.intake.node_rows import MADE

STATUS_WORDS: Mapping[ImportStatus, str] = {
    ImportStatus.READING: _("Reading"),
    ImportStatus.PREVIEWED: _("Preview"),
    ImportStatus.REFUSED: _("Refused"),
    ImportStatus.APPLYING: _("Importing"),
    ImportStatus.APPLIED: _("Imported"),
    ImportStatus.UNDONE: _("Undone"),
    ImportStatus.FAILED: _("Failed"),
}
TABS: Mapping[str, str] = {
    "problems": _("Problems"),
    "new": _("New"),
    "doubles": _("Possible duplicates"),
    "moved": _("Moved"),
    "renamed": _("Renamed"),
    "changed": _("All changes"),
    "gone": _("Not in the list"),
    "unchanged": _("Unchanged"),
    "notes": _("Remarks"),
}
CHANGES = ("new", "changed", "gone")
LOOKED_AT_FIRST = ("problems", *CHANGES)
FAULTS = ("problems", "notes")
KINDS: Mapping[str, str] = {"row": _("Whole rows"), "other": _("Other columns")}
GONE_WORDS: Mapping[GoneAnswer, str] = {
    GoneAnswer.ASK: _("To clarify"),
    GoneAnswer.KEEP: _("Keep"),
    GoneAnswer.ARCHIVE: _("Archive"),
}
LEADS = {
    Leads.IMPORT: ("value_chain.show_import", "import_id", Permission.VALUE_CHAIN_READ),
    Leads.FINDING: ("findings.show", "finding_id", Permission.FINDING_READ),
    Leads.ASSIGNMENT: (
        "questionnaires.assignment",
        "assignment_id",
        Permission.QUESTIONNAIRE_READ,
    ),
    Leads.NODE: ("value_chain.node", "node_id", Permission.VALUE_CHAIN_READ),
}


def import_page(row: MapImport, asked: Mapping[str, str], *, form: ApplyForm) -> dict[str, Any]:
    """The content of the page of an import, in any state.

    Args:
        asked: `tab`, `kind` (of problems), `page` and `links` (page of links) of the address.
    """
    page: dict[str, Any] = {
        "row": row,
        "chain": get_chain(row.chain_id),
        "job": _job(row),
        "form": form,
        "kind_words": KIND_WORDS,
        "field_word": field_word,
        "own_id": own_id,
        "applied": row.counts.get("applied", {}),
        "changes": any(_count(row, name) for name in (*CHANGES, "flows_held", "origins_held")),
        "first_steps": leads_first_run(row.id) and may(Permission.VALUE_CHAIN_IMPORT),
    }
    if row.status is ImportStatus.PREVIEWED:
        page |= _preview(row, asked)
    elif row.status is ImportStatus.APPLIED:
        page["dependents"] = [dependent_links(one) for one in list_dependents(row)]
        page |= _gone(row, asked)
    return page


def _job(row: MapImport) -> Any:
    is_running = row.status in (ImportStatus.READING, ImportStatus.APPLYING)
    return get_job(row.job_id) if is_running and row.job_id else None


def own_id(external_ref: str) -> str:
    """The id that a list gave; nothing for one that was made from name, country and place."""
    return "" if external_ref.startswith(MADE) else external_ref


def _preview(row: MapImport, asked: Mapping[str, str]) -> dict[str, Any]:
    tab = asked.get("tab", "")
    if tab not in TABS:
        tab = next((one for one in LOOKED_AT_FIRST if _count(row, one)), "unchanged")
    number = _number(asked.get("page"))
    page = {"tab": tab, "parts": _tabs(row, tab), "remembered": remembered(row)}
    page |= _earlier(row) | {
        "activities": activity_card(row.counts.get("activities")),
        "unread_texts": unread_texts(row),
    }
    if tab in FAULTS:
        return page | _faults(row, tab, asked.get("kind"), number)
    if tab == "gone":
        page |= _gone(row, asked)
    else:
        total = row.counts.get(tab, 0)
        page |= {
            "entries": load_page(row.id, tab, number),
            "paging": _paging(row, number, total, tab=tab),
        }
    return page | _links(row, tab, _number(asked.get("links")))


def _links(row: MapImport, tab: str, number: int) -> dict[str, Any]:
    part = f"links_{tab}"
    total = row.counts.get(part, 0)
    shown = load_page(row.id, part, number) if total else []
    return {
        "shown_links": shown,
        "links_total": total,
        "links_paging": _paging(row, number, total, name="links", tab=tab),
    }


def _faults(row: MapImport, tab: str, kind: str | None, number: int) -> dict[str, Any]:
    kinds: dict[str, list[int]] = row.counts.get("kinds", {}).get(tab, {})
    chosen = kind if kind in kinds else None
    total = kinds[chosen][0] if chosen else sum(faults for faults, _ in kinds.values())
    return {
        "faults": list_faults(row.id, is_problem=tab == "problems", kind=chosen, number=number),
        "kinds": _kind_links(row, tab, kinds, chosen),
        "paging": _paging(row, number, total, tab=tab, kind=chosen),
    }


def _kind_links(
    row: MapImport, tab: str, kinds: Mapping[str, list[int]], chosen: str | None
) -> list[dict[str, Any]]:
    every = sum(rows for _, rows in kinds.values())
    steps: list[tuple[str | None, str, int]] = [(None, gettext("All"), every)]
    steps += [(kind, kind_word(kind), rows) for kind, (_, rows) in kinds.items()]
    return [
        {
            "label": f"{label} ({number(rows)})",
            "href": _address(row.id, tab=tab, kind=kind),
            "current": kind == chosen,
        }
        for kind, label, rows in steps
    ]


def kind_word(kind: str) -> str:
    """The subject of a problem, in words."""
    return str(KINDS[kind]) if kind in KINDS else field_word(kind)


def _gone(row: MapImport, asked: Mapping[str, str]) -> dict[str, Any]:
    answers = count_gone(row.id)
    number, total = _number(asked.get("page")), sum(answers.values())
    return {
        "gone": list_gone(row.id, number=number) if total else [],
        "gone_counts": [(GONE_WORDS[answer], count) for answer, count in answers.items()],
        "answer_words": GONE_WORDS,
        "gone_open": answers[GoneAnswer.ASK],
        "gone_words": [(answer.value, word) for answer, word in GONE_WORDS.items()],
        "paging": _paging(row, number, total, tab="gone"),
    }


def _earlier(row: MapImport) -> dict[str, Any]:
    """The lists that this one may be the next year's of, and the one it is compared with."""
    others = list_applied(row.chain_id)
    followed = get_import(row.follows_id) if row.follows_id else None
    return {
        "earlier": [("", gettext("The whole map"))]
        + [(str(one.id), f"{_files(one)}, {day(one.applied_at)}") for one in others],
        "followed": followed,
        "followed_files": _files(followed) if followed else "",
    }


def _files(row: MapImport) -> str:
    return ", ".join(entry["name"] for entry in row.files)


def dependent_links(one: Dependents) -> dict[str, Any]:
    """The dependents of an import, with links to the first of each kind that may be opened."""
    endpoint, variable, permission = LEADS[one.leads]

    def address(key: UUID) -> str | None:
        if not may(permission):
            return None
        named: dict[str, Any] = {variable: key}
        return url_for(endpoint, **named)

    return {
        "words": counted(one.one, one.many, one.count),
        "is_import": one.leads is Leads.IMPORT,
        "items": [{"label": name, "href": address(key)} for key, name in one.items],
        "more": one.count - len(one.items),
    }


def _tabs(row: MapImport, tab: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "href": _address(row.id, tab=name),
            "current": name == tab,
            **_told(row, name),
        }
        for name, label in TABS.items()
        if _count(row, name) or name == tab or name in CHANGES
    ]


def _count(row: MapImport, tab: str) -> int:
    """The number of sites and links in a tab."""
    found: int = row.counts.get(tab, 0) + row.counts.get(f"links_{tab}", 0)
    return found


def _told(row: MapImport, tab: str) -> dict[str, Any]:
    """The number of lines in a tab; sites and links have tables of their own."""
    links = row.counts.get(f"links_{tab}", 0)
    if not links:
        return {"count": _count(row, tab)}
    sites = row.counts.get(tab, 0)
    return {
        "words": gettext(
            "%(sites)s, %(links)s",
            sites=ngettext("%(count)s site", "%(count)s sites", sites, count=number(sites)),
            links=ngettext("%(count)s link", "%(count)s links", links, count=number(links)),
        )
    }


def _number(text: str | None) -> int:
    return max(1, find_number(text, 1))


def _paging(
    row: MapImport, number: int, total: int, *, name: str = "page", **more: Any
) -> dict[str, Any]:
    """First and last shown of how many, and the addresses before and behind."""
    last = min(number * PAGE, total)

    def step(to: int) -> str:
        return _address(row.id, **more, **{name: to})

    return {
        "first": min((number - 1) * PAGE + 1, total),
        "last": last,
        "total": total,
        "previous_href": step(number - 1) if number > 1 else None,
        "next_href": step(number + 1) if last < total else None,
    }


def _address(import_id: UUID, **more: Any) -> str:
    return url_for("value_chain.show_import", import_id=import_id, **more)
