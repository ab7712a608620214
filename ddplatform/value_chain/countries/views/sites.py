"""Sites of a map as dots, one a site."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

import numpy as np

from ddplatform.documents.drawings.site_dots import DotMap, Sites, dot_map
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import current_language, gettext
from ddplatform.value_chain.countries.scope import MapScope
from ddplatform.value_chain.countries.views.rows import NO_COUNTRY
from ddplatform.value_chain.mapping.views import lane_word

MOST_COLUMNS = 31
"""The file of the dots has five bits for the column; the farthest tiers share one."""
KEPT = 4
_kept: OrderedDict[tuple[UUID, str, str], DotMap] = OrderedDict()
_lock = Lock()


def site_columns(scope: MapScope) -> list[str]:
    """The words over the columns of the dots."""
    words = [(len(lanes), lane_word(scope.snapshot, lanes[-1])) for lanes in _columns(scope)]
    return [
        gettext("From %(tier)s", tier=word.lower()) if shared > 1 else word
        for shared, word in words
    ]


def _columns(scope: MapScope) -> list[list[int]]:
    """The lanes of each column, raw material first."""
    lanes = list(scope.cells.lanes)
    alone = [[lane] for lane in lanes[:1] if lane == scope.snapshot.unlinked]
    tiers = lanes[len(alone) :]
    shared = max(0, len(tiers) + len(alone) - MOST_COLUMNS) + 1
    far = [tiers[:shared]] if tiers else []
    return [*alone, *far, *([lane] for lane in tiers[shared:])]


def dots_of(scope: MapScope) -> DotMap:
    """The drawing; of the newest few it is kept."""
    key = (scope.chain.id, scope.edition, current_language())
    with _lock:
        if key in _kept:
            return _kept[key]
    made = _draw(scope)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _draw(scope: MapScope) -> DotMap:
    snapshot, rows = scope.snapshot, scope.rows
    columns = _columns(scope)
    known = sorted((lane, at) for at, lanes in enumerate(columns) for lane in lanes)
    lanes, column = np.array(known, dtype=np.int64).reshape(-1, 2).T
    sites = Sites(
        labels=[country_name(code) if code else str(NO_COUNTRY) for code in snapshot.countries],
        label=snapshot.country[rows],
        column=column[np.searchsorted(lanes, snapshot.lane[rows])],
        place=scope.colours.place[rows],
        marked=scope.colours.in_event[rows],
    )
    return dot_map(sites, len(columns))
