"""Cases as input arrays of RM-2.0: one row a case, all issues of its node."""

from collections.abc import Iterable, Sequence

import numpy as np

from supply_chain.risk.observations import join_observations
from supply_chain.risk.rm2.adjustments import Adjustments, bounds_of
from supply_chain.risk.rm2.cases import Case
from supply_chain.risk.rm2.context import (
    Activities,
    Place,
    activities_of,
    listing_points,
    place_of,
)
from supply_chain.risk.rm2.controls import Controls
from supply_chain.risk.rm2.evidence import Events, FactorRows, FactorTable, event_points
from supply_chain.risk.rm2.facts import Facts, StateRows, facts_of
from supply_chain.risk.rm2.method import FACTORS, ISSUES, METHOD, Floats, Ints
from supply_chain.risk.rm2.observations import (
    Observations,
    combine,
    silence,
)
from supply_chain.risk.rm2.reference import INDICATORS, TRAITS, PublicData
from supply_chain.risk.rm2.scoring import Inputs
from supply_chain.risk.rm2.severity import Judgement, judge

_SILENCE = METHOD.factor_index[METHOD.policy.silence_factor]
_ONLINE = "ONL"


def inputs_of(cases: Sequence[Case], data: PublicData) -> Inputs:
    """Inputs of the nodes of at least one case."""
    return Inputs(
        place=_place(cases, data),
        activities=_activities(cases, data),
        listing=_listing(cases, data),
        factors=_factors(cases),
        events=_events(cases),
        judgement=_judgement(cases),
        facts=_facts(cases),
        controls=_controls(cases),
        bounds=bounds_of(Adjustments(), len(cases)),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _place(cases: Sequence[Case], data: PublicData) -> Place:
    place = place_of(
        data, _ints(data.place.get(c.context.country or "", data.world) for c in cases)
    )
    for row, case in enumerate(cases):
        for at, ref in enumerate(INDICATORS):
            value = case.context.reference.get(ref)
            if value is not None:
                for table in (place.score, place.low, place.high):
                    table[row, at] = value
                place.observed[row, at] = True
                place.known[row] = True
    return place


def _activities(cases: Sequence[Case], data: PublicData) -> Activities:
    pairs = []
    for row, case in enumerate(cases):
        sector, commodities = case.context.sector, case.context.commodities
        classes = {data.commodity_class[ref] for ref in commodities}
        classes |= {data.sector_class[sector]} if sector else set()
        pairs += [(row, class_) for class_ in classes]
    activities = activities_of(
        data, _ints(row for row, _ in pairs), _ints(class_ for _, class_ in pairs), len(cases)
    )
    for row, case in enumerate(cases):
        for at, ref in enumerate(TRAITS):
            value = case.context.reference.get(ref)
            if value is not None:
                activities.traits[activities.node == row, at] = value
                activities.known[row] = True
    return activities


def _listing(cases: Sequence[Case], data: PublicData) -> Floats:
    kinds, elsewhere = METHOD.listing.kinds, METHOD.listing.elsewhere_kinds
    listed = np.zeros((len(cases), len(kinds)), dtype=np.bool_)
    counts = np.zeros((len(cases), len(elsewhere)))
    for row, case in enumerate(cases):
        context = case.context
        country, none = context.country, (False,) * len(kinds)
        for ref in context.commodities if country else ():
            listed[row] |= data.listed.get((str(country), ref), none)
            found = [data.listed_elsewhere(kind, ref, str(country)) for kind in elsewhere]
            counts[row] = np.maximum(counts[row], found)
        if context.listed is not None:
            listed[row] = context.listed
        if context.listed_elsewhere is not None:
            counts[row] = context.listed_elsewhere
    return listing_points(listed, counts)


def _factors(cases: Sequence[Case]) -> FactorRows:
    lines = [(row, line) for row, case in enumerate(cases) for line in case.factors]
    seen = [(row, line.factor, one) for row, line in lines for one in line.observations]
    observations = Observations(
        node=_ints(row for row, _, _ in seen),
        factor=_ints(factor for _, factor, _ in seen),
        value=_floats(one.value for _, _, one in seen),
        source_type=_ints(one.source_type for _, _, one in seen),
        age_months=_floats(one.age_months for _, _, one in seen),
        quality=np.full(len(seen), np.nan),
        source=np.full(len(seen), -1),
    )
    silent = silence(_ints(row for row, case in enumerate(cases) if case.silent))
    # Silence is a source, and a factor with a source always applies (section 3.8).
    dropped = [
        row * FACTORS + line.factor
        for row, line in lines
        if line.not_applicable and not (cases[row].silent and line.factor == _SILENCE)
    ]
    online = [
        case.online
        or any(_is_online(line.factor) and not line.not_applicable for line in case.factors)
        for case in cases
    ]
    table = FactorTable(
        cells=combine(join_observations(observations, silent)),
        blank=_ints(sorted(row * FACTORS + line.factor for row, line in lines if line.blank)),
        dropped=_ints(sorted(dropped)),
        online=np.array(online, dtype=np.bool_),
    )
    return table.rows(0, len(cases))


def _is_online(factor: int) -> bool:
    return METHOD.factors[factor].startswith(_ONLINE)


def event_order(case: Case) -> list[int]:
    """Places in `case.events` by rising id, the order of the slots."""
    ids = [f"{METHOD.events[line.event]}#{line.place}" for line in case.events]
    return sorted(range(len(ids)), key=lambda at: ids[at])


def _events(cases: Sequence[Case]) -> Events:
    slots = max(len(case.events) for case in cases)
    points = np.zeros((len(cases), ISSUES, slots))
    for row, case in enumerate(cases):
        lines = [case.events[at] for at in event_order(case)]
        points[row, :, : len(lines)] = event_points(
            _ints(line.event for line in lines),
            _ints(line.source_type for line in lines),
            _floats(line.months_since_start for line in lines),
            _floats(line.months_at_full for line in lines),
        ).T
    return Events(points)


def _judgement(cases: Sequence[Case]) -> Judgement:
    judged = [case.severity for case in cases]
    columns = (
        _floats(line.scale for line in judged),
        _floats(line.scope for line in judged),
        _floats(line.irremediability for line in judged),
        _floats(line.people for line in judged),
    )
    scale, scope, lasting, people = (np.tile(column[:, None], ISSUES) for column in columns)
    return judge(scale, scope, lasting, people)


def _facts(cases: Sequence[Case]) -> Facts:
    lines = [(row, line) for row, case in enumerate(cases) for line in case.states]
    states = StateRows(
        node=_ints(row for row, _ in lines),
        issue=_ints(line.issue for _, line in lines),
        state=tuple(line.state for _, line in lines),
        found_by=_ints(line.found_by for _, line in lines),
        months=_floats(line.months for _, line in lines),
    )
    return facts_of(states, len(cases))


def _controls(cases: Sequence[Case]) -> Controls:
    shape = (len(cases), len(METHOD.controls))
    coverage, evidence, design = np.zeros(shape), np.zeros(shape), np.ones(shape)
    for row, case in enumerate(cases):
        for line in case.controls:
            coverage[row, line.control] = line.coverage or 0.0
            evidence[row, line.control] = line.evidence or 0.0
            design[row, line.control] = 1.0 if line.design is None else line.design
    return Controls(coverage, evidence, design)
