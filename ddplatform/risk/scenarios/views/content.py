"""Content of a what-if, in one form for commands and files."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.words import counted
from ddplatform.risk.scenarios.queries.details import ScenarioDetails
from ddplatform.risk.scenarios.queries.scenarios import NodeName
from ddplatform.risk.scenarios.views.words import change_words, name_of
from supply_chain.analysis.what_if import Effect, Side
from supply_chain.analysis.what_if_changes import pack_change
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.method import METHOD_VERSION

SCORED = "not scored"


def sentence_of(told: ScenarioDetails) -> str:
    """The number of nodes that it moves, in words."""
    counts = told.moved.counts
    return (
        f"{counted(counts.crossing, 'node')} "
        f"{'changes' if counts.crossing == 1 else 'change'} band. "
        f"{counted(counts.lower, 'node')} {'gets' if counts.lower == 1 else 'get'} a lower "
        f"risk, {counts.higher:,} a higher one, {counts.same:,} "
        f"{'stays as it is' if counts.same == 1 else 'stay as they are'}."
    )


def document_of(told: ScenarioDetails) -> dict[str, Any]:
    """The what-if as one JSON document; numbers unrounded."""
    return {
        "what_if": told.name or None,
        "basis": {
            "map_name": told.map_name,
            "map_version": told.map_version,
            "as_of": told.as_of.isoformat(),
            "method_version": METHOD_VERSION,
        },
        "sentence": sentence_of(told),
        "changes": [
            {
                **pack_change(change),
                "words": change_words(change, told.moved.names),
                "problem": told.problems.get(place),
            }
            for place, change in enumerate(told.changes)
        ],
        "counts": asdict(told.moved.counts),
        "own": [_effect(effect, told.moved.names) for effect in told.moved.own],
        "effects": [_effect(effect, told.moved.names) for effect in told.moved.effects],
    }


def _effect(effect: Effect, names: Mapping[str, NodeName]) -> dict[str, Any]:
    node = names[effect.node]
    return {
        "node": effect.node,
        "name": name_of(node),
        "country": node.country,
        "issue": effect.issue.value,
        "before": asdict(effect.before) if effect.before else None,
        "after": asdict(effect.after) if effect.after else None,
    }


def as_tables(told: ScenarioDetails) -> tuple[Table, ...]:
    """The what-if as tables: what changes, the changes, and on what all rests."""
    rows = [
        _row(effect, told.moved.names, is_own=is_own)
        for effects, is_own in ((told.moved.own, True), (told.moved.effects, False))
        for effect in effects
    ]
    return (
        Table("effects", "What changes", _COLUMNS, tuple(rows), "Nothing changes."),
        Table("changes", "Changes", _CHANGE_COLUMNS, _change_rows(told)),
        _about(told),
    )


_COLUMNS = (
    Column("node", "Where", 3),
    Column("node_id", "Where: id"),
    Column("country", "Country", kind=Kind.COUNTRY, missing="not known"),
    Column("own", "Own business"),
    Column("issue", "Issue", 2),
    *(
        Column(f"{side}_{key}", f"{title} {side}", kind=kind, missing=SCORED)
        for key, title, kind in (
            ("exposure", "Exposure", Kind.SCORE),
            ("index", "Residual risk", Kind.INDEX),
            ("band", "Band", Kind.BAND),
            ("rank", "Rank", Kind.NUMBER),
        )
        for side in ("before", "after")
    ),
)
_CHANGE_COLUMNS = (
    Column("change", "Change", 3),
    Column("problem", "Not tried because", missing=""),
)


def _row(effect: Effect, names: Mapping[str, NodeName], *, is_own: bool) -> tuple[Cell, ...]:
    node = names[effect.node]
    sides = (effect.before, effect.after)
    return (
        name_of(node),
        effect.node,
        node.country,
        "yes" if is_own else "no",
        ISSUE_NAMES[effect.issue.value],
        *(_number(side, key) for key in ("exposure", "index", "band", "rank") for side in sides),
    )


def _number(side: Side | None, key: str) -> Cell:
    return None if side is None else getattr(side, key)


def _change_rows(told: ScenarioDetails) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (change_words(change, told.moved.names), told.problems.get(place))
        for place, change in enumerate(told.changes)
    )


def _about(told: ScenarioDetails) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("what-if", told.name),
        ("in short", sentence_of(told)),
        ("map", told.map_name),
        ("map version", told.map_version),
        ("known on", told.as_of.isoformat()),
        ("method", METHOD_VERSION),
    )
    return Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), rows)
