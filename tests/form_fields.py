"""What the forms of a page would send, read from its HTML as a browser does."""

from html.parser import HTMLParser
from uuid import UUID


class FormFields(HTMLParser):
    """Names of the fields of a page's forms that post, with the values the page offers."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._posts, self._select = False, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._posts = known.get("method", "").lower() == "post"
        if not self._posts:
            return
        if tag == "select":
            self._select = known.get("name", "")
        if tag == "option" and self._select:
            self.fields.setdefault(self._select, []).append(known.get("value", ""))
        if tag in {"input", "textarea"} and known.get("name"):
            self.fields.setdefault(known["name"], []).append(known.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def naming_rows(self) -> list[str]:
        """The fields that take the id of a row."""
        return [name for name, values in self.fields.items() if any(map(is_id, values))]

    def filled(self) -> dict[str, str]:
        """Each field with what the page offers first, and something where it offers nothing."""
        return {name: next(filter(None, values), "x") for name, values in self.fields.items()}


def is_id(value: str) -> bool:
    """Whether a value is the id of a row."""
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False
