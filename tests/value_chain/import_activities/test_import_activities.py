"""What places of a list do: told on the page of the import, answered once, used for next lists."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.value_chain.import_corrections.services.corrections import answer_activities
from ddplatform.value_chain.imports.models import ActivityAnswer
from ddplatform.value_chain.imports.queries import get_import
from ddplatform.value_chain.mapping.models import ImportStatus, ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token
from tests.stored_worlds import stored_world
from tests.value_chain.imports.test_map_import import _apply, _csv, _stage, _work, acting

HEAD = "Supplier ID,Supplier name,Country,What they do\n"
LIST = (
    HEAD
    + "".join(f"V{n},Place {n},BD,retail sourcing\n" for n in range(12))
    + "W1,Dhaka One,BD,garment sewing\nW2,Office,DE,software\nW3,Nothing,IN,\n"
)
OTHER = "Vendor,Nation,Business type\nDelta Four,PK,Retail sourcing\n"


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        return value_chain.create_chain(
            "Shirts", own_business=None, act=Act(tenant.analyst, NOW)
        ).id


@pytest.fixture
def staged(tenant: Tenant, chain_id: UUID) -> UUID:
    import_id = _stage(tenant, chain_id, _csv(LIST))
    _work()
    return import_id


def answer(tenant: Tenant, import_id: UUID, says: str, sector: str) -> None:
    with acting(tenant):
        answer_activities(import_id, {says: sector}, act=Act(tenant.analyst, NOW))
    _work()


def told(tenant: Tenant, import_id: UUID) -> dict[str, Any]:
    with acting(tenant):
        found: dict[str, Any] = get_import(import_id).counts["activities"]
        return found


def sectors(tenant: Tenant) -> dict[str, str | None]:
    with acting(tenant):
        rows = db.session.execute(select(ValueChainNode.name, ValueChainNode.sector_ref))
        return {row.name: row.sector_ref for row in rows}


def test_certain_activities_are_read_and_equal_words_are_one_question(
    tenant: Tenant, staged: UUID
) -> None:
    found = told(tenant, staged)

    assert (found["known"], found["asked"], found["unknown"]) == (2, 12, 1)
    (question,) = found["questions"]
    assert (question["says"], question["places"]) == ("retail sourcing", 12)
    effect = {choice["sector"]: choice["moved"] for choice in question["choices"]}
    assert effect["professional_services"] == 12


def test_an_answer_counts_for_all_rows_and_the_list_again_changes_nothing(
    tenant: Tenant, chain_id: UUID, staged: UUID
) -> None:
    answer(tenant, staged, "retail sourcing", "retail")
    _apply(tenant, staged)

    assert sectors(tenant)["Place 7"] == "retail"
    assert sectors(tenant)["Dhaka One"] == "garments"
    assert sectors(tenant)["Nothing"] is None
    again = _stage(tenant, chain_id, _csv(LIST))
    _work()
    with acting(tenant):
        counts = get_import(again).counts
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, 15)


def test_the_next_list_of_the_organisation_says_what_was_answered_before(
    tenant: Tenant, chain_id: UUID, staged: UUID, analyst: FlaskClient
) -> None:
    answer(tenant, staged, "retail sourcing", "retail")
    _apply(tenant, staged)

    other = _stage(tenant, chain_id, _csv(OTHER, "other.csv"))
    _work()

    page = analyst.get(f"/o/acme/value-chain/imports/{other}").get_data(as_text=True)
    assert "as answered before" in page and "Withdraw answer" in page
    answer(tenant, other, "Retail sourcing", "")
    assert told(tenant, other)["asked"] == 1
    _apply(tenant, other)
    with acting(tenant):
        assert db.session.scalars(select(ActivityAnswer)).all() == []


def test_the_page_asks_with_choices_and_what_they_would_change(
    tenant: Tenant, staged: UUID, analyst: FlaskClient
) -> None:
    address = f"/o/acme/value-chain/imports/{staged}"
    page = analyst.get(address).get_data(as_text=True)

    assert ">Activities<" in page and "Not stated: 1" in page
    assert "12 places would move by more than 5 points" in page
    token = csrf_token(analyst, address)
    sent = {"says-1": "retail sourcing", "answer-1": "wholesale", "csrf_token": token}
    assert analyst.post(f"{address}/activities", data=sent).status_code == 302
    _work()
    with acting(tenant):
        row = get_import(staged)
        assert row.status is ImportStatus.PREVIEWED
        assert row.answers == [{"says": "retail sourcing", "sector": "wholesale"}]


def test_an_answer_that_is_none_of_our_sectors_is_refused(tenant: Tenant, staged: UUID) -> None:
    for choices in ({"retail sourcing": "nonsense"}, {"never said": "retail"}, {}):
        with pytest.raises(Invalid), acting(tenant):
            answer_activities(staged, choices, act=Act(tenant.analyst, NOW))


def test_an_applied_list_takes_no_answer(tenant: Tenant, staged: UUID) -> None:
    _apply(tenant, staged)

    with pytest.raises(Conflict), acting(tenant):
        answer_activities(staged, {"retail sourcing": "retail"}, act=Act(tenant.analyst, NOW))


def test_the_page_of_columns_says_what_the_activities_were_read_as(
    tenant: Tenant, staged: UUID, analyst: FlaskClient
) -> None:
    page = analyst.get(f"/o/acme/value-chain/imports/{staged}/columns").get_data(as_text=True)
    card = " ".join(page.split('id="activity-title"')[1].split("</section>")[0].split())

    assert "2 of 15 places known" in card and "“What they do”</bdi> (2)" in card
    assert "1 question on 12 places; 12 places would move by more than 5 points" in card
    assert "Not stated: 1 place." in card
    assert "Business software (1)" in card and "Garment manufacturing (1)" in card


def test_a_column_that_nobody_read_is_named_where_no_column_states_the_activity(
    tenant: Tenant, chain_id: UUID, analyst: FlaskClient
) -> None:
    head = "Supplier ID,Supplier name,Country,Wofür?,Umsatz\n"
    rows = "V1,Place one,VN,Polstern,12\nV2,Place two,DE,Holz,13\n"
    left = _stage(tenant, chain_id, _csv(head + rows))
    _work()
    page = analyst.get(f"/o/{tenant.slug}/value-chain/imports/{left}").text

    assert "No column is read as the activity" in page
    assert "“Wofür?”" in page and "Polstern · Holz" in page
    assert "“Umsatz”" not in page


def test_no_column_is_named_where_one_states_the_activity(
    tenant: Tenant, staged: UUID, analyst: FlaskClient
) -> None:
    page = analyst.get(f"/o/{tenant.slug}/value-chain/imports/{staged}").text

    assert "No column is read as the activity" not in page
