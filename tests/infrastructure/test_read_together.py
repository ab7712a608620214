"""Several questions in one statement: what each would answer alone, and of one tenant alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Uuid,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)

from ddplatform.infrastructure.db import UtcDateTime, WordList, db, enum_named
from ddplatform.infrastructure.isolation_check import IsolationError
from ddplatform.infrastructure.together import Question, ask_each, ask_together
from ddplatform.risk.facts.queries.evidence import load_evidence, load_with_events
from ddplatform.risk.runs.models import FactKind, RiskFact, SeverityJudgement
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant
from tests.postgres import APPLICATION, superuser
from tests.risk.context_events.test_context_events import TODAY
from tests.risk.context_events.test_context_events import add as add_event
from tests.risk_maps import CocoaMap, acting, make_cocoa_map
from tests.sampling import examples

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WORDS = st.lists(st.sampled_from(["cotton", "high volume", "été"]), max_size=3)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | TEXT
VALUES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "flag": (Boolean(create_constraint=False), st.booleans()),
    "size": (Integer(), st.integers(-(2**31), 2**31 - 1)),
    "amount": (BigInteger(), st.integers(-(2**63), 2**63 - 1)),
    "share": (Float(), FLOATS),
    "other": (Float(), FLOATS),
    "name": (String(), TEXT),
    "note": (Text(), TEXT),
    "issue": (enum_named(Issue, "made_issue"), st.sampled_from(Issue)),
    "kind": (enum_named(FactKind, "made_kind"), st.sampled_from(FactKind)),
    "words": (WordList(), WORDS),
    "day": (Date(), st.dates()),
    "moment": (UtcDateTime(), st.datetimes(timezones=st.just(UTC))),
    "ref": (Uuid(), st.uuids()),
    "parts": (JSON(), st.lists(PLAIN, max_size=3) | st.dictionaries(TEXT, PLAIN, max_size=3)),
    "content": (LargeBinary(), st.binary(max_size=20)),
}
NAMES = tuple(VALUES)
MADE = Table(
    "made_values",
    MetaData(),
    Column("key", Integer, primary_key=True),
    *(Column(name, kind) for name, (kind, _) in VALUES.items()),
    prefixes=["TEMPORARY"],
)
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, (_, values) in VALUES.items()}),
    max_size=5,
)
ASKED = st.lists(
    st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
        st.booleans(),
        st.none() | st.integers(1, 3),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def making_tables(app: Flask) -> None:
    """PostgreSQL lets the role of the application make no tables, not even for a while."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("postgresql"):
        with superuser(url) as connection:
            name = connection.exec_driver_sql("SELECT current_database()").scalar()
            connection.exec_driver_sql(f"GRANT TEMPORARY ON DATABASE {name} TO {APPLICATION}")


@contextmanager
def holding(rows: list[dict[str, Any]]) -> Iterator[None]:
    """A table of this connection alone with these rows, inside a transaction of its own."""
    MADE.create(db.session.connection())
    try:
        if rows:
            db.session.execute(insert(MADE), [{"key": at, **row} for at, row in enumerate(rows)])
        yield
    finally:
        db.session.rollback()


def question_of(names: list[str], newest_first: bool, limit: int | None, often: int) -> Any:
    order = MADE.c.key.desc() if newest_first else MADE.c.key
    statement = select(MADE.c.key, *(MADE.c[name] for name in names))
    return Question((statement,) * often, lambda rows: rows, (order,), limit)


@pytest.mark.both_databases
@examples(60, one_world=True)
@given(rows=ROWS, asked=ASKED)
def test_every_value_comes_back_as_it_went_in_and_in_its_order(
    app: Flask, making_tables: None, rows: list[dict[str, Any]], asked: list[Any]
) -> None:
    with app.app_context(), holding(rows):
        questions = {str(at): question_of(*one) for at, one in enumerate(asked)}
        together, each = ask_together(questions), ask_each(questions)

    assert repr(together) == repr(each), "down to the type of each value"
    for at, (names, newest_first, limit, often) in enumerate(asked):
        keys = range(len(rows))[:: -1 if newest_first else 1][:limit]
        told = [(key, *(_read(name, rows[key][name]) for name in names)) for key in keys] * often
        assert together[str(at)] == told
        assert all(set(row._mapping) == {"key", *names} for row in together[str(at)])


def _read(name: str, value: Any) -> Any:
    """No word and no list of words are kept alike."""
    return (value or []) if name == "words" else value


