"""Attacks on single sign-on: answers of others, forged tokens, providers that misbehave."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from time import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.single_sign_on.services import fetching
from ddplatform.accounts.single_sign_on.services.flows import Pending, Purpose
from ddplatform.accounts.single_sign_on.services.protocol import (
    Client,
    Flow,
    authorization_address,
    read_metadata,
)
from ddplatform.infrastructure.access.roles import RoleId
from tests.factories import Tenant, client_of, csrf_token, signed_in_client
from tests.identity_provider import (
    CHOOSE,
    WARNS,
    Faults,
    TestProvider,
    come_back,
    connect,
    go_to_provider,
    running_provider,
    set_provider,
    sign_in,
    sign_in_there,
)

pytestmark = WARNS
ANALYST = RoleId.ANALYST
HOUR_S = 3600
SUBJECT = "ama"


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[TestProvider, TestProvider]]:
    with running_provider() as first, running_provider() as second:
        yield first, second


@pytest.fixture
def provider(both: tuple[TestProvider, TestProvider], app: Flask, tenant: Tenant) -> TestProvider:
    """The provider of the company, where the analyst is connected."""
    for one in both:
        one.faults = Faults()
    set_provider(app, both[0])
    assert connect(signed_in_client(app, tenant, ANALYST), SUBJECT).status_code == 302
    return both[0]


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def changed(location: str, **values: str | None) -> str:
    """An answer of the provider with other values in its address."""
    parts = urlsplit(location)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode({n: v for n, v in query.items() if v})))


@pytest.mark.parametrize("state", ["another", "", None])
def test_answer_with_a_wrong_state_is_refused(
    app: Flask, provider: TestProvider, state: str | None
):
    client = app.test_client()
    location = sign_in_there(go_to_provider(client), SUBJECT)

    answer = come_back(client, changed(location, state=state))

    assert (answer.status_code, is_signed_in(client)) == (422, False)
    assert "does not belong to this browser" in answer.text


def test_answer_counts_once_also_where_the_first_time_was_refused(
    app: Flask, provider: TestProvider
):
    client = app.test_client()
    location = sign_in_there(go_to_provider(client), SUBJECT)
    come_back(client, changed(location, code="guessed"))

    assert come_back(client, location).status_code == 422
    assert not is_signed_in(client)


def test_answer_to_another_browser_is_refused(app: Flask, provider: TestProvider):
    """Who lures a victim into the account of the attacker sends such an answer."""
    location = sign_in_there(go_to_provider(app.test_client()), SUBJECT)
    victim = app.test_client()
    go_to_provider(victim)

    assert come_back(victim, location).status_code == 422
    assert not is_signed_in(victim)


def test_code_that_was_stolen_from_another_try_does_not_fit_the_proof_key(
    app: Flask, provider: TestProvider
):
    stolen = parse_qs(urlsplit(sign_in_there(go_to_provider(app.test_client()), SUBJECT)).query)
    thief = app.test_client()
    location = sign_in_there(go_to_provider(thief), "thief")

    assert come_back(thief, changed(location, code=stolen["code"][0])).status_code == 409
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"nonce": "another"}, id="wrong nonce"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"aud": "another client"}, id="wrong audience"),
        pytest.param({"aud": ["client-of-acme", "another"]}, id="two audiences, no party"),
        pytest.param({"aud": ["client-of-acme", "x"], "azp": "x"}, id="another party"),
        pytest.param({"iss": "https://login.other.example"}, id="wrong issuer"),
        pytest.param({"exp": int(time()) - HOUR_S}, id="expired"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"iat": int(time()) + HOUR_S}, id="of the future"),
        pytest.param({"sub": ""}, id="nobody"),
        pytest.param({"sub": "a\x00"}, id="NUL"),
        pytest.param({"sub": ["ama"]}, id="no text"),
        pytest.param({"at_hash": "another"}, id="another access token"),
    ],
)
def test_token_that_states_something_wrong_is_refused(
    app: Flask, provider: TestProvider, claims: dict[str, object]
):
    provider.faults.claims, client = claims, app.test_client()

    assert sign_in(client, SUBJECT).status_code == 409
    assert not is_signed_in(client)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_token_without_a_signature_of_the_provider_is_refused(
    app: Flask, provider: TestProvider, algorithm: str
):
    provider.faults.header, client = {"alg": algorithm}, app.test_client()

    assert sign_in(client, SUBJECT).status_code == 409
    assert not is_signed_in(client)


def test_token_that_another_key_signed_is_refused(app: Flask, provider: TestProvider):
    provider.faults.foreign_key, client = True, app.test_client()

    assert sign_in(client, SUBJECT).status_code == 409
    assert not is_signed_in(client)


def test_same_subject_at_the_provider_of_another_organisation_is_somebody_else(
    app: Flask,
    other_tenant: Tenant,
    provider: TestProvider,
    both: tuple[TestProvider, TestProvider],
):
    set_provider(app, both[1], "other")
    client = app.test_client()

    assert sign_in(client, SUBJECT, "other").status_code == 403
    assert not is_signed_in(client)


def test_answer_of_one_provider_is_not_taken_at_the_address_of_another(
    app: Flask,
    other_tenant: Tenant,
    provider: TestProvider,
    both: tuple[TestProvider, TestProvider],
):
    set_provider(app, both[1], "other")
    client = app.test_client()
    location = sign_in_there(go_to_provider(client), SUBJECT)

    assert come_back(client, location.replace("/acme?", "/other?")).status_code == 422
    assert not is_signed_in(client)


def test_shared_issuer_opens_no_account_of_an_organisation_that_the_person_does_not_belong_to(
    app: Flask, other_tenant: Tenant, provider: TestProvider
):
    set_provider(app, provider, "other")
    client = app.test_client()

    assert sign_in(client, SUBJECT, "other").status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("stated", "discovery"),
    [
        ("https://login.other.example", {}),
        (None, {"authorization_response_iss_parameter_supported": True}),
    ],
)
def test_answer_that_names_another_issuer_or_hides_the_promised_one_is_refused(
    app: Flask, provider: TestProvider, stated: str | None, discovery: dict[str, object]
):
    provider.faults.discovery, client = discovery, app.test_client()
    location = sign_in_there(go_to_provider(client), SUBJECT)

    assert come_back(client, changed(location, iss=stated)).status_code == 409
    assert not is_signed_in(client)


def test_answer_that_names_its_issuer_is_taken(app: Flask, provider: TestProvider):
    provider.faults.discovery = {"authorization_response_iss_parameter_supported": True}
    client = app.test_client()
    location = sign_in_there(go_to_provider(client), SUBJECT)

    assert come_back(client, changed(location, iss=provider.issuer)).status_code == 302
    assert is_signed_in(client)


def test_person_who_breaks_off_at_the_provider_reads_what_to_do(app: Flask, provider: TestProvider):
    client = app.test_client()
    location = sign_in_there(go_to_provider(client), SUBJECT)

    answer = come_back(client, changed(location, code=None, error="access_denied"))

    assert answer.status_code == 422
    assert "Start again, or sign in with your password." in answer.text


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param({"is_down": True}, id="down"),
        pytest.param({"redirects": True}, id="redirect"),
        pytest.param({"discovery": {"padding": "x" * fetching.MOST_BYTES}}, id="oversized"),
        pytest.param({"discovery": {"issuer": "https://login.other.example"}}, id="other issuer"),
        pytest.param({"discovery": {"token_endpoint": "http://10.0.0.1/"}}, id="not encrypted"),
        pytest.param({"discovery": {"jwks_uri": "file:///etc/passwd"}}, id="no web address"),
        pytest.param({"discovery": {"authorization_endpoint": 7}}, id="no address"),
        pytest.param({"discovery_text": "<html>Sign in to the network</html>"}, id="no JSON"),
        pytest.param({"discovery_text": "[" * 100_000}, id="endless JSON"),
        pytest.param({"discovery_text": "[]"}, id="no object"),
    ],
)
def test_provider_that_does_not_answer_as_it_should_leads_nowhere(
    app: Flask, provider: TestProvider, faults: dict[str, object]
):
    client = app.test_client()
    data = {"organisation": "acme", "csrf_token": csrf_token(client, CHOOSE)}
    location = sign_in_there(go_to_provider(client), SUBJECT)
    provider.faults = Faults(**faults)

    assert client.post(CHOOSE, data=data).status_code == 409
    assert come_back(client, location).status_code == 409
    assert not is_signed_in(client)


def test_address_that_is_not_encrypted_is_never_asked(app: Flask):
    with app.app_context(), pytest.raises(fetching.ProviderFault, match="cannot be used"):
        fetching.get_document("http://login.example/.well-known/openid-configuration")


@pytest.mark.parametrize("token", [None, 7, ["a"]])
def test_answer_without_a_token_signs_nobody_in(app: Flask, provider: TestProvider, token: object):
    provider.faults.tokens = {"id_token": token}
    client = app.test_client()

    assert sign_in(client, SUBJECT).status_code == 409
    assert not is_signed_in(client)


def test_provider_that_cannot_be_reached_is_told_in_words(
    app: Flask, provider: TestProvider, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "TIMEOUT_S", 0.0001)
    client = app.test_client()
    data = {"organisation": "acme", "csrf_token": csrf_token(client, CHOOSE)}

    answer = client.post(CHOOSE, data=data)

    assert answer.status_code == 409
    assert "The sign-in of your organisation does not answer." in answer.text


def test_answer_that_comes_in_drops_ends_with_the_time_for_the_whole_of_it(
    app: Flask, provider: TestProvider, monkeypatch: pytest.MonkeyPatch
):
    """Each part is in time for the reader of the network, all of them together are not."""
    client = app.test_client()
    data = {"organisation": "acme", "csrf_token": csrf_token(client, CHOOSE)}
    clock = count(0.0, fetching.TIMEOUT_S + 1)
    monkeypatch.setattr(fetching, "time", SimpleNamespace(monotonic=lambda: next(clock)))

    answer = client.post(CHOOSE, data=data)

    assert answer.status_code == 409
    assert "The sign-in of your organisation does not answer." in answer.text


def test_slow_provider_takes_no_more_than_its_share_of_the_threads(
    app: Flask, provider: TestProvider, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "WAIT_S", 0.01)
    client = app.test_client()
    data = {"organisation": "acme", "csrf_token": csrf_token(client, CHOOSE)}
    with fetching.exchange(), fetching.exchange():
        answer = client.post(CHOOSE, data=data)

    assert "Many people are signing in" in answer.text
    assert client.post(CHOOSE, data=data).status_code == 200


def test_connection_that_another_person_began_in_this_browser_is_not_made(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    flow = Flow("a state", "a nonce", "v" * 43)
    pending = Pending(
        "acme",
        Purpose.CONNECT,
        flow.state,
        flow.nonce,
        flow.verifier,
        datetime.now(UTC).isoformat(),
    )
    us = Client("client-of-acme", "", "http://127.0.0.1:8000/sign-in/organisation/acme")
    with app.app_context():
        address = authorization_address(read_metadata(provider.issuer), us, flow, again=False)
    client = client_of(app, None, single_sign_on=pending.as_json())

    answer = come_back(client, sign_in_there(address, "mallory"))

    assert answer.status_code == 422
    assert "Your session ended meanwhile" in answer.text
