"""Static files are linked by their content and kept for a year; plain addresses go on working."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.web.headers import LOADS_NOTHING
from ddplatform.infrastructure.web.static_versions import StaticVersions

LINKED = re.compile(r'href="(/static/~[0-9a-f]{12}/css/core\.css)"')
YEAR = "max-age=31536000, public, immutable"


def _linked(client: FlaskClient) -> str:
    found = LINKED.search(client.get("/sign-in").text)
    assert found is not None
    return found[1]


def test_a_file_that_a_page_links_is_kept_for_a_year(client: FlaskClient) -> None:
    answer, plain = client.get(_linked(client)), client.get("/static/css/core.css")

    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers["Cache-Control"] == YEAR
    assert answer.headers["Content-Security-Policy"] == LOADS_NOTHING
    assert answer.data == plain.data
    answer.close()
    plain.close()


def test_plain_and_outdated_addresses_give_the_file_of_now_for_a_minute(
    client: FlaskClient,
) -> None:
    for address in ("/static/css/core.css", "/static/~0123456789ab/css/core.css"):
        answer = client.get(address)

        assert answer.status_code == 200
        assert "max-age=60" in answer.headers["Cache-Control"]
        answer.close()


def test_what_is_no_static_file_is_found_under_no_version(client: FlaskClient) -> None:
    for name in ("css/none.css", "../app.py", "..%2fapp.py", "css/"):
        answer = client.get(f"/static/~0123456789ab/{name}")

        assert answer.status_code == 404
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_only_static_files_get_a_version(app: Flask) -> None:
    with app.test_request_context():
        assert app.url_for("auth.sign_in") == "/sign-in"
        assert app.url_for("static", filename="css/none.css") == "/static/css/none.css"


def test_another_content_is_another_version(tmp_path: Path) -> None:
    file, versions = tmp_path / "a.css", StaticVersions(tmp_path)
    file.write_text("a{}")
    first = versions.of("a.css")
    file.write_text("a{color:red}")

    assert first is not None
    assert versions.of("a.css") not in (None, first)
