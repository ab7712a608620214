"""Values sent twice, and in both places of a request, to every address."""

from collections import Counter
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from ddplatform.infrastructure.access.repeated import is_list, lists_of
from tests.form_fields import is_id
from tests.leak_checks import csrf_field, undone
from tests.odd_values import NEVER_ODD, SESSION_ENDED, Door, OddSweep

ELSEWHERE = "sent-in-the-other-place"
NOT_SENT = frozenset({"radio", "submit", "button", "reset", "image", "file"})
"""Inputs of which a browser sends one of a name at most, or that are files."""


class RepeatedFields(HTMLParser):
    """The forms of a page: (method, action, names that a browser may send more than once)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, Counter[str]]] = []
        self._is_open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = True
            method = known.get("method", "get").upper()
            self.forms.append((method, known.get("action", ""), Counter()))
        name = known.get("name", "")
        if not (self._is_open and name) or tag not in {"input", "textarea", "select"}:
            return
        if known.get("type", "text") not in NOT_SENT:
            self.forms[-1][2][name] += 2 if "multiple" in known else 1

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag != "form"


class RepeatedSweep(OddSweep):
    """Sends values twice and in both places, and keeps what was wrong with the answers."""

    tried_twice = 0
    tried_in_both = 0

    def send_twice(self, door: Door, chance: Random) -> None:
        """One name that takes no list comes twice: refused in words, whatever it is."""
        names = [one for one in self.names_of(door) if not is_list(one, self.lists_at(door))]
        name = chance.choice(names) if names else "anything"
        answer = self.send(door, {name: [b"1", b"2"]})
        self.tried_twice += 1
        if answer.status_code != 422 or "more than one value" not in answer.get_data(as_text=True):
            self._blame(door, f"{name} twice: {answer.status_code}")

    def send_in_both(self, door: Door) -> None:
        """The form of a page, and the same names in the address: the address changes nothing."""
        form = {
            name: value.encode()
            for name, value in self._forms.get(door.path, {}).items()
            if name not in NEVER_ODD
        }
        if door.method == "GET" or not form:
            return
        rest = "&".join(f"{quote(name)}={ELSEWHERE}" for name in form)
        alone, both = (
            self._post(door, door.path, form),
            self._post(door, f"{door.path}?{rest}", form),
        )
        self.tried_in_both += 1
        if _told(alone) != _told(both):
            self._blame(door, f"{sorted(form)} in both places: {_told(alone)}, then {_told(both)}")

    def find_repeating_forms(self, door: Door) -> None:
        """The forms of a page repeat no name that their address takes once."""
        page = self._browser(door.caller).get(door.path).get_data().decode("utf-8", "replace")
        for method, action, names in RepeatedFields(page).forms:
            lists = self._lists_of_action(door, method, action)
            for name, times in names.items():
                if times > 1 and not is_list(name, lists):
                    self._blame(door, f"a form for {action or 'the page'} has {name} twice")

    def _lists_of_action(self, door: Door, method: str, action: str) -> frozenset[str]:
        path = urlsplit(action).path or urlsplit(door.path).path
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path, method)
        except HTTPException:
            return frozenset()
        return lists_of(self.app.view_functions[endpoint])

    def _post(self, door: Door, path: str, form: dict[str, Any]) -> TestResponse:
        encoded = "&".join(f"{quote(name)}={quote(one, safe='')}" for name, one in form.items())
        encoded += f"&csrf_token={quote(csrf_field(self.app))}"
        with undone():
            answer = self._browser(door.caller).open(
                path,
                method=door.method,
                data=encoded,
                content_type="application/x-www-form-urlencoded",
            )
        if answer.status_code == SESSION_ENDED or "sign" in door.rule.rule:
            self._browsers.pop(door.caller.name, None)
        return answer

    def _blame(self, door: Door, words: str) -> None:
        where = f"{door.method} {door.rule.rule} by {door.caller.name}"
        self.faults.append(f"{where}: {words}")


def _told(answer: TestResponse) -> tuple[int, str]:
    """Status and where it leads to; a new row has another id each time."""
    path = answer.headers.get("Location", "").partition("?")[0]
    return answer.status_code, "/".join("id" if is_id(part) else part for part in path.split("/"))
