"""What all addresses for programs share: their prefix, reading of input, pages of lists."""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Request, session
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from marshmallow.exceptions import SCHEMA
from webargs.flaskparser import FlaskParser

from ddplatform.infrastructure.access.declared import Access
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

PREFIX = "/api/v1"
LARGEST_PAGE, PAGE_SIZE = 200, 50
NUL = "\0"
REFUSALS = {
    "401": "No token that works",
    "403": "The token or the role of its maker does not allow this",
    "404": "It does not exist, or belongs to somebody else",
    "409": "The state does not permit it, often since somebody else was quicker",
    "413": "The body is too large",
    "422": "The input breaks a rule; `errors` names each field",
    "429": "Too many requests; `Retry-After` says how long to wait",
}
"""Answers that every address may give."""
Row = TypeVar("Row")
View = TypeVar("View", bound=Callable[..., Any])


class Parser(FlaskParser):
    """Reads bodies and query strings; every faulty field is reported at once.

    A filter with a mistyped name is refused: ignored, it would return everything.
    """

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Raise Invalid with every field that is wrong."""
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        (of_location,) = messages.values()
        raise Invalid(fields=dict(_by_path(of_location)))

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body; another one than JSON is refused, where the library takes it for none."""
        if req.content_length and not req.is_json:
            raise _no_json()
        return super().load_json(req, schema)

    def _handle_invalid_json_error(self, *_of_error: Any, **_more: Any) -> NoReturn:
        raise _no_json()


def _no_json() -> Invalid:
    return Invalid(
        gettext("The body is not JSON."),
        gettext("Send one JSON object, in UTF-8, with “Content-Type: application/json”."),
    )


def _by_path(messages: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Messages by the path of their field: `tags.0`."""
    if isinstance(messages, Mapping):
        for key, inside in messages.items():
            path = name if key == SCHEMA else f"{name}.{key}" if name else str(key)
            yield from _by_path(inside, path)
    else:
        yield name or "body", " ".join(map(str, messages))


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Addresses of one subject; their reading and writing is described from their schemas.

    The decorators are those of the library, with types.
    """

    ARGUMENTS_PARSER = Parser()
    get: Callable[[str], Callable[[View], View]]
    post: Callable[[str], Callable[[View], View]]
    patch: Callable[[str], Callable[[View], View]]
    arguments: Callable[..., Callable[[View], View]]
    response: Callable[..., Callable[[View], View]]

    def __init__(self, name: str, about: str) -> None:
        super().__init__(name, __name__, url_prefix=PREFIX, description=about)
        self.before_request(_begin_no_session)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **more: Any
    ) -> None:
        """Add an address, and describe what every address has: its name, scope and refusals."""
        access: Access = view_func.access
        assert access.permission is not None, "a program comes in by a token"
        described = deepcopy(getattr(view_func, "_apidoc", {}))
        described["manual_doc"] = {
            "operationId": view_func.__name__,
            "security": [{"token": [access.permission.value]}],
            "responses": {status: f"Refused{status}" for status in REFUSALS},
        }
        view_func._apidoc = described
        super().add_url_rule(rule, endpoint, view_func, *args, **more)


def _begin_no_session() -> None:
    session.modified = False  # a language in the address would begin one


class Plain(fields.String):
    """A text without the character NUL, which PostgreSQL keeps none of."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kw: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kw)
        if NUL in text:
            raise ValidationError(gettext("A text holds the character NUL."))
        return text


class Paged(Schema):
    """Which part of a list is asked for."""

    limit = fields.Integer(
        load_default=PAGE_SIZE,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata={"description": "Most items of this page"},
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "`next` of the page before"},
    )


def page_of(
    rows: Sequence[Row], limit: int, place: Callable[[Row], Sequence[object]]
) -> dict[str, Any]:
    """One page: its items, and the cursor of the next one or None.

    Args:
        rows: one more than `limit`, where there are more.
        place: the values by which the list is in order.
    """
    shown = rows[:limit]
    after = encode(place(shown[-1])) if len(rows) > limit else None
    return {"items": shown, "next": after}


def encode(place: Sequence[object]) -> str:
    """A place in a list as a cursor."""
    text = "|".join(map(str, place))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The place behind a cursor; None for the first page.

    Args:
        kinds: reads each value of the place.

    Raises:
        Invalid: no answer of this list gave this cursor.
    """
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        values = text.split("|")
        return tuple(kind(value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, OverflowError, binascii.Error):
        raise Invalid(
            fields={"cursor": gettext("Use the “next” of the page before, or leave it out.")}
        ) from None


def decode_key(cursor: str, kind: Callable[[str], Row]) -> Row | None:
    """The same where one value is the place."""
    place = decode(cursor, kind)
    return place[0] if place else None


def listed(item: type[Schema]) -> Schema:
    """The schema of one page of these items."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(
                allow_none=True, required=True, metadata={"description": "None: the last page"}
            ),
        },
        name=f"{item.__name__}Page",
    )()
