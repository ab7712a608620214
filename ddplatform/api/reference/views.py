"""The description of the interface as a page shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Value:
    """A value of an address or a body."""

    name: str
    kind: str
    about: str
    is_needed: bool


@dataclass(frozen=True)
class Operation:
    """What one method of one address does."""

    method: str
    path: str
    summary: str
    about: str
    scope: str
    parameters: tuple[Value, ...]
    body: tuple[Value, ...]


@dataclass(frozen=True)
class Subject:
    """Addresses of one subject."""

    name: str
    title: str
    operations: tuple[Operation, ...]


def subjects_of(spec: Mapping[str, Any]) -> tuple[Subject, ...]:
    """All addresses, by subject, in the order in which they are described."""
    found = [
        (operation["tags"][0], _operation(spec, method, path, operation))
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    ]
    return tuple(
        Subject(
            tag["name"],
            tag["description"],
            tuple(one for name, one in found if name == tag["name"]),
        )
        for tag in spec["tags"]
    )


def _operation(
    spec: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=operation.get("description", ""),
        scope=operation["security"][0]["token"][0],
        parameters=tuple(
            _value(
                spec,
                one["name"],
                one["schema"],
                one.get("description", ""),
                one.get("required", False),
            )
            for one in operation.get("parameters", ())
            if one["in"] == "query"
        ),
        body=tuple(_fields(spec, body)),
    )


def _fields(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Value]:
    whole = _resolved(spec, schema)
    needed = whole.get("required", ())
    for name, inside in whole.get("properties", {}).items():
        yield _value(spec, name, inside, inside.get("description", ""), name in needed)


def _value(
    spec: Mapping[str, Any], name: str, schema: Mapping[str, Any], about: str, is_needed: bool
) -> Value:
    whole = _resolved(spec, schema)
    kind = whole.get("type", "object")
    kinds = [kind] if isinstance(kind, str) else [one for one in kind if one != "null"]
    words = " or ".join(str(whole.get("format", one)) for one in kinds)
    if "enum" in whole:
        words = ", ".join(str(one) for one in whole["enum"] if one is not None)
    return Value(name, words, about, is_needed)


def _resolved(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Mapping[str, Any] = spec["components"]["schemas"][reference.rpartition("/")[2]]
    return found
