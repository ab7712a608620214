"""Programs read and change maps, sites and links."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.mapping.queries.maps import get_node
from tests.api.conftest import Program
from tests.factories import Tenant
from tests.risk_maps import CocoaMap


def test_maps_and_their_sites_are_read_page_by_page(program: Program, cocoa: CocoaMap):
    (one,) = program.get("/api/v1/maps").json["items"]
    assert one["id"] == str(cocoa.chain) and one["nodes"] == 3

    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/api/v1/maps/{one['id']}/nodes", limit=2, cursor=cursor).json
        seen += [row["node"]["name"] for row in page["items"]]
        cursor = page["next"]

    assert len(seen) == len(set(seen)) == 3
    found = program.get(f"/api/v1/maps/{one['id']}/nodes", q=seen[0][:5].upper()).json["items"]
    assert seen[0] in [row["node"]["name"] for row in found]


def test_a_site_is_added_changed_archived_and_restored(
    app: Flask, tenant: Tenant, program: Program, cocoa: CocoaMap
):
    path = f"/api/v1/maps/{cocoa.chain}/nodes"
    body = {"name": "Coopérative Espoir", "country": "CI", "external_ref": "V-100"}

    added = program.post(path, body)
    assert added.status_code == 201, added.text
    address = f"/api/v1/nodes/{added.json['id']}"
    changed = program.patch(address, {"region": "Nawa", "version": added.json["version"]})

    assert changed.status_code == 200, changed.text
    assert changed.json["region"] == "Nawa" and changed.json["name"] == "Coopérative Espoir"
    assert program.post(f"{address}/archive").json["archived_at"] is not None
    assert program.get(path, external_ref="V-100").json["items"] == []
    assert program.get(path, external_ref="V-100", archived="true").json["items"] != []
    assert program.post(f"{address}/restore").json["archived_at"] is None
    assert program.get(address).json["summary"]["band"] is None, "it is not assessed yet"


def test_a_change_that_began_on_an_earlier_version_is_refused_and_changes_nothing(
    app: Flask, tenant: Tenant, program: Program, cocoa: CocoaMap
):
    rows = program.get(f"/api/v1/maps/{cocoa.chain}/nodes").json["items"]
    node, address = rows[0]["node"], f"/api/v1/nodes/{rows[0]['node']['id']}"
    assert (
        program.patch(address, {"region": "North", "version": node["version"]}).status_code == 200
    )

    late = program.patch(address, {"region": "South", "version": node["version"]})

    assert late.status_code == 409 and late.mimetype == "application/problem+json"
    assert program.get(address).json["node"]["region"] == "North"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ({"country": "Türkiye"}, "Did you mean TR?"),
        ({"country": "cn"}, "Did you mean CN?"),
        ({"commodities": ["Cocoa beans"]}, "Did you mean"),
        ({"sector": "garment sewing"}, "Did you mean"),
        ({"sector": "xyzzy"}, "Use a “ref” of /sectors."),
    ],
)
def test_a_word_in_place_of_a_code_is_refused_with_the_code_or_where_to_find_it(
    program: Program, cocoa: CocoaMap, typed: dict[str, object], hint: str
):
    answer = program.post(f"/api/v1/maps/{cocoa.chain}/nodes", {"name": "宁波制衣厂", **typed})

    assert answer.status_code == 422
    assert hint in answer.json["errors"][0]["message"]


def test_links_are_read_added_and_archived(program: Program, cocoa: CocoaMap):
    path = f"/api/v1/maps/{cocoa.chain}"
    new = program.post(f"{path}/nodes", {"name": "New mill", "country": "GH"}).json
    rows = program.get(f"{path}/links").json["items"]
    body = {"supplier_id": new["id"], "buyer_id": rows[0]["buyer_id"], "share": 0.25}

    added = program.post("/api/v1/links", body)

    assert added.status_code == 201 and added.json["share"] == 0.25, added.text
    assert len(program.get(f"{path}/links").json["items"]) == len(rows) + 1
    assert program.post("/api/v1/links", body).status_code == 409, "it stands already"
    assert program.post(f"/api/v1/links/{added.json['id']}/archive").status_code == 200
    assert len(program.get(f"{path}/links").json["items"]) == len(rows)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "x", "latitude": 91, "kind": "castle"}, {"latitude", "kind"}),
        ({"name": "x", "tags": ["ok", ""]}, {"tags.1"}),
        ({"name": "x", "country": "ZZ"}, {"country"}),
        ({"name": "a\0b"}, {"name"}),
        ({"name": "x", "unknown": 1}, {"unknown"}),
        (
            {"name": "x", "sector": "none", "commodities": ["gold dust"]},
            {"sector", "commodities.0"},
        ),
        ({"name": "x", "register_ids": {"passport": "1"}}, {"register_ids.passport.key"}),
        ({"name": "x", "register_ids": {"lei": "1"}}, {"lei"}),
        ({"name": "x", "contact_email": "at home"}, {"contact_email"}),
        ({"name": "x", "operated_by_id": str(UUID(int=7))}, {"operated_by_id"}),
        ([], {"body"}),
    ],
)
def test_everything_that_is_wrong_is_told_by_field(
    program: Program, cocoa: CocoaMap, body: object, fields: set[str]
):
    answer = program.post(f"/api/v1/maps/{cocoa.chain}/nodes", body)

    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert {one["field"] for one in answer.json["errors"]} == fields, answer.text
    assert all(one["message"] for one in answer.json["errors"])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/x-www-form-urlencoded", "name=x"), ("application/json", "{name: x}")],
)
def test_a_body_that_is_no_json_is_refused_as_such(
    program: Program, cocoa: CocoaMap, content_type: str, body: str
):
    answer = program.client.post(
        f"/api/v1/maps/{cocoa.chain}/nodes",
        data=body,
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": content_type},
    )

    assert answer.status_code == 422 and answer.json["detail"] == "The body is not JSON."


def test_of_a_name_twice_in_json_the_last_value_counts_as_documented(
    program: Program, cocoa: CocoaMap
):
    answer = program.client.post(
        f"/api/v1/maps/{cocoa.chain}/nodes",
        data='{"name": "First", "country": "GH", "name": "Second"}',
        headers={
            "Authorization": f"Bearer {program.token}",
            "Content-Type": "application/json",
        },
    )

    assert answer.status_code == 201, answer.text
    assert answer.json["name"] == "Second"


def test_what_another_organisation_owns_is_answered_like_what_does_not_exist(
    app: Flask, tenant: Tenant, program: Program, neighbour: Program, cocoa: CocoaMap
):
    node_id = program.get(f"/api/v1/maps/{cocoa.chain}/nodes").json["items"][0]["node"]["id"]
    body = {"name": "Intruder", "version": 1}

    for theirs, missing in (
        (f"/api/v1/nodes/{node_id}", f"/api/v1/nodes/{uuid4()}"),
        (f"/api/v1/maps/{cocoa.chain}/nodes", f"/api/v1/maps/{uuid4()}/nodes"),
    ):
        told = neighbour.get(theirs)
        nothing = neighbour.get(missing)
        assert told.status_code == nothing.status_code == 404
        assert {**told.json, "request_id": ""} == {**nothing.json, "request_id": ""}
    assert neighbour.patch(f"/api/v1/nodes/{node_id}", body).status_code == 404
    assert neighbour.post(f"/api/v1/nodes/{node_id}/archive").status_code == 404
    with app.app_context(), acting_in(tenant.id):
        assert get_node(UUID(node_id)).name != "Intruder"
