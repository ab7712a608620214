"""`flask sessions end`: the operator signs one person out, or everybody."""

import json

import pytest
from flask import Flask

from ddplatform.infrastructure.access.roles import RoleId
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.factories import Tenant, signed_in_client

ADMIN, ANALYST = RoleId.ADMIN, RoleId.ANALYST


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["sessions", "end", *words])
    return done.exit_code, done.output


def test_one_person_is_signed_out_everywhere_and_nobody_else(app: Flask, tenant: Tenant):
    here, there = (signed_in_client(app, tenant, ADMIN) for _ in range(2))
    other = signed_in_client(app, tenant, ANALYST)
    code, output = run(app, "--email", tenant.email(ADMIN), "--json")

    assert (code, json.loads(output)["ended"]) == (0, 2)
    assert [one.get("/account").status_code for one in (here, there, other)] == [302, 302, 200]
    assert actions(app)[-1] == "session:end_by_operator"


def test_everybody_is_signed_out(app: Flask, tenant: Tenant, other_tenant: Tenant):
    clients = [signed_in_client(app, one, ADMIN) for one in (tenant, other_tenant)]
    code, _ = run(app, "--all")

    assert code == 0
    assert [client.get("/account").status_code for client in clients] == [302, 302]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "either --email or --all"),
        (("--all", "--email", "a@b.example"), "either --email or --all"),
        (("--email", "nobody@acme.example"), "no account"),
    ],
)
def test_command_says_what_it_needs(app: Flask, tenant: Tenant, words: tuple[str, ...], said: str):
    client = signed_in_client(app, tenant, ADMIN)
    code, output = run(app, *words)

    assert code != 0 and said in output
    assert client.get("/account").status_code == 200
