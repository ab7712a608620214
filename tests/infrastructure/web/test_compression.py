"""Texts leave the platform compressed, and only where the browser takes it."""

import gzip

import brotli
import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("accepted", "open_it"), [("gzip, br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_a_page_comes_compressed_as_the_browser_asks(
    client: FlaskClient, accepted: str, open_it: object
) -> None:
    plain = client.get("/sign-in")
    packed = client.get("/sign-in", headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] in accepted
    assert "Accept-Encoding" in packed.headers.get_all("Vary")[-1]
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data)
    assert b"<h1" in open_it(packed.data)  # type: ignore[operator]


def test_a_browser_that_takes_no_compression_gets_plain_pages(client: FlaskClient) -> None:
    plain = client.get("/sign-in", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert b"<h1" in plain.data


def test_short_answers_and_heads_stay_as_they_are(client: FlaskClient) -> None:
    short = client.get("/healthz", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in short.headers
    assert short.data
    assert client.head("/sign-in", headers={"Accept-Encoding": "br"}).status_code == 200


def test_styles_come_compressed(client: FlaskClient) -> None:
    styles = client.get("/static/css/core.css", headers={"Accept-Encoding": "br"})
    assert styles.headers["Content-Encoding"] == "br"
    assert b"{" in brotli.decompress(styles.data)
