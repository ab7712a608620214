"""Odd input for every address: the values, the names that pages read, and what must never happen."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any, ClassVar
from unittest.mock import patch
from urllib.parse import quote, urlsplit

from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ddplatform.infrastructure.access.repeated import is_list, lists_of
from ddplatform.infrastructure.access.roles import RoleId
from tests.leak_checks import (
    ABSENT,
    KNOWN,
    Caller,
    all_endpoints,
    browser,
    csrf_field,
    may_enter,
    tries,
    undone,
)
from tests.worlds import World

EVIL = "evil.example"
ODD: tuple[bytes, ...] = tuple(
    one if isinstance(one, bytes) else one.encode()
    for one in (
        "",
        "-1",
        "0",
        "9" * 5_000,
        str(2**31),
        str(2**63),
        str(-(2**63) - 1),
        "1e999",
        "nan",
        "-inf",
        "sNaN",
        "\N{SUPERSCRIPT TWO}",
        "\N{ARABIC-INDIC DIGIT THREE}",
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "99999-01-01",
        "0001-01",
        "9999-12",
        f"nan_{ABSENT}",
        f"9_9999-12-31_{ABSENT}",
        f"{'9' * 30}_{ABSENT}",
        f"0001-01-01T00:00:00+23:59_{ABSENT}",
        f"9999-12-31T23:59:59_{ABSENT}",
        ABSENT,
        "a\0b",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        "x" * 20_000,
        "a\r\nSet-Cookie: a=b",
        f"//{EVIL}",
        f"/\t/{EVIL}",
        f"/\\{EVIL}",
        f"\t//{EVIL}",
        f"/ok\r\n//{EVIL}",
        f"https://{EVIL}/",
        "[" * 5_000,
        '{"a": "\\ud800"}',
        '{"a": {}}',
        "a:b:c",
        "a*b|c,d;e",
        "%",
    )
)
"""Sent as they are, in the encoding of an address or a form."""
ROLES_FIRST = (
    RoleId.SUSTAINABILITY_MANAGER,
    RoleId.ADMIN_MANAGER,
    RoleId.ADMIN,
    RoleId.SAFEGUARDING_OFFICER,
    RoleId.AUDITOR,
)
NEVER_ODD = frozenset({"csrf_token"})
SESSION_ENDED = 401


class NotedDict(ImmutableMultiDict[str, str]):
    """Values of a request that remember which names were asked for."""

    asked: ClassVar[set[str]] = set()

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, *args: Any, **options: Any) -> Any:
        self._note(name)
        return super().get(name, *args, **options)

    def getlist(self, name: str, *args: Any, **options: Any) -> Any:
        self._note(name)
        return super().getlist(name, *args, **options)

    @classmethod
    def _note(cls, name: object) -> None:
        if isinstance(name, str):
            cls.asked.add(name)


class NotedRequest(Request):
    """A request whose parameters are noted."""

    parameter_storage_class = NotedDict


class PageForms(HTMLParser):
    """The forms of a page that post: (action, fields with the first value that is offered)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._open, self._select = False, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = known.get("method", "").lower() == "post"
            if self._open:
                self.forms.append((known.get("action", ""), {}))
        if not self._open:
            return
        fields = self.forms[-1][1]
        if tag == "select":
            self._select = known.get("name", "")
        if tag == "option" and self._select:
            fields[self._select] = fields.get(self._select) or known.get("value", "")
        if tag in {"input", "textarea", "button"} and known.get("name"):
            name = known["name"]
            fields[name] = fields.get(name) or known.get("value", "") or "x"

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._open = self._open and tag != "form"


@dataclass(frozen=True, eq=False)
class Door:
    """An address with a method, and who calls there."""

    rule: Rule
    method: str
    caller: Caller
    path: str


