"""Page of all filters of a map, with the way back to the view it was opened from."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.words.questionnaire_states import STATE_WORDS
from ddplatform.languages import gettext as _
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.address import asked_filter, said_words
from ddplatform.value_chain.filters.queries.labels import Labels, load_labels
from ddplatform.value_chain.filters.views import (
    COVERAGE_WORDS,
    PAGING,
    Choices,
    filter_query,
    short_choices,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.views import ENDPOINTS, PAGE_WORDS
from supply_chain.reference.release import load_reference
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.search.node_filter import ANY_EVENT, FILTERS, NOT_KNOWN

VIEWS: Mapping[str, ViewKind] = {
    endpoint.rpartition(".")[2]: kind for kind, endpoint in ENDPOINTS.items()
}


@bp.get("/<uuid:chain_id>/filter")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
def change_filter(chain_id: UUID) -> ResponseReturnValue:
    """Every filter of a map, as it is set now; `view` says to which page it applies."""
    chain, said = get_chain(chain_id), filter_query(asked_filter())
    kind = VIEWS.get(request.args.get("view", ""), ViewKind.TABLE)
    here = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in {*FILTERS, *PAGING, "view"}
    ]
    action = url_for(ENDPOINTS[kind], chain_id=chain_id)
    return render_template(
        "value_chain/filters/filter.html",
        chain=chain,
        said=said,
        choices=filter_choices(load_labels(chain_id), said),
        action=action,
        page_word=PAGE_WORDS[kind],
        hidden=here,
        has_archived=kind is ViewKind.TABLE,
        back=url_for(ENDPOINTS[kind], chain_id=chain_id, **said),
    )


def filter_choices(labels: Labels, said: Mapping[str, Any]) -> Mapping[str, Choices]:
    """The choices of each filter that is a choice, by its name; empty means all.

    What is set now stays a choice, even where no site of the map has it any more.
    """
    return {
        name: options
        if said.get(name, "") in dict(options)
        else [*options, (said[name], said_words({name: said[name]})[name])]
        for name, options in _choices(labels, said.get("sector")).items()
    }


def _choices(labels: Labels, sector: str | None) -> Mapping[str, Choices]:
    commodities = load_reference().commodities.values()
    return {
        **short_choices(sector),
        "issue": [("", _("Any issue")), *ISSUE_NAMES.items()],
        "commodity": [
            ("", _("All commodities")),
            (NOT_KNOWN, _("None known")),
            *sorted(((one.ref, one.name) for one in commodities), key=lambda pair: pair[1]),
        ],
        "owner": [
            ("", _("All owners")),
            (NOT_KNOWN, _("Unassigned")),
            *((str(key), name) for key, name in labels.owners),
        ],
        "group": [("", _("All groups")), (NOT_KNOWN, _("In no group")), *_same(labels.groups)],
        "tag": [("", _("Any tag")), (NOT_KNOWN, _("Without a tag")), *_same(labels.tags)],
        "coverage": [
            ("", _("Any coverage")),
            *((one.value, word) for one, word in COVERAGE_WORDS.items()),
        ],
        "questionnaire": [
            ("", _("Any state")),
            (NOT_KNOWN, _("None sent")),
            *((state.value, word) for state, (word, _kind) in STATE_WORDS.items()),
        ],
        "event": [
            ("", _("Any location")),
            (ANY_EVENT, _("In the area of any active event")),
            *((str(key), title) for key, title in labels.events),
        ],
    }


def _same(words: Sequence[str]) -> Choices:
    return [(word, word) for word in words]
