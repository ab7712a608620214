"""Numbers as typed, with a decimal point or a decimal comma."""

import re
from collections.abc import Sequence

from wtforms import FloatField

from ddplatform.infrastructure.typed_values import read_finite
from ddplatform.languages import gettext

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+")


class NumberField(FloatField):  # type: ignore[misc]
    """A number that may be written "5.36" or "5,36"; what was typed stays in the field."""

    data: float | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = read_finite(valuelist[0].strip().replace(",", "."))
        except ValueError:
            self.data = None
            message = gettext("Write a number in digits, for example 5.36.")
            raise ValueError(message) from None


class LargeNumberField(NumberField):
    """A number that may reach thousands: "5,000" is nobody's 5, so it is asked for again."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        if _THOUSANDS.fullmatch(typed):
            self.data = None
            raise ValueError(
                gettext("Write %(number)s, without a comma.", number=typed.replace(",", ""))
            )
        super().process_formdata(valuelist)