@pytest.mark.both_databases
def test_expressions_keep_their_types_beside_other_questions(
    app: Flask, making_tables: None
) -> None:
    row = {"name": "a", "share": 0.1 + 0.2, "moment": datetime(2026, 1, 2, 3, 4, 5, 6, UTC)}
    table = MADE.c
    asked = {
        "counted": Question((select(func.count(), func.max(table.share).label("most")),), list),
        "labelled": Question(
            (select(literal("x").label("word"), (table.key == 0).label("is_first")),), list
        ),
        "cased": Question((select(case((table.key == 0, 1.5), else_=None).label("half")),), list),
        "grouped": Question(
            (select(table.name, func.min(table.moment).label("at"))
             .group_by(table.name),),
            list,
        ),
    }  # fmt: skip
    with app.app_context(), holding([dict.fromkeys(NAMES) | row]):
        found = ask_together(asked)

    assert found["counted"] == [(1, row["share"])]
    assert found["labelled"] == [("x", True)] and found["labelled"][0].is_first is True
    assert found["cased"][0].half == 1.5
    assert found["grouped"] == [("a", row["moment"])]


def test_a_type_without_a_slot_is_refused(app: Flask) -> None:
    for kind in (Numeric(), Interval()):
        asked = {"": Question((select(cast(literal(None), kind)),), list)}
        with app.app_context(), pytest.raises(TypeError):
            ask_together(asked)


# ---- tenants ---------------------------------------------------------------------------------


def test_evidence_of_another_organisation_is_never_read(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
) -> None:
    foreign = make_cocoa_map(other_tenant)
    for who, of_map in ((tenant, cocoa), (other_tenant, foreign)):
        tell_everything(who, of_map)

    with acting(tenant):
        own = load_evidence(cocoa.chain, (cocoa.farms,), TODAY)
        seen, around = load_with_events(foreign.chain, (foreign.farms,), TODAY)

    assert len(own.observations.node) and len(own.states.node) and len(own.judgements.node)
    for part in vars(seen).values():
        assert not any(len(column) for column in vars(part).values()), part
    assert not around.ids


@pytest.mark.both_databases
def test_each_question_is_asked_of_the_acting_organisation_alone(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
) -> None:
    maps = ((tenant, cocoa), (other_tenant, make_cocoa_map(other_tenant)))
    told = {who.id: tell_everything(who, of_map) for who, of_map in maps}
    is_told = select(RiskFact.id).where(RiskFact.node_id == ValueChainNode.id).exists()
    asked: dict[str, Question[Any]] = {
        "all": Question((select(RiskSignal.node_id), select(RiskFact.node_id)), list),
        "limited": Question(
            (select(RiskSignal.node_id),), list, (RiskSignal.observed_at, RiskSignal.id), 5
        ),
        "joined": Question(
            (select(ValueChainNode.id).join(RiskSignal, ValueChainNode.id == RiskSignal.node_id),),
            list,
        ),
        "inside": Question((select(ValueChainNode.id).where(is_told),), list),
    }

    for who in (tenant, other_tenant):
        with acting(who):
            found = ask_together(asked)
            alone = {name: ask_together({name: one})[name] for name, one in asked.items()}
        assert found["all"] == [(told[who.id],)] * 2
        assert alone == found
        for name in ("limited", "joined", "inside"):
            assert found[name] == [(told[who.id],)], name


def test_a_question_without_the_criterion_of_the_tenant_is_refused(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    bare = RiskSignal.__table__
    asked: dict[str, Question[Any]] = {
        "whole": Question((select(RiskSignal.node_id),), list),
        "bare": Question((select(bare.c.node_id),), list),
    }
    with acting(tenant), pytest.raises(IsolationError):
        ask_together(asked)


def tell_everything(tenant: Tenant, cocoa: CocoaMap) -> UUID:
    """A signal, an open case, a judgement and an event at the farms; the farms."""
    add_event(tenant)
    about = {"node_id": cocoa.farms, "issue": Issue.CL}
    with acting(tenant):
        db.session.add(
            RiskSignal(
                node_id=cocoa.farms, factor="WRK-09", value=1.0, source_type="admission",
                quality=0.8, causes=[], observed_at=NOW,
            )
        )  # fmt: skip
        db.session.add(
            RiskFact(
                **about, kind=FactKind.CREDIBLE, found_by=None, self_disclosed=False,
                cause_type="finding", cause_id=cocoa.farms, since=NOW, ended_at=None,
            )
        )  # fmt: skip
        db.session.add(
            SeverityJudgement(
                **about, scale=4, scope=3, irremediability=2, vulnerable=True, reasons={},
                created_at=NOW, created_by_id=tenant.analyst.user_id,
            )
        )  # fmt: skip
    return cocoa.farms
