"""First steps: a first map with the own business, and a list through the usual import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ddplatform.accounts.founding.models import FirstRun
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext
from ddplatform.value_chain.import_steps.queries.first_run import (
    ON_ITS_WAY,
    find_first_list,
    find_first_map,
    find_first_run,
)
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.mapping.models import MapImport, ValueChain
from ddplatform.value_chain.mapping.queries.maps import find_own_business
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.intake.drafts import NamedBytes

MADE_UP_FILE: Final = Path(__file__).parent / "data" / "made_up_list.csv"
MADE_UP_NAME: Final = "Made-up list.csv"


@dataclass(frozen=True, kw_only=True)
class Business:
    """The purchased products, and the own business that buys them."""

    map_name: str
    name: str
    country: str | None
    sector_ref: str | None


def begin_map(business: Business, *, act: Act) -> ValueChain:
    """Make the first map, with the own business as its first place.

    Raises:
        Invalid: a field breaks a rule.
        Conflict: somebody of the organisation made the first map meanwhile.
    """
    first_run = _first_run(act.at)
    if find_first_map(first_run) is not None:
        raise Conflict(
            gettext("The first map already exists."), gettext("Open setup to continue from it.")
        )
    chain = value_chain.create_chain(
        business.map_name,
        own_business=business.name,
        country=business.country,
        sector_ref=business.sector_ref,
        act=act,
    )
    first_run.chain_id, first_run.sector_ref = chain.id, business.sector_ref
    return chain


def bring_list(files: Sequence[NamedBytes], *, act: Act) -> MapImport:
    """Have a supplier list read for the first map, as on the page of imports.

    Raises:
        Invalid: no file, too many, or too large.
        Conflict: there is no map, or another list is on its way.
    """
    return _stage(files, is_trial=False, act=act)


def bring_made_up_list(*, act: Act) -> MapImport:
    """The same with twelve made-up places to try; undoing that import takes them out again.

    Raises:
        Conflict: there is no map, or another list is on its way.
    """
    made_up = NamedBytes(MADE_UP_NAME, MADE_UP_FILE.read_bytes())
    return _stage([made_up], is_trial=True, act=act)


def _stage(files: Sequence[NamedBytes], *, is_trial: bool, act: Act) -> MapImport:
    first_run = _first_run(act.at)
    chain, before = find_first_map(first_run), find_first_list(first_run)
    if chain is None:
        raise Conflict(gettext("There is no map yet."), gettext("Name your business first."))
    if before is not None and before.status in ON_ITS_WAY:
        raise Conflict(gettext("A list is on its way already."), gettext("Check that one first."))
    own = find_own_business(chain.id)
    row = map_import.stage(chain.id, files, link_to_id=own.id if own else None, act=act)
    first_run.chain_id, first_run.import_id, first_run.is_trial = chain.id, row.id, is_trial
    return row


def _first_run(at: datetime) -> FirstRun:
    """The row of the acting organisation, made where it was founded without one."""
    found = find_first_run()
    if found is None:
        found = FirstRun(created_at=at)
        db.session.add(found)
        db.session.flush()  # one an organisation: who comes second finds it
    return found
