"""Whole numbers in the path of an address."""

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

from ddplatform.infrastructure.typed_values import LARGEST_NUMBER, read_number


class WholeNumber(IntegerConverter):
    """`<int:...>` within 32 bits; a larger number is an address that does not exist (404)."""

    regex = r"[0-9]+"

    def to_python(self, value: str) -> int:
        """The number in the address; werkzeug's own converter fails past 4,300 digits."""
        try:
            found = read_number(value)
        except ValueError:
            raise ValidationError() from None
        if found > (LARGEST_NUMBER if self.max is None else self.max):
            raise ValidationError()
        return found


def register(app: Flask) -> None:
    """Read every whole number in a path this way; before the first address is added."""
    app.url_map.converters["int"] = WholeNumber