@dataclass
class OddSweep:
    """Sends odd values to doors and keeps what was wrong with the answers."""

    app: Flask
    worlds: dict[str, World]
    sent: int = 0
    faults: list[str] = field(default_factory=list)
    _forms: dict[str, dict[str, str]] = field(default_factory=dict)
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def doors(self) -> list[Door]:
        """Every address with every method, by one person of each side who may call there."""
        found = []
        for rule, method in all_endpoints(self.app):
            for caller in self._callers(rule):
                own = [t for t in tries(self.app, rule, method, caller, self.worlds)]
                found += [Door(rule, method, caller, one.path) for one in own if one.kind == KNOWN][
                    :1
                ]
        # Pages come first: what their forms offer is sent to the addresses of the forms.
        return sorted(found, key=lambda door: door.method != "GET")

    def _callers(self, rule: Rule) -> Iterator[Caller]:
        buyers = [Caller(self.worlds["acmeco"], role) for role in (*ROLES_FIRST, *RoleId)]
        suppliers = [Caller(self.worlds["supplyco"], RoleId.SUPPLIER)]
        allowed = [
            next((one for one in side if may_enter(self.app, one, rule)), None)
            for side in (buyers, suppliers)
        ]
        if may_enter(self.app, Caller(None), rule):
            yield Caller(None)
        yield from (one for one in allowed if one is not None)

    def lists_at(self, door: Door) -> frozenset[str]:
        """The names that the view takes more than once."""
        return lists_of(self.app.view_functions[door.rule.endpoint])

    def names_of(self, door: Door) -> list[str]:
        """The names that the view asks for when nothing, and when its form, is sent."""
        self._read_forms(door.path, self._browser(door.caller).get(door.path))
        known = self._forms.get(door.path, {})
        NotedDict.asked = set()
        self.send(door, {})
        if known:
            self.send(door, {name: value.encode() for name, value in known.items()})
        return sorted({*NotedDict.asked, *known} - NEVER_ODD)

    def _read_forms(self, path: str, page: TestResponse) -> None:
        """Keep the forms of a page, also of an error: an address may take forms alone."""
        for action, fields in PageForms(page.get_data().decode("utf-8", "replace")).forms:
            self._forms.setdefault(urlsplit(action).path or path, fields)

    def try_out(self, door: Door, chance: Random, times: int) -> None:
        """Send odd values to a door, drawn as often as `times` says.

        In each name alone, beside what the page offers for the others; in all names at once; and
        in each part of the path.
        """
        names = self.names_of(door)
        known: dict[str, Any] = {n: v.encode() for n, v in self._forms.get(door.path, {}).items()}
        for _ in range(times):
            for name in names:
                # A list comes twice; what is no list would be refused for that alone.
                times_sent = 2 if is_list(name, self.lists_at(door)) else 1
                self._try_values(door, {**known, name: [chance.choice(ODD)] * times_sent}, [name])
            self._try_values(door, {name: [chance.choice(ODD)] for name in names}, names)
            for variable in sorted(door.rule.arguments):
                self._try_path(door, variable, chance.choice(ODD))

    def _try_values(self, door: Door, values: dict[str, Any], names: list[str]) -> None:
        self._judge(door, self.send(door, values), {name: values[name] for name in names})

    def _try_path(self, door: Door, variable: str, value: bytes) -> None:
        """Send a value in place of one part of the address."""
        parts = re.split(r"(<[^<>]+>)", door.rule.rule)
        pattern = "".join(
            f"(?P<{part.strip('<>').rpartition(':')[2]}>[^/]+)"
            if part.startswith("<")
            else re.escape(part)
            for part in parts
        )
        match = re.fullmatch(pattern, door.path)
        if match is None or not value:
            return
        start, end = match.span(variable)
        path = door.path[:start] + quote(value, safe="") + door.path[end:]
        odd = Door(door.rule, door.method, door.caller, path)
        self._judge(odd, self.send(odd, {}), {f"<{variable}>": value})

    def send(self, door: Door, values: dict[str, Any]) -> TestResponse:
        self.sent += 1
        client = self._browser(door.caller)
        pairs = [
            (name, one)
            for name, many in values.items()
            for one in (many if isinstance(many, list) else [many])
        ]
        encoded = "&".join(f"{quote(name)}={quote(one, safe='')}" for name, one in pairs)
        if door.method == "GET":
            return client.get(f"{door.path}?{encoded}" if encoded else door.path)
        encoded += f"&csrf_token={quote(csrf_field(self.app))}"
        with undone():
            answer = client.open(
                door.path,
                method=door.method,
                data=encoded,
                content_type="application/x-www-form-urlencoded",
            )
        if answer.status_code == SESSION_ENDED or "sign" in door.rule.rule:
            self._browsers.pop(door.caller.name, None)
        return answer

    def _browser(self, caller: Caller) -> FlaskClient:
        if caller.name not in self._browsers:
            self._browsers[caller.name] = browser(self.app, caller)
        return self._browsers[caller.name]

    def _judge(self, door: Door, answer: TestResponse, sent: dict[str, Any]) -> None:
        words = ""
        if answer.status_code >= 500:
            words = f"{answer.status_code} {last_error()}"
        elif is_elsewhere(answer.headers.get("Location", "")):
            words = f"leads to {answer.headers['Location']!r}"
        if words:
            where = f"{door.method} {door.rule.rule} by {door.caller.name}"
            shown = {name: repr(value)[:60] for name, value in sent.items()}
            self.faults.append(f"{where} {shown}: {words}")


def is_elsewhere(address: str) -> bool:
    """Whether a browser that is sent to an address leaves our host."""
    # Browsers drop tabs and line ends anywhere, blanks at the ends, and take a backslash for a slash.
    seen = re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")
    try:
        host = urlsplit(seen).netloc
    except ValueError:
        return True
    return seen.startswith("//") or (bool(host) and host != "localhost")


_errors: list[str] = []


def last_error() -> str:
    """The newest error that the application wrote into its log, with its place."""
    return _errors[-1] if _errors else ""


class _Keep(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            error, trace, place = record.exc_info[1], record.exc_info[2], ""
            while trace is not None:
                code = trace.tb_frame.f_code
                if "/ddplatform/" in code.co_filename or "/supply_chain/" in code.co_filename:
                    name = code.co_filename.rpartition("/ddplatform/")[2]
                    place = f"{name}:{trace.tb_lineno}"
                trace = trace.tb_next
            _errors.append(f"{type(error).__name__}: {str(error)[:100]} at {place}")


@contextmanager
def noting(app: Flask) -> Iterator[None]:
    """Requests inside note the names that views ask for; nothing is counted against limits."""
    keeper, log = _Keep(), logging.getLogger()
    log.addHandler(keeper)
    before = app.request_class, app.config.get("PROPAGATE_EXCEPTIONS")
    app.request_class, app.config["PROPAGATE_EXCEPTIONS"] = NotedRequest, False
    with patch.object(app.extensions["gate"], "settle_tries", lambda **_kept: None):
        yield
    app.request_class, app.config["PROPAGATE_EXCEPTIONS"] = before
    log.removeHandler(keeper)
