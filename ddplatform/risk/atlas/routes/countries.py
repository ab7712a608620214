"""Countries of the atlas: the list, one of them, several side by side."""

from collections.abc import Sequence
from functools import partial

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.page_context import may
from ddplatform.languages import gettext
from ddplatform.risk.atlas.asked import asked_page, asked_sort, list_open
from ddplatform.risk.atlas.queries.country import (
    MOST_COMPARED,
    get_country,
    list_countries,
    load_country,
)
from ddplatform.risk.atlas.queries.exposure import NOWHERE, presence_by_country
from ddplatform.risk.atlas.views import lists, words
from ddplatform.risk.atlas.views.comparing import side_by_side
from ddplatform.risk.blueprints.reference import bp
from ddplatform.risk.context_events import views as event_words
from ddplatform.risk.context_events.queries.events import EventState, list_events
from ddplatform.risk.reference.queries import releases as queries
from supply_chain.reference.atlas import load_atlas
from supply_chain.reference.release import load_reference
from supply_chain.reference.types import Country
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.country_profile import (
    IssueVulnerability,
    country_positions,
    country_profile,
    world_position,
)
from supply_chain.risk.rm2.reference import INDICATORS
from supply_chain.vocabulary import Issue


@bp.get("/countries")
@requires(Permission.REFERENCE_READ)
def countries() -> ResponseReturnValue:
    """Every country: how vulnerable children are there, how much is known, our sites."""
    release = queries.get_newest_release()
    sees_maps = may(Permission.VALUE_CHAIN_READ)
    issue = _asked_issue()
    rows = _rows(issue, sees_maps=sees_maps)
    text, place = request.args.get("q", "").strip()[: lists.LONGEST], request.args.get("place", "")
    only_ours = sees_maps and request.args.get("ours") == "1"
    found = [
        row
        for row in rows
        if (not text or lists.is_meant(text, row.country))
        and (not place or row.place == place)
        and (not only_ours or row.presence.total)
    ]
    has_sites = any(row.presence.total for row in rows)
    regions = sorted({row.place for row in rows} - {""})
    sort = asked_sort(lists.COUNTRY_SORTS, "ours" if has_sites else "name")
    return render_template(
        "risk/atlas/countries.html",
        release=release,
        page=asked_page(lists.countries_in_order(found, sort)),
        sort=sort,
        columns=partial(lists.columns, list_open()),
        text=text,
        place=place,
        places=[("", gettext("All")), *((one, one) for one in regions)],
        only_ours=only_ours,
        sees_maps=sees_maps,
        has_sites=has_sites,
        issue=issue.value,
        issues=list(ISSUE_NAMES.items()),
        indicators=len(INDICATORS),
    )


def _asked_issue() -> Issue:
    """The issue in the address; child labour where it names none."""
    asked = request.args.get("issue", "")
    return Issue(asked) if asked in ISSUE_NAMES else Issue.CL


def _rows(issue: Issue, *, sees_maps: bool) -> list[lists.CountryRow]:
    standings = country_positions()
    ours = presence_by_country() if sees_maps else {}
    shipped, atlas = load_reference(), load_atlas()
    return [
        lists.CountryRow(
            country=country,
            place=atlas.neighbourhood.get(code, ""),
            vulnerable=standings.get(code, world_position()).issues[issue],
            observed=standings.get(code, world_position()).observed,
            listed=len(shipped.goods_in(code)),
            presence=ours.get(code, NOWHERE),
        )
        for code, country in shipped.countries.items()
    ]


@bp.get("/countries/<alpha2>")
@requires(Permission.REFERENCE_READ)
def country(alpha2: str) -> ResponseReturnValue:
    """All data on a country, and the presence of our own maps there."""
    found, release = get_country(alpha2), queries.get_newest_release()
    told = load_country(release, found, on=g.now.date())
    sees_maps = may(Permission.VALUE_CHAIN_READ)
    nowhere_fed, lacking = words.missing(told)
    return render_template(
        "risk/atlas/country.html",
        release=release,
        atlas=load_atlas(),
        country=found,
        told=told,
        rm2=country_profile(alpha2),
        indicators=len(INDICATORS),
        nowhere_fed=nowhere_fed,
        lacking=lacking,
        sees_maps=sees_maps,
        presence=presence_by_country().get(alpha2, NOWHERE) if sees_maps else NOWHERE,
        events=list_events(EventState.ACTIVE, today=g.now.date(), country=alpha2)
        if may(Permission.RISK_READ)
        else [],
        event_words=event_words,
        today=g.now.date(),
        words=words,
    )


@bp.get("/compare")
@requires(Permission.REFERENCE_READ)
@takes_lists("c")
def compare() -> ResponseReturnValue:
    """Two to four countries side by side; `c` is the code of each."""
    release, asked = queries.get_newest_release(), list_countries(request.args.getlist("c"))
    told = [load_country(release, one, on=g.now.date()) for one in asked]
    ours = presence_by_country() if may(Permission.VALUE_CHAIN_READ) else {}
    shipped = load_reference()
    return render_template(
        "risk/atlas/compare.html",
        release=release,
        told=told,
        vulnerable=_vulnerable(asked),
        indicators=len(INDICATORS),
        tables=side_by_side(told) if len(told) > 1 else [],
        presence=[ours.get(one.alpha2, NOWHERE) for one in asked],
        sees_maps=may(Permission.VALUE_CHAIN_READ),
        most=MOST_COMPARED,
        choices=sorted((one.short_name, code) for code, one in shipped.countries.items()),
        words=words,
    )


def _vulnerable(asked: Sequence[Country]) -> list[tuple[str, list[IssueVulnerability]]]:
    """Each issue with its vulnerability in each country, the highest of them first."""
    standings = country_positions()
    of_each = [standings.get(one.alpha2, world_position()).issues for one in asked]
    rows = [(name, [issues[Issue(ref)] for issues in of_each]) for ref, name in ISSUE_NAMES.items()]
    return sorted(rows, key=lambda row: -max((one.value for one in row[1]), default=0))
