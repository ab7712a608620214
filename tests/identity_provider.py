"""An OpenID Connect provider for tests, served over HTTP by this process, and its people.

It is the application `oidc-provider-mock`; around it stands what tests make wrong on purpose, and
the check of the proof key (RFC 7636), which the mock leaves out.
"""

import base64
import hashlib
import json
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwk, jwt
from werkzeug.serving import make_server
from werkzeug.test import TestResponse, run_wsgi_app
from werkzeug.wrappers import Request, Response

from ddplatform.accounts.single_sign_on.services import fetching
from tests.factories import csrf_token

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it still uses a part of Authlib that is going away
    import oidc_provider_mock

SECRET = "a-secret-of-the-client"
CHOOSE = "/sign-in/organisation"
PATIENT_S = 60.0
"""For answers of the provider, since a machine that runs many tests is slow."""
WARNS = [
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]
"""Marks of tests with this provider: it uses parts of Authlib that are going away."""


@dataclass
class Faults:
    """What a test makes wrong, or adds."""

    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256"})
    discovery: dict[str, Any] = field(default_factory=dict)
    discovery_text: str | None = None
    tokens: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    redirects: bool = False
    foreign_key: bool = False


@dataclass
class TestProvider:
    """A running provider; `faults` are those of the test that runs."""

    __test__ = False

    issuer: str
    inner: Flask
    key: jwk.RSAKey
    faults: Faults = field(default_factory=Faults)
    challenges: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    redeemed: list[tuple[dict[str, list[str]], dict[str, str]]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start)

    def _answer(self, request: Request) -> Response:
        if self.faults.is_down:
            return Response("down", status=503)
        if self.faults.redirects and "well-known" in request.path:
            return Response(status=302, headers={"Location": "/jwks"})
        body = request.get_data()
        environ = {**request.environ, "wsgi.input": BytesIO(body)}
        content, status, headers = run_wsgi_app(self.inner, environ, buffered=True)
        answer = Response(b"".join(content), status, headers)
        if "well-known" in request.path and self.faults.discovery_text is not None:
            return Response(self.faults.discovery_text)
        if "well-known" in request.path:
            return _json({**json.loads(answer.data), **self.faults.discovery})
        if request.path == "/oauth2/authorize":
            self._remember(request, answer)
        if request.path == "/oauth2/token" and answer.status_code == 200:
            form = parse_qs(body.decode())
            self.redeemed.append((form, dict(request.headers)))
            return self._tokens(form, answer)
        return answer

    def _remember(self, request: Request, answer: Response) -> None:
        self.asked.append(dict(request.args))
        for code in parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("code", []):
            self.challenges[code] = request.args.get("code_challenge", "")

    def _tokens(self, form: dict[str, list[str]], answer: Response) -> Response:
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if proof != self.challenges[form["code"][0]]:
            return Response('{"error": "invalid_grant"}', status=400)
        tokens = json.loads(answer.data)
        tokens["id_token"] = self._signed(tokens["id_token"])
        return _json(tokens | self.faults.tokens)

    def _signed(self, token: str) -> str:
        claims = {**jwt.decode(token, self.key).claims, **self.faults.claims}
        header = {"kid": self.key.kid, **self.faults.header}
        claims = {name: value for name, value in claims.items() if value is not None}
        if header["alg"] == "none":
            parts = (json.dumps(part).encode() for part in (header, claims))
            return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts) + "."
        if header["alg"] == "HS256":  # signed with what everybody knows: the public key
            return jwt.encode(header, claims, jwk.OctKey.import_key(self.key.as_pem(private=False)))
        key = jwk.RSAKey.generate_key(2048) if self.faults.foreign_key else self.key
        return jwt.encode(header, claims, key)


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), content_type="application/json")


@contextmanager
def running_provider() -> Iterator[TestProvider]:
    """A provider that answers on a port of this machine meanwhile."""
    inner = oidc_provider_mock.app()
    with inner.test_request_context("/"):
        inner.preprocess_request()
        kept = flask.g.oidc_provider_mock_storage.jwk
        key = jwk.RSAKey.import_key(kept.as_dict(is_private=True))
    provider = TestProvider("", inner, key)
    server = make_server("localhost", 0, provider, threaded=True)
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "TIMEOUT_S", PATIENT_S)
        yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def set_provider(app: Flask, provider: TestProvider, slug: str = "acme", **more: str) -> str:
    """What the operator does for an organisation; what the command answered."""
    options = {
        "--organisation": slug,
        "--issuer": provider.issuer,
        "--client-id": f"client-of-{slug}",
        "--domains": f"{slug}.example",
        **more,
    }
    words = [word for pair in options.items() for word in pair]
    done = app.test_cli_runner().invoke(args=["single-sign-on", "set", *words], input=SECRET)
    assert done.exit_code == 0, done.output
    return done.stdout


def address_on(answer: TestResponse) -> str:
    """The address of the provider to which a page leads."""
    assert answer.status_code == 200, answer.text
    return answer.headers["Refresh"].removeprefix("0; url=")


def go_to_provider(client: FlaskClient, asked: str = "acme", **query: str) -> str:
    """Choose the organisation on the page of sign-in; where that leads."""
    data = {"organisation": asked, "csrf_token": csrf_token(client, CHOOSE)}
    return address_on(client.post(CHOOSE, data=data, query_string=query))


def sign_in_there(address: str, subject: str) -> str:
    """Sign in on the page of the provider; where its answer leads the browser."""
    answer = httpx.post(address, data={"sub": subject}, timeout=PATIENT_S)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(client: FlaskClient, location: str) -> TestResponse:
    """Follow the answer of the provider in the browser."""
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: FlaskClient, subject: str, asked: str = "acme", **query: str) -> TestResponse:
    """The whole way: choose, sign in there, come back."""
    return come_back(client, sign_in_there(go_to_provider(client, asked, **query), subject))


def connect(client: FlaskClient, subject: str) -> TestResponse:
    """Connect an identity on the page of the own account."""
    action = client.get("/account").text.split('action="/account/single-sign-on/')[1].split('"')[0]
    data = {"csrf_token": csrf_token(client, "/account")}
    answer = client.post(f"/account/single-sign-on/{action}", data=data)
    return come_back(client, sign_in_there(address_on(answer), subject))
